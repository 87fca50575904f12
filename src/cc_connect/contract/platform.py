"""The platform side of the plug-in API: what a chat adapter offers and what it may ask for.

An adapter is one class with four methods. It never sees an agent, a command or a conversation; it
turns wire frames into `Inbound` and intents into wire frames, and says with a typed error what went
wrong. What to do about an error is the host's business.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

from cc_connect.contract.command import CommandSpec
from cc_connect.contract.content import Content
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media


class Support(IntEnum):
    """How well a platform can do a thing; comparable."""

    NONE = 0
    PARTIAL = 1
    FULL = 2


class TextUnit(StrEnum):
    """In what a platform counts the length of a text."""

    CODE_POINTS = "code_points"
    UTF16 = "utf16"
    BYTES = "bytes"


class Markup(StrEnum):
    """What kind of text a platform draws."""

    PLAIN = "plain"
    MARKDOWN = "markdown"


class ProgressStyle(StrEnum):
    """How the work of a turn is shown (`progress_style` of the reference configuration)."""

    LEGACY = "legacy"
    COMPACT = "compact"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be done at one address, as data. Times in seconds, sizes in bytes.

    Attributes:
        text_limit: Longest text of one message, in `text_unit`.
        text_unit: How lengths are counted.
        markup: What kind of text is drawn.
        edit: Messages can be changed after they were posted.
        edit_interval: Least time between two edits of one message.
        edit_max_age: A message older than this cannot be edited; None for no limit.
        delete: Messages can be taken back.
        buttons: Buttons are drawn and their presses come back.
        button_rows: Most rows of buttons in one message.
        row_buttons: Most buttons in one row.
        menus: Menus are drawn.
        menu_options: Most options in one menu.
        forms: Forms are drawn.
        files: Files can be posted.
        file_limit: Largest file.
        typing: A typing sign can be shown; it lasts `typing_lasts`.
        typing_lasts: How long one typing sign lasts.
        reactions: Reactions can be put on messages.
        threads: Threads can be made and posted to.
        stream: An answer can grow by `Extend`, piece by piece, at no cost per edit.
        stream_interval: Least time between two `Extend` of one stream.
        cards: Steps, to-do lists, diffs and tables are drawn as such.
        idempotent_post: A post repeated with the same key within some minutes is shown once.
        history: Old messages can be read again by the adapter.
        progress: The style of progress used unless the configuration says otherwise.
        mode: The agent's mode in which sessions begin here, "" for the project's; a person may
            choose another.
    """

    text_limit: int
    text_unit: TextUnit = TextUnit.CODE_POINTS
    markup: Markup = Markup.MARKDOWN
    edit: Support = Support.NONE
    edit_interval: float = 1.2
    edit_max_age: float | None = None
    delete: Support = Support.NONE
    buttons: Support = Support.NONE
    button_rows: int = 5
    row_buttons: int = 5
    menus: Support = Support.NONE
    menu_options: int = 25
    forms: Support = Support.NONE
    files: Support = Support.NONE
    file_limit: int = 10 * 1024 * 1024
    typing: Support = Support.NONE
    typing_lasts: float = 8.0
    reactions: Support = Support.NONE
    threads: Support = Support.NONE
    stream: Support = Support.NONE
    stream_interval: float = 0.05
    cards: Support = Support.NONE
    idempotent_post: Support = Support.NONE
    history: Support = Support.NONE
    progress: ProgressStyle = ProgressStyle.COMPACT
    mode: str = ""


class Kind(StrEnum):
    """Why a message is posted; lower kinds wait for higher ones: final > prompt > notice > live."""

    FINAL = "final"
    PROMPT = "prompt"
    NOTICE = "notice"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Post:
    """Show something new.

    Attributes:
        to: Where.
        content: What.
        key: Unique and stable: the same post tried again carries the same key.
        kind: Why, for priorities and for drawing.
        reply_to: The message it answers, if any.
        mention: Ids of people to be called by it; nobody else may be.
        stream: The stream (`Extend.stream`) whose text this post settles, if any.
        repeat: It may have been shown before (a crash came between sending and the receipt).
        only_for: Id of the person who alone should see it, where the platform can do that for what
            `reply_to` names; elsewhere it is a post like any other.
    """

    to: Address
    content: Content
    key: str
    kind: Kind = Kind.NOTICE
    reply_to: str | None = None
    mention: tuple[str, ...] = ()
    stream: str | None = None
    repeat: bool = False
    only_for: str = ""


@dataclass(frozen=True, slots=True)
class Amend:
    """Replace the content of a message posted earlier."""

    to: Address
    message: str
    content: Content
    kind: Kind = Kind.LIVE


@dataclass(frozen=True, slots=True)
class Retract:
    """Take a message back."""

    to: Address
    message: str


@dataclass(frozen=True, slots=True)
class Typing:
    """Show that something is being done."""

    to: Address


@dataclass(frozen=True, slots=True)
class React:
    """Put a sign on somebody's message, or take it off."""

    to: Address
    message: str
    sign: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Extend:
    """Let an answer grow by a piece of text. Not stored: the final post settles it.

    A piece at 0 begins anew: what was shown of this stream before was a remark on the way (it is
    among the steps now), not the answer. Then the text may be empty, and nothing of it remains.

    Attributes:
        to: Where.
        stream: Names the answer; the same for all its pieces.
        text: The piece.
        at: How many characters came before it, so that a lost piece is noticed.
    """

    to: Address
    stream: str
    text: str
    at: int


Intent = Post | Amend | Retract | Typing | React | Extend


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform has it: the id under which the message can be found there."""

    message: str = ""


class Platform(Protocol):
    """A chat adapter. One instance stands for one bot (or one page)."""

    def capabilities(self, to: Address) -> Capabilities:
        """What can be done at this address. Cheap, never blocks, works before `run`."""
        ...

    async def run(self, host: "PlatformHost") -> None:
        """Connect and receive until cancelled; reconnect by itself over short gaps.

        Raises:
            PlatformUnavailable: The server cannot be reached; the host tries again later.
            PlatformAuthFailed: The credentials are wrong; the host parks the adapter.
        """
        ...

    async def deliver(self, intent: Intent) -> Receipt:
        """Do what the intent says; return when the platform has it.

        Only asked for what `capabilities` allow. Cancelled when it takes too long.

        Raises:
            PlatformUnavailable: Try the same intent again later.
            RateLimited: Try again after `retry_after`.
            DeliveryRejected: It will never work as it is.
        """
        ...

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent.

        Raises:
            PlatformUnavailable: Try again later.
            DeliveryRejected: The file is gone.
        """
        ...


class PlatformHost(Protocol):
    """What the program offers to an adapter. Given to `run`, good until that returns."""

    async def receive(self, inbound: Inbound) -> None:
        """Take something in. When it returns, it is stored: safe to acknowledge."""
        ...

    def admits(self, inbound: Inbound) -> bool:
        """Whether `receive` would let this in, so that nothing is made for strangers (a thread)."""
        ...

    def connected(self, note: str = "") -> None:
        """Tell that the platform is reachable now (first time or again)."""
        ...

    def disconnected(self, reason: str) -> None:
        """Tell that the connection is gone and is being renewed."""
        ...

    def commands(self) -> tuple[CommandSpec, ...]:
        """What to offer natively as commands."""
        ...

    async def suggest(
        self, inbound: Inbound, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """Values a person could mean while typing an option of a command."""
        ...

    async def load(self, key: str) -> str | None:
        """Read what the adapter saved under `key`."""
        ...

    async def save(self, key: str, value: str) -> None:
        """Keep a small value (cursors, ids of buttons) over restarts."""
        ...
