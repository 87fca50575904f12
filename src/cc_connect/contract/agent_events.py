"""What an agent session reports: a closed union of events, in the past tense.

Every event says which turn it belongs to; `turn=None` means nobody asked for it (a background task
reported back, for example). Import from `cc_connect.contract.agent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cc_connect.contract.content import Diff, Todo


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
