"""The people of the bench: they write over the twin of Weibo and see what comes back."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from cc_connect.testing.weibo import WeiboTwin
from cc_connect.testing.weibo.screen import Protocol, Screen, Shown

_TIMES = re.compile(r"read=(\d+) wrote=(\d+)")
_NS = 1e6  # in a millisecond


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, in nanoseconds of the clock that all processes share."""

    sent: int
    read: int
    wrote: int
    seen: int

    @property
    def inward(self) -> float:
        """Milliseconds from the server's frame to the agent's stdin."""
        return (self.read - self.sent) / _NS

    @property
    def outward(self) -> float:
        """Milliseconds from the agent's result to the last frame at the server."""
        return (self.seen - self.wrote) / _NS

    @property
    def added(self) -> float:
        """What the program under test adds to a turn, in milliseconds."""
        return self.inward + self.outward


class Watched(Screen):
    """A screen that tells when an answer is whole, and keeps none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: asyncio.Future[tuple[str, int]] | None = None
        self.count = 0
        self._growing: dict[str, list[str]] = {}

    def take(self, payload: dict[str, Any]) -> Shown:
        """As the screen does it, at a cost that does not grow."""
        seen = time.monotonic_ns()
        message, text = payload["messageId"], payload["text"]
        parts = self._growing.setdefault(message, [])
        if payload["chunkId"] != len(parts):
            raise Protocol(f"chunk {payload['chunkId']} of {message}, not {len(parts)}")
        parts.append(text)
        if payload["done"]:
            self.count += 1
            whole = "".join(self._growing.pop(message))
            answer = self.answer
            # Long answers may come as several messages: the times stand at the very end.
            if answer is not None and not answer.done() and _TIMES.search(whole):
                answer.set_result((whole, seen))
        return Shown(message)


class Crowd(WeiboTwin):
    """The twin, with people who write and wait."""

    def screen(self, who: object = "") -> Watched:
        """The screen of one person."""
        name = str(who)
        found = self.screens.get(name)
        if not isinstance(found, Watched):
            found = self.screens[name] = Watched()
        return found

    async def turn(self, who: str, text: str = "hello", within: float = 120.0) -> Turn:
        """Have somebody write, and wait for the answer."""
        screen = self.screen(who)
        screen.answer = asyncio.get_running_loop().create_future()
        sent = time.monotonic_ns()
        await self.say(text, who)
        async with asyncio.timeout(within):
            whole, seen = await screen.answer
        found = _TIMES.findall(whole)[-1]
        return Turn(sent, int(found[0]), int(found[1]), seen)

    async def linked(self, within: float = 30.0) -> None:
        """Wait until the program under test is connected."""
        await self.until(lambda: self.connected, within)
