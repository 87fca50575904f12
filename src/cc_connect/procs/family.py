"""Finds every process that belongs to a child, wherever it has gone.

Three links lead from a child to its descendants, and each of them can be cut:

- the parent link, until a parent dies and its children are given to init;
- the session, which a process leaves by starting its own (Claude Code does so for each shell
  command, which is why killing the process group of the CLI leaves those commands running);
- a variable in the environment (`MARKER`), which all descendants inherit unless one wipes it.

A process is lost only when all three are cut before anybody looked, because a process once seen is
remembered by its identity.

The kernel could help (``PR_SET_CHILD_SUBREAPER``: orphans become our children instead of init's),
but it is not used: it works for the whole process and only on Linux, tells nothing of which child
an orphan came from, and would make us reap strangers, against the child watcher of asyncio, which
reaps its own.
"""

import os
import signal
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

from cc_connect.procs.identity import Identity, Row, is_alive, row_of, send

MARKER = "CC_CONNECT_CHILD"
"""The variable that every child is started with."""

Rows = Mapping[int, Row]


def snapshot() -> dict[int, Row]:
    """Reads all processes of the machine (about 15 µs each); blocking."""
    found = ((pid, row_of(pid)) for pid in psutil.pids())
    return {pid: row for pid, row in found if row is not None}


def find_marked(marker: str, rows: Rows | None = None) -> tuple[Identity, ...]:
    """Finds the living processes that carry this marker, or one that begins with it and a colon.

    Processes whose environment may not be read (those of other users) are passed over, and so are
    this process and those above it: cc-connect may have been started by an agent of cc-connect.
    Blocking: reads the environment of each process of this user.

    Raises:
        ValueError: the marker is empty, which would mean every process there is.
    """
    if not marker:
        raise ValueError("a marker must not be empty")
    rows = snapshot() if rows is None else rows
    spared = _ourselves(rows)
    return tuple(
        row.identity
        for pid, row in rows.items()
        if not row.ended and pid not in spared and _carries(pid, marker)
    )


@dataclass(frozen=True, slots=True)
class View:
    """All processes at one moment: good for any number of families.

    Attributes:
        rows: The processes by id.
        below: Who stands below whom, by id.
        marks: The markers of those that carry one, by id.
    """

    rows: Rows
    below: Mapping[int, list[Row]]
    marks: Mapping[int, str]


def view() -> View:
    """Looks at all processes; blocking, like `snapshot` and `find_marked`."""
    rows = snapshot()
    spared = _ourselves(rows)
    found = ((pid, _mark(pid)) for pid, row in rows.items() if not (row.ended or pid in spared))
    return View(rows, _below(rows), {pid: mark for pid, mark in found if mark})


def family(known: Iterable[Identity], marker: str, seen: View) -> tuple[Identity, ...]:
    """Gives the living among ``known`` and all their living descendants, parents first.

    With a marker also those that carry it.
    """
    marked = [seen.rows[pid].identity for pid, mark in seen.marks.items() if _matches(mark, marker)]
    return _descend([*known, *(marked if marker else ())], seen.rows, seen.below)


def descend(roots: Iterable[Identity], rows: Rows) -> tuple[Identity, ...]:
    """Gives the living roots and all that the rows show below them, each once, parents first."""
    return _descend(roots, rows, _below(rows))


def _below(rows: Rows) -> Mapping[int, list[Row]]:
    below: dict[int, list[Row]] = defaultdict(list)
    for row in rows.values():
        below[row.parent].append(row)
        # The leader of a session has its own id there; while it exists nobody else can have that
        # id, so the members are its offspring even when their parents are gone.
        if row.session not in (row.identity.pid, row.parent):
            below[row.session].append(row)
    return below


def _descend(
    roots: Iterable[Identity], rows: Rows, below: Mapping[int, list[Row]]
) -> tuple[Identity, ...]:
    spared = _ourselves(rows)
    seen: dict[Identity, Row] = {}
    known = {root: rows.get(root.pid) for root in roots}
    waiting = deque(row for root, row in known.items() if row and row.identity == root)
    while waiting:
        row = waiting.popleft()
        if row.identity in seen or row.identity.pid in spared:
            continue
        seen[row.identity] = row
        waiting.extend(below.get(row.identity.pid, ()))
    return tuple(identity for identity, row in seen.items() if not row.ended)


def living(known: Iterable[Identity]) -> tuple[Identity, ...]:
    """Gives those that are alive; looks at nothing else, so it is cheap."""
    return tuple(identity for identity in known if is_alive(identity))


def signal_each(targets: Iterable[Identity], number: signal.Signals) -> None:
    """Signals each of them that is still there."""
    for identity in targets:
        send(identity, number)


def reap_adopted(known: Iterable[Identity]) -> None:
    """Reaps the dead descendants that were given to us; never call it with a child of our own.

    They are given to us when we are process 1, as in a container without an init, and nobody else
    would ever take them away. A child that asyncio watches must be left to asyncio.
    """
    for identity in known:
        row = row_of(identity.pid)
        if row and row.identity == identity and row.ended and row.parent == os.getpid():
            os.waitpid(identity.pid, os.WNOHANG)


def _ourselves(rows: Rows) -> set[int]:
    spared: set[int] = set()
    pid = os.getpid()
    while pid and pid not in spared:
        spared.add(pid)
        pid = rows[pid].parent if pid in rows else 0
    return spared


def _carries(pid: int, marker: str) -> bool:
    return _matches(_mark(pid), marker)


def _matches(mark: str, marker: str) -> bool:
    return mark == marker or mark.startswith(f"{marker}:")


def _mark(pid: int) -> str:
    """The marker of a process; "" when it has none, or it may not be read."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123  # called for every process
                block = file.read()
        except OSError:
            return ""
        begin = f"{MARKER}=".encode()
        found = (entry for entry in block.split(b"\0") if entry.startswith(begin))
        return next(found, begin)[len(begin) :].decode(errors="replace")
    else:  # noqa: RET505  # mypy then knows that this is for other systems
        try:
            return psutil.Process(pid).environ().get(MARKER, "")
        except (psutil.Error, OSError):
            return ""
