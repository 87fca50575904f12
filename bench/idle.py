"""What is left of many conversations once they are idle: `python -m bench.idle`.

The real program, Discord's twin and the scripted agent; the time after which idle agents are closed
is a minute, the smallest that the configuration takes. Fails when an agent process is left or the
program itself holds 80 MB or more.
"""

import argparse
import asyncio
import sys
import time

import psutil

from bench.faults.town import Town

MOST_MB = 80.0
MIB = 1024 * 1024
AT_ONCE = 5
"""Turns side by side: it is the end that counts, not the rush."""
PATIENCE = 240.0


def resident(pid: int) -> float:
    """Memory of a process, in MB."""
    return float(psutil.Process(pid).memory_info().rss) / MIB


async def answered(town: Town, names: list[str]) -> None:
    """Wait until each of these was answered."""
    async with asyncio.timeout(PATIENCE):
        while not all(  # noqa: ASYNC110 - the twin has no such event
            any(name in text for text in town.finals(name)) for name in names
        ):
            await asyncio.sleep(0.05)


async def measure(conversations: int) -> bool:
    """One run; prints what was seen, returns whether it is good enough."""
    async with Town(conversations) as town:
        config = town.program.config
        text = config.read_text("utf-8")
        name = 'name = "demo"\n'
        config.write_text(text.replace(name, f"{name}agent_session_idle_timeout_mins = 1\n"))
        await town.program.start()
        assert town.program.process is not None
        pid = town.program.process.pid
        before = resident(pid)
        most = 0
        for begin in range(0, conversations, AT_ONCE):
            rooms = town.channels[begin : begin + AT_ONCE]
            await answered(town, [await town.say(room) for room in rooms])
            most = max(most, len(town.program.children()))
        busy = resident(pid)
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while town.program.children():  # noqa: ASYNC110 - they are another program's
                await asyncio.sleep(0.5)
        waited = time.monotonic() - began
        after = resident(pid)
        left = len(town.program.children())
    print(f"conversations              {conversations}")
    print(f"agent processes at most    {most}")
    print(f"agent processes left       {left} ({waited:.0f} s after the last turn)")
    print(f"cc-connect after its start {before:.1f} MB")
    print(f"cc-connect after the turns {busy:.1f} MB")
    print(f"cc-connect, all idle       {after:.1f} MB (must be below {MOST_MB:.0f})")
    return left == 0 and after < MOST_MB


def main() -> None:
    """Run it; exit code 1 when it is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=50)
    good = asyncio.run(measure(parser.parse_args().conversations))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
