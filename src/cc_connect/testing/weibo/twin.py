"""The server: a token endpoint, a socket, an endpoint for files, and the people behind them."""

import asyncio
import base64
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from aiohttp import WSMsgType, web

from cc_connect.testing.pulse import Pulse
from cc_connect.testing.weibo.screen import Protocol, Screen, Shown

MAX_FRAME = 32 * 1024 * 1024
BODY_LIMIT = 20 * 1024 * 1024
SECRET = 'a/secret&"more'  # noqa: S105 - a dummy that has to be escaped in JSON
ANN = "1234567890"
BAD_PATH, MISSING, BAD_TOKEN, NO_PONG = 4000, 4001, 4002, 4005
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class Pongs(StrEnum):
    """How the server answers a ping of the client."""

    JSON = "json"
    BARE = "bare"
    CONTROL = "control"
    NONE = "none"


@dataclass(slots=True)
class Faults:
    """What goes wrong. Change it while the twin runs.

    Attributes:
        token: Answers of the token endpoint to come: status, body; used up in order.
        files: The same for the endpoint of files.
        retry_after: The header of answers with 429.
        handshake: Status with which sockets are refused; 0 for none.
        swallow: Frames of the bot to come that are read and lost, without an acknowledgement.
        drop_after: The connection is cut after so many more frames of the bot; -1 for never.
        silent: Nothing is answered any more, the connection stays: half open.
        acks: Frames are acknowledged.
    """

    token: deque[tuple[int, Any]] = field(default_factory=deque)
    files: deque[tuple[int, Any]] = field(default_factory=deque)
    retry_after: str = ""
    handshake: int = 0
    swallow: int = 0
    drop_after: int = -1
    silent: bool = False
    acks: bool = True


class WeiboTwin:
    """The twin; an async context manager.

    Attributes:
        faults: What goes wrong.
        screens: What each person sees, by uid.
        frames: Everything the bot sent over the socket, decoded.
        broken: Frames of the bot that break the protocol; a test expects none.
        tokens: All tokens that were given out; only the last one is good.
        versions: The `version` of each connection.
    """

    def __init__(
        self,
        app_id: str = "4242",
        app_secret: str = SECRET,
        *,
        expire_in: int = 7200,
        ping_every: float = 30.0,
        pong_within: float = 120.0,
        pongs: Pongs = Pongs.JSON,
    ) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self.uid = 5550001
        self.expire_in = expire_in
        self.pongs = pongs
        self.faults = Faults()
        self.screens: dict[str, Screen] = {}
        self.frames: list[dict[str, Any]] = []
        self.broken: list[str] = []
        self.tokens: list[str] = []
        self.versions: list[str] = []
        self.connections = 0
        self.pulse = Pulse()
        self._ping_every = ping_every
        self._pong_within = pong_within
        self._waiting: list[str] = []
        self._said: dict[str, dict[str, Any]] = {}
        self._socket: web.WebSocketResponse | None = None
        self._request: web.Request | None = None
        self._reading = asyncio.Event()
        self._reading.set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    # --- life -----------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.down()

    async def up(self) -> None:
        """Serve, on the same port as before if there was one."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post("/open/auth/ws_token", self._token)
        app.router.add_post("/open/dm/send_file", self._file)
        app.router.add_get("/ws/stream", self._stream)
        app.router.add_get("/{other:.*}", self._elsewhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Serve nothing: connections break, new ones are refused."""
        self._reading.set()
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def token_endpoint(self) -> str:
        """Where tokens are given out."""
        return f"http://127.0.0.1:{self._port}/open/auth/ws_token"

    @property
    def ws_endpoint(self) -> str:
        """Where the socket is."""
        return f"ws://127.0.0.1:{self._port}/ws/stream"

    @property
    def connected(self) -> bool:
        """Whether a bot is connected."""
        return self._socket is not None

    # --- people ---------------------------------------------------------------------------------

    async def say(
        self, text: str = "", who: object = ANN, *, files: Mapping[str, bytes] | None = None
    ) -> str:
        """Have a person write; returns the id of the message."""
        message = secrets.token_hex(8)
        payload: dict[str, Any] = {
            "messageId": message,
            "fromUserId": who,
            "text": text,
            "timestamp": round(time.time() * 1000),
        }
        if files:
            parts: list[dict[str, Any]] = [{"type": "input_text", "text": text}] if text else []
            parts += [_part(name, data) for name, data in files.items()]
            payload["input"] = [{"type": "message", "role": "user", "content": parts}]
        self._said[message] = payload
        await self.send({"type": "message", "payload": payload})
        return message

    async def redeliver(self, message: str) -> None:
        """Send a message once more."""
        await self.send({"type": "message", "payload": self._said[message]})

    async def send(self, frame: object) -> None:
        """Send any JSON to the bot, when there is one."""
        await self.raw(json.dumps(frame, ensure_ascii=False))

    async def raw(self, frame: str | bytes) -> None:
        """Send a frame as it is; text waits for a bot."""
        socket = self._socket
        if socket is None or socket.closed or self.faults.silent:
            if isinstance(frame, str):
                self._waiting.append(frame)
        elif isinstance(frame, str):
            await socket.send_str(frame)
        else:
            await socket.send_bytes(frame)

    def screen(self, who: object = ANN) -> Screen:
        """What a person sees."""
        return self.screens.setdefault(str(who), Screen())

    def texts(self, who: object = ANN) -> list[str]:
        """The texts on a screen, files by their names in brackets."""
        shown = self.screen(who).messages
        return [f"[{one.name}]" if one.name else one.text for one in shown]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until it holds; raises TimeoutError."""
        await self.pulse.until(lambda: condition() or None, seconds)

    # --- trouble --------------------------------------------------------------------------------

    async def drop(self) -> None:
        """Cut the connection, without a word."""
        request, self._request, self._socket = self._request, None, None
        if request is not None and request.transport is not None:
            request.transport.abort()

    async def close(self, code: int, reason: str = "") -> None:
        """Close the connection with a code."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close(code=code, message=reason.encode())

    def stall(self) -> None:
        """Read nothing more from the bot until `flow`: a slow reader."""
        self._reading.clear()

    def flow(self) -> None:
        """Read again."""
        self._reading.set()

    # --- the endpoints --------------------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.Response:
        if self.faults.token:
            return self._fault(self.faults.token.popleft())
        try:
            asked = await request.json()
        except ValueError:
            return web.json_response({"code": 4000, "message": "no JSON"}, status=400)
        match asked:
            case {"app_id": str(app_id), "app_secret": str(secret)}:
                pass
            case _:
                return web.json_response({"code": 4001, "message": "missing"}, status=400)
        if (app_id, secret) != (self.app_id, self.app_secret):
            return web.json_response({"code": 4002, "message": "invalid credentials"}, status=401)
        self.tokens.append(secrets.token_urlsafe(16))
        data = {"token": self.tokens[-1], "expire_in": self.expire_in, "uid": self.uid}
        self.pulse.beat()
        return web.json_response({"code": 0, "data": data})

    def _fault(self, fault: tuple[int, Any]) -> web.Response:
        status, body = fault
        wait = self.faults.retry_after
        headers = {"Retry-After": wait} if wait else {}
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    def _good(self, request: web.Request) -> bool:
        return bool(self.tokens) and request.query.get("token") == self.tokens[-1]

    async def _file(self, request: web.Request) -> web.Response:
        if self.faults.files:
            return self._fault(self.faults.files.popleft())
        if not self._good(request):
            return web.json_response({"code": 4002, "message": "invalid token"}, status=401)
        data = await request.read()
        name = request.query.get("fileName", "")
        if request.content_type != "application/octet-stream" or not name:
            return web.json_response({"code": 4001, "message": "missing"}, status=400)
        message = secrets.token_hex(8)
        self.screen().messages.append(Shown(message, done=True, name=name, data=data))
        self.pulse.beat()
        return web.json_response({"code": 0, "data": {"fid": 77, "message_id": message}})

    async def _elsewhere(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close(code=BAD_PATH)
        return socket

    # --- the socket -----------------------------------------------------------------------------

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.faults.handshake:
            return web.Response(status=self.faults.handshake)
        socket = web.WebSocketResponse(autoping=False, max_msg_size=MAX_FRAME, timeout=0.1)
        await socket.prepare(request)
        if not request.query.get("app_id") or not request.query.get("token"):
            await socket.close(code=MISSING)
        elif not self._good(request) or request.query["app_id"] != self.app_id:
            await socket.close(code=BAD_TOKEN, message=b"invalid token")
        else:
            await self._serve(request, socket)
        return socket

    async def _serve(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.versions.append(request.query.get("version", ""))
        self.connections += 1
        self._socket, self._request = socket, request
        asleep = asyncio.create_task(self._heartbeat(socket))
        waiting, self._waiting = self._waiting, []
        try:
            await socket.send_str(
                json.dumps({"type": "system", "payload": {"message": "connected"}})
            )
            for frame in waiting:
                await socket.send_str(frame)
            self.pulse.beat()
            while not (message := await socket.receive()).type.name.startswith("CLOS"):
                await self._reading.wait()
                if self._socket is not socket:
                    break  # it was cut; what lies in the buffer never arrived
                await self._took(socket, message.type, message.data)
        except ConnectionError:
            pass
        finally:
            asleep.cancel()
            if self._socket is socket:
                self._socket = self._request = None
            self.pulse.beat()

    async def _heartbeat(self, socket: web.WebSocketResponse) -> None:
        self._ponged = time.monotonic()
        with suppress(ConnectionError):
            while True:
                await asyncio.sleep(self._ping_every)
                if self.faults.silent:
                    continue
                if time.monotonic() - self._ponged > self._pong_within:
                    await socket.close(code=NO_PONG, message=b"pong timeout")
                    return
                await socket.ping()
                await socket.send_str('{"type":"ping"}')

    async def _took(self, socket: web.WebSocketResponse, kind: WSMsgType, data: Any) -> None:  # noqa: ANN401 - of the library
        if self.faults.silent:
            return
        match kind:
            case WSMsgType.PING:
                await socket.pong(data)
            case WSMsgType.PONG:
                self._ponged = time.monotonic()
            case WSMsgType.TEXT:
                await self._frame(socket, str(data))
            case _:
                self.broken.append(f"a frame of type {kind.name}")

    async def _frame(self, socket: web.WebSocketResponse, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            self.broken.append(f"not JSON: {text[:80]}")
            return
        match frame:
            case {"type": "ping"}:
                await self._pong(socket)
            case {"type": "pong"}:
                self._ponged = time.monotonic()
            case {"type": "send_message", "payload": {"toUserId": str(who)}} if who:
                await self._message(socket, who, frame["payload"], frame)
            case _:
                self.broken.append(f"unknown frame: {text[:80]}")

    async def _pong(self, socket: web.WebSocketResponse) -> None:
        match self.pongs:
            case Pongs.JSON:
                await socket.send_str('{"type":"pong"}')
            case Pongs.BARE:
                await socket.send_str("pong")
            case Pongs.CONTROL:
                await socket.pong()
            case Pongs.NONE:
                pass

    async def _message(
        self,
        socket: web.WebSocketResponse,
        who: str,
        payload: dict[str, Any],
        frame: Any,  # noqa: ANN401 - JSON
    ) -> None:
        faults = self.faults
        if faults.drop_after == 0:
            faults.drop_after = -1
            await self.drop()
            return
        faults.drop_after -= faults.drop_after > 0
        if faults.swallow:
            faults.swallow -= 1
            return
        self.frames.append(frame)
        try:
            self.screen(who).take(payload)
        except Protocol as error:
            self.broken.append(str(error))
            await socket.send_str(json.dumps({"type": "error", "payload": {"message": str(error)}}))
            return
        finally:
            self.pulse.beat()
        if faults.acks:
            ack = {"messageId": secrets.token_hex(8), "receivedAt": round(time.time() * 1000)}
            await socket.send_str(json.dumps({"type": "ack", "payload": ack}))


def _part(name: str, data: bytes) -> dict[str, Any]:
    mime = _IMAGES.get(name.rpartition(".")[2].lower())
    source = {
        "type": "base64",
        "media_type": mime or "application/octet-stream",
        "data": base64.b64encode(data).decode(),
    }
    kind = "input_image" if mime else "input_file"
    return {"type": kind, "filename": name, "source": source}
