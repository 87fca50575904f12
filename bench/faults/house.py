"""A runtime in this process, for faults that need no kill: rooms, scripted agents, no network."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import structlog

from bench.rig import OWNER
from cc_connect.agents.claudecode import plugin as claude
from cc_connect.agents.claudecode.options import Options
from cc_connect.commands import COMMANDS
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.content import Content, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media, Said
from cc_connect.contract.platform import (
    Capabilities,
    Intent,
    Kind,
    PlatformHost,
    Post,
    Receipt,
    Support,
)
from cc_connect.contract.plugin import AgentContext
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project, Timeouts
from cc_connect.runtime.supervisor import Station
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store
from cc_connect.testing.scripted_agent import COMMAND, JOURNAL, SETTINGS, journal, script

PLAIN = Capabilities(text_limit=2000, idempotent_post=Support.FULL)
Heard = Callable[[str, str], Awaitable[None]]


class Rooms:
    """A platform of rooms that keeps what is posted; `heard` is called inside `deliver`."""

    def __init__(self) -> None:
        self.posts: dict[str, list[Post]] = defaultdict(list)
        self.heard: Heard | None = None
        self.host: PlatformHost | None = None
        self.ready = asyncio.Event()
        self.slow: dict[str, float] = {}

    def capabilities(self, to: Address) -> Capabilities:
        del to
        return PLAIN

    async def run(self, host: PlatformHost) -> None:
        self.host = host
        host.connected()
        self.ready.set()
        await asyncio.Event().wait()

    async def deliver(self, intent: Intent) -> Receipt:
        await asyncio.sleep(self.slow.get(intent.to.chat, 0))
        if isinstance(intent, Post):
            self.posts[intent.to.chat].append(intent)
            if self.heard and intent.kind is Kind.FINAL:
                await self.heard(intent.to.chat, words(intent.content))
            return Receipt(intent.key)
        return Receipt()

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        raise NotImplementedError(media)


class House:
    """`async with House() as house`: a whole runtime; `restart` ends it and starts it again."""

    def __init__(self, *, agent: dict[str, Any] | None = None, **project: Any) -> None:  # noqa: ANN401 - fields of Project
        self.rooms = Rooms()
        self.folder = Path()
        self._agent = agent or {}
        self._project = project
        self._outer = AsyncExitStack()
        self._stack = AsyncExitStack()
        self._said = 0

    async def __aenter__(self) -> Self:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        self.folder = Path(self._outer.enter_context(TemporaryDirectory(prefix="house-")))
        (self.folder / "work").mkdir()
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await self._outer.aclose()

    async def _open(self) -> None:
        folder = self.folder
        environ = {
            "CLAUDE_CONFIG_DIR": str(folder / "claude"),
            JOURNAL: str(folder / "journal"),
            SETTINGS: json.dumps(self._agent),
        }
        options = Options(work_dir=str(folder / "work"), cmd=COMMAND, env=environ)
        context = AgentContext("demo", options, {"PATH": "/usr/bin:/bin"}, folder, {})
        spec = SessionSpec(cwd=str(folder / "work"))
        project = Project(
            "demo", claude.build(context), "claudecode", spec, timeouts=Timeouts(stop=2.0)
        )
        self.store = await Store.open(folder / "data")
        self._stack.push_async_callback(self.store.close)
        self.rooms.ready.clear()
        self.runtime = Runtime(
            self.store,
            Blobs(folder / "data"),
            {"demo": replace(project, **self._project)},
            [Station("rooms", "rooms", ("demo",), self.rooms)],
            COMMANDS,
        )
        self._stack.push_async_callback(self.runtime.stop)
        await self.runtime.start()
        await self.rooms.ready.wait()

    async def restart(self) -> None:
        """End politely and start anew on the same data."""
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        await self._open()

    async def say(self, room: str, *steps: dict[str, Any], text: str = "", id_: str = "") -> None:
        """Somebody writes."""
        self._said += 1
        body = Said(script(*steps, say=text) if steps else text)
        inbound = Inbound(
            id_ or f"m{self._said}", Address("rooms", room), OWNER, body, private=True
        )
        assert self.rooms.host is not None
        await self.rooms.host.receive(inbound)

    def finals(self, room: str) -> list[str]:
        """The final posts of a room."""
        return [words(one.content) for one in self.rooms.posts[room] if one.kind is Kind.FINAL]

    def texts(self, room: str) -> list[str]:
        """All posts of a room."""
        return [words(one.content) for one in self.rooms.posts[room]]

    async def until(self, condition: Callable[[], bool], within: float = 30.0) -> bool:
        """Wait until something holds; False if it does not in time."""
        end = time.monotonic() + within
        while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.01)
        return condition()

    def told(self) -> list[dict[str, Any]]:
        """The prompts that agents have read."""
        return [line for line in journal(self.folder / "journal") if "got" in line]


def words(content: Content) -> str:
    """The prose of a post."""
    return "\n".join(block.markdown for block in content if isinstance(block, Text))
