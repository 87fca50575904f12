"""What can happen to a conversation: a closed union, in the past tense."""

from dataclasses import dataclass
from enum import StrEnum

from cc_connect.contract.agent import AgentEvent, Decision, SessionSpec, Trace
from cc_connect.contract.inbound import Person
from cc_connect.core.turn.state import Busy, Grant, Item


@dataclass(frozen=True, slots=True)
class Told:
    """A person asked for something."""

    item: Item
    busy: Busy = Busy.QUEUE


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed a message; matters while it waits in the queue."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A person took back what they had asked for, by message or by item."""

    message: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Hastened:
    """A waiting item shall not wait: steer the running turn with it, or interrupt that turn."""

    item: str
    busy: Busy


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody who may do so answered a request."""

    request: str
    decision: Decision
    by: Person


@dataclass(frozen=True, slots=True)
class FromAgent:
    """The agent session of this epoch reported something."""

    epoch: int
    event: AgentEvent


@dataclass(frozen=True, slots=True)
class Stop:
    """The running turn shall end; asked twice, not politely."""

    by: Person | None = None


@dataclass(frozen=True, slots=True)
class Respec:
    """The agent shall be opened in another way from now on.

    Attributes:
        spec: The new way.
        session: Our name of another session, when it is one; its grants do not carry over.
        gently: A running turn may end first; the agent is opened anew for the next one.
    """

    spec: SessionSpec
    session: str | None = None
    gently: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """A person gave or took standing permissions, without being asked.

    It says what changed and not what holds then, so that a grant given by an answer right before it
    is not lost.
    """

    given: tuple[Grant, ...] = ()
    taken: tuple[Grant, ...] = ()


class Clock(StrEnum):
    """What ran out."""

    SILENCE = "silence"  # no event from the agent for too long
    TURN = "turn"  # the turn as a whole took too long
    STOP = "stop"  # the agent did not react to an interrupt
    REQUEST = "request"  # nobody answered
    SESSION = "session"  # the agent had nothing to do for long


@dataclass(frozen=True, slots=True)
class Overdue:
    """A time ran out. `subject` is the turn's id, the request's id, or the epoch."""

    clock: Clock
    subject: str


class OnRestart(StrEnum):
    """What to do with a turn that ran when the program ended."""

    RESUME = "resume"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Restarted:
    """The program was started again and has read this conversation from the store.

    Attributes:
        trace: What the agent's transcript tells about the turn that ran; None if there was none.
        policy: What to do with that turn.
        fresh: A new UUID, for the prompt that asks the agent to go on.
        go_on: The words of that prompt.
    """

    trace: Trace | None = None
    policy: OnRestart = OnRestart.RESUME
    fresh: str = ""
    go_on: str = ""


Mail = (
    Told
    | Edited
    | Withdrawn
    | Hastened
    | Decided
    | FromAgent
    | Stop
    | Respec
    | Granted
    | Overdue
    | Restarted
)
