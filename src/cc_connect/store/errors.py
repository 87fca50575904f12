"""Every failure of the store.

    CcConnectError
    +-- StoreError                 the store could not do it
        +-- StoreFull              the disk (or a quota) is full: make room, nothing else to do
        +-- StoreReadOnly          the files cannot be opened or written: mend owner and rights
        +-- StoreCorrupt           the file is damaged or not ours: restore a backup
        +-- StoreNewer             a newer version of the program has written it: upgrade
        +-- StoreConflict          the change contradicts what is stored: a bug, or a second try
        +-- StoreBusy              another program keeps the file locked: close it
        +-- StoreClosed            asked after `close`
        +-- AlreadyRunning         another process of this program uses the folder
        +-- TooLarge               a file is larger than the limit it was taken with
        +-- NotAFile               there is no plain, readable file where one was expected

The service goes on after most of them: the next commit is tried as if nothing had happened. Only
StoreCorrupt and StoreNewer, and AlreadyRunning, are the end of it.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from cc_connect.contract.errors import CcConnectError


class StoreError(CcConnectError):
    """The store could not do what was asked; nothing of that call was written."""


class StoreFull(StoreError):
    """There is no room left on the disk."""


class StoreReadOnly(StoreError):
    """The files of the store cannot be opened or written."""


class StoreCorrupt(StoreError):
    """The file of the store is damaged, cut off, or was not made by this program."""


class StoreNewer(StoreError):
    """The file has a schema of a newer version of this program."""


class StoreConflict(StoreError):
    """A change contradicts what is stored, so all changes of its list were refused."""


class StoreBusy(StoreError):
    """Another program holds the lock of the file."""


class StoreClosed(StoreError):
    """The store was closed before."""


class AlreadyRunning(StoreError):
    """Another process uses the folder.

    Attributes:
        pid: Its process id; None when its lock file cannot be read.
        since: When it took the folder, in Unix seconds; None when unknown.
    """

    def __init__(self, folder: str, pid: int | None, since: float | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{who} is already running on {folder}: stop it first, or use another data folder"
        )
        self.pid = pid
        self.since = since


class TooLarge(StoreError):
    """A file is larger than allowed. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the file is larger than the limit of {limit} bytes")
        self.limit = limit


class NotAFile(StoreError):
    """There is no plain file to read at that path."""


_KINDS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (
        StoreFull,
        "no room left on the disk of the data folder: free some space, the service then goes on",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreReadOnly,
        "the data folder cannot be written: check owner and rights, and that its disk is writable",
    ),
    sqlite3.SQLITE_PERM: (StoreReadOnly, "no right to use the data folder: check owner and rights"),
    sqlite3.SQLITE_CANTOPEN: (
        StoreReadOnly,
        "the database cannot be opened: check that the data folder is there and yours",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreCorrupt,
        "the database is damaged: stop the service and restore a backup",
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreCorrupt,
        "the file is not a database: stop the service and restore a backup",
    ),
    sqlite3.SQLITE_CONSTRAINT: (StoreConflict, "the change contradicts what is stored"),
    sqlite3.SQLITE_BUSY: (
        StoreBusy,
        "another program keeps the database locked: close it, the service then goes on",
    ),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "the database is locked: try again"),
}
_PRIMARY = 0xFF  # extended result codes keep the primary one in their low byte


def translate(error: sqlite3.Error) -> StoreError:
    """The typed error for one of SQLite's, with a text that says what to do."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StoreError(f"the database refused: {error}")
    kind, text = _KINDS.get(code & _PRIMARY, (StoreError, "the database failed"))
    return kind(f"{text} ({error.sqlite_errorname}: {error})")


def reraise(error: sqlite3.Error) -> NoReturn:
    """Raise the typed error for one of SQLite's."""
    raise translate(error) from error


@contextmanager
def files_typed() -> Iterator[None]:
    """Turn the OSErrors of writing files into typed errors."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise StoreFull(
                f"no room left on the disk: free some space, then try again ({error})"
            ) from error
        raise StoreReadOnly(
            f"a file cannot be written: check owner and rights of its folder ({error})"
        ) from error
