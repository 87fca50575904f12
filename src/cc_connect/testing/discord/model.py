"""The state of the twin's world: plain records that change, with no network in them.

A test reads these (a `Message` it waited for shows every later edit too); only the functions of
this package change them, so that every change is also told to the bots that may know of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

JsonObject = dict[str, Any]


class ChannelKind(IntEnum):
    """Docs: Channel > Channel Types."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset(
    {ChannelKind.ANNOUNCEMENT_THREAD, ChannelKind.PUBLIC_THREAD, ChannelKind.PRIVATE_THREAD}
)


class MessageKind(IntEnum):
    """Docs: Message > Message Types."""

    DEFAULT = 0
    CHANNEL_NAME_CHANGE = 4
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21


class MessageFlag(IntFlag):
    """Docs: Message > Message Flags."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    VOICE_MESSAGE = 1 << 13
    COMPONENTS_V2 = 1 << 15


class ComponentKind(IntEnum):
    """Docs: Component Reference > Component Types."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    UPLOAD = 19


SELECTS = frozenset(
    {
        ComponentKind.STRING_SELECT,
        ComponentKind.USER_SELECT,
        ComponentKind.ROLE_SELECT,
        ComponentKind.MENTIONABLE_SELECT,
        ComponentKind.CHANNEL_SELECT,
    }
)
LINK_BUTTON = 5


@dataclass(slots=True, eq=False)
class User:
    """A person or the user of a bot."""

    id: int
    name: str
    display_name: str | None = None
    bot: bool = False
    refuses_direct: bool = False

    @property
    def mention(self) -> str:
        """The text that mentions this user in a message."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Application:
    """A bot: its user, its secret and what its owner switched on in the developer portal."""

    id: int
    name: str
    user: User
    owner: User
    token: str
    intents_enabled: int
    team: tuple[User, ...] = ()
    commands: dict[int, JsonObject] = field(default_factory=dict)
    guild_commands: dict[int, dict[int, JsonObject]] = field(default_factory=dict)
    identifies: int = 0


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; `bot` is set on the role that comes and goes with one application."""

    id: int
    name: str
    permissions: int
    position: int = 0
    mentionable: bool = False
    bot: Application | None = None

    @property
    def mention(self) -> str:
        """The text that mentions this role in a message."""
        return f"<@&{self.id}>"


@dataclass(slots=True, eq=False)
class Member:
    """A user inside one guild."""

    user: User
    joined_at: float
    roles: list[int] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True)
class Overwrite:
    """What one role or one member gains and loses in one channel."""

    target: int
    is_role: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class Guild:
    """A server, as people call it."""

    id: int
    name: str
    owner: User
    everyone: Role
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, "Channel"] = field(default_factory=dict)
    bots: dict[int, Application] = field(default_factory=dict)
    command_scope: set[int] = field(default_factory=set)
    available: bool = True

    @property
    def threads(self) -> list["Channel"]:
        """Every thread of the guild, archived ones too."""
        return [channel for channel in self.channels.values() if channel.thread is not None]


@dataclass(slots=True, eq=False)
class ThreadState:
    """What a channel has in addition when it is a thread. Docs: Threads > Thread Fields."""

    owner: User
    changed_at: float
    created_at: float
    private: bool = False
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440
    invitable: bool = True
    members: dict[int, float] = field(default_factory=dict)
    sent: int = 0
    deleted: int = 0


@dataclass(slots=True, eq=False)
class Typed:
    """Somebody was seen typing."""

    user: User
    at: float


@dataclass(slots=True, eq=False)
class Channel:
    """A channel, a thread (`thread` is set) or a direct conversation (`guild` is not)."""

    id: int
    kind: ChannelKind
    name: str
    guild: Guild | None = None
    parent: "Channel | None" = None
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: tuple[User, ...] = ()
    messages: dict[int, "Message"] = field(default_factory=dict)
    last_message_id: int | None = None
    thread: ThreadState | None = None
    typing: list[Typed] = field(default_factory=list)

    @property
    def mention(self) -> str:
        """The text that links to this channel in a message."""
        return f"<#{self.id}>"


@dataclass(slots=True, eq=False)
class Attachment:
    """A file on a message, served by the twin at the URL that goes out with the message."""

    id: int
    channel_id: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(slots=True, eq=False)
class Reaction:
    """One emoji under a message and who put it there."""

    emoji: str
    users: dict[int, User] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a message answers or points at. Docs: Message > Message Reference Structure."""

    channel_id: int
    message_id: int | None = None
    guild_id: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said from a moment on: the first one is how it was sent."""

    at: float
    content: str
    embeds: tuple[JsonObject, ...]
    components: tuple[JsonObject, ...]


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands now, edits applied. `versions` keeps how it got there."""

    id: int
    channel: Channel
    author: User
    sent_at: float
    content: str = ""
    kind: MessageKind = MessageKind.DEFAULT
    flags: int = 0
    edited_at: float | None = None
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reference: Reference | None = None
    nonce: str | int | None = None
    tts: bool = False
    reactions: dict[str, Reaction] = field(default_factory=dict)
    thread: Channel | None = None
    application: Application | None = None
    interaction: JsonObject | None = None
    visible_to: User | None = None
    deleted: bool = False
    versions: list[Version] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & MessageFlag.EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether people see "thinking..." in place of an answer that is still to come."""
        return bool(self.flags & MessageFlag.LOADING)

    @property
    def edited(self) -> bool:
        """Whether people see the word "edited" behind it."""
        return self.edited_at is not None

    @property
    def buttons(self) -> list[JsonObject]:
        """The buttons, in reading order, as the bot described them."""
        return [c for c in walk(self.components) if c["type"] == ComponentKind.BUTTON]

    @property
    def menus(self) -> list[JsonObject]:
        """The select menus, in reading order."""
        return [c for c in walk(self.components) if c["type"] in SELECTS]

    @property
    def text(self) -> str:
        """All words a person reads in it: content, text components and embeds, one per line."""
        parts = [self.content]
        parts += [c["content"] for c in walk(self.components) if c["type"] == ComponentKind.TEXT]
        for embed in self.embeds:
            parts += _embed_words(embed)
        return "\n".join(part for part in parts if part)

    def remember(self, at: float) -> None:
        """Keep the present wording as a version of its own."""
        shown = Version(at, self.content, tuple(self.embeds), tuple(self.components))
        self.versions.append(shown)


def walk(components: list[JsonObject]) -> Iterator[JsonObject]:
    """Go through components and everything inside them, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for inner in ("accessory", "component"):
            if inner in component:
                yield from walk([component[inner]])


def _embed_words(embed: JsonObject) -> Iterator[str]:
    yield (embed.get("author") or {}).get("name", "")
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    for each in embed.get("fields") or []:
        yield f"{each['name']}: {each['value']}"
    yield (embed.get("footer") or {}).get("text", "")
