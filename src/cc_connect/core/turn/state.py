"""The state of a conversation: frozen values that only `step` changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cc_connect.contract.agent import (
    Decision,
    PermissionAsked,
    PlanProposed,
    Prompt,
    PromptFile,
    QuestionAsked,
    SessionSpec,
    UsageSeen,
)
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import Person
from cc_connect.core.trail import Trail

QUEUE_LIMIT = 20


class Busy(StrEnum):
    """What a message means that comes while a turn runs."""

    QUEUE = "queue"
    STEER = "steer"
    INTERRUPT = "interrupt"


@dataclass(frozen=True, slots=True)
class Part:
    """A further message of an item that several became: its own id, inbox row and message."""

    id: str
    inbox: int
    message: str


@dataclass(frozen=True, slots=True)
class Item:
    """What a person asked for: running, or waiting in the queue.

    Attributes:
        id: UUID; names the turn and the agent's prompt.
        inbox: Row of the inbox it came in by; 0 when it was not a chat message.
        message: The chat message, so that an edit or a deletion finds it.
        author: Who asked.
        text: What for.
        files: What came along.
        at: When, in Unix seconds.
        more: The other messages that it is made of; text and files are of all of them.
    """

    id: str
    inbox: int
    message: str
    author: Person
    text: str
    files: tuple[PromptFile, ...] = ()
    at: float = 0.0
    more: tuple[Part, ...] = ()

    @property
    def prompt(self) -> Prompt:
        """The item as the agent gets it."""
        return Prompt(self.id, self.text, self.files)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every message that it is made of, in order."""
        return (Part(self.id, self.inbox, self.message), *self.more)


def joined_items(items: tuple[Item, ...]) -> Item:
    """One item made of several of one person, named as the first of them."""
    first, *others = items
    texts = (item.text.strip("\n") for item in items if item.text.strip())
    return replace(
        first,
        text="\n\n".join(texts) if others else first.text,
        files=tuple(file for item in items for file in item.files),
        more=(*first.more, *(part for other in others for part in other.parts)),
    )


class Phase(StrEnum):
    """Where a turn stands."""

    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Turn:
    """The running turn.

    Attributes:
        item: What it is about.
        prompt: The id under which the agent knows it; differs from `item.id` after a restart.
        phase: Where it stands.
        text: The answer since the last tool, in pieces.
        said: What the agent last said before a tool; the answer if nothing follows.
        steps: How many tools were run.
        resumes: How often it was taken up again after a crash.
        usage: What it has cost so far.
    """

    item: Item
    prompt: str
    phase: Phase = Phase.RUNNING
    text: Trail[str] = field(default_factory=Trail)
    said: Trail[str] = field(default_factory=Trail)
    steps: int = 0
    resumes: int = 0
    usage: UsageSeen | None = None

    @property
    def id(self) -> str:
        """The name of the turn: the id of its item."""
        return self.item.id


Asked = PermissionAsked | QuestionAsked | PlanProposed


@dataclass(frozen=True, slots=True)
class Request:
    """Something the agent waits to hear from a person.

    Attributes:
        id: Ours, unique over all conversations; buttons carry it.
        number: What people type (`/approve 2`); unique in the conversation.
        asked: What the agent asked.
        requester: Whose turn asked; None between turns.
    """

    id: str
    number: int
    asked: Asked
    requester: Person | None = None


@dataclass(frozen=True, slots=True)
class Orphan:
    """A request whose agent is gone while its turn goes on, so that it may be made again.

    `decision` is an answer that came meanwhile, `by` whose it is.
    """

    request: Request
    decision: Decision | None = None
    by: Person | None = None


class Reach(StrEnum):
    """Where a standing permission holds."""

    SESSION = "session"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Grant:
    """A standing permission: a whole tool, or the rule an agent suggested.

    `until` is when it ends, in Unix seconds; whoever runs the conversation takes it then.
    """

    tool: str
    rule: str = ""
    reach: Reach = Reach.SESSION
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything `step` decides by.

    Attributes:
        key: Which conversation.
        tag: A short random word, unique to it; part of the ids of its requests.
        spec: How the next agent session is to be opened.
        session: Our name of the session in use.
        epoch: Counts the agent sessions opened; events of other epochs are stale.
        live: An agent session of this epoch is open or opening.
        opened: The agent of this epoch has reported ready.
        born: A turn of the session in use has ended, so the agent surely keeps the session.
        outdated: The live session was opened by an older spec; the next turn opens another.
        turn: The running turn.
        queue: What waits for it to end.
        held: The queue waits for a person because the agent cannot be started.
        pending: Open requests by the agent's id of them; several can be open at once.
        orphans: Requests that the running turn made before a restart, until it makes them again.
        asked: Counts the requests of this conversation.
        granted: Standing permissions of the session in use and of the project.
        aside: What the agent said between turns, in pieces.
        limit: Most items in the queue.
        merge: What a person has waiting becomes one turn.
    """

    key: ConversationKey
    tag: str
    spec: SessionSpec
    session: str
    epoch: int = 0
    live: bool = False
    opened: bool = False
    born: bool = False
    outdated: bool = False
    turn: Turn | None = None
    queue: tuple[Item, ...] = ()
    held: bool = False
    pending: Mapping[str, Request] = field(default_factory=dict)
    asked: int = 0
    granted: tuple[Grant, ...] = ()
    aside: Trail[str] = field(default_factory=Trail)
    limit: int = QUEUE_LIMIT
    merge: bool = False
    orphans: tuple[Orphan, ...] = ()

    @property
    def unanswered(self) -> tuple[Request, ...]:
        """What people can answer now."""
        left = (orphan.request for orphan in self.orphans if orphan.decision is None)
        return (*self.pending.values(), *left)


@dataclass(frozen=True, slots=True)
class Saved:
    """What of a conversation must outlive the program; the queue lives in the inbox."""

    tag: str
    spec: SessionSpec
    session: str
    epoch: int
    turn: Item | None
    prompt: str
    resumes: int
    queue: tuple[Item, ...]
    held: bool
    pending: tuple[Request, ...]
    asked: int
    granted: tuple[Grant, ...]
    born: bool = False
    orphans: tuple[Orphan, ...] = ()


def save(c: Conversation) -> Saved:
    """The durable part of a conversation."""
    turn = c.turn
    return Saved(
        tag=c.tag,
        spec=c.spec,
        session=c.session,
        epoch=c.epoch,
        turn=turn.item if turn else None,
        prompt=turn.prompt if turn else "",
        resumes=turn.resumes if turn else 0,
        queue=c.queue,
        held=c.held,
        pending=tuple(c.pending.values()),
        asked=c.asked,
        granted=c.granted,
        born=c.born,
        orphans=c.orphans,
    )


def restore(key: ConversationKey, saved: Saved, limit: int = QUEUE_LIMIT) -> Conversation:
    """A conversation as it stood, with no live agent; `Restarted` is the mail to send next."""
    turn = Turn(item=saved.turn, prompt=saved.prompt, resumes=saved.resumes) if saved.turn else None
    return Conversation(
        key=key,
        tag=saved.tag,
        spec=saved.spec,
        session=saved.session,
        epoch=saved.epoch,
        turn=turn,
        queue=saved.queue,
        held=saved.held,
        pending={request.asked.request: request for request in saved.pending},
        asked=saved.asked,
        granted=saved.granted,
        born=saved.born,
        orphans=saved.orphans,
        limit=limit,
    )
