"""A host that only writes down: for testing an adapter alone."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cc_connect.contract.command import CommandSpec
from cc_connect.contract.inbound import Inbound
from cc_connect.testing.pulse import Pulse


class HostGone(Exception):
    """The program ended while something was handed over: it is not stored."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the adapter for suggestions."""

    inbound: Inbound
    command: str
    option: str
    prefix: str


class RecordingHost:
    """A `PlatformHost` that keeps everything it is told.

    Attributes:
        received: What was taken in, in order; a redelivery is here twice.
        offered: What was handed over, taken in or not.
        up: The adapter says it is connected.
        signals: What it said about its connection: "connected", "disconnected: <reason>".
        asked: Its questions for suggestions.
        values: What it saved. Hand the same mapping to the next host to play a restart.
        suggested: Answers to suggestions, by command and option.
        strangers: Ids of people who are not let in.
    """

    def __init__(
        self,
        *,
        commands: tuple[CommandSpec, ...] = (),
        values: dict[str, str] | None = None,
        suggested: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
    ) -> None:
        self.received: list[Inbound] = []
        self.offered: list[Inbound] = []
        self.up = False
        self.signals: list[str] = []
        self.asked: list[Asked] = []
        self.values: dict[str, str] = {} if values is None else values
        self.suggested = dict(suggested or {})
        self.strangers: set[str] = set()
        self.pulse = Pulse()
        self._commands = commands
        self._errors: list[Exception] = []
        self._open = asyncio.Event()
        self._open.set()
        self._gone = False

    # --- what the adapter calls -----------------------------------------------------------------

    async def receive(self, inbound: Inbound) -> None:
        """Take something in; raises what `fail` and `crash` said."""
        self.offered.append(inbound)
        self.pulse.beat()
        await self._open.wait()
        if self._gone:
            raise HostGone("the program has ended")
        if self._errors:
            raise self._errors.pop(0)
        self.received.append(inbound)
        self.pulse.beat()

    def admits(self, inbound: Inbound) -> bool:
        """Everybody but `strangers`."""
        return inbound.sender.id not in self.strangers

    def connected(self, note: str = "") -> None:
        """Note it."""
        self.up = True
        self.signals.append(f"connected: {note}" if note else "connected")
        self.pulse.beat()

    def disconnected(self, reason: str) -> None:
        """Note it."""
        self.up = False
        self.signals.append(f"disconnected: {reason}")
        self.pulse.beat()

    def commands(self) -> tuple[CommandSpec, ...]:
        """What it was made with."""
        return self._commands

    async def suggest(
        self, inbound: Inbound, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """The values of `suggested` that begin with what was typed."""
        self.asked.append(Asked(inbound, command, option, prefix))
        values = self.suggested.get((command, option), ())
        return tuple(value for value in values if value.startswith(prefix))

    async def load(self, key: str) -> str | None:
        """Read from `values`."""
        return self.values.get(key)

    async def save(self, key: str, value: str) -> None:
        """Keep in `values`."""
        self.values[key] = value
        self.pulse.beat()

    # --- what a test does -----------------------------------------------------------------------

    def hold(self) -> None:
        """Let `receive` hang until `release`: the store is slow."""
        self._open.clear()

    def release(self) -> None:
        """`receive` goes on."""
        self._open.set()

    def fail(self, error: Exception, times: int = 1) -> None:
        """Let the next calls of `receive` raise: the store is broken."""
        self._errors += [error] * times

    def crash(self) -> None:
        """Let `receive` take nothing in any more, also what it holds."""
        self._gone = True
        self._open.set()

    async def wait_for(self, predicate: Callable[[Inbound], bool], seconds: float = 5.0) -> Inbound:
        """The first thing taken in, by now or soon, that is meant.

        Raises:
            TimeoutError: It did not come within so many seconds.
        """
        return await self.pulse.until(
            lambda: next((one for one in self.received if predicate(one)), None), seconds
        )
