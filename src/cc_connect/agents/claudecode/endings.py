"""Why the agent's process is gone, in words for a person. Pure."""

from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentError, AgentStartFailed, ResumeFailed
from cc_connect.procs.death import Death

# What the CLI writes when it does not know a session (2.1.329), on stderr and in its result.
_NO_SESSION = ("No conversation found", "--resume requires a valid session")
_ROOT = "cannot be used with root"

ROOT_TEXT = (
    "Claude Code refuses the mode bypassPermissions (yolo) to root. Choose another mode, such as "
    "acceptEdits or auto; or run cc-connect as an ordinary user; or, if this machine is a sandbox "
    'that may be broken, set IS_SANDBOX = "1" in the `env` of the agent\'s options.'
)


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
