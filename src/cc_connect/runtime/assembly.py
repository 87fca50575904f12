"""The runtime put together: everything between the store and the adapters."""

import asyncio
import time
from collections.abc import Callable, Mapping

import structlog

from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Capabilities, Platform
from cc_connect.core.desk import Command
from cc_connect.runtime.attachments import Attachments
from cc_connect.runtime.counter import Counter
from cc_connect.runtime.crowding import Crowding
from cc_connect.runtime.directory import Directory
from cc_connect.runtime.intake import Intake
from cc_connect.runtime.missed import Held
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.pairing import Door
from cc_connect.runtime.prewarmed import Prewarmed
from cc_connect.runtime.routes import Routes
from cc_connect.runtime.sending import Sending
from cc_connect.runtime.settings import Project
from cc_connect.runtime.supervisor import Station, Supervisor
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store

CLOSING = 5.0
"""Seconds agents have at the end; one that lives on dies with this program."""
FLUSH = 3.0
"""Seconds the outbox has after that to bring out what is written."""
UNKNOWN_PLACE = Capabilities(text_limit=2000)

log = structlog.get_logger(__name__)


class Runtime:
    """Conversations, lanes and adapters over one store. `start`, then `stop`.

    The store and the blob folder belong to the caller, who closes the store after `stop`.
    """

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        projects: Mapping[str, Project],
        stations: list[Station],
        commands: tuple[Command, ...] = (),
        *,
        unbuilt: frozenset[str] = frozenset(),
        version: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._projects = projects
        self._stations = stations
        self._platforms: dict[str, Platform] = {s.instance: s.platform for s in stations}
        self._served = {
            station.instance: tuple(name for name in station.projects if name in projects)
            for station in stations
        }
        self.outbox = Outbox(store, now)
        attachments = Attachments(store, blobs)
        self.directory = Directory(projects, self._capabilities, store, self.outbox, attachments)
        self.sending = Sending(self.directory, store, self.outbox, attachments)
        routes = Routes(projects, self._served)
        counter = Counter(
            store,
            self.outbox,
            attachments,
            self._capabilities,
            commands,
            unbuilt,
            version,
            self.directory.known,
            Held(store, self.outbox, self.directory),
            routes,
        )
        self.door = Door(store, counter, now)
        self.intake = Intake(routes, self.directory, store, self.door, counter, now)
        self.crowding = Crowding(self.directory.known)
        self.supervisor = Supervisor(self.intake, self.outbox, store, commands)

    def _capabilities(self, to: Address) -> Capabilities:
        platform = self._platforms.get(to.platform)
        return platform.capabilities(to) if platform is not None else UNKNOWN_PLACE

    def leave_out(self, instance: str) -> bool:
        """Do not run this adapter; before `start`. False when no other is left."""
        self._stations = [one for one in self._stations if one.instance != instance]
        return bool(self._stations)

    async def start(self) -> None:
        """Connect the adapters and take up what the last run left open."""
        await self.door.load()
        for station in self._stations:
            if self._served[station.instance]:
                self.supervisor.add(station)
        await self.directory.recover()
        await self.intake.recover()
        await self.outbox.recover()
        self.crowding.start()
        for project in self._projects.values():
            if isinstance(project.agent, Prewarmed):
                project.agent.warm(project.equipped(project.spec, project.supplier))

    async def stop(self) -> None:
        """Nothing more in, what is written out, agents and adapters closed, within 10 seconds."""
        await self.crowding.stop()
        await self.intake.stop()
        await self.directory.say_goodbye()
        spares = [p.agent for p in self._projects.values() if isinstance(p.agent, Prewarmed)]
        try:
            async with asyncio.timeout(CLOSING):
                await asyncio.gather(self.directory.end(), *(spare.close() for spare in spares))
        except TimeoutError:
            log.warning("some agents did not end in time; they are ended with this program")
        if not await self.outbox.drain(FLUSH):
            log.warning("some posts wait for the next start")
        await self.outbox.stop()
        await self.supervisor.stop()
