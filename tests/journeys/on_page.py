"""The page as a body of journeys: its own WebSocket and HTTP, by a client of its own."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp

from cc_connect.testing.pulse import Pulse
from tests.journeys.chat import ALICE, PATIENCE, Chat, Seen, plain
from tests.platforms.web.html import Node, parse

T = TypeVar("T")
Json = dict[str, Any]
_AGAIN = 0.05


class Tab:
    """One open page: what stands on it, kept as its script keeps it."""

    def __init__(self, address: str, token: str, chat: str, project: str) -> None:
        self.articles: dict[str, Node] = {}
        self.first: dict[str, Node] = {}
        self.suggestions: tuple[str, ...] | None = None
        self.pulse = Pulse()
        self._address, self._chat, self._project = address, chat, project
        self._headers = {"Authorization": f"Bearer {token}"}
        self._boot = ""
        self._unsent: dict[str, Json] = {}
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._stay())
        self.http = aiohttp.ClientSession(address, headers=self._headers)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.http.close()

    async def _stay(self) -> None:
        while True:
            self._ready.clear()
            with suppress(aiohttp.ClientError):
                await self._visit()
            await asyncio.sleep(_AGAIN)

    async def _visit(self) -> None:
        async with (
            aiohttp.ClientSession(self._address, headers=self._headers) as session,
            session.ws_connect("/ws") as self._socket,
        ):
            await self._socket.send_json(
                {"t": "hello", "chat": self._chat, "project": self._project}
            )
            async for message in self._socket:
                await self._hear(json.loads(message.data))
                self.pulse.beat()

    async def _hear(self, frame: Json) -> None:
        match frame["t"]:
            case "welcome":
                await self._welcomed(frame)
            case "ack":
                self._unsent.pop(frame["id"], None)
            case "refused" if not frame.get("id"):
                await asyncio.sleep(_AGAIN)
                await self._send_unsent()
            case "refused":
                raise AssertionError(frame["text"])
            case "post" | "prompt":
                self._put(frame["key"], frame["html"], frame.get("before", ""))
            case "amend" if frame["key"] in self.articles:
                self._put(frame["key"], frame["html"])
            case "retract":
                self.articles.pop(frame["key"], None)
            case "suggestions":
                self.suggestions = tuple(frame["values"])
            case _:
                pass

    async def _welcomed(self, frame: Json) -> None:
        if frame["boot"] != self._boot:
            async with self.http.get(f"/c/{self._chat}/log") as answer:
                text = await answer.text() if answer.ok else ""
            # A page that comes to a program it does not know reads everything again.
            self.articles = {one.attributes["data-key"]: one for one in articles(text)}
            self._boot = frame["boot"]
        for key, html, before in frame["live"]:
            self._put(key, html, before)
        self._ready.set()
        await self._send_unsent()

    def _put(self, key: str, html: str, before: str = "") -> None:
        (article,) = articles(html)
        self.first.setdefault(key, article)
        if before in self.articles and key not in self.articles:
            keys = list(self.articles)
            place = keys.index(before)
            known = {**self.articles, key: article}
            order = [*keys[:place], key, *keys[place:]]
            self.articles = {one: known[one] for one in order}
        else:
            self.articles[key] = article

    async def _send_unsent(self) -> None:
        for frame in list(self._unsent.values()):
            with suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_json(frame)

    async def act(self, **frame: object) -> str:
        """Do something and wait until the program has it."""
        ident = str(uuid4())
        await self._ready.wait()
        self._unsent[ident] = {**frame, "id": ident}
        await self._send_unsent()
        await self.pulse.until(lambda: None if ident in self._unsent else True, PATIENCE)
        return ident

    async def suggest(self, command: str, option: str, typed: str) -> tuple[str, ...]:
        await self._ready.wait()
        self.suggestions = None
        asked = {"ref": 1, "command": command, "option": option, "prefix": typed}
        await self._socket.send_json({"t": "suggest", **asked})
        return await self.pulse.until(lambda: self.suggestions, PATIENCE)


def articles(html: str) -> list[Node]:
    """The messages in a fragment, without what stands between them."""
    return parse(html).all("article")


class PageChat(Chat):
    """A conversation on the page; whoever else looks at it has another tab."""

    body = "page"
    name = "You"

    def __init__(self, address: str, token: str, chat: str, project: str) -> None:
        self.chat = chat
        self._place = (address, token, chat, project)
        self.tabs: dict[str, Tab] = {ALICE: Tab(*self._place)}

    async def close(self) -> None:
        for tab in self.tabs.values():
            await tab.close()

    def tab(self, by: str) -> Tab:
        if by not in self.tabs:
            self.tabs[by] = Tab(*self._place)
        return self.tabs[by]

    async def write(
        self, text: str, *, by: str, reply_to: Seen | None, files: Mapping[str, bytes]
    ) -> str:
        assert reply_to is None, "the page has no replies"
        tab, ids = self.tab(by), []
        for name, data in files.items():
            headers = {"X-File-Name": name, "Content-Type": _type(name)}
            async with tab.http.post(f"/upload/{self.chat}", data=data, headers=headers) as answer:
                ids.append((await answer.json())["id"])
        return await tab.act(t="say", text=text, files=ids)

    async def press(self, message: Seen, label: str, *, by: str = ALICE) -> None:
        buttons = [
            node
            for node in self._article(message, by).all("button", having="data-action")
            if label in (_label(node), node.text().strip())
        ]
        assert buttons, f"{label!r} is not on {message}"
        wanted = buttons[0].attributes
        values = [wanted["data-value"]] if "data-value" in wanted else []
        act = {"action": wanted["data-action"], "message": message.key, "values": values}
        await self.tab(by).act(t="press", **act)

    async def press_anyway(self, message: Seen, label: str) -> None:
        (button,) = [
            node
            for node in self.tab(ALICE).first[message.key].all("button", having="data-action")
            if _label(node) == label
        ]
        action = button.attributes["data-action"]
        await self.tab(ALICE).act(t="press", action=action, message=message.key)

    async def choose(self, message: Seen, *labels: str, by: str = ALICE) -> None:
        for form in self._article(message, by).all("form", having="data-menu"):
            boxes = {
                option.all("b")[0].text(): option.all("input")[0].attributes["value"]
                for option in form.all("label", of="option")
            }
            if all(label in boxes for label in labels):
                values = [boxes[label] for label in labels]
                act = {"action": form.attributes["data-menu"], "message": message.key}
                await self.tab(by).act(t="press", **act, values=values)
                return
        (label,) = labels
        await self.press(message, label, by=by)

    async def fill(self, message: Seen, label: str, text: str, *, by: str = ALICE) -> None:
        for fold in self._article(message, by).all("details", of="form"):
            if fold.all("summary")[0].text() == label:
                (form,) = fold.all("form")
                fields = [*form.all("textarea"), *form.all("input")]
                values = {fields[0].attributes["name"]: text}
                await self.tab(by).act(
                    t="submit", action=form.attributes["data-submit"], values=values
                )
                return
        raise AssertionError(f"no form {label!r} on {message}")

    async def suggested(self, command: str, option: str, typed: str) -> Sequence[str]:
        """What is offered while an option of a command is typed."""
        return await self.tab(ALICE).suggest(command, option, typed)

    async def download(self, message: Seen, name: str) -> bytes:
        for link in self._article(message, ALICE).all("a", of="file"):
            if name in link.text() or name in str(link.all("img")):
                async with self.tab(ALICE).http.get(link.attributes["href"]) as answer:
                    assert answer.ok
                    return await answer.read()
        raise AssertionError(f"no file {name!r} on {message}")

    def _article(self, message: Seen, by: str) -> Node:
        return self.tab(by).articles[message.key]

    def messages(self, by: str = ALICE) -> list[Seen]:
        shown = self.tab(by).articles.items()
        return [described(key, node) for key, node in shown if "mine" not in node.classes]

    async def until(self, look: Callable[[], T | None]) -> T:
        async with asyncio.timeout(PATIENCE):
            while (found := look()) is None:  # noqa: ASYNC110 - several tabs, each with its own pulse
                await asyncio.sleep(0.01)
        return found


def _type(name: str) -> str:
    return "image/png" if name.endswith(".png") else "text/plain"


def _label(button: Node) -> str:
    bold = button.all("b")
    return bold[0].text() if bold else button.text().strip()


def described(key: str, article: Node) -> Seen:
    (body,) = article.all("div", of="body")
    buttons = [_label(node) for node in body.all("button", having="data-action")]
    boxes = [node.all("b")[0].text() for node in body.all("label", of="option")]
    folds = [node.all("summary")[0].text() for node in body.all("details", of="form")]
    files = [
        *(node.all("b")[0].text() for node in body.all("a", of="file") if node.all("b")),
        *(node.attributes["alt"] for node in body.all("img")),
    ]
    kind = article.attributes["data-kind"]
    live = kind == "live" and "data-over" not in article.attributes
    text = plain(" ".join(body.text(without="button").split("\n")))
    return Seen(key, text, (*buttons, *boxes, *folds), tuple(files), live)
