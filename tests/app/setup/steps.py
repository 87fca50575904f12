"""`cc-connect` as a child process on a terminal of its own, answered as a person would."""

import asyncio
import contextlib
import os
import pty
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

WITHIN = 30.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Session:
    """One run of a command. `screen` is what the terminal shows; `prompts` counts the questions."""

    def __init__(self, *words: str, folder: Path, environ: Mapping[str, str]) -> None:
        self._line = (sys.executable, "-m", "cc_connect", *words)
        self._folder = folder
        self._environ = dict(environ)
        self.screen = ""
        self.prompts = 0
        self._news = asyncio.Event()
        self._at = 0

    async def __aenter__(self) -> Self:
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)
        # In a session of its own the child has no other terminal that getpass could turn to.
        self._process = await asyncio.create_subprocess_exec(
            *self._line,
            cwd=self._folder,
            env=self._environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            data = os.read(self._master, 65536)
            self.screen += ESCAPES.sub("", data.decode(errors="replace").replace("\r", ""))
        self._news.set()

    async def sees(self, text: str) -> None:
        """Wait until this is shown, after what was waited for before."""
        await self._until(lambda: self.screen.find(text, self._at) >= 0, text)
        self._at = self.screen.find(text, self._at) + len(text)

    async def answer(self, question: str, text: str = "") -> None:
        """Wait until a question is the last thing on the screen and type an answer."""

        def waits() -> bool:
            line = self.screen[self._at :].rpartition("\n")[2]
            return question in line and line.endswith(": ")

        await self._until(waits, question)
        self._at = len(self.screen)
        self.prompts += 1
        os.write(self._master, f"{text}\n".encode())

    async def _until(self, condition: Callable[[], bool], text: str) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} is not shown:\n{self.screen}") from None

    def terminate(self) -> None:
        """End it as a service manager does."""
        self._process.terminate()

    async def ends(self) -> int:
        """Wait for the end; its exit code."""
        async with asyncio.timeout(WITHIN):
            code = await self._process.wait()
        self._read()
        return code


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a person's shell has, without an agent on PATH."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    path = f"{home}/bin:/usr/bin:/bin"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **kept, **more}


def install_agent(home: Path, name: str = "claude") -> None:
    """Put a program there that is called like an agent and knows its version."""
    (home / "bin").mkdir(parents=True, exist_ok=True)
    path = home / "bin" / name
    path.write_text(
        '#!/bin/sh\ncase "$1" in\n  --version) echo "9.9.9 (Claude Code)" ;;\n'
        "  auth) echo '{\"loggedIn\": true}' ;;\nesac\n"
    )
    path.chmod(0o755)
