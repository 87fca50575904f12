import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cc_connect.store.errors import AlreadyRunning
from cc_connect.store.lock import acquire

_HOLDER = """
import sys, time
from pathlib import Path
from cc_connect.store.lock import acquire
lock = acquire(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_the_folder_is_taken_once_and_can_be_given_back(folder: Path) -> None:
    first = acquire(folder)
    with pytest.raises(AlreadyRunning) as caught:
        acquire(folder)
    assert caught.value.pid == os.getpid()
    assert caught.value.since is not None
    first.release()
    first.release()
    with acquire(folder):
        assert (folder / "lock").stat().st_mode & 0o777 == 0o600
    acquire(folder).release()


def test_a_killed_holder_leaves_nothing_locked(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(folder)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=f"process {child.pid} is already running"):
            acquire(folder)
        child.send_signal(signal.SIGKILL)
    acquire(folder).release()


def test_a_child_does_not_inherit_the_lock(folder: Path) -> None:
    lock = acquire(folder)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        lock.release()
        acquire(folder).release()
        child.communicate(b"\n")


def test_a_holder_that_has_not_written_its_name_yet(folder: Path) -> None:
    with acquire(folder):
        (folder / "lock").write_text("{")
        with pytest.raises(AlreadyRunning, match="another process") as caught:
            acquire(folder)
        assert (caught.value.pid, caught.value.since) == (None, None)
