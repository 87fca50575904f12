"""The frames of the page's WebSocket, as types. docs/web-protocol.md describes them for people.

Every frame is one JSON object in one text message; the field `t` names its kind. A frame of a kind
that is not known, or with a field of the wrong type, is answered with `refused` and nothing else.
"""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{8,64}$")]
"""Made by the page (a UUID); the same thing sent again carries the same id."""

Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=100_000)]

LARGEST_FRAME = 512 * 1024
"""Bytes; the longest text in four-byte characters, with room for the escapes of JSON."""


# --- from the page ----------------------------------------------------------------------------


class Hello(msgspec.Struct, frozen=True, tag_field="t", tag="hello"):
    """The first frame: which conversation this page shows.

    `project` is where the conversation belongs if it does not exist yet.
    """

    chat: Short
    project: Short = ""


class Say(msgspec.Struct, frozen=True, tag_field="t", tag="say"):
    """A message of the person; `files` are ids that `/upload/` gave."""

    id: Id
    text: Long = ""
    files: Annotated[tuple[Short, ...], msgspec.Meta(max_length=20)] = ()


class Press(msgspec.Struct, frozen=True, tag_field="t", tag="press"):
    """A button or a menu choice of the message `message`."""

    id: Id
    action: Short
    message: Short = ""
    values: Annotated[tuple[Short, ...], msgspec.Meta(max_length=100)] = ()


class Submit(msgspec.Struct, frozen=True, tag_field="t", tag="submit"):
    """A filled-in form."""

    id: Id
    action: Short
    values: dict[Short, Long] = {}


class Invoke(msgspec.Struct, frozen=True, tag_field="t", tag="invoke"):
    """A command, given by a button of the page itself (stop)."""

    id: Id
    command: Short
    arguments: dict[Short, Short] = {}


class Suggest(msgspec.Struct, frozen=True, tag_field="t", tag="suggest"):
    """What could be meant while an option of a command is typed."""

    ref: int
    command: Short
    option: Short
    prefix: Short = ""


class Ping(msgspec.Struct, frozen=True, tag_field="t", tag="ping"):
    """Is anybody there? A browser shows no protocol pings to a page."""


FromPage = Hello | Say | Press | Submit | Invoke | Suggest | Ping
Act = Say | Press | Submit | Invoke


# --- to the page ------------------------------------------------------------------------------


class CommandLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command the page can offer; `options` in order, `suggests` those that can be completed."""

    name: str
    summary: str
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    suggests: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = {}


class Welcome(msgspec.Struct, frozen=True, tag_field="t", tag="welcome"):
    """Answer to `hello`. When `boot` or `seq` is not what the page has, it fetches its log anew.

    `live` holds the messages that are not in the history, in order: key, HTML, and the key of the
    message it belongs before ("" for the end).
    `working` is how many seconds the agent is known to work on, 0 when it does not.
    """

    boot: str
    seq: int
    live: tuple[tuple[str, str, str], ...]
    working: float
    commands: tuple[CommandLine, ...]


class Ack(msgspec.Struct, frozen=True, tag_field="t", tag="ack"):
    """What the page sent as `id` is stored; it must not be sent again."""

    id: str


class Refused(msgspec.Struct, frozen=True, tag_field="t", tag="refused"):
    """What the page sent (as `id`, when it had one) cannot be taken; `text` is for the person."""

    text: str
    id: str = ""


class Posted(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="t", tag="post"):
    """A message: a new one goes to the end, one whose key is there already takes its place.

    `stream` is the growing text that this message settles; it ends the turn. `before` is the key of
    a message that is there and that this one belongs before. `preview` is for a notification.
    """

    seq: int
    key: str
    kind: str
    html: str
    stream: str = ""
    before: str = ""
    preview: str = ""


class Amended(msgspec.Struct, frozen=True, tag_field="t", tag="amend"):
    """A message looks different now; one that is not on the page is ignored."""

    seq: int
    key: str
    kind: str
    html: str


class Retracted(msgspec.Struct, frozen=True, tag_field="t", tag="retract"):
    """A message is gone."""

    seq: int
    key: str


class Prompted(msgspec.Struct, frozen=True, tag_field="t", tag="prompt"):
    """The person said something, on this page or on another."""

    seq: int
    key: str
    html: str


class Extended(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="t", tag="extend"):
    """A growing text has grown: finished blocks to add, then the open end.

    `first` says how many finished blocks came before `html`; 0 begins the text anew. The open end
    replaces the one before, unless `add` is set: then `tail` is to be added to it. `mode` is `html`
    (ready to show), `text` (plain) or `code` (plain, inside a code block).
    """

    stream: str
    first: int
    blocks: tuple[str, ...] = ()
    tail: str = ""
    mode: str = "html"
    add: bool = False


class Worked(msgspec.Struct, frozen=True, tag_field="t", tag="typing"):
    """The agent works; the sign lasts so many seconds, 0 takes it away."""

    lasts: float


class ChatLine(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="t", tag="chat"):
    """A line of the list of conversations has changed.

    `event` is the kind of message that changed it (`prompt`, `final`), for a notification.
    """

    name: str
    project: str
    title: str
    updated: float
    needs: bool = False
    working: bool = False
    event: str = ""
    key: str = ""
    preview: str = ""


class Suggestions(msgspec.Struct, frozen=True, tag_field="t", tag="suggestions"):
    """Answer to `suggest`."""

    ref: int
    values: tuple[str, ...]


class Pong(msgspec.Struct, frozen=True, tag_field="t", tag="pong"):
    """Answer to `ping`."""


ToPage = (
    Welcome
    | Ack
    | Refused
    | Posted
    | Amended
    | Retracted
    | Prompted
    | Extended
    | Worked
    | ChatLine
    | Suggestions
    | Pong
)

_decoder = msgspec.json.Decoder(FromPage)
_encoder = msgspec.json.Encoder()


def decode(text: str) -> FromPage:
    """Read a frame of the page.

    Raises:
        ValueError: It is not a frame; the text says what is wrong with it.
    """
    try:
        frame: FromPage = _decoder.decode(text)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    return frame


def encode(frame: ToPage) -> str:
    """Write a frame for the page."""
    return _encoder.encode(frame).decode()
