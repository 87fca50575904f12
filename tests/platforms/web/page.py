"""A page without a browser: it speaks to the real server over the real WebSocket, as wire.js does.

What a person does is kept until it is acknowledged and sent again after every reconnect.
"""

import asyncio
import json
from typing import Any
from uuid import uuid4

import aiohttp

from tests.platforms.web.html import Node, parse

_AGAIN = 0.02
Json = dict[str, Any]


class Page:
    """One page that shows one conversation, for as long as the person looks at it."""

    def __init__(self, chat: str, token: str) -> None:
        self.chat = chat
        self.messages: dict[str, Node] = {}
        self.streams: dict[str, str] = {}
        self.unsent: dict[str, Json] = {}
        self.sent: dict[str, Json] = {}
        self.acknowledged: set[str] = set()
        self.suggestions: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self.ready = asyncio.Event()
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None
        self._wire: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    # --- the connection -------------------------------------------------------------------------

    async def open(self, address: str) -> None:
        """Show the page of this server, and come back to it by itself."""
        await self.close()
        self._session = aiohttp.ClientSession(address, headers=self._headers)
        self._task = asyncio.create_task(self._stay(address))
        await self.ready.wait()

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        self.ready.clear()

    async def drop(self) -> None:
        """Lose the connection without a word, as when a lid is closed."""
        await self.ready.wait()
        self.ready.clear()
        assert self._wire is not None
        await self._wire.close()
        await self.ready.wait()

    async def _stay(self, address: str) -> None:
        while True:
            try:
                async with (
                    aiohttp.ClientSession(address, headers=self._headers) as self._wire,
                    self._wire.ws_connect("/ws") as socket,
                ):
                    self._socket = socket
                    await socket.send_json({"t": "hello", "chat": self.chat})
                    async for message in socket:
                        await self._hear(json.loads(message.data))
            except aiohttp.ClientError:
                pass
            self.ready.clear()
            await asyncio.sleep(_AGAIN)

    # --- what comes -----------------------------------------------------------------------------

    async def _hear(self, frame: Json) -> None:
        match frame["t"]:
            case "welcome":
                self.ready.set()
                await self._send_unsent()
            case "ack":
                self.unsent.pop(frame["id"], None)
                self.acknowledged.add(frame["id"])
            case "refused" if not frame.get("id"):
                await asyncio.sleep(_AGAIN)
                await self._send_unsent()
            case "post":
                self.streams.pop(frame.get("stream", ""), None)
                self.messages[frame["key"]] = _article(frame["html"])
            case "amend" if frame["key"] in self.messages:
                self.messages[frame["key"]] = _article(frame["html"])
            case "retract":
                self.messages.pop(frame["key"], None)
            case "extend":
                self._grow(frame)
            case "suggestions":
                self.suggestions.pop(frame["ref"]).set_result(tuple(frame["values"]))
            case _:
                pass

    def _grow(self, frame: Json) -> None:
        # The texts of the suite are one paragraph: the open end is all there is to see.
        assert frame["first"] == 0
        assert not frame.get("add")
        shown = parse("".join(frame.get("blocks", [])) + frame.get("tail", "")).text()
        self.streams[frame["stream"]] = shown
        if not shown:
            del self.streams[frame["stream"]]

    # --- what a person does ---------------------------------------------------------------------

    async def act(self, frame: Json) -> str:
        """Do something; returns its id."""
        ident = str(uuid4())
        self.unsent[ident] = self.sent[ident] = {**frame, "id": ident}
        if self.ready.is_set():
            await self.put(self.unsent[ident])
        return ident

    async def put(self, frame: Json | str) -> None:
        """Send a frame, or any text, if there is a connection."""
        if self._socket is None:
            return
        try:
            await self._socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        except (ConnectionError, aiohttp.ClientError):
            return

    async def _send_unsent(self) -> None:
        for frame in list(self.unsent.values()):
            await self.put(frame)

    async def suggest(self, command: str, option: str, prefix: str) -> tuple[str, ...]:
        ref = len(self.sent) + 1
        future: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self.suggestions[ref] = future
        asked = {"ref": ref, "command": command, "option": option, "prefix": prefix}
        await self.put({"t": "suggest", **asked})
        return await future

    async def upload(self, name: str, data: bytes) -> str:
        assert self._session is not None
        headers = {"X-File-Name": name, "Content-Type": "application/octet-stream"}
        url = f"/upload/{self.chat}"
        async with self._session.post(url, data=data, headers=headers) as answer:
            assert answer.status == 200
            body: Json = await answer.json()
        return str(body["id"])

    async def download(self, url: str) -> tuple[str, bytes]:
        """The name a browser would save it under, and the bytes."""
        assert self._session is not None
        async with self._session.get(url) as answer:
            assert answer.status == 200
            disposition = answer.content_disposition
            assert disposition is not None
            return disposition.filename or "", await answer.read()


def _article(html: str) -> Node:
    (article,) = parse(html).all("article")
    return article
