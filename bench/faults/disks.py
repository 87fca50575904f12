"""The disk of the data folder is full, not writable, or has lost half of the database."""

import asyncio
import os
import shutil
from pathlib import Path

from bench.faults.table import Outcome
from bench.faults.town import Town, until

NOBODY = 65534
SIZE = "8m"


async def store_faults() -> list[Outcome]:
    """All of them; those that need root are left out, with a word, when it is not there."""
    found = [await cut_off()]
    if os.geteuid() != 0:
        return [*found, Outcome("full disk, read-only folder", "left out: needs root", good=True)]
    return [*found, await full(), await read_only()]


async def full() -> Outcome:
    """No room left in the middle of a turn; room again a little later."""
    async with Town(2) as town:
        town.program.data.mkdir(mode=0o700)
        mounted = await _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "x", town.program.data)
        if not mounted:
            return Outcome("full disk", "left out: nothing can be mounted here", good=True)
        try:
            return await _full(town)
        finally:
            await town.program.end()
            await _run("umount", "-l", town.program.data)


async def _run(program: str, *arguments: str | Path) -> bool:
    process = await asyncio.create_subprocess_exec(program, *arguments)
    return await process.wait() == 0


async def _full(town: Town) -> Outcome:
    first, second = town.channels
    await town.program.start()
    await town.answered(*[await town.say(channel) for channel in town.channels])
    gate = town.folder / "gate"
    steps = ({"hold": str(gate)}, {"text": "answer m00002."})
    names = [await town.say(first, *steps)]
    await until(lambda: town.times_told("m00002") > 0)
    filler = town.program.data / "filler"
    _fill(filler)
    gate.touch()  # the answer comes now, and cannot be written down
    names.append(await town.say(second))
    await until(lambda: bool(town.seen(first, "disk") and town.seen(second, "disk")))
    told = bool(town.seen(first, "disk")), bool(town.seen(second, "disk"))
    lied = any(town.finals(name) for name in names)
    filler.unlink()
    missing = await town.answered(*names)
    finals = [len(town.finals(name)) for name in names]
    seen = f"people are told {told}; with room again answers {finals}"
    return Outcome(
        "full disk in the middle of a turn", seen, all(told) and not missing and not lied
    )


def _fill(path: Path) -> None:
    """Take all the room there is, to the last block."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


async def read_only() -> Outcome:
    """A data folder that belongs to somebody else."""
    async with Town(1) as town:
        town.program.data.mkdir(mode=0o755)
        town.folder.chmod(0o755)
        command = [shutil.which("setpriv") or "setpriv", f"--reuid={NOBODY}", "--clear-groups"]
        town.program.command = [*command, *town.program.command]
        return await _refuses(town, "a data folder that is not ours", "rights")


async def cut_off() -> Outcome:
    """Half of the database is gone."""
    async with Town(1) as town:
        await town.program.start()
        await town.answered(await town.say(town.channels[0]))
        await town.program.end(15)
        file = town.program.data / "state.db"
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        found = await _refuses(town, "a database cut in half", "backup")
        kept = file.read_bytes() == content[: len(content) // 2]
    return Outcome(
        found.fault, f"{found.seen}; the file is left as it is: {kept}", found.good and kept
    )


async def _refuses(town: Town, fault: str, word: str) -> Outcome:
    await town.program.start(until="")
    process = town.program.process
    assert process is not None
    try:
        code = await asyncio.wait_for(process.wait(), 30)
    except TimeoutError:
        return Outcome(fault, "it runs all the same", good=False)
    log = town.program.logged().strip()
    last = log.splitlines()[-1] if log else ""
    good = code == 1 and word in last and "Traceback" not in log
    return Outcome(fault, f"exit {code}: {last[:160]}", good)
