"""A gateway that says just what a test wants, where the twin would be too correct."""

import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

HELLO = {"op": 10, "d": {"heartbeat_interval": 41250}}


@asynccontextmanager
async def gateway(*after_login: Sequence[Any]) -> AsyncIterator[str]:
    """Serves one script of frames per connection (the last one again and again); yields its URL.

    A frame is sent when the client has said who it is: JSON, or bytes as they are.
    """
    scripts = list(after_login)

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        squeeze = zlib.compressobj()

        async def send(frame: object) -> None:
            if isinstance(frame, bytes):
                await socket.send_bytes(frame)
                return
            raw = squeeze.compress(json.dumps(frame).encode())
            await socket.send_bytes(raw + squeeze.flush(zlib.Z_SYNC_FLUSH))

        await send(HELLO)
        async for message in socket:
            if message.type is WSMsgType.TEXT and json.loads(message.data)["op"] in {2, 6}:
                for frame in scripts.pop(0) if len(scripts) > 1 else scripts[0]:
                    await send(frame)
        return socket

    application = web.Application()
    application.router.add_get("/", serve)
    runner = web.AppRunner(application, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def ready(user: int, **more: object) -> dict[str, object]:
    """A READY with as little as possible."""
    data = {"session_id": "s", "user": {"id": str(user)}, "application": {}, **more}
    return {"t": "READY", "s": 1, "op": 0, "d": data}


def said(text: str, number: int) -> dict[str, object]:
    """A direct message."""
    author = {"id": "77", "username": "zed"}
    data = {"id": str(number), "channel_id": "12345", "content": text, "author": author}
    return {"t": "MESSAGE_CREATE", "s": number, "op": 0, "d": data}
