"""The events of a session on their way to the one who reads them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from cc_connect.contract.agent import AgentEvent, SessionLost

_ROOM = 2000  # events; more than a burst, far less than a long answer


class Outlet:
    """A queue with one reader that ends by itself after `SessionLost`.

    Whoever fills it waits in `room` between frames, so a reader that falls behind slows the agent
    down (its output waits in the pipe) instead of filling the memory.
    """

    def __init__(self) -> None:
        self._events: deque[AgentEvent] = deque()
        self._filled = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self._closing = False
        self._held: list[AgentEvent] | None = []

    def put(self, event: AgentEvent) -> None:
        """Add an event; before `open` it is kept back."""
        if self._held is not None and not isinstance(event, SessionLost):
            self._held.append(event)
            return
        self._events.append(event)
        self._filled.set()
        if len(self._events) >= _ROOM and not self._closing:
            self._roomy.clear()

    def open(self, first: AgentEvent) -> None:
        """Let events through; `first` goes before those that were kept back."""
        held, self._held = self._held or [], None
        for event in (first, *held):
            self.put(event)

    async def room(self) -> None:
        """Wait until the reader has caught up."""
        await self._roomy.wait()

    def hurry(self) -> None:
        """Nobody waits for room any more: the session is being closed."""
        self._closing = True
        self._roomy.set()

    async def read(self) -> AsyncIterator[AgentEvent]:
        """Give the events in order; the last one is `SessionLost`."""
        while True:
            while not self._events:
                self._filled.clear()
                await self._filled.wait()
            event = self._events.popleft()
            if len(self._events) <= _ROOM // 2:
                self._roomy.set()
            yield event
            if isinstance(event, SessionLost):
                return
