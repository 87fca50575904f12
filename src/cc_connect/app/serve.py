"""`cc-connect` without a command: read the configuration, start, wait for a signal, stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from cc_connect.app import discovery
from cc_connect.app.called import called
from cc_connect.app.config import ConfigError, default_config, find_config
from cc_connect.app.config.models import AUTO, Config
from cc_connect.app.config.problems import Severity
from cc_connect.app.house import House
from cc_connect.app.lean import settled
from cc_connect.app.logs import configure
from cc_connect.app.projects import FALLBACK, PREFERRED, ProjectFailed
from cc_connect.app.reading import read_config
from cc_connect.app.reloading import changed, needing_restart
from cc_connect.app.systemd import READY, STOPPING, Systemd
from cc_connect.store.errors import AlreadyRunning, StoreError

FIRST_CONNECTIONS = 3.0
Read = Callable[[], Config | None]

log = structlog.get_logger(__name__)


def serve(flag: Path | None, data_dir: str | None, port: int | None = None) -> int:
    """Run the program until it is told to end; returns the exit code."""
    configure()

    def read() -> Config | None:
        config = _configuration(flag)
        if config is not None and data_dir:
            config = replace(config, data_dir=Path(data_dir))
        if config is not None and port is not None:
            config = replace(config, management=replace(config.management, port=port))
        return config

    try:
        config = read()
    except ConfigError as error:
        _complain(str(error))
        return 2
    if config is None:
        return 2
    configure(config.log.level)
    try:
        return asyncio.run(_run(config, read))
    except (AlreadyRunning, StoreError, ProjectFailed) as error:
        _complain(str(error))
        return 1


def _complain(text: str) -> None:
    print(f"cc-connect: {text}", file=sys.stderr)  # noqa: T201 - people read this, not a log


def _configuration(flag: Path | None) -> Config | None:
    """The configuration to run; None when it has errors that stop the start (they are printed)."""
    environ = os.environ
    home = Path(environ.get("HOME") or "~").expanduser()
    path = find_config(flag, Path.cwd(), home)
    if path is None:
        return default_config(Path.cwd())
    loaded = read_config(path, environ)
    for problem in loaded.problems:
        word = "error: " if problem.severity is Severity.ERROR else ""
        print(f"{word}{problem}", file=sys.stderr)  # noqa: T201 - people read this, not a log
    for parked in loaded.parked:
        log.error("project parked", project=parked.name, reason="errors in the configuration")
    if loaded.config is not None and not loaded.config.projects:
        _complain("no project of the configuration can be run; mend the errors above")
        return None
    return loaded.config


async def _run(config: Config, read: Read) -> int:
    house = House(config, os.environ)
    systemd = Systemd(os.environ)
    stopping = asyncio.Event()
    reloading = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    # The terminal that it was started from is closed: end. Without one it is the usual "reload".
    hangup = stopping if sys.stdin is not None and sys.stdin.isatty() else reloading
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    asides = [
        asyncio.create_task(systemd.keep_alive(), name="systemd"),
        asyncio.create_task(_reload(house, config, read, reloading, systemd), name="reload"),
    ]
    try:
        if await _started(house, config, stopping):
            systemd.tell(READY)
            await stopping.wait()
        systemd.tell(STOPPING)
        log.info("cc-connect is stopping")
    finally:
        await house.stop()
        for aside in asides:
            aside.cancel()
    return 0


async def _started(house: House, config: Config, stopping: asyncio.Event) -> bool:
    """Start; a signal may cut that short, for it can be told to wait (see `app.crashes`)."""
    starting = asyncio.create_task(house.start(), name="start")
    stopped = asyncio.create_task(stopping.wait(), name="stopping")
    await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return False
    starting.result()
    pending = await house.runtime.supervisor.first_connections(FIRST_CONNECTIONS)
    more = {"pending": ",".join(pending)} if pending else {}
    log.info("cc-connect is running", projects=len(house.projects), **more)
    _greet(house, config)
    settled()
    return True


async def _reload(
    house: House, config: Config, read: Read, wanted: asyncio.Event, systemd: Systemd
) -> None:
    """Read the configuration again when that is wanted; say what waits for a restart."""
    last = config
    while True:
        await wanted.wait()
        wanted.clear()
        systemd.reloading()
        found = await asyncio.to_thread(_mended, read)
        if found is None:
            log.error("the configuration has errors; the old one stays")
        else:
            _take_over(house, config, last, found)
            last = found
        systemd.tell(READY)


def _mended(read: Read) -> Config | None:
    try:
        return read()
    except ConfigError as error:
        _complain(str(error))
        return None


def _take_over(house: House, started: Config, last: Config, found: Config) -> None:
    """`started` is what the program was started with, `last` what it has read last."""
    names = changed(last, found)
    if not names:
        log.info("the configuration is unchanged")
        return
    configure(found.log.level)
    house.reload(found)
    log.info("the configuration has changed and holds now", changed=",".join(names))
    waiting = needing_restart(started, found)
    if waiting:
        log.warning("some of it needs a restart", changed=",".join(waiting))


def _greet(house: House, config: Config) -> None:
    """What a person at the terminal needs: on standard output, not in the log."""
    lines = []
    automatic = {one.name for one in config.projects if one.agent.type == AUTO}
    for project in house.projects.values():
        if project.agent_type == FALLBACK and project.name in automatic:
            lines += [
                "No coding agent is installed, so the demo agent answers, in a sample project:",
                f"  {project.spec.cwd}",
                f"To install one: {_install()}",
            ]
    if house.page is not None:
        lines += ["Open this link in a browser; it logs you in once, within 10 minutes:"]
        lines += [f"  {house.page.link()}", f"A fresh one: {called()} url"]
    if lines:
        print("\n".join(lines), flush=True)  # noqa: T201 - for the person at the terminal


def _install() -> str:
    try:
        return discovery.agents(()).load(PREFERRED).install
    except (KeyError, discovery.PluginFailed):
        return "see docs/adding-an-agent.md"
