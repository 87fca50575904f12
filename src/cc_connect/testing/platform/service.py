"""The far end of the fake platform: a chat service that lives in memory and outlasts adapters."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Person
from cc_connect.testing.platform.line import Frame, Json, Line, Refused, Status, written
from cc_connect.testing.platform.message import File, Message
from cc_connect.testing.platform.trouble import Trouble
from cc_connect.testing.pulse import Pulse

HOME = "home"
"""The private chat that is always there."""


class ChatService:
    """Chats, people, messages and the connections of adapters.

    What happens is told to the adapter as frames; a frame that was not acknowledged is sent again
    to the next connection, as real services do. Time is the clock of the event loop.
    """

    def __init__(self, instance: str) -> None:
        self.instance = instance
        self.pulse = Pulse()
        self.trouble = Trouble()
        self.ann = Person("p1", "Ann")
        self.people: dict[str, Person] = {self.ann.id: self.ann}
        self.private: dict[Address, bool] = {}
        self.messages: dict[str, Message] = {}
        self.streams: dict[tuple[Address, str], Message] = {}
        self.gaps: list[str] = []
        self.keys: dict[str, str] = {}
        self.uploads: dict[str, File] = {}
        self.frames: list[Frame] = []
        self.lines: list[Line] = []
        self.answers: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self.typing_until: dict[Address, float] = {}
        self.home = self.add_chat(HOME, private=True)
        self._order: dict[Address, list[Message]] = {self.home: []}
        self._numbers = count(1)

    # --- who and what there is ------------------------------------------------------------------

    def add_person(self, name: str, *, owner: bool = False, roles: tuple[str, ...] = ()) -> Person:
        """Somebody more."""
        person = Person(f"p{len(self.people) + 1}", name, roles, owner)
        self.people[person.id] = person
        return person

    def add_chat(self, name: str, *, thread: str | None = None, private: bool = False) -> Address:
        """A chat, or a thread in one; where it is there already, nothing changes."""
        place = Address(self.instance, name, thread)
        self.private.setdefault(place, private)
        return place

    def known(self, place: Address) -> Address:
        """The place itself, when it is there.

        Raises:
            Refused: NOT_FOUND.
        """
        if place not in self.private:
            raise Refused(Status.NOT_FOUND, f"there is no chat {place.lane}")
        return place

    def fresh(self, letter: str) -> str:
        """An id that nothing has yet."""
        return f"{letter}{next(self._numbers)}"

    def add(self, message: Message) -> Message:
        """A message comes to the end of its chat."""
        self.messages[message.id] = message
        self._order.setdefault(message.place, []).append(message)
        self.pulse.beat()
        return message

    def take_away(self, message: Message) -> None:
        """A message is not there any more."""
        message.gone = True
        self._order[message.place].remove(message)
        del self.messages[message.id]
        self.pulse.beat()

    def shown(self, place: Address | None) -> Iterator[Message]:
        """What can be seen, chat by chat, oldest first."""
        for one, messages in self._order.items():
            if place is None or one == place:
                yield from messages

    def now(self) -> float:
        """Seconds by the clock of the event loop."""
        return asyncio.get_running_loop().time()

    # --- the wire -------------------------------------------------------------------------------

    async def connect(self) -> Line:
        """Open a connection; what was never acknowledged comes first.

        Raises:
            Refused: The service is down, or refuses the login.
        """
        await asyncio.sleep(0)
        self.trouble.reachable()
        line = Line()
        self.lines.append(line)
        for frame in self.frames:
            if not frame.acknowledged:
                line.put(frame.text)
        self.pulse.beat()
        return line

    def hang_up(self, error: Exception) -> None:
        """End all connections."""
        lines, self.lines = self.lines, []
        for line in lines:
            line.cut(error)
        self.pulse.beat()

    def close(self, line: Line) -> None:
        """An adapter ends its connection."""
        if line in self.lines:
            self.lines.remove(line)

    def acknowledge(self, number: int) -> None:
        """The adapter has stored what a frame said."""
        for frame in reversed(self.frames):
            if frame.number == number:
                frame.acknowledged = True
                self.pulse.beat()
                return

    def emit(self, ident: str, place: Address, who: Person, event: Json) -> str:
        """Tell the adapter of something that happened; returns `ident`."""
        number = next(self._numbers)
        body = {
            "number": number,
            "id": ident,
            "chat": place.chat,
            "thread": place.thread,
            "private": self.private[self.known(place)],
            "who": {"id": who.id, "name": who.name, "roles": who.roles, "owner": who.owner},
            "at": time.time(),
            **event,
        }
        frame = Frame(number, ident, written(body))
        self.frames.append(frame)
        self.send(frame.text)
        return ident

    def send(self, text: str) -> None:
        """Send a text to all connections, frame or not."""
        for line in self.lines:
            line.put(text)
        self.pulse.beat()

    def ask(self, place: Address, who: Person, question: Json) -> asyncio.Future[tuple[str, ...]]:
        """Ask the adapter something that is answered or forgotten, never sent again."""
        number = next(self._numbers)
        future: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self.answers[number] = future
        where = {"chat": place.chat, "thread": place.thread, "private": self.private[place]}
        asker = {"id": who.id, "name": who.name, "roles": who.roles, "owner": who.owner}
        frame = {"number": number, "id": f"ask{number}", "who": asker, "at": time.time()}
        self.send(written({**frame, **where, **question}))
        return future

    def answer(self, number: int, values: tuple[str, ...]) -> None:
        """The adapter answers what it was asked."""
        future = self.answers.pop(number, None)
        if future is not None and not future.done():
            future.set_result(values)
