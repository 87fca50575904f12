"""The page keeps to the contract of a platform, over its real server and WebSocket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from cc_connect.contract.ids import Address
from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.web import plugin
from cc_connect.platforms.web.adapter import CAPABILITIES, WebPlatform
from cc_connect.platforms.web.config import WebOptions
from cc_connect.testing.contracts.platform import (
    Act,
    LackingHarness,
    PlatformContract,
    PlatformHarness,
    Seen,
    SeenFile,
    platform_contracts,
)
from cc_connect.testing.platform import RecordingHost
from cc_connect.web.server import ServerSettings, WebServer
from tests.platforms.web.html import Node
from tests.platforms.web.page import Page

TOKEN = "a-token-for-programs"
CHAT = "site"
NOBODY_ELSE = "the page has one login, and every conversation of it is private"
OWN_SERVER = "the adapter is its own server: there is no service behind it"
IN_THE_STORE = "messages lie in the store; nobody but the program changes them"


class WebHarness(LackingHarness):
    """A server with the adapter behind it, and a page that outlives both."""

    patience = 10.0
    lacks: Mapping[Act, str] = {
        Act.SHARED: NOBODY_ELSE,
        Act.OVERHEARD: NOBODY_ELSE,
        Act.BOTS: NOBODY_ELSE,
        Act.PEOPLE: NOBODY_ELSE,
        Act.MENTION: NOBODY_ELSE,
        Act.THREADS: "a conversation of the page has no threads",
        Act.REPLY: "a page shows no message as the answer to another",
        Act.EDIT: "what was said on the page stays as it is",
        Act.RECALL: "what was said on the page stays",
        Act.VANISH: IN_THE_STORE,
        Act.OUTAGE: OWN_SERVER,
        Act.LOGIN: OWN_SERVER,
        Act.RATE: OWN_SERVER,
        Act.STALL: OWN_SERVER,
    }

    def __init__(self, folder: Path) -> None:
        self.place = Address("web", CHAT)
        self.page = Page(CHAT, TOKEN)
        self._folder = folder
        self._server: WebServer | None = None

    async def make(self) -> Platform:
        await self.stop()
        context = PlatformContext("web", WebOptions(), self._folder, (CHAT,))
        platform = plugin.build(context)
        assert isinstance(platform, WebPlatform)
        settings = ServerSettings(port=0, tokens=(TOKEN,))
        self._server = WebServer(settings, platform, RecordingHost())
        await self._server.start()
        await self.page.open(self._server.address)
        return platform

    async def stop(self) -> None:
        await self.page.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    # --- people ---------------------------------------------------------------------------------

    async def say(
        self,
        where: Address,
        text: str,
        *,
        files: Mapping[str, bytes] | None = None,
        reply_to: str | None = None,
        addressed: bool = True,
        who: str = "",
        bot: bool = False,
    ) -> str:
        assert where == self.place
        assert addressed
        assert not bot
        assert who == ""
        assert reply_to is None
        ids = [await self.page.upload(name, data) for name, data in (files or {}).items()]
        return await self.page.act({"t": "say", "text": text, "files": ids})

    async def press(self, where: Address, message: str, label: str) -> str:
        article = self._article(where, message)
        (button,) = [one for one in _buttons(article) if one.text() == label]
        action = button.attributes["data-action"]
        return await self.page.act({"t": "press", "action": action, "message": message})

    async def choose(self, where: Address, message: str, labels: tuple[str, ...]) -> str:
        (menu,) = self._article(where, message).all(of="menu")
        chosen = [one for one in menu.all(of="option") if _option(one) in labels]
        assert len(chosen) == len(labels)
        if menu.tag == "form":
            action = menu.attributes["data-menu"]
            values = [one.all("input")[0].attributes["value"] for one in chosen]
        else:
            action = chosen[0].attributes["data-action"]
            values = [one.attributes["data-value"] for one in chosen]
        press = {"t": "press", "action": action, "message": message, "values": values}
        return await self.page.act(press)

    async def submit(self, where: Address, message: str, values: Mapping[str, str]) -> str:
        (form,) = self._article(where, message).all("form", having="data-submit")
        names = {
            label.text(): node.attributes["name"]
            for label in form.all("label")
            for node in label.all(having="name")
        }
        filled = {names[label]: text for label, text in values.items()}
        action = form.attributes["data-submit"]
        return await self.page.act({"t": "submit", "action": action, "values": filled})

    async def invoke(self, where: Address, command: str, arguments: Mapping[str, str]) -> str:
        assert where == self.place
        invoked = {"t": "invoke", "command": command, "arguments": dict(arguments)}
        return await self.page.act(invoked)

    async def suggestions(
        self, where: Address, command: str, option: str, prefix: str
    ) -> tuple[str, ...]:
        assert where == self.place
        return await self.page.suggest(command, option, prefix)

    # --- what is seen ---------------------------------------------------------------------------

    async def seen(self, where: Address) -> tuple[Seen, ...]:
        assert where == self.place
        agents = {
            key: article
            for key, article in self.page.messages.items()
            if "mine" not in article.classes
        }
        settled = [await self._seen(key, article) for key, article in agents.items()]
        return (*settled, *(Seen("", text) for text in self.page.streams.values()))

    async def _seen(self, key: str, article: Node) -> Seen:
        links = [one.attributes["href"] for one in article.all("a", of="file")]
        files = [SeenFile(*await self.page.download(link)) for link in links]
        return Seen(
            key,
            "\n".join(one.text(without="button").strip() for one in article.all(of="prose")),
            tuple(one.text() for one in _buttons(article)),
            tuple(
                tuple(_option(one) for one in menu.all(of="option"))
                for menu in article.all(of="menu")
            ),
            tuple(
                tuple(label.text() for label in form.all("label"))
                for form in article.all("form", having="data-submit")
            ),
            tuple(files),
        )

    async def acknowledged(self, handle: str) -> bool:
        return handle in self.page.acknowledged

    def _article(self, where: Address, message: str) -> Node:
        assert where == self.place
        return self.page.messages[message]

    # --- trouble --------------------------------------------------------------------------------

    async def redeliver(self, handle: str) -> None:
        await self.page.put(self.page.sent[handle])

    async def garbage(self) -> None:
        for text in ("{", "[]", '{"t": "say"}', '{"t": "tomorrow"}', '{"t": "say", "id": 7}'):
            await self.page.put(text)

    async def drop(self) -> None:
        await self.page.drop()


def _buttons(article: Node) -> list[Node]:
    return [one for group in article.all(of="buttons") for one in group.all("button")]


def _option(option: Node) -> str:
    return option.all("b")[0].text()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[WebHarness]:
    harness = WebHarness(folder)
    try:
        yield harness
    finally:
        await harness.stop()


NEEDED = [
    one
    for one in platform_contracts()
    if one.unneeded(CAPABILITIES, cast("PlatformHarness", WebHarness)) is None
]


def test_what_does_not_apply() -> None:
    """A page has no service behind it, one person, no threads, and keeps what was said."""
    others = {one.number for one in platform_contracts()} - {one.number for one in NEEDED}
    elsewhere = "P09 P19 P20 P21 P22 P23 P26 P27 P29 P33 P34 P37 P40 P43 P45 P46"
    assert others == set(elsewhere.split())


@pytest.mark.parametrize("contract", NEEDED)
async def test_the_page_keeps_to_it(contract: PlatformContract, tmp_path: Path) -> None:
    async with opened(tmp_path / "web") as harness:
        await contract.check(harness)
