"""Ends what an earlier run of cc-connect left behind, when that run was killed itself.

The store keeps the `Identity` of each child. At the next start those that still live are ended, and
with them every process that carries the marker of the instance (`find_marked`).
"""

import asyncio
from collections.abc import Iterable

from cc_connect.procs.ending import Ending, Grace
from cc_connect.procs.family import find_marked
from cc_connect.procs.identity import Identity, identity_of

__all__ = ["Identity", "end_survivors", "find_marked", "identity_of"]


async def end_survivors(
    identities: Iterable[Identity], grace: Grace | None = None
) -> tuple[Identity, ...]:
    """Ends those that still live, with all their descendants: SIGTERM, then SIGKILL.

    Never name a child that this run watches: its `Child` ends it. Returns what was ended, empty
    when nothing was left. ``grace.eof`` is not used: nobody holds the pipes of a survivor any more.

    Raises:
        StillRunning: something lives on after SIGKILL.
    """
    grace = grace or Grace()
    watched_exited = asyncio.Event()
    watched_exited.set()  # there is none
    ending = Ending(identities, "", watched_exited)
    if await ending.look():
        await ending.ask(grace.term)
        await ending.force(grace.kill)
    return tuple(ending.signalled)
