"""One gateway socket: frames out through a queue, frames in one by one, and ways to break it."""

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from cc_connect.testing.discord.compression import Squeeze
from cc_connect.testing.discord.model import JsonObject
from cc_connect.testing.discord.session import Session

FRAME = 4096
COMMANDS = 120
COMMANDS_WINDOW = 60.0
_LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class _Close:
    code: int
    reason: str


class Connection:
    """A socket to one client. Everything that is sent passes its queue, so nothing waits for it."""

    def __init__(
        self, websocket: web.WebSocketResponse, request: web.Request, squeeze: Squeeze | None
    ) -> None:
        self.path = request.path
        self.session: Session | None = None
        self.silent = False
        self.deaf = False
        self.pause = 0.0
        self.client_code: int | None = None
        self._websocket = websocket
        self._transport = request.transport
        self._squeeze = squeeze
        self._frames: asyncio.Queue[str | _Close] = asyncio.Queue()
        self._commands: deque[float] = deque()
        self._ended = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    def send(self, text: str) -> None:
        """Queue one frame; nothing leaves a silent connection."""
        if not self.silent:
            self._frames.put_nowait(text)

    def send_json(self, frame: JsonObject) -> None:
        """Queue one frame."""
        self.send(json.dumps(frame, ensure_ascii=False))

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end, after every frame that was queued before."""
        self._frames.put_nowait(_Close(code, reason))

    def drop(self, *, reset: bool = False) -> None:
        """Cut the TCP connection without a close frame; with `reset` the other side gets a RST."""
        self._ended.set()
        transport = self._transport
        if transport is None:
            return
        if reset:
            raw = transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        transport.abort()

    async def receive(self) -> str | bytes | None:
        """Return the next frame of the client, None at the end of the connection."""
        if self.pause:
            await asyncio.sleep(self.pause)
        message = await self._websocket.receive()
        if self.deaf:  # half-open: what the client sends, even its goodbye, is never seen
            await self._ended.wait()
            return None
        if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
            data: str | bytes = message.data
            return data
        if message.type is WSMsgType.CLOSE:
            self.client_code = message.data
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self._websocket.close(code=message.data or 1000)
        return None

    def too_fast(self) -> bool:
        """Whether more than 120 commands a minute came. Docs: Gateway > Rate Limiting."""
        now = time.monotonic()
        self._commands.append(now)
        while now - self._commands[0] > COMMANDS_WINDOW:
            self._commands.popleft()
        return len(self._commands) > COMMANDS

    async def finish(self) -> None:
        """Stop writing; whatever is still queued is lost."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            frame = await self._frames.get()
            try:
                if isinstance(frame, _Close):
                    await self._websocket.close(code=frame.code, message=frame.reason.encode())
                    return
                if self._squeeze is None:
                    await self._websocket.send_str(frame)
                else:
                    await self._websocket.send_bytes(self._squeeze(frame))
            except (ConnectionError, RuntimeError):
                return  # the client is gone; the session keeps what it missed
