"""Everything that can be written: a closed union of changes, each one statement (or two).

A change is a value; `Store.commit` writes a list of them as one: all or none. How each is
written stands in `sql/changes.sql` under the name of its class; the parameters there are the
attributes here.

Times are Unix seconds. A conversation is named by `ConversationKey.text`. The order inside a list
matters where one row points at another: ConversationSaved before SessionOpened before TurnOpened
before RequestOpened; BlobStored before MediaStored.

A change that needs a row in a certain state (TurnClosed a running turn, RequestClosed an open
request, PostSent a post that is being sent, ...) is refused with StoreConflict when there is none,
so a thing cannot be ended twice.
"""

from dataclasses import dataclass
from typing import Literal

from cc_connect.contract.agent import Failure, Outcome
from cc_connect.contract.command import Role
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.platform import Intent, Kind
from cc_connect.store import codec

InboxState = Literal["todo", "held", "queued", "running", "done", "refused", "withdrawn"]
RequestKind = Literal["permission", "question", "plan"]
RequestEnd = Literal["answered", "lapsed", "expired", "withdrawn"]
BindingKind = Literal["new", "resumed", "forked", "changed"]
Scope = Literal["project", "conversation", "person"]
GrantReach = Literal["project", "conversation"]

PRIORITY: dict[Kind, int] = {Kind.FINAL: 0, Kind.PROMPT: 1, Kind.NOTICE: 2, Kind.LIVE: 3}


# --- what comes in ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxMoved:
    """A message is in another state; what is None stays as it was.

    `running` needs a turn, now or from before. `refused` wipes text and name of the sender. `held`
    waits for a person to say whether it shall be run; its reason names the prompt, if there is one.
    """

    id: int
    state: InboxState
    turn: str | None = None
    reason: str | None = None
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class BlobStored:
    """A file lies in the blob folder (see `store.blobs`), or was used again."""

    sha256: str
    size: int
    at: float
    mime: str = ""


@dataclass(frozen=True, slots=True)
class MediaStored:
    """A file of a message was fetched, perhaps anew; the blob's row must be there."""

    inbox: int
    position: int
    name: str
    sha256: str
    mime: str = ""


# --- conversations and sessions ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConversationSaved:
    """The record of a conversation as it is now; `title` None keeps the title."""

    key: ConversationKey
    state: str
    at: float
    title: str | None = None

    @property
    def text(self) -> str:
        """The key as it is stored."""
        return self.key.text

    @property
    def project(self) -> str:
        """Name of the project."""
        return self.key.project

    @property
    def platform(self) -> str:
        """The platform instance."""
        return self.key.address.platform

    @property
    def chat(self) -> str:
        """The chat of the conversation."""
        return self.key.address.chat

    @property
    def thread(self) -> str | None:
        """The thread in that chat."""
        return self.key.address.thread

    @property
    def owner(self) -> str | None:
        """Whose conversation it is, in a shared chat."""
        return self.key.owner


@dataclass(frozen=True, slots=True)
class ConversationRenamed:
    """A conversation has another title, or none."""

    conversation: str
    title: str | None


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A session (ours, not the agent's) was made for a conversation."""

    id: str
    conversation: str
    agent: str
    cwd: str
    at: float
    name: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRenamed:
    """A person gave a session a name, or took it away."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class SessionTouched:
    """A session was used; `turns` are added, what is None stays."""

    id: str
    at: float
    turns: int = 0
    title: str | None = None
    cwd: str | None = None


@dataclass(frozen=True, slots=True)
class SessionDeleted:
    """A session is gone for people; its rows stay until they are pruned."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class Bound:
    """A session works under this id of the agent from now on."""

    session: str
    agent_session: str
    kind: BindingKind
    at: float


# --- turns and requests -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TurnOpened:
    """A turn runs; there can be one per conversation. `id` is the id of the prompt."""

    id: str
    conversation: str
    session: str
    at: float
    requester: str
    prompt: str


@dataclass(frozen=True, slots=True)
class TurnTouched:
    """Something about a turn: None stays as it was, `resumes` are added.

    `live` is the platform's id of the live message; `usage` is JSON.
    """

    id: str
    live: str | None = None
    steps: int | None = None
    usage: str | None = None
    resumes: int = 0
    session: str | None = None


@dataclass(frozen=True, slots=True)
class TurnClosed:
    """A running turn ended."""

    id: str
    state: Outcome
    at: float
    answer: str | None = None
    failure: Failure | None = None
    detail: str | None = None
    usage: str | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """The agent waits for an answer. `number` is free among the open ones of the conversation.

    `input` and `options` are JSON; `post` is the key of the outbox row that shows it.
    """

    id: str
    conversation: str
    turn: str | None
    number: int
    agent_request: str
    kind: RequestKind
    at: float
    tool: str = ""
    title: str = ""
    input: str = "{}"
    options: str = "[]"
    requester: str = ""
    expires: float | None = None
    post: str | None = None


@dataclass(frozen=True, slots=True)
class RequestClosed:
    """An open request is over; `answered` needs who and what (JSON), the others forbid them."""

    id: str
    state: RequestEnd
    at: float
    answer: str | None = None
    answered_by: str | None = None


# --- what goes out ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostQueued:
    """Something must be delivered. A key that was used before is refused.

    Rows of one lane go out one at a time: by `priority` (lower first), then in order. Without a
    priority it follows from the kind of a Post or Amend (`PRIORITY`); others go as notices.
    """

    key: str
    intent: Intent
    at: float
    conversation: str | None = None
    turn: str | None = None
    urgency: int | None = None
    taken: bool = False  # as if PostTaken followed: whoever writes it delivers it at once

    @property
    def lane(self) -> str:
        """What keeps its order."""
        return self.intent.to.lane

    @property
    def platform(self) -> str:
        """The platform instance."""
        return self.intent.to.platform

    @property
    def priority(self) -> int:
        """Lower goes first."""
        if self.urgency is not None:
            return self.urgency
        return PRIORITY[getattr(self.intent, "kind", Kind.NOTICE)]

    @property
    def body(self) -> str:
        """The intent as it is stored."""
        return codec.intent.dumps(self.intent)


@dataclass(frozen=True, slots=True)
class PostTaken:
    """A worker is about to deliver a row; one per lane at a time."""

    id: int
    at: float


@dataclass(frozen=True, slots=True)
class PostSent:
    """The platform has it; `receipt` is its id of the message, perhaps "".

    Where a repeat shows once anyway, a row need not be taken before it is sent.
    """

    id: int
    at: float
    receipt: str


@dataclass(frozen=True, slots=True)
class PostDelayed:
    """It did not work now; the row is due again at `next_at`, perhaps as a possible repeat."""

    id: int
    next_at: float
    error: str
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class PostReopened:
    """After a crash: a row that was being delivered is due again, marked as a possible repeat."""

    id: int
    at: float
    repeat: bool


@dataclass(frozen=True, slots=True)
class PostBuried:
    """It will never be delivered; the row stays, with the error, for people."""

    id: int
    error: str


# --- people and what they set -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreferenceSet:
    """A preference of a project, a conversation or a person."""

    scope: Scope
    owner: str
    name: str
    value: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class PreferenceCleared:
    """Back to what the layer below says. Fine when there was none."""

    scope: Scope
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Granted:
    """A standing permission; `rule` "" means the whole tool, `expires` None never."""

    scope: GrantReach
    owner: str
    tool: str
    rule: str
    by: str
    at: float
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class GrantRevoked:
    """A standing permission is taken back. Fine when it is gone already."""

    id: int


@dataclass(frozen=True, slots=True)
class PairingOpened:
    """A stranger was given a code; it replaces the one before. Only a hash of it is stored."""

    code_hash: str
    platform: str
    person: str
    name: str
    at: float
    expires: float


@dataclass(frozen=True, slots=True)
class PairingTried:
    """A code was tried in vain."""

    platform: str
    person: str


@dataclass(frozen=True, slots=True)
class PairingClosed:
    """The code of a person is used up or refused."""

    platform: str
    person: str


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """A person may take part, or has another role; `project` "" means all projects."""

    platform: str
    person: str
    name: str
    role: Role
    by: str
    at: float
    project: str = ""


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A person may no longer take part; only what was added under the same `project`."""

    platform: str
    person: str
    project: str = ""


@dataclass(frozen=True, slots=True)
class ValueSaved:
    """A small value of an adapter or a feature (`owner`)."""

    owner: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class ValueDropped:
    """A small value is not needed any more. Fine when there was none."""

    owner: str
    key: str


@dataclass(frozen=True, slots=True)
class Audited:
    """Somebody did, or tried, something that is worth keeping."""

    at: float
    who: str
    platform: str
    action: str
    allowed: bool
    project: str | None = None
    reason: str | None = None


Change = (
    InboxMoved
    | BlobStored
    | MediaStored
    | ConversationSaved
    | ConversationRenamed
    | SessionOpened
    | SessionRenamed
    | SessionTouched
    | SessionDeleted
    | Bound
    | TurnOpened
    | TurnTouched
    | TurnClosed
    | RequestOpened
    | RequestClosed
    | PostQueued
    | PostTaken
    | PostSent
    | PostDelayed
    | PostReopened
    | PostBuried
    | PreferenceSet
    | PreferenceCleared
    | Granted
    | GrantRevoked
    | PairingOpened
    | PairingTried
    | PairingClosed
    | MemberAdded
    | MemberRemoved
    | ValueSaved
    | ValueDropped
    | Audited
)
