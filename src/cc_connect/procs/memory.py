"""How much memory a child and its descendants hold."""

from collections.abc import Iterable

import psutil

from cc_connect.procs.family import descend, snapshot
from cc_connect.procs.identity import Identity


def resident_memory(roots: Iterable[Identity]) -> dict[Identity, int]:
    """Gives for each root the resident bytes of it and all its living descendants.

    Zero for one that has ended. Pages that several processes share are counted for each of them,
    as in ``top``. Blocking: one look at all processes of the machine, however many the roots.
    """
    rows = snapshot()
    return {root: sum(_resident(member.pid) for member in descend([root], rows)) for root in roots}


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
