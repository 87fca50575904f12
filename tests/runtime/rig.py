"""A whole runtime over a real store, with a fake chat platform and a scripted agent process."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from cc_connect.agents.claudecode import plugin as claude
from cc_connect.agents.claudecode.options import Options
from cc_connect.commands import COMMANDS, UNBUILT
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Person
from cc_connect.contract.platform import Capabilities, Kind
from cc_connect.contract.plugin import AgentContext
from cc_connect.core.admission import Policy
from cc_connect.core.desk import Command
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project, Timeouts
from cc_connect.runtime.supervisor import Station
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store
from cc_connect.testing.platform import RICH, FakePlatform, Message
from cc_connect.testing.scripted_agent import COMMAND, journal, script

PATIENCE = 20.0


class Rig:
    """`async with Rig(tmp_path) as rig`; `rig.restart()` ends the program and starts it again."""

    def __init__(
        self,
        folder: Path,
        can: Capabilities = RICH,
        commands: tuple[Command, ...] = (),
        default: tuple[dict[str, Any], ...] = (),
        **project: Any,
    ) -> None:
        self.folder = folder
        self.commands = commands
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        self.platform = FakePlatform(can)
        self.journal = folder / "journal"
        options = Options(
            work_dir=str(self.work),
            cmd=COMMAND,
            env={
                "CLAUDE_CONFIG_DIR": str(folder / "claude"),
                "CC_SCRIPTED_JOURNAL": str(self.journal),
                "CC_SCRIPTED_AGENT": json.dumps({"default": default} if default else {}),
            },
        )
        environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        agent = claude.build(AgentContext("demo", options, environ, folder, {}))
        made = Project(
            "demo",
            agent,
            "claudecode",
            SessionSpec(cwd=str(self.work)),
            policies={"fake": Policy(allowed=frozenset({self.ann.id.lower()}))},
            timeouts=Timeouts(stop=2.0),
            environ=environ,
        )
        self.project = replace(made, **project)
        self.ahead = 0.0
        self._stack = AsyncExitStack()

    @property
    def ann(self) -> Person:
        return self.platform.service.ann

    @property
    def home(self) -> Address:
        return self.platform.service.home

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self.platform.check()

    async def _open(self) -> None:
        self.store = await Store.open(self.folder / "data")
        self._stack.push_async_callback(self.store.close)
        self.runtime = Runtime(
            self.store,
            Blobs(self.folder / "data"),
            {"demo": self.project},
            [Station("fake", "fake", ("demo",), self.platform)],
            (*COMMANDS, *self.commands),
            unbuilt=UNBUILT,
            version="test",
            now=lambda: time.time() + self.ahead,
        )
        self._stack.push_async_callback(self.runtime.stop)
        await self.runtime.start()

    def skip(self, seconds: float) -> None:
        """So much time passes at once, as far as the wall clock tells."""
        self.ahead += seconds

    async def restart(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """End politely and start anew on the same data and the same chat service."""
        await self._stack.aclose()
        self.platform = self.platform.restarted()
        self._stack = AsyncExitStack()
        meanwhile()
        await self._open()

    # --- what people do and see ----------------------------------------------------------------

    def say(self, text: str, *steps: dict[str, Any], **more: Any) -> str:
        """Somebody (Ann unless `who` says) writes, perhaps with a script for the agent."""
        words = script(*steps, say=text) if steps else text
        return self.platform.people.say(words, **more)

    async def sees(self, text: str, *, count: int = 1, where: Address | None = None) -> Message:
        """Wait until so many messages of the bot say this; returns the last of them."""

        def look() -> Message | None:
            found = [
                message
                for message in self.platform.transcript(where)
                if message.author is None and text in message.text
            ]
            return found[count - 1] if len(found) >= count else None

        return await self.platform.until(look, PATIENCE)

    async def answered(self, text: str) -> Message:
        """Wait until a final message, not a growing one, says this."""
        return await self.platform.wait_for(
            lambda m: m.kind is Kind.FINAL and text in m.text and not m.growing, PATIENCE
        )

    async def asked(self, text: str, *, count: int = 1) -> Message:
        """Wait until so many prompts say this; returns the last of them."""

        def look() -> Message | None:
            prompts = (m for m in self.platform.transcript() if m.kind is Kind.PROMPT)
            found = [message for message in prompts if text in message.text]
            return found[count - 1] if len(found) >= count else None

        return await self.platform.until(look, PATIENCE)

    async def eventually(self, condition: Callable[[], bool]) -> None:
        """Wait for something that is not seen in the chat."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - it is elsewhere, with nothing to wait on
                await asyncio.sleep(0.01)

    def texts(self, where: Address | None = None) -> list[str]:
        """What the bot's messages say."""
        return [m.text for m in self.platform.transcript(where) if m.author is None]

    def press(self, message: Message, label: str, **more: Any) -> None:
        self.platform.people.press(message, label, **more)

    def got(self) -> list[str]:
        """The prompts that reached the agent, in order."""
        return [line["text"] for line in self.prompts()]

    def prompts(self) -> list[dict[str, Any]]:
        """The same with their sessions and processes."""
        return [line for line in journal(self.journal) if "got" in line]
