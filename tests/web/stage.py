"""A whole page to look at and to test: the real adapter and server, and a host that plays a part.

The host keeps a history in memory as the store would, and answers what is said by a few key words.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.contract.content import Content, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Invoked, Pressed, Said, Submitted
from cc_connect.contract.platform import Amend, Extend, Kind, Post, Retract, Typing
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.web.adapter import WebPlatform
from cc_connect.platforms.web.config import WebOptions
from cc_connect.web.history import Item, Page, PostItem, PromptItem
from cc_connect.web.server import ServerSettings, WebServer
from tests.web.scenes import ANSWER, LIVE, OVER, PERMISSION, answered

TOKEN = "a-token-for-programs"
NOON = 1_790_000_000.0
COMMANDS = (
    CommandSpec("help", "Show what can be done"),
    CommandSpec(
        "model",
        "Show or change the model",
        ("m",),
        (CommandOption("name", "Which", suggests=True),),
    ),
    CommandSpec(
        "mode",
        "Permission mode",
        (),
        (CommandOption("mode", "Which", choices=("default", "plan")),),
    ),
    CommandSpec("new", "Begin a new session"),
    CommandSpec("status", "Show how things stand"),
    CommandSpec("stop", "Stop the running turn"),
)


def free_port() -> int:
    """A port that nobody uses just now, for a server that comes back at the same place."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class MemoryHistory:
    """What the store would know."""

    def __init__(self) -> None:
        self.items: dict[str, list[Item]] = {}

    def add(self, chat: str, item: Item) -> None:
        self.items.setdefault(chat, []).append(item)

    def change(self, chat: str, key: str, content: Content | None) -> None:
        kept: list[Item] = []
        for item in self.items.get(chat, []):
            if isinstance(item, PostItem) and item.key == key:
                if content is not None:
                    kept.append(PostItem(key, content, item.kind, item.at))
            else:
                kept.append(item)
        self.items[chat] = kept

    async def page(self, place: Address, before: str | None, limit: int) -> Page:
        items = self.items.get(place.chat, [])
        end = len(items) if before is None else int(before) if before.isdigit() else 0
        begin = max(0, end - limit)
        return Page(tuple(items[begin:end]), str(begin) if begin else None)


class ScriptedHost:
    """Plays the program: takes things in once each; when `lively`, answers by key words."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.values: dict[str, str] = {}
        self.received: list[Inbound] = []
        self.seen: set[tuple[str, str]] = set()
        self.reachable = asyncio.Event()
        self.lively = True
        self.fail_before_storing = False
        self.fail_after_storing = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, inbound: Inbound) -> None:
        place = (inbound.address.chat, inbound.id)
        if self.fail_before_storing:
            raise ConnectionError("the store is away")
        new = place not in self.seen
        if new:
            self._store(inbound, place)
        if self.fail_after_storing:
            self.fail_after_storing -= 1
            raise ConnectionError("stored, but nobody learns of it")
        if new and self.lively:
            task = asyncio.create_task(self._answer(inbound))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _store(self, inbound: Inbound, place: tuple[str, str]) -> None:
        self.seen.add(place)
        self.received.append(inbound)
        if isinstance(inbound.body, Said):
            item = PromptItem(inbound.id, inbound.body.text, inbound.body.media, inbound.sent_at)
            self.stage.history.add(inbound.address.chat, item)

    def admits(self, inbound: Inbound) -> bool:
        return inbound.address.platform != ""

    def connected(self, note: str = "") -> None:  # noqa: ARG002 - a protocol
        self.reachable.set()

    def disconnected(self, reason: str) -> None:  # noqa: ARG002 - a protocol
        self.reachable.clear()

    def commands(self) -> tuple[CommandSpec, ...]:
        return COMMANDS

    async def suggest(
        self,
        inbound: Inbound,  # noqa: ARG002 - a protocol
        command: str,
        option: str,  # noqa: ARG002 - a protocol
        prefix: str,  # noqa: ARG002 - a protocol
    ) -> tuple[str, ...]:
        return ("opus", "sonnet", "haiku") if command == "model" else ()

    async def load(self, key: str) -> str | None:
        return self.values.get(key)

    async def save(self, key: str, value: str) -> None:
        self.values[key] = value

    async def _answer(self, inbound: Inbound) -> None:
        chat, stage = inbound.address.chat, self.stage
        match inbound.body:
            case Said(text=text) if "permission" in text:
                await stage.post(chat, PERMISSION, Kind.PROMPT, key=f"ask-{inbound.id}")
            case Said(text=text):
                await stage.turn(chat, f"You said: {text}\n\n{ANSWER}")
            case Pressed(action=action, message=message):
                await stage.amend(chat, message, answered(action), Kind.PROMPT)
                await stage.turn(chat, "Thank you, going on.")
            case Submitted(values=values):
                await stage.turn(chat, f"Noted: {', '.join(values.values())}")
            case Invoked(command="stop"):
                await stage.post(chat, (Text("⏹ Stopped."),), Kind.FINAL, stream="s")
            case _:
                pass


class Stage:
    """Everything together; `async with` starts and ends it."""

    def __init__(
        self,
        folder: Path,
        *,
        projects: tuple[str, ...] = ("site", "tools"),
        port: int = 0,
        options: WebOptions | None = None,
        values: Mapping[str, str] | None = None,
        names: tuple[str, ...] = (),
    ) -> None:
        context = PlatformContext("web", options or WebOptions(), folder, projects)
        self.folder = folder
        self.page = WebPlatform(context)
        self.history = MemoryHistory()
        self.host = ScriptedHost(self)
        self.host.values.update(values or {})
        self._settings = ServerSettings(port=port, tokens=(TOKEN,), names=names)
        self.server = self._server(port)
        self._running: asyncio.Task[None] | None = None
        self._keys = 0

    async def __aenter__(self) -> Self:
        await self.server.start()
        self._running = asyncio.create_task(self.page.run(self.host))
        await self.host.reachable.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.server.stop()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    def _server(self, port: int) -> WebServer:
        settings = replace(self._settings, port=port)
        return WebServer(settings, self.page, self.host, self.history)

    async def close_doors(self) -> None:
        """The server goes away."""
        await self.server.stop()

    async def open_doors(self) -> None:
        """The server is there again, at the same address."""
        await self.server.start()

    @property
    def url(self) -> URL:
        return URL(self.server.address)

    def session(self, **headers: str) -> aiohttp.ClientSession:
        """A client without a login; it keeps cookies also for 127.0.0.1."""
        jar = aiohttp.CookieJar(unsafe=True)
        return aiohttp.ClientSession(self.url, cookie_jar=jar, headers=headers)

    async def logged_in(self) -> aiohttp.ClientSession:
        session = self.session()
        async with session.get(URL(self.server.link()).relative()) as answer:
            assert answer.status == 200
        return session

    # --- what the program would do --------------------------------------------------------------

    def key(self) -> str:
        self._keys += 1
        return f"post-{self._keys}"

    def say(self, chat: str, text: str) -> None:
        """Something the person said some time ago."""
        self.history.add(chat, PromptItem(self.key(), text, (), NOON))

    async def post(
        self,
        chat: str,
        content: Content,
        kind: Kind = Kind.NOTICE,
        *,
        key: str = "",
        stream: str | None = None,
    ) -> str:
        key = key or self.key()
        if kind is not Kind.LIVE:
            self.history.add(chat, PostItem(key, content, kind, NOON))
        post = Post(self.page.address(chat), content, key, kind, stream=stream)
        return (await self.page.deliver(post)).message

    async def amend(self, chat: str, key: str, content: Content, kind: Kind = Kind.LIVE) -> None:
        self.history.change(chat, key, content)
        await self.page.deliver(Amend(self.page.address(chat), key, content, kind))

    async def retract(self, chat: str, key: str) -> None:
        self.history.change(chat, key, None)
        await self.page.deliver(Retract(self.page.address(chat), key))

    async def extend(self, chat: str, stream: str, text: str, at: int) -> None:
        await self.page.deliver(Extend(self.page.address(chat), stream, text, at))

    async def work(self, chat: str) -> None:
        await self.page.deliver(Typing(self.page.address(chat)))

    async def turn(self, chat: str, answer: str, pause: float = 0.0) -> str:
        """A turn as the runtime shows it: a live card, a growing answer, the final message."""
        await self.work(chat)
        card = await self.post(chat, LIVE, Kind.LIVE)
        stream, at = self.key(), 0
        for piece in (answer[i : i + 40] for i in range(0, len(answer), 40)):
            await self.extend(chat, stream, piece, at)
            at += len(piece)
            await asyncio.sleep(pause)
        final = await self.post(chat, (Text(answer),), Kind.FINAL, stream=stream)
        await self.amend(chat, card, OVER)
        return final
