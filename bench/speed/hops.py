"""Where a turn spends its time, hop by hop, and which lines hold the memory: this program only."""

import asyncio
import json
import os
import signal
import statistics
import sys
from pathlib import Path

from bench.speed.figures import Row
from bench.speed.latency import warmed
from bench.speed.scene import Setting, scene

_ROOT = Path(__file__).parents[2]
_WITHIN = 20.0


def _command(*options: str) -> list[str]:
    return [sys.executable, *options, "-m", "bench.speed.hopped"]


def _environ(found: Path) -> dict[str, str]:
    path = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": f"{_ROOT}:{path}" if path else str(_ROOT), "BENCH_FOUND": str(found)}


async def rows(setting: Setting) -> list[Row]:
    """Milliseconds of each hop in a turn: one person, and a crowd."""
    return [*await _hops(setting, 1), *await _hops(setting, 50)]


async def _hops(setting: Setting, people: int) -> list[Row]:
    found = setting.agents / f"hops-{people}"
    turns = setting.many(400, 100) // people or 1
    async with scene(setting, command=_command(), environ=_environ(found)) as (crowd, program):
        await warmed(crowd, program)
        await asyncio.gather(*(crowd.turn(f"p{n}") for n in range(people)))
        program.process.send_signal(signal.SIGUSR1)  # from here on it counts

        async def person(who: str) -> list[float]:
            return [(await crowd.turn(who)).added for _ in range(turns)]

        added = await asyncio.gather(*(person(f"p{n}") for n in range(people)))
    hops: dict[str, list[float]] = json.loads(found.read_text())
    count = turns * people
    whole = statistics.median([one for several in added for one in several])
    shown = ", ".join(
        f"{name} {sum(times) / count:.2f} ({len(times) / count:.1f} times)"
        for name, times in hops.items()
    )
    return [
        Row(f"hops of a turn, {people} at once, ms with waiting", f"{shown}; added {whole:.2f}")
    ]


async def lines(setting: Setting) -> list[Row]:
    """The lines that hold most of the memory after 20 conversations, as tracemalloc sees them."""
    found = setting.agents / "lines"
    command = _command("-X", "tracemalloc=1")
    async with scene(setting, command=command, environ=_environ(found)) as (crowd, program):
        await asyncio.gather(*(crowd.turn(f"p{n}") for n in range(20)))
        program.process.send_signal(signal.SIGUSR2)
        async with asyncio.timeout(_WITHIN):
            while not found.exists():  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
    return [Row(line, "") for line in found.read_text().splitlines()]
