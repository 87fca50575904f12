"""Keeps adapters running: restarts what fails, parks what is refused, tells what happens."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from cc_connect.contract.command import CommandSpec
from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Platform
from cc_connect.core.desk import Command
from cc_connect.core.texts import Language, described
from cc_connect.runtime.intake import Intake
from cc_connect.runtime.outbox import Outbox
from cc_connect.store.store import Store

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
LAST_WORDS = 1.5
"""Seconds adapters have at the end to say goodbye to their platform."""
GLANCE = 5.0
ASLEEP = 30.0
"""The clock on the wall ran so much further than time passed: the machine was asleep."""
HEALTHY = 60.0
"""Seconds of running after which the next failure is a first one again."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Station:
    """A platform instance under supervision.

    Attributes:
        instance: Its name in addresses.
        kind: Its type in the configuration, for people.
        projects: Names of the projects it serves.
        up: Set while it is connected.
        parked: Why it is not tried again, if so.
    """

    instance: str
    kind: str
    projects: tuple[str, ...]
    platform: Platform
    language: Language = Language.ENGLISH
    up: asyncio.Event = field(default_factory=asyncio.Event)
    parked: str = ""


class Host:
    """What one adapter is given: the `PlatformHost` of the contract."""

    def __init__(self, station: Station, supervisor: "Supervisor") -> None:
        self._station = station
        self._supervisor = supervisor

    async def receive(self, inbound: Inbound) -> None:
        """Store it, then handle it in its turn."""
        if inbound.address.platform != self._station.instance:
            raise ValueError(f"{self._station.instance} spoke for {inbound.address.platform}")
        await self._supervisor.intake.receive(inbound)

    def admits(self, inbound: Inbound) -> bool:
        """Whether it would be let in."""
        return self._supervisor.intake.admits(inbound)

    def connected(self, note: str = "") -> None:
        """The platform is reachable."""
        station = self._station
        if not station.up.is_set():
            station.up.set()
            self._supervisor.outbox.figures.connections[station.instance] += 1
            for project in station.projects:
                log.info(
                    "platform started",
                    project=project,
                    platform=station.kind,
                    **({"note": note} if note else {}),
                )
        self._supervisor.outbox.connected(station.instance)

    def disconnected(self, reason: str) -> None:
        """The platform is not reachable just now."""
        station = self._station
        if station.up.is_set():
            station.up.clear()
            log.warning("platform disconnected", platform=station.kind, reason=reason)

    def commands(self) -> tuple[CommandSpec, ...]:
        """Commands with their summaries in the language of the platform."""
        language = self._station.language
        return tuple(
            replace(command.spec, summary=described(language, command.spec.summary))
            for command in self._supervisor.commands
        )

    async def suggest(
        self, inbound: Inbound, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        """Values for an option of a command, as far as the conversation knows them."""
        return await self._supervisor.intake.suggest(inbound, command, option, prefix)

    async def load(self, key: str) -> str | None:
        """Read what the adapter saved."""
        return await self._supervisor.store.load(self._station.instance, key)

    async def save(self, key: str, value: str) -> None:
        """Keep a small value."""
        await self._supervisor.store.save(self._station.instance, key, value)


class Supervisor:
    """Runs all adapters, each in a task of its own that never ends by itself."""

    def __init__(
        self,
        intake: Intake,
        outbox: Outbox,
        store: Store,
        commands: tuple[Command, ...],
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.intake = intake
        self.outbox = outbox
        self.store = store
        self.commands = commands
        self.stations: list[Station] = []
        self._monotonic = monotonic
        self._wall = wall
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._glancing: asyncio.Task[None] | None = None

    def add(self, station: Station) -> None:
        """Run one more adapter."""
        if self._glancing is None:
            self._glancing = asyncio.create_task(self._glance(), name="sleep-watch")
        self.stations.append(station)
        self.outbox.register(station.instance, station.platform, station.language)
        self._tasks[station.instance] = asyncio.create_task(
            self._keep(station), name=f"platform-{station.instance}"
        )

    async def first_connections(self, seconds: float) -> tuple[str, ...]:
        """Wait for the first connections, but not long; returns the kinds still trying."""
        waiting = [asyncio.ensure_future(station.up.wait()) for station in self.stations]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()
        return tuple(s.kind for s in self.stations if not s.up.is_set() and not s.parked)

    async def stop(self) -> None:
        """End all adapters; one that takes long over it is left behind."""
        tasks = set(self._tasks.values())
        if self._glancing is not None:
            tasks.add(self._glancing)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_WORDS)

    def renew(self, reason: str) -> None:
        """Have every adapter connect anew."""
        log.warning("connections are renewed", reason=reason)
        for run in self._runs.values():
            run.cancel()

    async def _glance(self) -> None:
        """Connections do not survive a sleep of the machine, but may take minutes to notice."""
        while True:
            wall, passed = self._wall(), self._monotonic()
            await asyncio.sleep(GLANCE)
            if (self._wall() - wall) - (self._monotonic() - passed) > ASLEEP:
                self.renew("the machine was asleep")

    async def _run(self, station: Station, host: Host) -> str:
        """Run an adapter until it ends or is to be renewed; returns why it ended."""
        run = asyncio.create_task(station.platform.run(host), name=f"adapter-{station.instance}")
        self._runs[station.instance] = run
        try:
            await asyncio.wait({run})
        except asyncio.CancelledError:
            run.cancel()
            await asyncio.wait({run})
            raise
        if run.cancelled():
            return "it is renewed"
        run.result()
        return "it ended by itself"

    async def _keep(self, station: Station) -> None:
        delay = FIRST_DELAY
        while True:
            host = Host(station, self)
            began = self._monotonic()
            try:
                reason = await self._run(station, host)
            except PlatformAuthFailed as error:
                host.disconnected(str(error))
                station.parked = str(error)
                log.error("platform parked", platform=station.kind, reason=str(error))
                return
            except PlatformUnavailable as error:
                reason = str(error)
            except Exception as error:
                log.exception("adapter failed", platform=station.kind)
                reason = f"{type(error).__name__}: {error}"
            host.disconnected(reason)
            if self._monotonic() - began > HEALTHY:
                delay = FIRST_DELAY
            pause = delay * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
            log.warning(
                "platform is tried again",
                platform=station.kind,
                seconds=round(pause, 1),
                reason=reason,
            )
            await asyncio.sleep(pause)
            delay = min(2 * delay, LONGEST_DELAY)
