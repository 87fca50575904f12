"""Ends a child together with everything that it started: asks first, then makes sure."""

import asyncio
import enum
import signal
from collections.abc import Iterable
from dataclasses import dataclass

from cc_connect.procs.errors import StillRunning
from cc_connect.procs.family import View, family, living, reap_adopted, signal_each, view
from cc_connect.procs.identity import Identity

_POLL = 0.05  # seconds between two looks at processes that nothing else tells us about


@dataclass(frozen=True, slots=True)
class Grace:
    """How many seconds each step of a shutdown may take.

    ``eof`` after the end of input, for a program that finishes its turn; ``term`` after SIGTERM;
    ``kill`` after SIGKILL, for the system to take the processes away.
    """

    eof: float = 10.0
    term: float = 5.0
    kill: float = 5.0


class Stage(enum.Enum):
    """What made the program end."""

    ITSELF = "itself"
    EOF = "end of input"
    TERM = "SIGTERM"
    KILL = "SIGKILL"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended. ``signalled`` are the processes of its family that had to be told."""

    returncode: int | None
    stage: Stage
    signalled: tuple[Identity, ...]


class _Lookout:
    """Looks at all processes in a thread; whoever asks before a look begins has a share in it.

    So many children that end at once, at the end of the program, cost a few looks and not as many
    as there are children, each of which reads all of them.
    """

    def __init__(self) -> None:
        self._begun: asyncio.Task[View] | None = None
        self._next: asyncio.Task[View] | None = None

    async def look(self) -> View:
        """All processes as they are now."""
        loop = asyncio.get_running_loop()
        look = self._next
        if look is None or look.done() or look.get_loop() is not loop:
            begun = self._begun
            if begun is not None and begun.get_loop() is not loop:
                begun = None
            look = self._next = loop.create_task(self._look(begun), name="look at processes")
        try:
            return await asyncio.shield(look)
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if not look.cancelled() or (asking is not None and asking.cancelling()):
                raise
        # Those who end the loop have ended the shared look; whoever asked still needs one.
        return await asyncio.to_thread(view)

    async def _look(self, before: asyncio.Task[View] | None) -> View:
        if before is not None:
            await asyncio.wait({before})
        self._begun, self._next = asyncio.current_task(), None
        return await asyncio.to_thread(view)


_lookout = _Lookout()


class Ending:
    """The end of one family of processes.

    ``exited`` is set by the owner when the process that asyncio watches has been reaped; setting
    ``hurry`` cuts every wait short. Looks at the system are made in a thread, because they read
    every process of the machine.
    """

    def __init__(self, known: Iterable[Identity], marker: str, exited: asyncio.Event) -> None:
        self.known = tuple(known)
        self.signalled: dict[Identity, None] = {}
        self.hurry = asyncio.Event()
        self._marker = marker
        self._exited = exited
        self._looking = asyncio.Lock()

    async def look(self) -> tuple[Identity, ...]:
        """Finds the family as it is now, and remembers it."""
        async with self._looking:  # of two looks at once, the older could undo the newer
            seen = await _lookout.look()
            self.known = family(self.known, self._marker, seen)
            return self.known

    async def await_exit(self, seconds: float) -> None:
        """Waits for the watched process, for a limited time."""
        await _first_of(seconds, self._exited, self.hurry)

    async def ask(self, seconds: float) -> None:
        """Sends SIGTERM to all of the family and waits until it is gone, for a limited time.

        Each process gets it by itself and not through its group: the commands of an agent live in
        groups of their own, and a group id cannot be checked before it is used.
        """
        self._signal(await self.look(), signal.SIGTERM)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self.hurry.is_set() and (rest := until - loop.time()) > 0:
            if not self._exited.is_set():
                await _first_of(min(rest, _POLL), self._exited, self.hurry)
            elif living(self.known):
                await _first_of(min(rest, _POLL), self.hurry)
            else:
                return

    async def force(self, seconds: float) -> None:
        """Sends SIGKILL until nothing is left.

        Again and again, because a process may start another one while we look.

        Raises:
            StillRunning: something is left when the time is over.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        ever = set(self.known) | set(self.signalled)
        while (left := await self.look()) or not self._exited.is_set():
            ever.update(left)
            self._signal(left, signal.SIGKILL)
            if left and loop.time() > until:
                raise StillRunning([identity.pid for identity in left])
            if self._exited.is_set():
                await asyncio.sleep(_POLL / 2)
            else:
                await _first_of(_POLL / 2, self._exited)
        reap_adopted(ever)

    def _signal(self, targets: tuple[Identity, ...], number: signal.Signals) -> None:
        self.signalled.update(dict.fromkeys(targets))
        signal_each(targets, number)


async def _first_of(seconds: float, *events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
