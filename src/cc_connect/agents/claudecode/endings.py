"""Why the agent's process is gone, in words for a person. Pure."""

import signal
from dataclasses import dataclass

from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentError, AgentStartFailed, ResumeFailed

_TAIL = 1500  # characters of its error output that are told

# What the CLI writes when it does not know a session (2.1.329), on stderr and in its result.
_NO_SESSION = ("No conversation found", "--resume requires a valid session")
_ROOT = "cannot be used with root"

ROOT_TEXT = (
    "Claude Code refuses the mode bypassPermissions (yolo) to root. Choose another mode, such as "
    "acceptEdits or auto; or run cc-connect as an ordinary user; or, if this machine is a sandbox "
    'that may be broken, set IS_SANDBOX = "1" in the `env` of the agent\'s options.'
)


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
    name: str = "Claude Code"

    @property
    def told(self) -> str:
        """One paragraph: how it ended, and its last words."""
        words = self.stderr.strip()[-_TAIL:] or self.said
        return f"{self.name} has ended ({_how(self.returncode)}).{f' {words}' if words else ''}"


def start_failure(death: Death, spec: SessionSpec) -> AgentError:
    """Return the error for a process that ended before it was ready."""
    words = f"{death.stderr}\n{death.said}"
    if spec.resume and any(sign in words for sign in _NO_SESSION):
        return ResumeFailed(f"{death.name} does not know the session {spec.resume} (any more).")
    if _ROOT in words:
        return AgentStartFailed(ROOT_TEXT)
    if death.garbage:
        return AgentStartFailed(
            f"The command is not {death.name}, or prints something of its own: its output begins "
            f"with {death.garbage!r}. {death.told}"
        )
    return AgentStartFailed(death.told)


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
