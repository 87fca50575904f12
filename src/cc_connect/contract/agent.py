"""The agent side of the plug-in API: what a driver of a coding agent offers.

A driver turns one agent's wire into a closed union of events and takes four orders. It never sees a
chat. Every event says which turn it belongs to; `turn=None` means nobody asked for it (a background
task reported back, for example).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from cc_connect.contract.agent_events import (
    AgentEvent,
    Choice,
    Compacted,
    Failure,
    FileOffered,
    LimitHit,
    ModeChanged,
    Noted,
    Opened,
    Outcome,
    PermissionAsked,
    PlanProposed,
    PlanUpdated,
    Question,
    QuestionAsked,
    RequestWithdrawn,
    Retrying,
    SessionLost,
    Spoke,
    Suggestion,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    Unknown,
    UsageSeen,
)
from cc_connect.contract.platform import Support

__all__ = [
    "Agent",
    "AgentEvent",
    "AgentFeatures",
    "AgentLibrary",
    "AgentSession",
    "Allowed",
    "Answered",
    "Choice",
    "Compacted",
    "Decision",
    "Denied",
    "Exchange",
    "Failure",
    "Fate",
    "FileOffered",
    "FileTaken",
    "GrantScope",
    "LimitHit",
    "ModeChanged",
    "ModeSpec",
    "Noted",
    "OldSession",
    "Opened",
    "Outcome",
    "PermissionAsked",
    "PlanApproved",
    "PlanProposed",
    "PlanRejected",
    "PlanUpdated",
    "Prompt",
    "PromptFile",
    "Question",
    "QuestionAsked",
    "RequestWithdrawn",
    "Retrying",
    "SessionLost",
    "SessionSpec",
    "Spoke",
    "Suggestion",
    "Thought",
    "ToolFinished",
    "ToolStarted",
    "Trace",
    "TurnEnded",
    "Unknown",
    "UsageSeen",
]


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """Everything that decides how an agent session is opened. Another wish = another spec.

    Attributes:
        cwd: The folder the agent works in; absolute.
        session: Id for a session that is new, where the agent lets us choose.
        resume: Id of the agent session to continue, or None for a new one.
        fork: Continue `resume` as a copy with an id of its own.
        model: The agent's name of the model, or "" for its default.
        effort: How hard to think, or "" for the agent's default.
        mode: Permission mode, or "" for the configured one.
        instructions: Text added to the agent's own instructions.
        env: Extra environment of the child, on top of the allow-list.
        attachments: Folder in which files for the agent are put; reading it asks no permission.
    """

    cwd: str
    session: str = ""
    resume: str | None = None
    fork: bool = False
    model: str = ""
    effort: str = ""
    mode: str = ""
    instructions: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    attachments: str = ""


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A file that comes with a prompt, already on this machine."""

    path: str
    name: str
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person asks of the agent.

    Attributes:
        id: UUID; the agent's transcript carries it, so a restart can tell whether it arrived.
        text: The words.
        files: Files that belong to it.
    """

    id: str
    text: str
    files: tuple[PromptFile, ...] = ()


# --- what a session is told -------------------------------------------------------------------


class GrantScope(StrEnum):
    """How far a permission reaches."""

    ONCE = "once"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Run the tool. With scope SESSION, `suggestion` (or the whole tool) is not asked again."""

    scope: GrantScope = GrantScope.ONCE
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """Do not run the tool; the agent is told why and goes on."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to a question: the text of each question -> the chosen labels or free text."""

    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """Start working; with `accept_edits` file edits are not asked about."""

    accept_edits: bool = False


@dataclass(frozen=True, slots=True)
class PlanRejected:
    """Keep planning; `comment` says what should be different."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class FileTaken:
    """The offered file is on its way, or `refused` says why not."""

    refused: str = ""


Decision = Allowed | Denied | Answered | PlanApproved | PlanRejected | FileTaken


# --- the driver -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModeSpec:
    """A permission mode of an agent."""

    name: str
    summary: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentFeatures:
    """What an agent can do, as data.

    `folder` is the only folder it works in, where it is not the configuration that says;
    `resume_command` is how a person goes on in a terminal, with `{session}` to be filled in;
    `memory` is the file in its folder that it reads as standing instructions.
    """

    display_name: str
    resume: Support = Support.NONE
    fork: Support = Support.NONE
    steer: Support = Support.NONE
    interrupt: Support = Support.NONE
    permissions: Support = Support.NONE
    questions: Support = Support.NONE
    plans: Support = Support.NONE
    images: Support = Support.NONE
    files_out: Support = Support.NONE
    usage: Support = Support.NONE
    modes: tuple[ModeSpec, ...] = ()
    efforts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    resume_command: str = ""
    folder: str = ""
    memory: str = ""


class AgentSession(Protocol):
    """A live session. Orders return when they are handed over, not when they are done."""

    async def submit(self, prompt: Prompt) -> None:
        """Start a turn named `prompt.id`. Only one submitted turn runs at a time.

        Raises:
            AgentGone: The session has ended; its `SessionLost` is on the way.
        """
        ...

    async def steer(self, prompt: Prompt) -> None:
        """Hand text to the running turn. Raises AgentGone."""
        ...

    async def answer(self, request: str, decision: Decision) -> None:
        """Answer a request of this session; an unknown or answered one is ignored."""
        ...

    async def interrupt(self) -> None:
        """Stop the running turn politely; its `TurnEnded` follows if the agent listens."""
        ...

    def events(self) -> AsyncIterator[AgentEvent]:
        """All events in order, ending after `SessionLost`. To be read once, by one reader."""
        ...

    @property
    def pid(self) -> int | None:
        """Process id of the agent, for memory figures and for cleaning up after a crash."""
        ...


class Agent(Protocol):
    """A driver. One instance serves a project; it keeps no state about sessions."""

    def features(self) -> AgentFeatures:
        """What the agent can do. Cheap."""
        ...

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[AgentSession]:
        """Open a session; leaving the context ends its whole process tree.

        Raises:
            AgentMissing, AgentStartFailed, ResumeFailed: On entering the context.
        """
        ...

    def library(self) -> "AgentLibrary | None":
        """Access to old sessions, where the agent keeps them."""
        ...


@dataclass(frozen=True, slots=True)
class OldSession:
    """A session the agent has on disk. `updated` is Unix seconds."""

    id: str
    title: str
    updated: float
    turns: int
    cwd: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One prompt and what was answered, from a transcript."""

    prompt: str
    answer: str
    at: float | None = None


class Fate(StrEnum):
    """What became of a prompt that was submitted before a crash."""

    ABSENT = "absent"
    PARTIAL = "partial"
    ANSWERED = "answered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trace:
    """What a transcript tells about one prompt; `text` is the answer when there is one."""

    fate: Fate
    text: str = ""


class AgentLibrary(Protocol):
    """Old sessions of an agent. Calls may read files, so they run off the event loop."""

    async def list(self, cwd: str) -> tuple[OldSession, ...]:
        """Sessions that worked in `cwd`, newest first."""
        ...

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """The last exchanges of a session, oldest first."""
        ...

    async def trace(self, session: str, prompt: str) -> Trace:
        """What became of the prompt with this id in this session."""
        ...

    async def delete(self, session: str) -> bool:
        """Remove a session for good; False when it is not there."""
        ...
