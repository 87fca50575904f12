"""The program under test as a child process, and the agent it finds on PATH."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

RUNS = b"cc-connect is running"
PATIENCE = 60.0
_HERE = Path(__file__).parent
_MB = 1024 * 1024

CONFIG = """\
data_dir = "{folder}/data"
language = "en"
[log]
level = "info"
[rate_limit]
max_messages = 0
[management]
enabled = {page}
port = 0
[[projects]]
name = "bench"
[projects.agent]
type = "claudecode"
[projects.agent.options]
work_dir = "{folder}/work"
mode = "default"
[[projects.platforms]]
type = "weibo"
[projects.platforms.options]
app_id = "{app_id}"
app_secret = '{app_secret}'
allow_from = "*"
token_endpoint = "{token_endpoint}"
ws_endpoint = "{ws_endpoint}"
"""


def make_agent(folder: Path) -> str:
    """Put the agent into this folder under the name `claude`; returns what it is made of."""
    claude = folder / "claude"
    compiler = shutil.which("cc")
    if compiler is not None:
        line = [compiler, "-O2", "-o", str(claude), str(_HERE / "agent.c")]
        subprocess.run(line, check=True)
        return "C"
    claude.write_text(f'#!/bin/sh\nexec {sys.executable} -ISE {_HERE / "agent.py"} "$@"\n')
    claude.chmod(0o755)
    return "Python"


def command_of(words: str) -> list[str]:
    """The command line under test: this program as it is run here, when none is given."""
    return shlex.split(words) if words else [sys.executable, "-m", "cc_connect"]


@dataclass(frozen=True, slots=True)
class Started:
    """How long a start took: seconds on the clock, and of the processor."""

    wall: float
    cpu: float


class Program:
    """`async with Program(...)` starts it and ends it; `folder` holds all it writes."""

    def __init__(
        self, command: list[str], folder: Path, config: str, agents: Path, **environ: str
    ) -> None:
        self.folder = folder
        (folder / "work").mkdir(exist_ok=True)
        file = folder / "config.toml"
        file.write_text(config)
        self._command = [*command, "--config", str(file)]
        self._log = folder / "log"
        self._environ = environment(folder, agents) | environ
        self._process: asyncio.subprocess.Process | None = None
        self.started = Started(0, 0)

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self.folder,
                env=self._environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while RUNS not in self._log.read_bytes():
            if self._process.returncode is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"it does not run:\n{self._log.read_text()}")
            await asyncio.sleep(0.002)
        self.started = Started(time.monotonic() - began, self.cpu())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def process(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def cpu(self) -> float:
        """Seconds of the processor so far, of the program itself without its children."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> float:
        """Megabytes resident, without its children."""
        return self.process.memory_info().rss / _MB

    def agents(self) -> list[psutil.Process]:
        """Its children that live."""
        found = []
        for child in self.process.children(recursive=True):
            with suppress(psutil.Error):
                if child.status() != psutil.STATUS_ZOMBIE:
                    found.append(child)
        return found

    async def stop(self, number: int = signal.SIGTERM) -> float:
        """End it; returns the seconds that took."""
        process = self._process
        if process is None or process.returncode is not None:
            return 0.0
        began = time.monotonic()
        process.send_signal(number)
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
        return time.monotonic() - began

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(errors="replace")


def environment(folder: Path, agents: Path) -> dict[str, str]:
    """What a program under test sees of ours."""
    return {
        "PATH": f"{agents}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
    }
