"""What is read: a frozen record per kind of row, in the order of the columns in `sql/reads.sql`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cc_connect.contract.command import Role
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Intent
from cc_connect.store import codec
from cc_connect.store.changes import PostQueued
from cc_connect.store.writer import WriterFigures


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message that was taken in and not refused."""

    id: int
    conversation: str | None
    state: str
    turn: str | None
    received: float
    inbound: Inbound

    @classmethod
    def read(cls, row: Sequence[Any]) -> "InboxRow":
        """Make it from the columns."""
        columns = (*row[:-1], codec.inbound.loads(row[-1]))
        return cls(*columns)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A message that waits for a person to say whether it shall be run; `prompt` asks them."""

    id: int
    conversation: str
    prompt: str | None
    received: float
    inbound: Inbound

    @classmethod
    def read(cls, row: Sequence[Any]) -> "HeldRow":
        """Make it from the columns."""
        columns = (*row[:-1], codec.inbound.loads(row[-1]))
        return cls(*columns)


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation; `state` is what the core made of itself."""

    key: ConversationKey
    title: str | None
    state: str
    created: float
    updated: float

    @classmethod
    def read(cls, row: Sequence[Any]) -> "ConversationRow":
        """Make it from the columns."""
        return cls(ConversationKey.parse(row[0]), *row[1:])


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """Something a page shows: a message that came in, or one that went (or is to go) out.

    Attributes:
        way: "in" or "out".
        at: When it was stored.
        id: Unique together with `way`; (`at`, `way`, `id`) is the place in the history.
        state: State of the row in its table.
        turn: The turn it belongs to.
        inbound: What came in.
        intent: What goes out. An Amend changes the item whose `receipt` is its `message`.
        key: The key of what goes out.
        receipt: The platform's id of it once it is there.
    """

    way: Literal["in", "out"]
    at: float
    id: int
    state: str
    turn: str | None
    inbound: Inbound | None = None
    intent: Intent | None = None
    key: str | None = None
    receipt: str | None = None

    @classmethod
    def came(cls, row: Sequence[Any]) -> "HistoryItem":
        """Make it from the columns of a message."""
        number, at, state, turn, body = row
        return cls("in", at, number, state, turn, inbound=codec.inbound.loads(body))

    @classmethod
    def went(cls, row: Sequence[Any]) -> "HistoryItem":
        """Make it from the columns of a post."""
        number, at, state, turn, body, key, receipt = row
        intent = codec.intent.loads(body)
        return cls("out", at, number, state, turn, intent=intent, key=key, receipt=receipt)

    @property
    def place(self) -> "Place":
        """Where it stands in the history."""
        return (self.at, self.way, self.id)


Place = tuple[float, str, int]


@dataclass(frozen=True, slots=True)
class PostRow:
    """Something to be delivered."""

    id: int
    key: str
    lane: str
    platform: str
    priority: int
    state: str
    attempts: int
    next_at: float
    created: float
    started: float | None
    error: str | None
    conversation: str | None
    turn: str | None
    intent: Intent

    @classmethod
    def read(cls, row: Sequence[Any]) -> "PostRow":
        """Make it from the columns."""
        columns = (*row[:-1], codec.intent.loads(row[-1]))
        return cls(*columns)

    @classmethod
    def written(cls, post: PostQueued, row: int) -> "PostRow":
        """Make it from what was written a moment ago, under this id."""
        return cls(
            id=row,
            key=post.key,
            lane=post.lane,
            platform=post.platform,
            priority=post.priority,
            state="doing" if post.taken else "todo",
            attempts=0,
            next_at=post.at,
            created=post.at,
            started=post.at if post.taken else None,
            error=None,
            conversation=post.conversation,
            turn=post.turn,
            intent=post.intent,
        )


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn; `usage` is JSON, `live` the platform's id of the live message."""

    id: str
    conversation: str
    session: str
    state: str
    started: float
    ended: float | None
    requester: str
    prompt: str
    answer: str | None
    failure: str | None
    detail: str | None
    usage: str | None
    steps: int
    live: str | None
    resumes: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Something the agent asked for; `input`, `options` and `answer` are JSON."""

    id: str
    conversation: str
    turn: str | None
    number: int
    agent_request: str
    kind: str
    tool: str
    title: str
    input: str
    options: str
    requester: str
    asked: float
    expires: float | None
    state: str
    answer: str | None
    answered_by: str | None
    closed: float | None
    post: str | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of ours; `agent_session` is the id it has at the agent now."""

    id: str
    conversation: str
    name: str | None
    title: str | None
    agent: str
    cwd: str
    created: float
    last_used: float
    turns: int
    agent_session: str | None


@dataclass(frozen=True, slots=True)
class BindingRow:
    """Since `at` the session had this id at the agent."""

    session: str
    agent_session: str
    kind: str
    at: float


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """A preference as it was set."""

    scope: str
    owner: str
    name: str
    value: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A standing permission that is in force."""

    id: int
    scope: str
    owner: str
    tool: str
    rule: str
    by: str
    at: float
    expires: float | None


@dataclass(frozen=True, slots=True)
class PairingRow:
    """An open code of a stranger."""

    code_hash: str
    platform: str
    person: str
    name: str
    created: float
    expires: float
    attempts: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person who was let in; `project` "" means all projects."""

    platform: str
    person: str
    name: str
    role: Role
    project: str
    by: str
    at: float

    @classmethod
    def read(cls, row: Sequence[Any]) -> "MemberRow":
        """Make it from the columns."""
        columns = (*row[:3], Role(row[3]), *row[4:])
        return cls(*columns)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the audit trail."""

    id: int
    at: float
    who: str
    platform: str
    project: str | None
    action: str
    allowed: bool
    reason: str | None

    @classmethod
    def read(cls, row: Sequence[Any]) -> "AuditRow":
        """Make it from the columns."""
        columns = (*row[:6], bool(row[6]), row[7])
        return cls(*columns)


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A file of a message that was fetched."""

    position: int
    name: str
    mime: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """How full the store is. Sizes in bytes."""

    inbox_open: int
    outbox_open: int
    turns_running: int
    requests_open: int
    database_size: int
    journal_size: int
    writer: WriterFigures
