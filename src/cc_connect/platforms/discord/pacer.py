"""Not more than so many requests a second, the urgent ones first.

Discord lets a bot make 50 requests a second over all routes and answers more with a 429 that stops
everything (Docs: Rate Limits > Global Rate Limit). The limits of single routes are the library's.
"""

import asyncio
import heapq
from collections import deque
from contextvars import ContextVar
from enum import IntEnum
from itertools import count

LIMIT = 45
WINDOW = 1.0


class Urgency(IntEnum):
    """What goes first when there is more to send than may be sent."""

    NOW = 0
    """Answers to a press: Discord waits 3 seconds for them and does not count them."""
    FINAL = 1
    PROMPT = 2
    NOTICE = 3
    LIVE = 4
    TYPING = 5


urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.NOTICE)
"""How urgent the requests of the running task are."""


class Pacer:
    """Gives out turns: at most `limit` in any `window` seconds."""

    def __init__(self, limit: int = LIMIT, window: float = WINDOW) -> None:
        self._window = window
        self._given: deque[float] = deque(maxlen=limit)
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, wanted: Urgency) -> None:
        """Wait for a turn. Among those who wait the most urgent is next, then the oldest."""
        if wanted is Urgency.NOW:
            return
        if not self._waiting and self._take():
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (wanted, next(self._numbers), future))
        self._arm()
        await future

    def _take(self) -> bool:
        now = asyncio.get_running_loop().time()
        full = len(self._given) == self._given.maxlen
        if full and now - self._given[0] < self._window:
            return False
        self._given.append(now)
        return True

    def _arm(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._given[0] + self._window, self._serve)

    def _serve(self) -> None:
        self._timer = None
        while self._waiting:
            if self._waiting[0][2].done():  # nobody waits for it any more
                heapq.heappop(self._waiting)
                continue
            if not self._take():
                self._arm()
                return
            heapq.heappop(self._waiting)[2].set_result(None)
