"""Answers that grow: what of a stream was written, on which line, and whether that has arrived."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from cc_connect.core.markdown import GrowingPlain, split, to_plain_in_order
from cc_connect.platforms.weibo.connection import Line
from cc_connect.platforms.weibo.wire import (
    PIECE,
    STREAM_LIMIT,
    half_pair,
    send_message,
    well_formed,
)

_MANY = 100
_LARGE = 2_000_000
"""Characters of all posts that are remembered."""


def new_id() -> str:
    """A `messageId` as the vendor's client makes them."""
    return f"msg_{round(time.time() * 1000)}_{secrets.token_hex(6)}"


@dataclass(slots=True)
class Message:
    """A message on its way: it is written delta by delta, all with one id.

    Attributes:
        to: uid of the person.
        written: The text of all deltas so far.
        chunks: How many deltas were written.
        closed: The last one was written.
        line: Where they were written.
        mark: How many messages had been written there with the last of them.
        size: Characters written so far.
    """

    to: str
    id: str = field(default_factory=new_id)
    written: list[str] = field(default_factory=list)
    chunks: int = 0
    closed: bool = False
    line: Line | None = None
    mark: int = 0
    size: int = 0

    @property
    def text(self) -> str:
        """The text written so far."""
        return "".join(self.written)

    def goes_on(self, line: Line) -> bool:
        """Whether more can follow on this line: nothing before it can be missing."""
        return self.line in {None, line} or self.arrived

    @property
    def arrived(self) -> bool:
        """Whether the server is known to have everything written."""
        return self.line is None or self.line.has(self.mark)

    async def write(self, line: Line, text: str, *, done: bool) -> None:
        """Write a delta. Raises Gone."""

        def written(number: int) -> None:
            self.line, self.mark = line, number
            self.chunks += 1
            self.written.append(text)
            self.size += len(text)
            self.closed = done

        await line.say(send_message(self.to, text, self.id, self.chunks, done=done), written)

    async def finish(self, line: Line, rest: str, limit: int = PIECE) -> None:
        """Write the rest in pieces, and that it is all; returns when the server has it."""
        parts = list(pieces(rest, limit)) or [""]
        for part in parts[:-1]:
            await self.write(line, part, done=False)
        await self.write(line, parts[-1], done=True)
        await line.arrived(self.mark)


def pieces(text: str, limit: int) -> Iterator[str]:
    """A text in pieces that begin where a reader would begin; joined they are the text."""
    for piece in split(text, limit):
        yield piece.text


class Stream:
    """The answer of a turn while it grows."""

    def __init__(self, to: str) -> None:
        self.message = Message(to)
        self.lost = False
        self._growing = GrowingPlain()
        self._markdown: list[str] = []
        self._length = 0
        self._carry = ""
        self._ready: list[str] = []

    def take(self, text: str, at: int) -> None:
        """Take in a piece that begins `at` characters into the Markdown; gaps end the streaming."""
        if at > self._length:
            self.lost = True
        new = text[max(0, self._length - at) :]
        self._length += len(new)
        if self.lost or not new:
            return
        new = self._carry + new
        self._carry = half_pair(new)
        new = well_formed(new.removesuffix(self._carry))
        self._markdown.append(new)
        shown = self._growing.feed(new)
        if shown:
            self._ready.append(shown)

    async def flow(self, line: Line) -> None:
        """Write what can be shown by now, unless something written before may be missing."""
        if self.lost or not self._ready:
            return
        if not self.message.goes_on(line):
            self.lost = True
            return
        text, self._ready = "".join(self._ready), []
        for start in range(0, len(text), STREAM_LIMIT):
            await self.message.write(line, text[start : start + STREAM_LIMIT], done=False)

    async def close(self, line: Line) -> None:
        """It was a remark: show all of it, and end it."""
        message = self.message
        whole = to_plain_in_order("".join(self._markdown))
        if not message.goes_on(line) or (self.lost and not message.chunks):
            return
        rest = whole.removeprefix(message.text) if whole.startswith(message.text) else ""
        if message.chunks or rest:
            await message.finish(line, "" if self.lost else rest)


@dataclass(slots=True)
class Sending:
    """How far a post has come, so that it is not said twice when it is tried again.

    `mark` stands before its text when it may have been said before.
    """

    message: Message
    mark: str = ""
    text_done: bool = False
    files_done: int = 0


class Memory(dict[str, Sending]):
    """Posts by key, for the next try; the oldest are forgotten, by their number and their size."""

    def keep(self, key: str, sending: Sending) -> Sending:
        """Remember a post."""
        while self and (len(self) >= _MANY or self._size() > _LARGE):
            del self[next(iter(self))]
        self[key] = sending
        return sending

    def _size(self) -> int:
        return sum(sending.message.size for sending in self.values())
