"""Contracts about what goes wrong."""

import asyncio

from cc_connect.contract.errors import PlatformUnavailable, RateLimited
from cc_connect.testing.contracts.platform.bench import Bench
from cc_connect.testing.contracts.platform.contract import contract
from cc_connect.testing.contracts.platform.harness import Act

_LONG = 30.0
"""Seconds to wait that no adapter waits out by itself."""


@contract(Act.OUTAGE)
async def p19_an_outage_is_told(bench: Bench) -> None:
    """While the service is away `deliver` MUST raise PlatformUnavailable, not hang."""
    async with bench.running() as platform:
        await bench.harness.down()
        post = bench.say(bench.word("nobody there"))
        await bench.refuses(
            platform.deliver(post), PlatformUnavailable, "deliver() while the service is away"
        )
        await bench.harness.up()


@contract(Act.RATE)
async def p21_too_many_calls_are_told(bench: Bench) -> None:
    """When the service says "too many", `deliver` MUST raise RateLimited with `retry_after` > 0."""
    async with bench.running() as platform:
        await bench.harness.rate_limit(_LONG)
        post = bench.say(bench.word("too fast"))
        error = await bench.refuses(
            platform.deliver(post), RateLimited, "deliver() when the service says too many"
        )
        seconds = getattr(error, "retry_after", 0.0)
        bench.must(0 < seconds <= 2 * _LONG, f"after {_LONG} s, not {seconds}, may it be tried")


@contract(Act.GARBAGE)
async def p31_a_malformed_frame_is_survived(bench: Bench) -> None:
    """A frame that is none MUST NOT end receiving; what comes after it is received."""
    async with bench.running():
        for _ in range(3):
            await bench.harness.garbage()
        text = bench.word("after the garbage")
        await bench.harness.say(bench.place, text)
        await bench.hears_text(text)


@contract(Act.STALL)
async def p46_a_cancelled_delivery_leaves_no_harm(bench: Bench) -> None:
    """When `deliver` is cancelled because it takes too long, the next one MUST work."""
    async with bench.running() as platform:
        await bench.harness.stall()
        hanging = asyncio.create_task(platform.deliver(bench.say(bench.word("stuck"))))
        await asyncio.sleep(0.1)
        hanging.cancel()
        _, late = await asyncio.wait({hanging}, timeout=bench.patience)
        bench.must(not late, "a cancelled deliver() does not end")
        await bench.harness.flow()
        word = bench.word("next")
        await bench.deliver(bench.say(word))
        await bench.sees(lambda one: word in one.text, "the next post is not seen")
