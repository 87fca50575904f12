"""The wire between the fake service and an adapter: frames of JSON one way, calls the other."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

Json = dict[str, Any]


class Status(IntEnum):
    """Why the service refuses a call; the figures of HTTP."""

    BAD = 400
    UNAUTHORIZED = 401
    NOT_FOUND = 404
    TOO_MANY = 429
    UNAVAILABLE = 503


class Refused(Exception):
    """What the service answers when it does not do what it was called for."""

    def __init__(self, status: Status, text: str, retry_after: float = 0.0) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after = retry_after


class LineDropped(Exception):
    """The connection is gone."""


@dataclass(slots=True, eq=False)
class Frame:
    """Something the service has to tell; kept until an adapter acknowledges it.

    `number` names this frame, `id` what happened: a frame sent again keeps both.
    """

    number: int
    id: str
    text: str
    acknowledged: bool = False


@dataclass(slots=True, eq=False)
class Line:
    """One connection of an adapter."""

    _waiting: deque[str] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _end: Exception | None = None

    def put(self, text: str) -> None:
        """Send a frame as it is."""
        self._waiting.append(text)
        self._news.set()

    def cut(self, error: Exception) -> None:
        """End the connection; its reader gets this error."""
        self._end = self._end or error
        self._news.set()

    async def frames(self) -> AsyncIterator[str]:
        """The frames as they come, as text.

        Raises:
            LineDropped: The connection has ended.
        """
        while True:
            if self._end is not None:
                raise self._end
            if self._waiting:
                yield self._waiting.popleft()
                continue
            self._news.clear()
            await self._news.wait()


def written(frame: Json) -> str:
    """A frame as text."""
    return json.dumps(frame, ensure_ascii=False)
