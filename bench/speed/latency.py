"""What the program adds to a warm turn, and what it adds when much history is stored."""

import statistics
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from bench.speed.crowd import Crowd, Turn
from bench.speed.figures import Row, share, spread
from bench.speed.history import fill
from bench.speed.program import Program
from bench.speed.scene import Setting, fsync, scene

MEDIAN, WORST = 2.5, 8.0
GROWTH = 1.2
SIZES = (12, 100, 1000)
WARM = 50


async def rows(setting: Setting) -> list[Row]:
    count = setting.many(1000, 200)
    async with scene(setting) as (crowd, program):
        before = await warmed(crowd, program)
        turns = [await crowd.turn("ann") for _ in range(count)]
        cpu = 1000 * (program.cpu() - before) / count
    added = [turn.added for turn in turns]
    middle, worst = share(added, 0.5), share(added, 0.99)
    parts = (
        f"p50 {middle:.2f} (in {share([t.inward for t in turns], 0.5):.2f}, out "
        f"{share([t.outward for t in turns], 0.5):.2f}), p99 {worst:.2f} ms of {count} turns"
    )
    return [
        Row("the disk: 4 KiB written for good", f"{fsync():.2f} ms"),
        Row(
            "added to a warm turn",
            parts,
            f"<= {MEDIAN} / <= {WORST:.0f} ms",
            middle <= MEDIAN and worst <= WORST,
        ),
        Row("of the processor in such a turn, one person at a time", f"{cpu:.2f} ms"),
    ]


async def warmed(crowd: Crowd, program: Program) -> float:
    """Let the agent start and the caches fill; returns the CPU used so far."""
    for _ in range(WARM):
        await crowd.turn("ann")
    return program.cpu()


async def history(setting: Setting) -> list[Row]:
    """Turns of a person with a long history beside the same turns with none."""
    found = []
    for size in SIZES[:1] if setting.quick else SIZES:
        empty, full, stored = await paired(setting, size)
        ratio = statistics.median(full) / statistics.median(empty)
        inside = statistics.median(full) <= share(empty, 0.9)
        seen = f"{ratio:.2f} times: {spread(full, 'ms', 2)} after {spread(empty, 'ms', 2)}"
        found.append(
            Row(
                f"a turn with {stored:.0f} MB stored, beside an empty store",
                seen,
                f"<= {GROWTH} times, or in its range",
                ratio <= GROWTH or inside,
            )
        )
    return found


async def paired(setting: Setting, size: int) -> tuple[list[float], list[float], float]:
    """The same turns over two stores, in turn, so that the machine's moods meet both."""
    folders = [Path(mkdtemp(prefix="speed-")) for _ in range(2)]
    try:
        async with scene(setting, folder=folders[1]) as (crowd, _):
            await crowd.turn("ann")
        stored = fill(folders[1] / "data" / "state.db", size)
        times: tuple[list[Turn], list[Turn]] = ([], [])
        async with (
            scene(setting, folder=folders[0]) as (empty, _),
            scene(setting, folder=folders[1]) as (full, _),
        ):
            for crowd in (empty, full):
                for _ in range(WARM):
                    await crowd.turn("ann")
            for _ in range(setting.many(300, 100)):
                times[0].append(await empty.turn("ann"))
                times[1].append(await full.turn("ann"))
    finally:
        for folder in folders:
            rmtree(folder, ignore_errors=True)
    return [t.added for t in times[0]], [t.added for t in times[1]], stored
