"""Not more than so many requests a second, the urgent ones first.

Discord lets a bot make 50 requests a second over all routes and answers more with a 429 that stops
everything (Docs: Rate Limits > Global Rate Limit). The limits of single routes are the library's.
"""

import asyncio
import heapq
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

LIMIT = 48
"""Discord takes 50 in any second. Ours end when the answer is there, so they are a bit longer."""
WINDOW = 1.0
CROWD = 10
RUSH = 10
"""So many may go at once after a rest."""
SPACE = 1.07
"""Between two of a long row, in parts of an even share."""


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


@dataclass(slots=True, eq=False)
class Turn:
    """Leave to make one request: when it was given, later when it was answered."""

    at: float


class Pacer:
    """Gives out turns: at most `limit` in any `window` seconds."""

    def __init__(self, limit: int = LIMIT, window: float = WINDOW) -> None:
        self._window = window
        self._space = SPACE * window / limit
        self._ahead = 0.0
        self._limit = limit
        self._given: list[Turn] = []
        self._waiting: list[tuple[Urgency, int, asyncio.Future[Turn | None]]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, wanted: Urgency) -> Turn | None:
        """Wait for a turn. Among those who wait the most urgent is next, then the oldest.

        Say when it was `answered`: Discord counted it somewhere between.
        """
        if wanted is Urgency.NOW:
            return None
        if not self._waiting:
            turn = self._take()
            if turn is not None:
                return turn
        future: asyncio.Future[Turn | None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (wanted, next(self._numbers), future))
        self._arm()
        return await future

    @staticmethod
    def answered(turn: Turn | None) -> None:
        """The request is over; its window ends so much later than it began."""
        if turn is not None:
            turn.at = asyncio.get_running_loop().time()

    @property
    def crowded(self) -> bool:
        """More wait than can go soon: what is not needed had better not be asked for."""
        return len(self._waiting) > CROWD

    def _take(self) -> Turn | None:
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return None
        if len(self._given) == self._limit:
            self._given.remove(self._oldest)
        turn = Turn(now)
        self._given.append(turn)
        self._ahead = max(self._ahead, now) + self._space
        return turn

    @property
    def _oldest(self) -> Turn:
        return min(self._given, key=lambda turn: turn.at)

    @property
    def _next(self) -> float:
        """When the next turn can be given.

        A few at once, then evenly: what is given in one rush and held up on its way falls together
        with the next rush, and is too much for Discord, which counts on arrival.
        """
        even = self._ahead - RUSH * self._space
        full = len(self._given) == self._limit
        return max(even, self._oldest.at + self._window) if full else even

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._next, self._serve)

    def _serve(self) -> None:
        self._timer = None
        while self._waiting:
            if self._waiting[0][2].done():  # nobody waits for it any more
                heapq.heappop(self._waiting)
                continue
            turn = self._take()
            if turn is None:
                self._arm()
                return
            heapq.heappop(self._waiting)[2].set_result(turn)
