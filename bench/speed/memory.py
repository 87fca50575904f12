"""Memory: idle, with 200 live conversations, and over many turns of one person."""

import asyncio

from bench.speed.figures import Row
from bench.speed.scene import Setting, scene

IDLE, LIVE = 50.0, 80.0
PEOPLE, TURNS = 200, 5
LONG = 3000
GROWTH = 2.0
"""Megabytes that may come and go over so many turns: the allocator's, not ours."""
QUIET = 1.0


async def rows(setting: Setting) -> list[Row]:
    people = setting.many(PEOPLE, 50)
    async with scene(setting) as (crowd, program):
        await asyncio.sleep(QUIET)
        idle = program.memory()

        async def person(who: str) -> None:
            for _ in range(TURNS):
                await crowd.turn(who)

        await asyncio.gather(*(person(f"p{n}") for n in range(people)))
        await asyncio.sleep(QUIET)
        live = program.memory()
    return [
        Row("memory, idle", f"{idle:.1f} MB", f"<= {IDLE:.0f} MB", idle <= IDLE),
        Row(
            f"memory, {people} live conversations after {TURNS} turns each",
            f"{live:.1f} MB, {1000 * (live - idle) / people:.0f} KB each",
            f"<= {LIVE:.0f} MB",
            live <= LIVE,
        ),
    ]


async def lasting(setting: Setting) -> list[Row]:
    """One person, turn after turn: the memory of the program stays what it is."""
    turns = setting.many(LONG, 600)
    async with scene(setting) as (crowd, program):
        marks = []
        for number in range(turns):
            await crowd.turn("ann")
            if (number + 1) % (turns // 6) == 0:
                marks.append(program.memory())
    grown = marks[-1] - marks[0]
    seen = " ".join(f"{mark:.1f}" for mark in marks)
    return [
        Row(
            f"memory over {turns} turns of one person",
            f"{seen} MB",
            "flat",
            grown <= GROWTH,
        )
    ]
