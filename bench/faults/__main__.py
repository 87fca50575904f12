"""`python -m bench.faults [--short] [PART...]`: see the package."""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from bench.faults.agents import agent_faults
from bench.faults.disks import store_faults
from bench.faults.instant import instant
from bench.faults.kills import kill_in_every_phase
from bench.faults.rows import all_rows
from bench.faults.sockets import socket_faults
from bench.faults.table import Outcome, outcomes

Part = Callable[[bool], Coroutine[Any, Any, tuple[str, bool]]]


async def kills(short: bool) -> tuple[str, bool]:  # noqa: FBT001 - the one switch of all parts
    found = await kill_in_every_phase(kills=2 if short else 10, turns=40 if short else 200)
    return str(found), not any(found.zeros)


async def replies(short: bool) -> tuple[str, bool]:  # noqa: FBT001 - the same
    return _told([await instant(200 if short else 2000)])


async def agents(short: bool) -> tuple[str, bool]:  # noqa: FBT001 - the same
    return _told(await agent_faults(short=short))


def _told(found: list[Outcome]) -> tuple[str, bool]:
    return outcomes(found), all(one.good for one in found)


async def rows(short: bool) -> tuple[str, bool]:  # noqa: FBT001 - the same
    return _told(await all_rows(short=short))


async def sockets(short: bool) -> tuple[str, bool]:  # noqa: FBT001 - the same
    return _told(await socket_faults(rooms=5 if short else 20))


async def stores(_: bool) -> tuple[str, bool]:  # noqa: FBT001 - the same
    return _told(await store_faults())


PARTS: dict[str, Part] = {
    "kills": kills,
    "rows": rows,
    "sockets": sockets,
    "instant": replies,
    "agents": agents,
    "stores": stores,
}


def main() -> int:
    """Run the parts that are named, or all; returns 0 when every bar is held."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer of everything")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these")
    given = parser.parse_args()
    good = True
    # The replies that come at once are a row of the table as well.
    for name in given.parts or [name for name in PARTS if name != "instant"]:
        began = time.monotonic()
        told, held = asyncio.run(PARTS[name](given.short))
        verdict = "held" if held else "NOT HELD"
        print(f"== {name}: {verdict}, {time.monotonic() - began:.0f} s\n{told}\n", flush=True)
        good = good and held
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
