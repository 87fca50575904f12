"""Why the process of an agent is gone, in words for a person. Pure."""

import signal
from dataclasses import dataclass

_TAIL = 1500  # characters of its error output that are told


@dataclass(frozen=True, slots=True)
class Death:
    """What is known of a process that has ended.

    Attributes:
        returncode: Its exit code, or the negative number of the signal that ended it.
        stderr: The end of its error output.
        said: What it said in its own protocol about the end.
        garbage: The first line it printed that was no frame.
        name: What the program is called.
    """

    returncode: int | None
    stderr: str = ""
    said: str = ""
    garbage: str = ""
    name: str = "The agent"

    @property
    def told(self) -> str:
        """One paragraph: how it ended, and its last words."""
        words = self.stderr.strip()[-_TAIL:] or self.said
        return f"{self.name} has ended ({_how(self.returncode)}).{f' {words}' if words else ''}"


def _how(returncode: int | None) -> str:
    if returncode is None:
        return "its output was closed"
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    hint = "; perhaps the machine ran out of memory" if name == "SIGKILL" else ""
    return f"ended by {name}{hint}"
