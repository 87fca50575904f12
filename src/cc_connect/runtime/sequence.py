"""Work in order, key by key: one task per key, only while there is work."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Sequences:
    """Runs what is added under one key one after another, and different keys side by side."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Work]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped = False

    def add(self, key: str, work: Work) -> None:
        """Run it after everything that was added under this key before. It must not raise.

        After `stop` it is not run at all.
        """
        if self._stopped:
            return
        self._waiting.setdefault(key, deque()).append(work)
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._run(key), name=f"intake-{key}")

    async def _run(self, key: str) -> None:
        waiting = self._waiting[key]
        while waiting:
            work = waiting.popleft()
            try:
                await work()
            except Exception:
                log.exception("intake failed", key=key)
        del self._waiting[key], self._tasks[key]

    async def settle(self) -> None:
        """Wait until all work is done."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def stop(self) -> None:
        """Stop at once; what was not begun is not run."""
        self._stopped = True
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
