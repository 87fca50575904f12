"""What can go wrong with a child process, in one tree.

::

    ProcessError
    ├── CommandNotFound      the program is not installed, or not in PATH
    ├── FolderNotFound       the folder it should work in does not exist
    ├── StartFailed          the system refused to run it
    ├── WriteFailed          its stdin is closed, or it has ended
    │   └── WriteTimedOut    it does not read its stdin
    └── StillRunning         it lives on after SIGKILL (or may not be signalled by us)

Each message is written for the person at the chat and contains neither the arguments nor the
environment of the child, which may hold secrets.
"""

from collections.abc import Sequence
from pathlib import Path


class ProcessError(Exception):
    """The root of every error that this package raises for a child process."""


class CommandNotFound(ProcessError):
    """There is no such program. ``command`` is the name that was looked for."""

    def __init__(self, command: str) -> None:
        self.command = command
        where = "at that place" if "/" in command else "in PATH"
        super().__init__(
            f"The command '{command}' was not found {where}. "
            "Install it, or name its full path in the configuration."
        )


class FolderNotFound(ProcessError):
    """The working folder does not exist or is no folder. ``folder`` is the one asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"The folder '{folder}' does not exist. Create it, or choose another work folder."
        )


class StartFailed(ProcessError):
    """The program exists but could not be run. ``reason`` is what the system said."""

    def __init__(self, command: str, reason: str) -> None:
        self.command = command
        self.reason = reason
        super().__init__(f"The command '{command}' could not be started: {reason}.")


class WriteFailed(ProcessError):
    """The child cannot be written to any more: it has ended or closed its stdin."""


class WriteTimedOut(WriteFailed):
    """The child did not take a line in time.

    ``begun`` tells whether a part of the line was handed over: if not, the child will never see it;
    if so, the child gets the whole line as soon as it reads again.
    """

    def __init__(self, seconds: float, *, begun: bool) -> None:
        self.seconds = seconds
        self.begun = begun
        super().__init__(f"The program did not read its input for {seconds:g} s.")


class StillRunning(ProcessError):
    """Processes that were there after SIGKILL and the time that was given. ``pids`` names them."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = tuple(pids)
        listed = ", ".join(str(pid) for pid in self.pids)
        super().__init__(f"These processes could not be ended: {listed}.")
