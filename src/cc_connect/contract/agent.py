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

from cc_connect.contract.content import Diff, Todo
from cc_connect.contract.platform import Support


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


# --- what a session reports -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """The agent is ready, or works under another session id from now on (`/clear`, fork)."""

    session: str
    model: str = ""
    mode: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoke:
    """A piece of the answer: always new text, to be added at the end.

    Attributes:
        turn: The turn it belongs to.
        text: The new characters.
        begins: The first piece of a new paragraph of speech (a new block on the wire).
    """

    turn: str | None
    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of thinking; like `Spoke`."""

    turn: str | None
    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """The agent runs a tool.

    Attributes:
        turn: The turn it belongs to.
        id: Names the run until its `ToolFinished`.
        name: The agent's name of the tool.
        input: Its arguments, as the agent spells them.
        title: One line for people (the command, the path), not cut.
        parent: The tool run of a sub-agent this one belongs to.
        diff: The change it is about to make, when it edits a file.
    """

    turn: str | None
    id: str
    name: str
    input: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    parent: str | None = None
    diff: Diff | None = None


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool run is over. `output` may be long; whoever shows it cuts it."""

    turn: str | None
    id: str
    output: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class PlanUpdated:
    """The agent's to-do list as it stands now."""

    turn: str | None
    todos: tuple[Todo, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A standing permission the agent offers ("always allow `git status`").

    Attributes:
        label: What it covers, for people, such as `Bash(git status *)`.
        data: What the driver needs to grant it; opaque JSON text.
    """

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class PermissionAsked:
    """The agent wants to run a tool and waits for an answer.

    Attributes:
        turn: The turn it belongs to.
        request: The agent's id of the request; `AgentSession.answer` wants it back.
        tool: Name of the tool.
        input: Its arguments.
        title: One line for people.
        reason: Why the agent asks, if it says so.
        suggestions: Standing permissions on offer.
        diff: The change it wants to make, when it edits a file.
    """

    turn: str | None
    request: str
    tool: str
    input: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    reason: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    diff: Diff | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a question."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; free text is always allowed as an answer."""

    text: str
    header: str = ""
    choices: tuple[Choice, ...] = ()
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The agent asks the person something and waits."""

    turn: str | None
    request: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class PlanProposed:
    """The agent shows a plan (Markdown) and waits for approval."""

    turn: str | None
    request: str
    plan: str


@dataclass(frozen=True, slots=True)
class FileOffered:
    """The agent sends a file to the chat and waits to hear whether it was taken."""

    turn: str | None
    request: str
    path: str
    name: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    """The agent no longer waits for an answer to this request."""

    turn: str | None
    request: str


@dataclass(frozen=True, slots=True)
class UsageSeen:
    """What the turn has cost so far. Tokens; `cost` in US dollars; 0 where unknown."""

    turn: str | None
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost: float = 0.0
    context_used: int = 0
    context_window: int = 0


@dataclass(frozen=True, slots=True)
class LimitHit:
    """A usage limit is near or reached. `resets_at` is Unix seconds; `used` is 0..1."""

    turn: str | None
    window: str
    rejected: bool
    resets_at: float | None = None
    used: float | None = None


@dataclass(frozen=True, slots=True)
class Retrying:
    """The model's service failed; the agent tries again after `delay` seconds."""

    turn: str | None
    attempt: int
    attempts: int
    delay: float
    reason: str


@dataclass(frozen=True, slots=True)
class Compacted:
    """The agent shortened its memory of the conversation. Tokens before and after."""

    turn: str | None
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Noted:
    """Something worth a line in the progress: a background task started, a hook spoke."""

    turn: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """The permission mode of the running session is another one now."""

    mode: str


class Outcome(StrEnum):
    """How a turn ended."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Failure(StrEnum):
    """Why a turn failed or a session was lost, as far as the program can react to it."""

    OTHER = "other"
    MODEL = "model"
    NOT_SIGNED_IN = "not_signed_in"
    LIMIT = "limit"
    TOO_LONG = "too_long"
    MISSING = "missing"
    START = "start"
    RESUME = "resume"
    EXIT = "exit"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn is over. Comes exactly once per submitted turn, unless the session is lost.

    Attributes:
        turn: Which turn; None ends a turn nobody asked for.
        outcome: How it ended.
        text: The final text as the agent reports it; "" when it only streamed.
        failure: Why it failed.
        detail: The agent's own words about the failure.
    """

    turn: str | None
    outcome: Outcome = Outcome.DONE
    text: str = ""
    failure: Failure | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The session is over: the last event of every session, whatever the reason.

    Attributes:
        failure: Why; None when it was closed on purpose.
        detail: For people: the end of its error output, its exit code.
    """

    failure: Failure | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame of a newer agent that this driver does not know; kept for the log."""

    turn: str | None
    kind: str


AgentEvent = (
    Opened
    | Spoke
    | Thought
    | ToolStarted
    | ToolFinished
    | PlanUpdated
    | PermissionAsked
    | QuestionAsked
    | PlanProposed
    | FileOffered
    | RequestWithdrawn
    | UsageSeen
    | LimitHit
    | Retrying
    | Compacted
    | Noted
    | ModeChanged
    | TurnEnded
    | SessionLost
    | Unknown
)


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
    `resume_command` is how a person goes on in a terminal, with `{session}` to be filled in.
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
