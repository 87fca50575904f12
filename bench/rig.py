"""What the benches share: a whole program around one scripted agent, without a network."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import structlog

from cc_connect.agents.claudecode import plugin as claude
from cc_connect.agents.claudecode.options import Options
from cc_connect.commands import COMMANDS
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.content import Content
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media, Person, Said
from cc_connect.contract.platform import (
    Capabilities,
    Intent,
    Kind,
    Platform,
    PlatformHost,
    Post,
    Receipt,
)
from cc_connect.contract.plugin import AgentContext
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project
from cc_connect.runtime.supervisor import Station
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store
from cc_connect.testing.scripted_agent import COMMAND

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # errors only

PLACE = Address("bench", "room")
OWNER = Person("owner", "Owner", owner=True)


@dataclass
class Counting:
    """A platform that takes everything at once and counts it."""

    can: Capabilities
    intents: Counter[str] = field(default_factory=Counter)
    edits: list[float] = field(default_factory=list)
    first_sign: float = 0.0
    host: PlatformHost | None = None
    finals: asyncio.Queue[Content] = field(default_factory=asyncio.Queue)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def capabilities(self, to: Address) -> Capabilities:
        del to
        return self.can

    async def run(self, host: PlatformHost) -> None:
        self.host = host
        host.connected()
        self.ready.set()
        await asyncio.Event().wait()

    async def deliver(self, intent: Intent) -> Receipt:
        self.intents[type(intent).__name__] += 1
        if not self.first_sign:
            self.first_sign = time.perf_counter()
        if type(intent).__name__ == "Amend":
            self.edits.append(time.perf_counter())
        if isinstance(intent, Post):
            if intent.kind is Kind.FINAL:
                self.finals.put_nowait(intent.content)
            return Receipt(intent.key)
        return Receipt()

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        raise NotImplementedError(media)


class Rig:
    """A runtime over a store in a temporary folder: `async with Rig(capabilities) as rig`."""

    def __init__(self, can: Capabilities, *, other: Platform | None = None) -> None:
        """`other` is a real adapter (instance "bench") to use in place of the counting one."""
        self.platform = Counting(can)
        self._other = other
        self._stack = AsyncExitStack()
        self._said = 0

    async def __aenter__(self) -> Self:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        work = folder / "work"
        work.mkdir()
        options = Options(
            work_dir=str(work), cmd=COMMAND, env={"CLAUDE_CONFIG_DIR": str(folder / "claude")}
        )
        context = AgentContext("bench", options, {"PATH": "/usr/bin:/bin"}, folder, {})
        project = Project("bench", claude.build(context), "claudecode", SessionSpec(cwd=str(work)))
        self.store = await Store.open(folder / "data")
        self._stack.push_async_callback(self.store.close)
        station = Station("bench", "bench", ("bench",), self._other or self.platform)
        runtime = Runtime(
            self.store, Blobs(folder / "data"), {"bench": project}, [station], COMMANDS
        )
        await runtime.start()
        self._stack.push_async_callback(runtime.stop)
        if self._other is None:
            await self.platform.ready.wait()
        else:
            await station.up.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def say(self, text: str) -> None:
        """A person writes."""
        self._said += 1
        inbound = Inbound(f"m{self._said}", PLACE, OWNER, Said(text), private=True)
        assert self.platform.host is not None
        await self.platform.host.receive(inbound)

    async def turn(self, text: str) -> Content:
        """A person writes and waits for the answer."""
        await self.say(text)
        return await self.platform.finals.get()
