"""Closes idle agents when there are too many, or memory is short. They resume unnoticed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil
import structlog

from cc_connect.core.crowding import Lodger, Machine, surplus
from cc_connect.core.turn.mail import Clock, Overdue
from cc_connect.procs import identity_of, resident_memory
from cc_connect.runtime.actor import Actor

EVERY = 15.0
"""Seconds between two looks."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine, and the memory of some agents by the ids of their processes."""

    machine: Machine
    held: Mapping[int, int]


Read = Callable[[Sequence[int]], Reading]
"""Takes a reading; blocking."""


def read(pids: Sequence[int]) -> Reading:
    """What this machine says; each agent counts with all that it has started."""
    roots = {pid: identity for pid in pids if (identity := identity_of(pid)) is not None}
    held = resident_memory(roots.values())
    memory = psutil.virtual_memory()
    machine = Machine(memory.total, memory.available)
    return Reading(machine, {pid: held[identity] for pid, identity in roots.items()})


class Crowding:
    """Looks after the agents of all conversations. `start`, then `stop`.

    `most` agents may be open; 0 sets no number.
    """

    def __init__(
        self,
        known: Callable[[], tuple[Actor, ...]],
        most: int = 0,
        read: Read = read,
        every: float = EVERY,
    ) -> None:
        self._known = known
        self.most = most
        self._read = read
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look again and again."""
        self._task = asyncio.create_task(self._look_after(), name="crowding")

    async def stop(self) -> None:
        """Do not look any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except Exception:
                log.exception("the agents could not be looked after")

    async def look(self) -> None:
        """Take a reading, and close what is too much."""
        open_now = {str(n): actor for n, actor in enumerate(self._known()) if actor.pid is not None}
        if not open_now:
            return
        pids = [actor.pid for actor in open_now.values() if actor.pid is not None]
        reading = await asyncio.to_thread(self._read, pids)
        lodgers = [
            Lodger(name, actor.used_at, reading.held.get(actor.pid or 0, 0), actor.busy)
            for name, actor in open_now.items()
        ]
        for name in surplus(lodgers, reading.machine, self.most):
            actor = open_now[name]
            log.info("idle agent closed to make room", conversation=actor.state.key.text)
            # `step` decides again: something may have begun meanwhile.
            actor.tell(Overdue(Clock.SESSION, str(actor.state.epoch)))
