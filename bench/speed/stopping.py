"""The end with many live conversations: everybody is told, and no agent is left."""

import asyncio

from bench.speed.figures import Row, spread
from bench.speed.scene import Setting, scene

PEOPLE = 50
SECONDS = 2.0


async def rows(setting: Setting) -> list[Row]:
    times, left = [], 0
    for _ in range(setting.many(5, 2)):
        async with scene(setting) as (crowd, program):
            await asyncio.gather(*(crowd.turn(f"p{n}") for n in range(PEOPLE)))
            agents = program.agents()
            times.append(await program.stop())
            left += sum(agent.is_running() for agent in agents)
    held = max(times) <= SECONDS and not left
    seen = f"{spread(times, 's', 2)}, {left} agents left"
    return [
        Row(f"stop with {PEOPLE} live conversations", seen, f"<= {SECONDS:.0f} s, none left", held)
    ]
