"""What a bot may do in a channel, and what follows from it."""

from dataclasses import dataclass
from enum import IntFlag

from cc_connect.contract.platform import Capabilities, Markup, ProgressStyle, Support, TextUnit

TEXT_LIMIT = 2000
"""Code points. Docs: Message > Create Message > content."""
ROOM = 100
"""Kept free of every message for a mention and the small print, which stand in the same text."""
INTERVAL = 1.25
"""Seconds between two edits of one message, while not too much is shown at once."""
FILE_LIMIT = 10 * 1024 * 1024
"""Bytes without boosts. Docs: Reference > Uploading Files."""


class Right(IntFlag):
    """The permissions that matter to a bot that talks. Docs: Permissions."""

    ADMINISTRATOR = 1 << 3
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


NAMES = {
    Right.ADD_REACTIONS: "Add Reactions",
    Right.VIEW_CHANNEL: "View Channels",
    Right.SEND_MESSAGES: "Send Messages",
    Right.EMBED_LINKS: "Embed Links",
    Right.ATTACH_FILES: "Attach Files",
    Right.READ_MESSAGE_HISTORY: "Read Message History",
    Right.CREATE_PUBLIC_THREADS: "Create Public Threads",
    Right.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
}
"""As the portal and the server settings write them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The rights of the bot at one place.

    Attributes:
        rights: The bits; None when they are not known (yet), or in a direct conversation, where
            all that matters is allowed.
        thread: The place is a thread.
        file_limit: Bytes of the largest file there.
    """

    rights: int | None = None
    thread: bool = False
    file_limit: int = FILE_LIMIT

    def has(self, right: Right) -> bool:
        """Whether the bot holds a right, as far as is known."""
        if self.rights is None or self.rights & Right.ADMINISTRATOR:
            return True
        return self.rights & right == right

    @property
    def speaks(self) -> Right:
        """The right that posting asks for here."""
        return Right.SEND_MESSAGES_IN_THREADS if self.thread else Right.SEND_MESSAGES

    def lacking(self, *, threads: bool = False) -> tuple[str, ...]:
        """Names of the rights without which the bot cannot do its work here."""
        needed = [Right.VIEW_CHANNEL, self.speaks, Right.READ_MESSAGE_HISTORY]
        if threads and not self.thread:
            needed += [Right.CREATE_PUBLIC_THREADS, Right.SEND_MESSAGES_IN_THREADS]
        return tuple(NAMES[right] for right in needed if not self.has(right))

    def forgone(self, style: ProgressStyle) -> dict[str, str]:
        """Rights that would give more, by name, with what they would give."""
        wanted = {
            Right.ATTACH_FILES: "files from the agent",
            Right.ADD_REACTIONS: "a sign on messages that are being worked on",
        }
        if style is ProgressStyle.CARD:
            wanted[Right.EMBED_LINKS] = "progress as a card"
        return {NAMES[right]: gives for right, gives in wanted.items() if not self.has(right)}


def capabilities(standing: Standing, style: ProgressStyle) -> Capabilities:
    """What can be done at a place with these rights.

    `idempotent_post` is only PARTIAL. Discord remembers an enforced nonce for "the past few
    minutes", which covers a post that is tried again at once. But the outbox never marks the posts
    of a FULL platform as possible repeats, and after a crash with a longer pause the nonce is
    forgotten: the answer would appear twice. With PARTIAL the mark comes, and the adapter looks
    for the post in the history before it posts again.
    """
    embeds = style is ProgressStyle.CARD and standing.has(Right.EMBED_LINKS)

    def given(right: Right) -> Support:
        return Support.FULL if standing.has(right) else Support.NONE

    fallback = ProgressStyle.COMPACT if style is ProgressStyle.CARD and not embeds else style
    return Capabilities(
        text_limit=TEXT_LIMIT - ROOM,
        text_unit=TextUnit.CODE_POINTS,
        markup=Markup.MARKDOWN,
        edit=Support.FULL,
        edit_interval=INTERVAL,
        delete=Support.FULL,
        buttons=Support.FULL,
        button_rows=5,
        row_buttons=5,
        menus=Support.FULL,
        menu_options=25,
        forms=Support.FULL,
        files=given(Right.ATTACH_FILES),
        file_limit=standing.file_limit,
        typing=Support.FULL,
        typing_lasts=8.0,
        reactions=given(Right.ADD_REACTIONS),
        threads=given(Right.CREATE_PUBLIC_THREADS),
        cards=Support.FULL if embeds else Support.NONE,
        idempotent_post=Support.PARTIAL,
        history=given(Right.READ_MESSAGE_HISTORY),
        progress=fallback,
    )
