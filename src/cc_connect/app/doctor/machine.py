"""The machine: folders and their modes, room on the disk, the port of the page, the clock."""

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from cc_connect.app.config.models_shared import Management
from cc_connect.app.doctor.findings import Finding, Grade
from cc_connect.core.texts import Language, say

OTHERS = 0o077
PRIVATE = ("state.db", "run", "platforms", "blobs")
"""What must be closed to others; the data folder itself may hold a person's own files."""
MIB = 1024 * 1024
SCARCE, SPENT = 1024 * MIB, 100 * MIB
TOLERATED = 60.0
"""Seconds a clock may be off."""


def data_folder(folder: Path, language: Language) -> Iterator[Finding]:
    """Whether the data folder can be used, and by nobody else."""
    if not folder.exists():
        yield Finding(say(language, "doctor_no_data", path=folder))
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(say(language, "doctor_data_unusable", path=folder), Grade.BAD)
        return
    yield Finding(say(language, "doctor_data", path=folder))
    for name in PRIVATE:
        yield from private(folder / name, language)
    yield _room(folder, language)


def private(path: Path, language: Language) -> Iterator[Finding]:
    """A complaint when others may look into this."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    if mode & OTHERS:
        closed = f"{mode & ~OTHERS:o}"
        text = say(language, "doctor_open", path=path, mode=f"{mode:o}", closed=closed)
        yield Finding(text, Grade.ODD)


def close(config: Path, folder: Path, language: Language) -> Iterator[Finding]:
    """Close to others what should be closed; tells what was done."""
    for path in (config, *(folder / name for name in PRIVATE)):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OTHERS:
                path.chmod(mode & ~OTHERS)
                yield Finding(say(language, "doctor_closed", path=path))
        except FileNotFoundError:
            continue
        except OSError as error:
            text = say(language, "doctor_not_closed", path=path, reason=error.strerror)
            yield Finding(text, Grade.BAD)


def _room(folder: Path, language: Language) -> Finding:
    free = shutil.disk_usage(folder).free
    text = say(language, "doctor_disk", free=f"{free // MIB:,}")
    if free < SPENT:
        return Finding(text, Grade.BAD)
    return Finding(text, Grade.ODD if free < SCARCE else Grade.GOOD)


def port(management: Management, language: Language) -> Iterator[Finding]:
    """Whether the page could be served; not to be asked while it is."""
    if not management.enabled or not management.port:
        return
    where = {"host": management.host, "port": management.port}
    try:
        kind = socket.AF_INET6 if ":" in management.host else socket.AF_INET
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((management.host, management.port))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        text = say(language, "doctor_port_taken", reason=reason, **where)
        yield Finding(text, Grade.BAD)
    else:
        yield Finding(say(language, "doctor_port", **where))


def clock(ours: float, theirs: float, language: Language) -> Finding:
    """Our clock beside that of a platform, both in Unix seconds."""
    off = round(abs(ours - theirs))
    if off > TOLERATED:
        return Finding(say(language, "doctor_clock_off", seconds=off), Grade.ODD)
    return Finding(say(language, "doctor_clock"))
