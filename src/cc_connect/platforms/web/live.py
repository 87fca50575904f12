"""What goes on in a conversation right now: what the durable history does not know (yet).

It exists for pages that come (back) in the middle of a turn, is bounded, and is gone with the end
of the turn.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from cc_connect.contract.content import Content
from cc_connect.platforms.web.catalogue import Texts
from cc_connect.platforms.web.streaming import Cursor, GrowingText
from cc_connect.platforms.web.wire import ToPage, encode

_MOST_LIVE = 20
_MOST_STREAMS = 8
_MOST_WAITING = 1_000
_MOST_WAITING_CHARACTERS = 8_000_000
_TRY_AGAIN_LATER = 1013


@dataclass(slots=True)
class LiveMessage:
    """A message that is still changing, or that was until the answer came."""

    content: Content
    at: float
    before: str = ""


@dataclass(slots=True)
class Room:
    """The present of one conversation. `seq` counts what its pages were told since the start.

    `live` are the messages of the running turn; `cards` are those of the last turns. Both are in no
    history, so each knows the key of the lasting message that it stands before.
    """

    seq: int = 0
    working_until: float = 0.0
    live: dict[str, LiveMessage] = field(default_factory=dict)
    cards: dict[str, LiveMessage] = field(default_factory=dict)
    last_final: str = ""
    streams: dict[str, GrowingText] = field(default_factory=dict)

    def next(self) -> int:
        """The number of the next thing to tell."""
        self.seq += 1
        return self.seq

    def show(self, key: str, content: Content, at: float, *, late: bool) -> str:
        """Keep a live message. One that comes `late` belongs before the final message.

        Returns:
            The key of the message it belongs before, or "".
        """
        before = self.last_final if late and not self.live else ""
        kept = self.cards if before else self.live
        kept[key] = LiveMessage(content, at, before)
        while len(kept) > _MOST_LIVE:
            del kept[next(iter(kept))]
        return before

    def change(self, key: str, content: Content) -> None:
        """A live message looks different now."""
        message = self.live.get(key) or self.cards.get(key)
        if message is not None:
            message.content = content

    def passed(self, key: str) -> None:
        """A lasting message was told: what is live by now stands before it."""
        for message in self.live.values():
            message.before = message.before or key

    def drop(self, key: str) -> None:
        """A live message was taken back."""
        self.live.pop(key, None)
        self.cards.pop(key, None)

    def grow(self, stream: str, text: str, at: int) -> None:
        """A stream has a new piece."""
        if stream not in self.streams:
            while len(self.streams) >= _MOST_STREAMS:
                del self.streams[next(iter(self.streams))]
            self.streams[stream] = GrowingText()
        self.streams[stream].feed(text, at)

    def settle(self, final: str) -> None:
        """The turn is over: its answer is in the history, under this key."""
        self.passed(final)
        self.cards.update(self.live)
        while len(self.cards) > _MOST_LIVE:
            del self.cards[next(iter(self.cards))]
        self.live.clear()
        self.last_final = final
        self.streams.clear()
        self.working_until = 0.0


@dataclass(slots=True, eq=False)
class Connection:
    """One open page: what it is still to be told, and how far it knows the growing texts.

    Growing texts do not wait in the queue: a page that is slow gets larger pieces, not more.
    """

    texts: Texts
    chat: str = ""
    project: str = ""
    room: Room | None = None
    _waiting: deque[str] = field(default_factory=deque)
    _waiting_characters: int = 0
    _cursors: dict[str, Cursor] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _overrun: bool = False

    def watch(self, chat: str, room: Room) -> None:
        """Show this conversation from now on, its growing texts from their beginning."""
        self.chat, self.room = chat, room
        self._cursors.clear()
        self._wake.set()

    def tell(self, frame: ToPage) -> None:
        """Send a frame when it is its turn."""
        if self._overrun:
            return
        text = encode(frame)
        self._waiting.append(text)
        self._waiting_characters += len(text)
        if (
            len(self._waiting) > _MOST_WAITING
            or self._waiting_characters > _MOST_WAITING_CHARACTERS
        ):
            self._waiting.clear()
            self._overrun = True
        self._wake.set()

    def nudge(self) -> None:
        """A growing text has grown."""
        self._wake.set()

    def hang_up(self) -> None:
        """End the connection; the page comes back by itself."""
        self._overrun = True
        self._wake.set()

    async def write(self, socket: web.WebSocketResponse) -> None:
        """Send what there is to send until cancelled, or until the page is hopelessly behind.

        A page behind by too much is hung up on; it comes back and reads the history.
        """
        while not self._overrun:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._overrun:
                text = self._waiting.popleft()
                self._waiting_characters -= len(text)
                await socket.send_str(text)
            for frame in self._grown():
                await socket.send_str(frame)
        await socket.close(code=_TRY_AGAIN_LATER)

    def _grown(self) -> list[str]:
        if self.room is None:
            return []
        streams = self.room.streams
        for gone in self._cursors.keys() - streams.keys():
            del self._cursors[gone]
        frames = (
            text.since(self._cursors.setdefault(name, Cursor()), name, self.texts.say("copy"))
            for name, text in streams.items()
        )
        return [encode(frame) for frame in frames if frame is not None]


Frame = Callable[[Texts], ToPage]
"""A frame that depends on the language of the page."""


def tell_all(connections: list[Connection], frame: Frame) -> None:
    """Tell several pages the same, drawn once for each language."""
    drawn: dict[str, ToPage] = {}
    for connection in connections:
        language = connection.texts.language
        if language not in drawn:
            drawn[language] = frame(connection.texts)
        connection.tell(drawn[language])
