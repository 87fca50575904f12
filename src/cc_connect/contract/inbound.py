"""What comes in from a chat: one envelope, and a closed union of bodies.

A pressed button, a native command and a form are types of their own, so none of them can be
mistaken for prose, and prose can never be mistaken for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cc_connect.contract.ids import Address


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a chat.

    Attributes:
        id: The platform's id of the person, stable over renames.
        name: How the platform shows them.
        roles: Ids of the roles they hold there, where the platform has roles.
        owner: The platform itself vouches that this person owns the bot or the page.
    """

    id: str
    name: str = ""
    roles: tuple[str, ...] = ()
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A file somebody sent. The bytes are fetched by `Platform.fetch`.

    Attributes:
        id: The platform's handle; it must stay good for some minutes at least.
        name: The file name as sent; never trusted as a path.
        mime: The type as declared by the sender, or "" when unknown.
        size: Bytes, when the platform tells.
        voice: A voice message rather than a file.
    """

    id: str
    name: str
    mime: str = ""
    size: int | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message that is replied to or forwarded: context, never an instruction of the sender."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """Prose, with or without files."""

    text: str
    media: tuple[Media, ...] = ()
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed or a menu choice made.

    Attributes:
        action: What the button carried, word for word.
        message: The message that holds the button.
        values: The chosen values of a menu; empty for a button.
    """

    action: str
    message: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invoked:
    """A command called through the platform's own command surface."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form was filled in; `values` maps field ids to texts."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message has a new text."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """An earlier message was deleted by its author."""

    message: str


Body = Said | Pressed | Invoked | Submitted | Edited | Recalled


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that happened in a chat.

    Attributes:
        id: Unique in this chat of this platform instance; a redelivery carries the same id.
        address: Where it happened, and where answers go.
        sender: Who did it.
        body: What it was.
        addressed: It is meant for the bot (direct message, mention, bot's own thread).
        private: Only the sender and the bot can read this place.
        sent_at: Unix seconds by the platform's clock; shown to people, never used for order.
        missed: It was said while the bot was away and found later, in the history say. People are
            asked about an old one (by `sent_at`) before it is run.
        project: The project this place belongs to, when the adapter knows.
        reply_to: Id of the message it replies to.
    """

    id: str
    address: Address
    sender: Person
    body: Body
    addressed: bool = True
    private: bool = False
    sent_at: float | None = None
    project: str | None = None
    reply_to: str | None = None
    missed: bool = False
