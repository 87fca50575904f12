"""`python -m bench`: fast and small, as a table. See docs/performance.md.

    python -m bench                                    all rows
    python -m bench --quick                            fewer of everything: some two minutes
    python -m bench latency crowds                     only these
    python -m bench --program "other-program" latency  the same, for another program
    python -m bench --seconds 600 crowds               ten minutes
    python -m bench hops, python -m bench lines        where a turn spends its time, and its memory

The program is found as `python -m cc_connect` by the Python that runs this.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.faults.table import columns
from bench.speed import floods, hops, latency, memory, starting, stopping, throughput
from bench.speed.figures import Row
from bench.speed.program import command_of, make_agent
from bench.speed.scene import Setting

Measure = Callable[[Setting], Awaitable[list[Row]]]

ROWS: dict[str, Measure] = {
    "start": starting.rows,
    "memory": memory.rows,
    "latency": latency.rows,
    "hops": hops.rows,
    "crowds": throughput.rows,
    "history": latency.history,
    "floods": floods.rows,
    "lasting": memory.lasting,
    "stop": stopping.rows,
}
ON_REQUEST: dict[str, Measure] = {"lines": hops.lines}


async def measured(setting: Setting, names: list[str]) -> bool:
    held = True
    for name in names:
        try:
            found = await (ROWS | ON_REQUEST)[name](setting)
        except (RuntimeError, TimeoutError, OSError) as error:
            found = [
                Row(name, f"{type(error).__name__}: {str(error)[-400:]}", "a figure", held=False)
            ]
        print(columns(row.columns for row in found), flush=True)
        held = held and all(row.held for row in found)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--program", default="", help="the command line under test")
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long crowds write")
    names = [*ROWS, *ON_REQUEST]
    parser.add_argument("rows", nargs="*", choices=[[], *names], help="only these")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agents-") as folder:
        made_of = make_agent(Path(folder))
        load = " ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}", end="; ")
        print(f"the instant agent is made of {made_of}")
        setting = Setting(command_of(given.program), Path(folder), given.quick, given.seconds)
        held = asyncio.run(measured(setting, given.rows or list(ROWS)))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
