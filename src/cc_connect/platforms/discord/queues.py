"""Work in order, channel by channel: a slow one holds up no other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Queues:
    """Queues by name; each has a task only while there is work."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, name: str, work: Work) -> None:
        """Do this after everything that was added under the name before."""
        waiting = self._waiting.get(name)
        if waiting is not None:
            waiting.append(work)
            return
        self._waiting[name] = deque((work,))
        task = asyncio.create_task(self._run(name), name=f"discord-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, name: str) -> None:
        waiting = self._waiting[name]
        try:
            while waiting:
                try:
                    await waiting.popleft()()
                except Exception:
                    log.exception("discord: an event could not be handled")
        finally:
            del self._waiting[name]

    async def stop(self) -> None:
        """Drop what waits and end what runs."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
