"""Names one process for good, and signals it without ever hitting another one.

A process id alone is not a name: the system gives it to somebody else later. Together with the
moment at which the process was started it is one, also across a restart of cc-connect.
"""

import os
import signal
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Identity:
    """One process, durable: it may be stored and compared after a restart, even of the machine.

    ``started`` is opaque text that only this module reads. On Linux it holds the id of the boot and
    the clock ticks since, which no change of the clock can move; psutil's ``create_time`` there is
    counted from the clock, so a machine that sets its clock after cc-connect has started would not
    know its own children again. Elsewhere it is that ``create_time``.
    """

    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the system says of one process. ``ended`` is a process that only waits to be reaped."""

    identity: Identity
    parent: int
    session: int
    ended: bool


def row_of(pid: int) -> Row | None:
    """Asks for one process; None when there is none, or it may not be seen."""
    if sys.platform == "linux":
        return _row_from_proc(pid)
    else:  # noqa: RET505  # mypy then knows that this is for other systems
        return _row_from_psutil(pid)


def identity_of(pid: int) -> Identity | None:
    """Names the process that has this id now, or None when there is none."""
    row = row_of(pid)
    return row.identity if row else None


def is_alive(identity: Identity) -> bool:
    """Tells whether this very process still runs; one that waits to be reaped does not."""
    row = row_of(identity.pid)
    return row is not None and row.identity == identity and not row.ended


def send(identity: Identity, number: signal.Signals) -> bool:
    """Sends a signal to this very process; False when it is gone or may not be signalled by us.

    Where Linux offers it (pidfd) the process is held while its identity is checked, so that not
    even a process id that is given away in that moment can be hit.
    """
    # Not every build of Python has it, and a sandbox may refuse it.
    hold = getattr(os, "pidfd_open", None)
    try:
        held = hold(identity.pid) if hold else None
    except ProcessLookupError:
        return False
    except OSError:
        held = None
    try:
        if not is_alive(identity):
            return False
        if held is None or sys.platform != "linux":
            os.kill(identity.pid, number)
        else:
            signal.pidfd_send_signal(held, number)
    except (ProcessLookupError, PermissionError):
        return False
    else:
        return True
    finally:
        if held is not None:
            os.close(held)


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _row_from_proc(pid: int) -> Row | None:
    # Read here and not through psutil: one small file per process where psutil opens several, and
    # it holds the start in ticks since boot, which psutil does not give out.
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # called for every process
            stat = file.read()
    except OSError:
        return None
    # The second field is the name in brackets, which may itself hold blanks and brackets.
    fields = stat.rpartition(b") ")[2].split()
    return Row(
        identity=Identity(pid, f"{_boot()}/{fields[19].decode()}"),
        parent=int(fields[1]),
        session=int(fields[3]),
        ended=fields[0] in b"ZXx",
    )


def _row_from_psutil(pid: int) -> Row | None:
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            return Row(
                identity=Identity(pid, f"{process.create_time():.3f}"),
                parent=process.ppid(),
                session=0,
                ended=process.status() == psutil.STATUS_ZOMBIE,
            )
    except psutil.Error:
        return None
