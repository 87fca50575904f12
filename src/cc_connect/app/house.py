"""The composition root: builds every floor from a configuration, starts it, and takes it down."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import structlog

import cc_connect
from cc_connect.app import crashes, discovery
from cc_connect.app.berths import berths
from cc_connect.app.config.models import Config, PlatformConfig, ProjectConfig
from cc_connect.app.doctor.examining import Doctor
from cc_connect.app.local_api import Answer, LocalApi
from cc_connect.app.metrics import Metrics, metrics_route
from cc_connect.app.own_commands import own_commands
from cc_connect.app.page import StoredHistory, StoredLogins
from cc_connect.app.projects import WEB, ProjectFailed, Surroundings, build_project, language_for
from cc_connect.app.reloading import same_places
from cc_connect.app.retention import keep_pruned
from cc_connect.app.talking import Talking
from cc_connect.app.watchdog import Watchdog
from cc_connect.commands import COMMANDS, UNBUILT
from cc_connect.commands.doctor import doctor
from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import AgentPlugin, PlatformContext, PlatformPlugin
from cc_connect.platforms.web.adapter import WebPlatform
from cc_connect.procs import find_marked
from cc_connect.procs.family import MARKER
from cc_connect.procs.survivors import end_survivors
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project
from cc_connect.runtime.supervisor import Station
from cc_connect.store import lock
from cc_connect.store.blobs import Blobs
from cc_connect.store.errors import StoreError
from cc_connect.store.store import Store
from cc_connect.web.errors import PortInUse, ServerFailed
from cc_connect.web.server import ServerSettings, WebServer

Instances = Mapping[tuple[str, int], str]
Guests = Mapping[str, tuple[tuple[str, PlatformConfig], ...]]

log = structlog.get_logger(__name__)


class House:
    """The whole program. `start`, then `stop`; not to be started again."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._data = config.data_dir.expanduser()
        self._stack = AsyncExitStack()
        self._shelves: tuple[discovery.Shelf[PlatformPlugin], discovery.Shelf[AgentPlugin]] = (
            self._discover()
        )
        self._watchdog = Watchdog()
        self._doctor = Doctor(config, environ)
        self.projects: dict[str, Project] = {}
        self.page: WebServer | None = None
        self._around: Surroundings | None = None

    def _discover(
        self,
    ) -> tuple[discovery.Shelf[PlatformPlugin], discovery.Shelf[AgentPlugin]]:
        out = discovery.disabled(self._config.disabled_plugins, self._environ)
        return discovery.platforms(out), discovery.agents(out)

    async def start(self) -> None:
        """Bring everything up; returns when the platforms are being connected.

        Raises:
            AlreadyRunning: Another cc-connect uses this data folder.
            StoreError: The store cannot be used.
            ProjectFailed: No project can be run.
        """
        self._stack.enter_context(lock.acquire(self._data))
        self._store = await Store.open(self._data)
        _close_to_others(self._data)
        self._stack.push_async_callback(self._store.close)
        await self._slow_down()
        self._watchdog.start()
        self._stack.callback(self._watchdog.stop)
        marker = await self._instance_id()
        await self._end_survivors(marker)
        instances, guests, stations = self._build_platforms()
        around = Surroundings(self._environ, self._data, {MARKER: marker}, instances, guests)
        self._around = around
        self._build_projects(around)
        await self._start_runtime(stations)

    async def _slow_down(self) -> None:
        """A program that crashes at once after every start must not do so at full speed."""
        seconds = await crashes.note_start(self._store, time.time)
        if seconds:
            log.error(
                "started again and again without a proper end; waiting before the next try",
                seconds=round(seconds),
            )
            await asyncio.sleep(seconds)

    async def _end_properly(self) -> None:
        try:
            await crashes.note_end(self._store)
        except StoreError as error:
            log.warning("the end could not be written down", error=str(error))

    async def _instance_id(self) -> str:
        """The name of this data folder among the marks of child processes."""
        known = await self._store.load("house", "instance")
        if known is None:
            known = secrets.token_hex(8)
            await self._store.save("house", "instance", known)
        return known

    async def _end_survivors(self, marker: str) -> None:
        """What an earlier run left behind must be gone before any session is resumed."""
        found = await asyncio.to_thread(find_marked, marker)
        ended = await end_survivors(found)
        if ended:
            log.warning("processes of an earlier run were ended", count=len(ended))

    # --- platforms ----------------------------------------------------------------------------

    def _build_platforms(self) -> tuple[Instances, Guests, list[Station]]:
        """Adapters for every platform that a project names, and the page for all projects."""
        instances: dict[tuple[str, int], str] = {}
        guests: dict[str, tuple[tuple[str, PlatformConfig], ...]] = {}
        stations: list[Station] = []
        for berth in berths(self._config):
            if berth.platform.type == WEB:
                instances |= dict.fromkeys(berth.places, WEB)
                continue
            kind, settings = berth.platform.type, berth.platform.settings
            station = self._station(berth.instance, kind, settings, berth.projects)
            if station is None:
                continue
            instances |= dict.fromkeys(berth.places, berth.instance)
            for name in berth.guests:
                guests[name] = (*guests.get(name, ()), (berth.instance, berth.platform))
            stations.append(station)
        page = self._page_station()
        if page is not None:
            stations.append(page)
        return instances, guests, stations

    def _page_station(self) -> Station | None:
        if not self._config.management.enabled or WEB not in self._shelves[0].names:
            return None
        options = next(
            (
                platform.settings
                for project in self._config.projects
                for platform in project.platforms
                if platform.type == WEB
            ),
            None,
        )
        names = tuple(project.name for project in self._config.projects)
        return self._station(WEB, WEB, options, names)

    def _station(
        self, instance: str, kind: str, options: object, projects: tuple[str, ...]
    ) -> Station | None:
        try:
            plugin = self._shelves[0].load(kind)
            folder = self._data / "platforms" / instance.replace("/", "_")
            folder.mkdir(mode=0o700, exist_ok=True)
            context = PlatformContext(instance, options, folder, projects, cc_connect.__version__)
            language = language_for(self._config.language, self._environ)
            return Station(instance, kind, projects, plugin.build(context), language)
        except Exception as error:
            if not isinstance(error, discovery.PluginFailed | KeyError):
                log.exception("adapter cannot be built", platform=kind)
            log.error("platform left out", platform=kind, reason=str(error))
            return None

    # --- projects -----------------------------------------------------------------------------

    def _build_projects(self, around: Surroundings) -> None:
        reasons = []
        for project in self._config.projects:
            try:
                self.projects[project.name] = self._build_project(project, around)
            except ProjectFailed as error:
                log.error("project parked", project=project.name, reason=str(error))
                reasons.append(str(error))
        if not self.projects:
            raise ProjectFailed("; ".join(reasons) or "there is no project to run")

    def _build_project(self, project: ProjectConfig, around: Surroundings) -> Project:
        return build_project(self._config, project, self._shelves[1], around)

    def reload(self, config: Config) -> None:
        """Let hold what can hold at once: all of a project but its agent and its adapters.

        With other projects, or a project on other platforms, nothing of the projects does.
        """
        self.runtime.crowding.most = config.max_live_agents
        before = {project.name: project for project in self._config.projects}
        if not same_places(self._config, config) or self._around is None:
            return
        for wanted in config.projects:
            known = self.projects.get(wanted.name)
            if known is None:
                continue
            as_before = replace(wanted, agent=before[wanted.name].agent)
            try:
                made = build_project(config, as_before, self._shelves[1], self._around)
            except ProjectFailed as error:
                log.error("project stays as it was", project=wanted.name, reason=str(error))
                continue
            self.projects[wanted.name] = replace(made, agent=known.agent)
        for actor in self.runtime.directory.known():
            actor.settings.own = self.projects[actor.state.key.project]

    # --- the rest -----------------------------------------------------------------------------

    async def _start_runtime(self, stations: list[Station]) -> None:
        blobs = await asyncio.to_thread(Blobs, self._data)
        self.runtime = Runtime(
            self._store,
            blobs,
            self.projects,
            stations,
            (*COMMANDS, doctor(self._doctor.written), *own_commands(self._config)),
            unbuilt=UNBUILT,
            version=cc_connect.__version__,
        )
        self.runtime.crowding.most = self._config.max_live_agents
        page = next((s.platform for s in stations if s.instance == WEB), None)
        self._stack.push_async_callback(self._end_properly)
        await self._start_servers(page)
        self._stack.push_async_callback(self.runtime.stop)
        await self.runtime.start()
        pruning = asyncio.create_task(
            keep_pruned(self._store, blobs, days=self._config.retention_days), name="retention"
        )
        self._stack.callback(pruning.cancel)

    async def _start_servers(self, platform: Platform | None) -> None:
        if isinstance(platform, WebPlatform):
            management = self._config.management
            tokens = (management.token,) if management.token else ()
            metrics = Metrics(self.runtime, self._store, self._watchdog, time.time)
            server = WebServer(
                ServerSettings(management.host, management.port, tokens, management.names),
                platform,
                StoredLogins(self._store),
                StoredHistory(self._store, platform),
                (metrics_route(metrics.text),),
            )
            try:
                await server.start()
            except (PortInUse, ServerFailed) as error:
                if not self.runtime.leave_out(WEB):
                    raise ProjectFailed(f"the page cannot be served: {error}") from error
                log.error("the page is not served", platform=WEB, reason=str(error))
            else:
                self.page = server
                self._stack.push_async_callback(server.stop)
        calls: dict[str, Answer] = {
            "url": self._url,
            "pair": self._pair,
            "doctor": self._doctor.call,
        }
        talking = Talking(self.runtime.sending, self.runtime.directory.passes, self._store)
        calls |= {
            "sessions": talking.sessions,
            "audit": talking.audit,
            "logs": talking.logs,
        }
        api = LocalApi(self._data, calls, {"send": talking.send}, talking.refused)
        await api.start()
        self._stack.push_async_callback(api.stop)

    async def _url(self, _: dict[str, str]) -> dict[str, str]:
        if self.page is None:
            return {"error": "the page is not served; see the log and [management]"}
        return {"url": self.page.link()}

    async def _pair(self, fields: dict[str, str]) -> dict[str, str]:
        try:
            found = await self.runtime.door.pair(fields.get("code", ""), "the machine")
        except TimeoutError as error:
            return {"error": str(error)}
        if found is None:
            return {"error": "this code does not hold (any more); ask for a new one in the chat"}
        return {"name": found.name or found.person, "platform": found.platform}

    async def stop(self) -> None:
        """Take everything down, in the reverse order of the start."""
        await self._stack.aclose()


def _close_to_others(data: Path) -> None:
    """The folders of adapters and drivers are nobody else's, whoever made them, and however."""
    for name in ("platforms", "agents"):
        folder = data / name
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
