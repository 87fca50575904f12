"""The program as a person starts it: a process of its own, with a home of its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

LINK = re.compile(r"http://\S+/login\?code=\S+")
WITHIN = 30.0


class Program:
    """`cc-connect --config FILE` in a folder; can be killed and started again."""

    def __init__(
        self, folder: Path, config: str, environ: Mapping[str, str], *, page: bool = True
    ) -> None:
        self._page = page
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text(config)
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None
        self._reading: list[asyncio.Task[None]] = []
        self.out = ""
        self.log = ""
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Start it and wait until it says that it runs."""
        self.out = self.log = ""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cc_connect",
            "--config",
            str(self.config),
            cwd=self.folder,
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._reading = [
            asyncio.create_task(self._read(self._process.stdout, "out")),
            asyncio.create_task(self._read(self._process.stderr, "log")),
        ]
        await self.wait_for_log("cc-connect is running")
        if self._page:
            await self.link()

    async def _read(self, stream: asyncio.StreamReader, name: str) -> None:
        while line := await stream.readline():
            setattr(self, name, getattr(self, name) + line.decode())
            self._news.set()

    async def wait_for_log(self, text: str) -> None:
        """Wait until the log holds this text."""
        try:
            async with asyncio.timeout(WITHIN):
                while text not in self.log:
                    self._news.clear()
                    assert self._process is not None
                    if self._process.returncode is not None:
                        raise AssertionError(f"it ended:\n{self.log}")
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in the log:\n{self.log}") from None

    async def link(self) -> str:
        """The login link it printed."""
        async with asyncio.timeout(WITHIN):
            while not (found := LINK.search(self.out)):
                self._news.clear()
                await self._news.wait()
        return found[0]

    @property
    def address(self) -> str:
        """Where the page is served."""
        found = LINK.search(self.out)
        assert found is not None
        return found[0].partition("/login")[0]

    async def command(self, *words: str) -> str:
        """What a command of the program prints, such as `cc-connect url`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cc_connect",
            "--data-dir",
            str(self.folder / "data"),
            *words,
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        return out.decode().strip()

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit code."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            os.kill(process.pid, number)
        code = await process.wait()
        await asyncio.gather(*self._reading)
        self._process = None
        return code
