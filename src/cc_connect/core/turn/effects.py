"""What `step` wants done: a closed union, in the imperative. Nothing here does it."""

from dataclasses import dataclass
from enum import StrEnum

from cc_connect.contract.agent import (
    AgentEvent,
    Decision,
    Failure,
    FileOffered,
    Outcome,
    Prompt,
    SessionSpec,
)
from cc_connect.contract.inbound import Person
from cc_connect.core.turn.state import Item, Request, Turn

# --- orders to the agent's session ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Open an agent session."""

    epoch: int
    spec: SessionSpec


@dataclass(frozen=True, slots=True)
class Close:
    """End the agent session and its process tree."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Submit:
    """Start a turn of the agent."""

    epoch: int
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Steer:
    """Hand text to the running turn of the agent."""

    epoch: int
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a request of the agent."""

    epoch: int
    request: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop the agent's running turn politely."""

    epoch: int


# --- things to remember and to show -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """A turn starts."""

    turn: Turn


class Why(StrEnum):
    """Why a turn ended, beyond what its outcome says."""

    AGENT = "agent"  # the agent ended it
    STOPPED = "stopped"  # a person asked for it
    CHANGED = "changed"  # the session was changed under it
    SILENT = "silent"  # the agent fell silent
    TOO_LONG = "too_long"  # it took longer than allowed
    LOST = "lost"  # the agent's process ended
    RESTART = "restart"  # the program was restarted, and by policy it is not resumed
    CRASHES = "crashes"  # it was resumed too often


@dataclass(frozen=True, slots=True)
class Conclude:
    """A turn is over. Exactly one per `Begin`."""

    turn: Turn
    outcome: Outcome
    why: Why
    text: str = ""
    failure: Failure | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """Progress of a turn; never stored."""

    turn: Turn
    event: AgentEvent


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a request to the people of the conversation.

    `again`: its prompt is there from before a restart, and is to hold for this one.
    """

    request: Request
    again: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """An answer to a request whose agent is gone: it is given if the agent asks the same again."""

    request: Request
    decision: Decision
    by: Person


class Settled(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the agent does not wait any more
    LAPSED = "lapsed"  # the agent that asked is gone


@dataclass(frozen=True, slots=True)
class Settle:
    """A request is closed; its prompt shall show how."""

    request: Request
    how: Settled
    by: Person | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Post a file the agent offered."""

    file: FileOffered


@dataclass(frozen=True, slots=True)
class Unprompted:
    """Post what the agent said between turns."""

    text: str


class Fact(StrEnum):
    """Something about an item of the queue or the conversation that people should see."""

    QUEUED = "queued"
    QUEUE_FULL = "queue_full"
    STEERED = "steered"
    WITHDRAWN = "withdrawn"
    EDITED = "edited"
    RESUBMITTED = "resubmitted"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell people a fact; `item` is what it is about, `number` its place in the queue."""

    fact: Fact
    item: Item
    number: int = 0


@dataclass(frozen=True, slots=True)
class Bind:
    """The agent works under this session id from now on."""

    agent_session: str


Effect = (
    Open
    | Close
    | Submit
    | Steer
    | Answer
    | Interrupt
    | Begin
    | Conclude
    | Show
    | Ask
    | Keep
    | Settle
    | Hand
    | Unprompted
    | Notice
    | Bind
)
