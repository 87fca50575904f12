"""Random walks: whatever breaks, everything said is heard once and in order, and every answer is
shown once.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable

import pytest

from cc_connect.contract.content import Text
from cc_connect.contract.errors import PlatformUnavailable, RateLimited
from cc_connect.contract.inbound import Said
from cc_connect.contract.platform import Kind, Post
from cc_connect.platforms.discord.adapter import DiscordPlatform
from cc_connect.testing.discord import DiscordTwin
from cc_connect.testing.discord.faults import Faults
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import QUICK, Place, at, furnish, settings

STEPS = 40
EVENTS = ("MESSAGE_CREATE", "GUILD_CREATE", "INTERACTION_CREATE", "RESUMED", "READY")
CODES = (1000, 1001, 4000, 4007, 4009)


def forget(faults: Faults) -> None:
    faults.forget_sessions()
    faults.drop_sockets()


TROUBLES: tuple[Callable[[Faults, random.Random], None], ...] = (
    lambda faults, _: faults.drop_sockets(),
    lambda faults, _: faults.drop_sockets(reset=True),
    lambda faults, rolls: faults.close_sockets(rolls.choice(CODES)),
    lambda faults, _: faults.reconnect(),
    lambda faults, _: faults.invalidate_sessions(),
    lambda faults, _: faults.invalidate_sessions(resumable=True),
    lambda faults, _: forget(faults),
    lambda faults, rolls: faults.refuse_gateway(times=rolls.randint(1, 3)),
    lambda faults, rolls: faults.malformed_event(rolls.choice(EVENTS)),
    lambda faults, _: faults.duplicate_events("MESSAGE_CREATE"),
    lambda faults, _: faults.next_status(503),
    lambda faults, _: faults.drop_requests(),
    lambda faults, _: faults.drop_requests(after=True),
    lambda faults, _: faults.rate_limit(retry_after=0.01),
)


async def keep(platform: DiscordPlatform, host: RecordingHost) -> None:
    """What the supervisor does."""
    while True:
        with contextlib.suppress(PlatformUnavailable):
            await platform.run(host)
        await asyncio.sleep(0.01)


async def post(platform: DiscordPlatform, place: Place, number: int) -> None:
    """What the outbox does."""
    content = (Text(f"answer {number}: " + "words " * 50),)
    repeat = False
    while True:
        try:
            await platform.deliver(
                Post(at(place.general), content, f"k{number}", Kind.FINAL, repeat=repeat)
            )
        except (PlatformUnavailable, RateLimited):
            repeat = True
            await asyncio.sleep(0.02)
        else:
            return


def heard(host: RecordingHost) -> list[str]:
    return [one.body.text for one in host.received if isinstance(one.body, Said)]


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_lost_and_nothing_doubled(seed: int) -> None:
    rolls = random.Random(seed)
    host = RecordingHost()
    async with DiscordTwin() as twin:
        place = furnish(twin)
        platform = DiscordPlatform(settings(twin, place.bot), QUICK)
        running = asyncio.create_task(keep(platform, host))
        await host.pulse.until(lambda: host.up or None, 5.0)
        await place.general.say(place.alice, "@cc-connect begin")
        await host.pulse.until(lambda: host.received or None, 5.0)
        said, posts = ["begin"], []
        for number in range(STEPS):
            if number % 10 == 0:
                host.fail(OSError("the disk is full"))
            match rolls.choice(("say", "post", "trouble")):
                case "say":
                    said.append(f"message {number}")
                    await place.general.say(place.alice, f"@cc-connect message {number}")
                case "post":
                    posts.append(asyncio.create_task(post(platform, place, number)))
                case _:
                    rolls.choice(TROUBLES)(twin.faults, rolls)
            await asyncio.sleep(rolls.choice((0.0, 0.0, 0.01, 0.03)))
        twin.faults.heal()
        async with asyncio.timeout(20):
            await asyncio.gather(*posts)
        await host.pulse.until(lambda: len(heard(host)) >= len(said) or None, 20.0)
        running.cancel()
        await asyncio.wait({running})
        assert heard(host) == said
        shown = [m.content for m in place.general.messages if m.author is place.bot.user]
        assert len(shown) == len(set(shown)) == len(posts)
