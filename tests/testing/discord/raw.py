"""A gateway client and a REST client without any library's opinion, for what discord.py hides."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from cc_connect.testing.discord import Application, DiscordTwin


class RawGateway:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj() if compressed else None

    async def receive(self) -> Any:
        """The next frame, or the close code as an int."""
        async with asyncio.timeout(5):
            message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return json.loads(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            assert self._inflate is not None
            return json.loads(self._inflate.decompress(message.data))
        return self.socket.close_code

    async def until(self, name: str) -> Any:
        """The data of the next event of a name."""
        while True:
            frame = await self.receive()
            if not isinstance(frame, dict) or frame["t"] == name:
                return frame

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def identify(self, bot: Application, intents: int, **more: Any) -> None:
        await self.send(2, {"token": bot.token, "intents": intents, "properties": {}, **more})


@asynccontextmanager
async def raw_gateway(
    twin: DiscordTwin, query: str = "?v=10&encoding=json", path: str = ""
) -> AsyncIterator[RawGateway]:
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{twin.gateway_url}{path}{query}", max_msg_size=0) as socket,
    ):
        yield RawGateway(socket, compressed="zlib" in query)


class RawRest:
    def __init__(self, http: aiohttp.ClientSession, twin: DiscordTwin, token: str | None) -> None:
        self._http = http
        self._twin = twin
        self._token = token

    async def __call__(self, method: str, path: str, **request: Any) -> tuple[int, Any, Any]:
        """Status, JSON (or text) and headers."""
        headers = dict(request.pop("headers", {}))
        if self._token is not None:
            headers["Authorization"] = f"Bot {self._token}"
        url = self._twin.api_base + path
        async with self._http.request(method, url, headers=headers, **request) as answer:
            text = await answer.text()
            is_json = answer.headers.get("Content-Type") == "application/json"
            return answer.status, json.loads(text) if is_json else text, answer.headers


@asynccontextmanager
async def raw_rest(twin: DiscordTwin, bot: Application | None = None) -> AsyncIterator[RawRest]:
    async with aiohttp.ClientSession() as http:
        yield RawRest(http, twin, bot.token if bot is not None else None)
