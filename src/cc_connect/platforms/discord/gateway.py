"""The gateway's connection, held for as long as it makes sense: heartbeat, resume, login anew.

The socket and its protocol are discord.py's (`DiscordWebSocket`). This loop stands in the place of
`Client.connect`, which cannot be given an address, reconnects without any pause when the server
closes again and again, and logs a traceback for every broken line.
"""

import asyncio
import contextlib
import json
import random
import zlib
from typing import Any, ClassVar, NoReturn

import structlog
import yarl
from discord import ConnectionClosed
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from cc_connect.contract.errors import PlatformUnavailable
from cc_connect.platforms.discord.client import Client, Hear
from cc_connect.platforms.discord.errors import NETWORK_ERRORS, of_close
from cc_connect.platforms.discord.timings import Timings

RESUMABLE = 4000
"""1000 and 1001 would end the session. Docs: Gateway > Initiating a Disconnect."""
FAREWELL = 1.0
"""Seconds for the other end to answer a close."""

log = structlog.get_logger(__name__)


class Socket(DiscordWebSocket):
    """The library's socket, forgiving towards servers that leave out what they do not offer.

    `opened` collects the sockets of one `Line`: one that fails before its login is complete is
    known to nobody else, and would beat its heart in a thread for ever.
    """

    opened: ClassVar[list["Socket"]] = []

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*given, **named)
        self.established = False
        self.opened.append(self)

    async def give_up(self) -> None:
        """End it in a way that lets the session be resumed elsewhere."""
        heart, self._keep_alive = self._keep_alive, None
        if heart is not None:
            heart.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self.socket.close(code=RESUMABLE)

    async def received_message(self, msg: Any, /) -> None:  # noqa: ANN401 - text or bytes
        """Take in one frame. Raises ReconnectWebSocket when the server asks for it."""
        if type(msg) is bytes:
            msg = self._decompressor.decompress(msg)
            if msg is None:
                return
        greeting = False
        if '"READY"' in msg or '"RESUMED"' in msg:
            msg, greeting = _completed(msg, self.gateway)
        await super().received_message(msg)
        self.established = self.established or greeting


def _completed(text: str, gateway: yarl.URL) -> tuple[str, bool]:
    """READY and RESUMED with everything the library insists on; whether it is one of them."""
    frame = json.loads(text)
    match frame:
        case {"t": "READY", "d": {"user": dict(user)} as data}:
            data.setdefault("resume_gateway_url", str(gateway))
            data.setdefault("guilds", [])
            data["user"] = {"username": "", "discriminator": "0", "avatar": None} | user
            if isinstance(data.get("application"), dict):
                data["application"].setdefault("flags", 0)
        case {"t": "RESUMED"} if not isinstance(frame.get("d"), dict):
            frame["d"] = {}
        case {"t": "READY" | "RESUMED"}:
            return text, True
        case _:
            return text, False
    return json.dumps(frame), True


class Line:
    """The way from one connection to the next."""

    def __init__(self, client: Client, hear: Hear, gateway: str, timings: Timings) -> None:
        self._client = client
        self._hear = hear
        self._home = yarl.URL(gateway) if gateway else DiscordWebSocket.DEFAULT_GATEWAY
        self._timings = timings
        self._sockets: list[Socket] = []
        self._kind: type[Socket] = type("LineSocket", (Socket,), {"opened": self._sockets})
        self._first = True
        self._resume: dict[str, Any] = {}
        self._failures = 0
        self._since = 0.0

    async def hold(self) -> NoReturn:
        """Connect, listen, and connect again after every break.

        Raises:
            PlatformAuthFailed: The token or an intent is refused.
            PlatformUnavailable: Several attempts in a row failed; a new client may do better.
        """
        try:
            while True:
                reason = await self._connection()
                await self._give_up()
                self._hear.broken(reason)
                await self._pause(reason)
        finally:
            await self._give_up(spared=self._client.ws)

    async def _give_up(self, spared: object = None) -> None:
        """End all sockets. The client's own is spared at the end: the client says goodbye."""
        while self._sockets:
            socket = self._sockets.pop()
            if socket is not spared:
                await socket.give_up()

    async def _connection(self) -> str:
        """Live through one connection; returns why it ended."""
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        try:
            async with asyncio.timeout(self._timings.hello):
                self._client.ws = socket = await self._open()
                while not socket.established:
                    await self._event(socket)
            self._since = loop.time()
            while True:
                await self._event(socket)
        except ReconnectWebSocket as wish:
            self._remember(resume=wish.resume)
            return "the connection broke" if wish.resume else "the session is not known any more"
        except ConnectionClosed as closed:
            raise of_close(closed.code) from None
        except (*NETWORK_ERRORS, zlib.error) as error:
            self._remember(resume=True)
            return f"{type(error).__name__}: {error}".rstrip(": ")

    async def _open(self) -> Socket:
        first, self._first = self._first, False
        ways: dict[str, Any] = {"gateway": self._home, **self._resume}
        return await self._kind.from_client(self._client, initial=first, **ways)

    async def _event(self, socket: Socket) -> None:
        """Wait for the next frame. One that makes no sense is passed over."""
        try:
            await socket.poll_event()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if not socket.established:
                raise PlatformUnavailable(
                    f"the login was answered with nonsense: {error}"
                ) from error
            told = f"{type(error).__name__}: {error}"
            log.warning("discord: a frame could not be read", error=told)

    def _remember(self, *, resume: bool) -> None:
        """How to go on: where the old session can be resumed, or from the start."""
        socket = self._client.ws
        self._resume = {}
        if resume and isinstance(socket, Socket) and socket.session_id:
            self._resume = {
                "gateway": socket.gateway,
                "session": socket.session_id,
                "sequence": socket.sequence,
                "resume": True,
            }

    async def _pause(self, reason: str) -> None:
        """Rest before the next attempt; none after a connection that held for a while."""
        lived = asyncio.get_running_loop().time() - self._since
        if lived > self._timings.steady:
            self._failures = 0
        self._failures += 1
        if self._failures > self._timings.attempts:
            raise PlatformUnavailable(f"the gateway does not stay: {reason}")
        if self._failures == 1:
            return
        longest = self._timings.longest_retry
        pause = min(self._timings.first_retry * 2 ** (self._failures - 2), longest)
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, no secret
