"""Places in a reply where the mock stops until the test lets it go on."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Gates:
    """Named gates. A gate that was opened stays open."""

    def __init__(self) -> None:
        self._reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._open: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def reached(self, name: str) -> None:
        """Return when a reply stands (or stood) at the gate."""
        await self._reached[name].wait()

    def release(self, name: str) -> None:
        """Open the gate, for replies that stand there and for those to come."""
        self._open[name].set()

    async def pass_through(self, name: str, patience: float | None = None) -> bool:
        """Stand at the gate; return False when it is still shut after `patience` seconds.

        Without `patience` it waits without limit.
        """
        self._reached[name].set()
        try:
            async with asyncio.timeout(patience):
                await self._open[name].wait()
        except TimeoutError:
            return False
        return True
