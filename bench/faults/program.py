"""cc-connect as a process that can be killed at any instant and started again."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

PATIENCE = 30.0
RUNS = "cc-connect is running"
HOME = "CC_BENCH_HOME"
"""In the environment of the program and so of its children: tells whose they are."""


class Program:
    """`cc-connect --config FILE` with a data folder, a home and a log of its own."""

    def __init__(self, folder: Path, config: str, **environ: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.config = folder / "config.toml"
        self.config.write_text(config)
        self.log = folder / "log"
        self.log.touch()
        self.command = [sys.executable, "-m", "cc_connect", "--config", str(self.config)]
        self._environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            **environ,
        }
        self.process: asyncio.subprocess.Process | None = None
        self._mark = 0

    async def start(self, *, until: str = RUNS) -> None:
        """Start it and wait until its log says so. Raises AssertionError when it ends instead."""
        self._mark = self.log.stat().st_size
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                cwd=self.folder,
                env=self._environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if until:
            await self.says(until)

    async def says(self, text: str, within: float = PATIENCE) -> None:
        """Wait until the log of this run holds this text."""
        async with asyncio.timeout(within):
            while text not in self.logged():
                assert self.process is not None
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended:\n{self.logged()}")
                await asyncio.sleep(0.01)

    def logged(self) -> str:
        """The log of this run."""
        with self.log.open("rb") as log:
            log.seek(self._mark)
            return log.read().decode(errors="replace")

    def send(self, number: int) -> None:
        """Send a signal."""
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, number)

    async def end(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        if self.process is None:
            return 0
        self.send(number)
        code = await self.process.wait()
        self.process = None
        return code

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Its database, for reading."""
        uri = f"file:{self.data / 'state.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as link:
            yield link

    def forgive(self) -> None:
        """Let it forget its kills: it slows down after several starts without a proper end."""
        with closing(sqlite3.connect(self.data / "state.db", timeout=5)) as link, link:
            link.execute("DELETE FROM keyvalue WHERE owner = 'house' AND key = 'starts'")

    def children(self) -> list[psutil.Process]:
        """Processes that this program, or an earlier run of it, has started and that live."""
        found = []
        own = self.process.pid if self.process else 0
        for process in psutil.process_iter():
            try:
                home = process.environ().get(HOME)
                alive = process.status() != psutil.STATUS_ZOMBIE
            except (psutil.Error, OSError):
                continue
            if alive and home == str(self.folder) and process.pid != own:
                found.append(process)
        return found

    async def orphans(self, within: float = 3.0) -> int:
        """Children that are left when the program is gone, after a moment for the kernel."""
        async with asyncio.timeout(within + PATIENCE):
            for _ in range(int(within / 0.05)):
                if not self.children():
                    return 0
                await asyncio.sleep(0.05)
        return len(self.children())
