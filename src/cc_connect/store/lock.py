"""One process per data folder, by a lock of the kernel, which ends with the process in any case."""

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cc_connect.store.database import make_folder
from cc_connect.store.errors import AlreadyRunning, StoreReadOnly

FILE = "lock"
_LONGEST = 4096


class Lock:
    """A lock that is held. Give it back with `release`, or by ending the process."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Let others have the folder. Harmless when repeated.

        The file stays: removing it would let two processes hold a lock each, on two files.
        """
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def acquire(folder: Path) -> Lock:
    """Take the folder for this process; never waits. The folder is made when it is not there.

    Raises:
        AlreadyRunning: Another process has it.
        StoreReadOnly: The folder cannot be used.
    """
    make_folder(folder)
    try:
        handle = os.open(
            folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
    except OSError as error:
        raise StoreReadOnly(f"the lock file cannot be opened: {error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid, since = _holder(handle)
        os.close(handle)
        raise AlreadyRunning(str(folder), pid, since) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps({"pid": os.getpid(), "since": time.time()}).encode(), 0)
    return Lock(handle)


def _holder(handle: int) -> tuple[int | None, float | None]:
    # The holder may be writing these lines at this moment: then it stays nameless.
    try:
        held = json.loads(os.pread(handle, _LONGEST, 0))
        return int(held["pid"]), float(held["since"])
    except (ValueError, KeyError, TypeError):
        return None, None
