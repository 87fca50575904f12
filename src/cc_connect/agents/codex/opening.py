"""Getting a session of Codex ready: the greeting, the login, the thread; and what can go wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect import __version__
from cc_connect.agents.codex.wire import Refused, Wire
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentError, AgentStartFailed, ResumeFailed
from cc_connect.core.frames import Frame, mapping, string
from cc_connect.procs.death import Death

INSTALL = "npm install -g @openai/codex"
SIGN_IN = "codex login"
SEEN = "0.169"
"""The version whose wire this driver was written for."""

SIGNED_OUT = f"Codex is not signed in. Run `{SIGN_IN}` in a terminal on that machine."

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_EVERY_TIME = ("could not create PATH aliases", "could not find bubblewrap")
_VERSION = re.compile(r"/(\d+\.\d+[^ ]*)")
_NO_SERVER = ("unrecognized subcommand", "unexpected argument 'app-server'")
_NO_THREAD = (
    *("no rollout found", "thread not found", "thread not loaded"),
    *("invalid thread id", "invalid session id"),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """What Codex said when the thread was opened."""

    thread: str
    model: str


async def greet(wire: Wire) -> str:
    """Open the protocol; returns the version of Codex. Raises Refused, AgentGone."""
    told = await wire.ask(
        "initialize",
        {
            "clientInfo": {"name": "cc-connect", "title": "cc-connect", "version": __version__},
            "capabilities": {"experimentalApi": True},  # dynamic tools, `excludeTurns`
        },
    )
    await wire.tell("initialized")
    found = _VERSION.search(string(told, "userAgent"))
    return found[1] if found else ""


async def signed_out(wire: Wire) -> bool:
    """Whether its model's service wants a login that is not there. Raises AgentGone."""
    try:
        told = await wire.ask("account/read", {})
    except Refused:
        return False  # it will say so itself when a turn fails
    return told.get("requiresOpenaiAuth") is True and not mapping(told, "account")


async def open_thread(
    wire: Wire, method: str, params: Mapping[str, Any], spec: SessionSpec, version: str
) -> Ready:
    """Start or continue a thread. Raises AgentStartFailed, ResumeFailed, AgentGone."""
    try:
        told = await wire.ask(method, params)
    except Refused as error:
        raise refusal(error, method, spec, version) from error
    thread = string(mapping(told, "thread"), "id")
    if not thread:
        raise AgentStartFailed(_other_wire(version, f"its answer to {method} names no thread"))
    return Ready(thread, _model(told))


def refusal(error: Refused, method: str, spec: SessionSpec, version: str) -> AgentError:
    """Return the error for a request that Codex did not want while it was opened."""
    if error.unknown:
        return AgentStartFailed(_other_wire(version, f"it does not know {method}"))
    words = str(error)
    if spec.resume and is_unknown_thread(words):
        return ResumeFailed(f"Codex does not know the session {spec.resume} (any more).")
    return AgentStartFailed(f"Codex could not open the session: {words}")


def is_unknown_thread(words: str) -> bool:
    """Whether this is how Codex says that it does not know a thread."""
    return any(sign in words.lower() for sign in _NO_THREAD)


def last_words(stderr: str) -> str:
    """Return what Codex wrote to stderr, without colours and without what it says every time."""
    lines = _COLOR.sub("", stderr).strip().splitlines()
    return "\n".join(line for line in lines if not any(sign in line for sign in _EVERY_TIME))


def start_failure(death: Death) -> AgentError:
    """Return the error for a process that ended before it was ready."""
    words = f"{death.stderr}\n{death.garbage}"
    if any(sign in words for sign in _NO_SERVER):
        return AgentStartFailed(
            f"This Codex is too old: it has no `app-server`. To update it: {INSTALL}@latest"
        )
    if death.garbage:
        return AgentStartFailed(
            f"The command is not Codex, or prints something of its own: its output begins with "
            f"{death.garbage!r}. {death.told}"
        )
    return AgentStartFailed(death.told)


def _other_wire(version: str, what: str) -> str:
    return (
        f"This Codex ({version or 'of an unknown version'}) speaks another protocol than the one "
        f"cc-connect knows (that of {SEEN}): {what}. Update the older of the two; Codex by: "
        f"{INSTALL}@latest"
    )


def _model(told: Frame) -> str:
    return string(told, "model") or string(mapping(told, "thread"), "model")
