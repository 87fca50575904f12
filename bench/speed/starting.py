"""From the command to "cc-connect is running", and what other commands cost."""

import asyncio
import os
import resource
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.speed.figures import Row, spread
from bench.speed.program import environment
from bench.speed.scene import Setting, scene

START = 350.0
COMMAND = 150.0


async def starts(setting: Setting) -> list[Row]:
    """A start with one chat platform, without the page and with it."""
    rows = []
    for page, owed in ((False, f"<= {START:.0f} ms"), (True, "")):
        walls, cpus = [], []
        for _ in range(setting.many(9, 3)):
            async with scene(setting, page=page) as (_, program):
                walls.append(1000 * program.started.wall)
                cpus.append(1000 * program.started.cpu)
        name = "start, one chat platform" + (" and the page" if page else "")
        held = not owed or sorted(walls)[len(walls) // 2] <= START
        seen = f"{spread(walls, 'ms', 0)}, of the processor {spread(cpus, 'ms', 0)}"
        rows.append(Row(name, seen, owed, held))
    return rows


async def phases(setting: Setting) -> list[Row]:
    """What the start consists of: the interpreter, the imports by package, and the rest."""
    if setting.command[1:2] != ["-m"]:
        return [Row("phases of a start", "only for a program that Python runs by -m")]
    command = [setting.command[0], "-X", "importtime", *setting.command[1:]]
    async with scene(setting, command=command) as (_, program):
        own: Counter[str] = Counter()
        for line in program.log().splitlines():
            if line.startswith("import time:") and "imported" not in line:
                microseconds, _, name = line.removeprefix("import time:").split("|")
                own[name.strip().partition(".")[0]] += int(microseconds)
        total = program.started.wall
    cost = sum(own.values()) / 1000
    most = ", ".join(f"{name} {us / 1000:.0f}" for name, us in own.most_common(8))
    bare = timed([setting.command[0], "-c", "pass"], {})
    seen = (
        f"interpreter {bare:.0f}, imports {cost:.0f} ({most}), configuration, store and connection "
        f"{1000 * total - cost - bare:.0f} ms"
    )
    return [Row("phases of a start, traced, so slower", seen)]


def commands(setting: Setting) -> list[Row]:
    """Commands that people and agents type: CPU of a whole process."""
    rows = []
    for arguments in (["--help"], ["--data-dir", "{}", "url"]):
        with tempfile.TemporaryDirectory() as folder:
            environ = environment(Path(folder), setting.agents)
            line = [*setting.command, *(word.format(folder) for word in arguments)]
            times = [timed(line, environ) for _ in range(setting.many(9, 3))]
        held = sorted(times)[len(times) // 2] <= COMMAND
        name = f"cc-connect {arguments[-1]}, of the processor"
        rows.append(Row(name, spread(times, "ms", 0), f"<= {COMMAND:.0f} ms", held))
    return rows


def timed(line: list[str], environ: dict[str, str]) -> float:
    """Milliseconds of the processor that a command takes."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 1000 * (usage.ru_utime + usage.ru_stime)

    before = used()
    subprocess.run(line, env={**os.environ, **environ}, check=False, capture_output=True)
    return used() - before


async def rows(setting: Setting) -> list[Row]:
    found: list[Row] = [*await starts(setting), *await phases(setting)]
    looked: Callable[[Setting], list[Row]] = commands
    return [*found, *await asyncio.to_thread(looked, setting)]
