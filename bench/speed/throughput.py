"""Many people at once, each of whom writes again as soon as the answer is there."""

import asyncio
import time

from bench.speed.figures import Row
from bench.speed.scene import Setting, scene

CROWDS = (50, 200)
RATE, CPU = 500.0, 2.0
PARTS = 6
FLAT = 0.8
"""The slowest sixth of the time must reach so much of the median sixth."""


async def rows(setting: Setting) -> list[Row]:
    return [row for people in CROWDS for row in await crowded(setting, people)]


async def crowded(setting: Setting, people: int) -> list[Row]:
    """Turns a second, in parts of the time, and what a turn costs of the processor."""
    seconds = setting.seconds or setting.many(60, 6)
    async with scene(setting) as (crowd, program):
        await asyncio.gather(*(crowd.turn(f"p{n}") for n in range(people)))
        done = [0] * PARTS
        before, own = program.cpu(), time.process_time()
        agents = sum(sum(agent.cpu_times()[:2]) for agent in program.agents())
        began = time.monotonic()

        async def person(who: str) -> None:
            while (now := time.monotonic() - began) < seconds:
                await crowd.turn(who)
                done[min(PARTS - 1, int(PARTS * now / seconds))] += 1

        await asyncio.gather(*(person(f"p{n}") for n in range(people)))
        took = time.monotonic() - began
        total = sum(done)
        cpu = 1000 * (program.cpu() - before) / total
        twin = 1000 * (time.process_time() - own) / total
        later = sum(sum(agent.cpu_times()[:2]) for agent in program.agents())
    rates = sorted(PARTS * count / seconds for count in done)
    rate, flat = total / took, rates[0] >= FLAT * rates[PARTS // 2]
    return [
        Row(
            f"{people} people at once, {seconds:.0f} s",
            f"{rate:.0f} turns/s ({rates[0]:.0f} to {rates[-1]:.0f} over the sixths of the time)",
            f">= {RATE:.0f}, flat",
            rate >= RATE and flat,
        ),
        Row(
            f"{people} people at once: of the processor in a turn",
            f"{cpu:.2f} ms (beside it: the server {twin:.2f}, the agent "
            f"{1000 * (later - agents) / total:.2f})",
            f"<= {CPU:.0f} ms",
            cpu <= CPU,
        ),
    ]
