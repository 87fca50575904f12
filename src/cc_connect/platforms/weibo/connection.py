"""One socket to Weibo: it lives until it breaks, and knows what of ours has arrived."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiohttp import WSMsgType

from cc_connect.contract.errors import PlatformUnavailable
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.platforms.weibo.token import Token, told
from cc_connect.platforms.weibo.wire import MAX_FRAME, PING, PONG, Frame, decode, tag

log = structlog.get_logger(__name__)

TOKEN_CODES = frozenset({4002, 4003, 4004})
TOKEN_STATUSES = frozenset({401, 403})
_HANDSHAKE = 20.0


class TokenRefused(PlatformUnavailable):
    """The token is not good (any more); another one may be."""


class Gone(PlatformUnavailable):
    """The connection is gone."""


class Line:
    """A connection. Made by `connect`, it is over when `serve` raises.

    Attributes:
        sent: How many messages were written to it.
        acked: How many of them the server has acknowledged.
        acks: Whether it acknowledges at all; learnt by waiting in vain.
    """

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        name: str,
        timings: Timings,
    ) -> None:
        self._socket = socket
        self._name = name
        self._timings = timings
        self._order = asyncio.Lock()
        self._news = asyncio.Event()
        # Who waits for which count, the lowest first: an acknowledgement wakes those it is for, so
        # what a message costs does not grow with the number of people who wait.
        self._awaited: list[tuple[int, int, asyncio.Future[None]]] = []
        self._places = 0
        self._ponged = time.monotonic()
        self._pings = 0
        self._pongs = 0
        self._read_by_server = 0
        self.sent = 0
        self.acked = 0
        self.acks = True
        self.over = False

    async def say(self, frame: str, written: Callable[[int], None]) -> None:
        """Write a message.

        Args:
            frame: The message.
            written: Called with the number of the message when it is being written: from then on
                it may arrive, also when this raises or is cancelled.

        Raises:
            Gone: It may or may not have been written.
        """
        async with self._order:
            if self.over:
                raise Gone("the connection to Weibo is gone")
            self.sent += 1
            written(self.sent)
            try:
                await self._socket.send_str(frame)
            except (ConnectionError, aiohttp.ClientError) as error:
                raise Gone(f"the connection to Weibo broke: {told(error)}") from None

    async def arrived(self, count: int) -> None:
        """Wait until the server is known to have so many messages.

        It acknowledges them; where it does not, or not all, the answer to a ping that was sent
        after them tells that it has read them.

        Raises:
            Gone: The connection broke first: they may have been lost.
        """
        if self.acks:
            try:
                async with asyncio.timeout(self._timings.acknowledge):
                    await self._acknowledged(count)
            except TimeoutError:
                self.acks = False
                log.debug(tag(self._name, "messages are not acknowledged"))
        if not self.has(count):
            async with self._order:
                self._pings += 1
                number = self._pings
                await self._answer(self._socket.send_str(PING))
            await self._until(lambda: self.has(count) or self._pongs >= number)
            self._read_by_server = max(self._read_by_server, count)

    async def _acknowledged(self, count: int) -> None:
        if not self.has(count):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._places += 1
            heapq.heappush(self._awaited, (count, self._places, future))
            await future
        if self.over and not self.has(count):
            raise _broke()

    def _wake(self) -> None:
        """Wake those whose messages are there; all of them when the line is over."""
        while self._awaited and (self.over or self.has(self._awaited[0][0])):
            _, _, future = heapq.heappop(self._awaited)
            if not future.done():
                future.set_result(None)
        self._news.set()

    async def _until(self, there: Callable[[], bool]) -> None:
        while not there():
            if self.over:
                raise _broke()
            self._news.clear()
            await self._news.wait()

    def has(self, count: int) -> bool:
        """Whether so many messages are known to have arrived."""
        return max(self.acked, self._read_by_server) >= count

    def _pong(self) -> None:
        self._ponged = time.monotonic()
        self._pongs += 1
        self._news.set()

    async def serve(self, take: Callable[[Frame], Awaitable[None]]) -> NoReturn:
        """Read until the connection is over.

        Raises:
            TokenRefused: It was closed because of the token.
            Gone: It is over for any other reason.
        """
        reading = asyncio.create_task(self._read(take))
        beating = asyncio.create_task(self._beat())
        try:
            done, _ = await asyncio.wait({reading, beating}, return_when="FIRST_COMPLETED")
            for task in done:
                task.result()
            raise Gone("the connection to Weibo ended")
        finally:
            self.over = True
            self._wake()
            for task in (reading, beating):
                task.cancel()
            await asyncio.wait({reading, beating})
            await self._hang_up()

    async def _hang_up(self) -> None:
        with suppress(Exception):
            async with asyncio.timeout(1.0):
                await self._socket.close()

    async def _read(self, take: Callable[[Frame], Awaitable[None]]) -> None:
        while True:
            message = await self._socket.receive()
            match message.type:
                case WSMsgType.TEXT:
                    await self._frame(decode(message.data), take)
                case WSMsgType.PING:
                    await self._answer(self._socket.pong(message.data))
                case WSMsgType.PONG:
                    self._pong()
                case WSMsgType.BINARY:
                    log.warning(tag(self._name, "a frame of bytes is left out"))
                case WSMsgType.CLOSE:
                    raise _closed(message.data, message.extra or "")
                case _:
                    raise _closed(self._socket.close_code, "")

    async def _frame(self, frame: Frame, take: Callable[[Frame], Awaitable[None]]) -> None:
        match frame.kind:
            case "pong":
                self._pong()
            case "ping":
                await self._answer(self._socket.send_str(PONG))
            case "ack":
                self.acked += 1
                self.acks = True
                self._wake()
            case "system":
                log.info(tag(self._name, f"{_words(frame)}"))
            case "error":
                log.error(tag(self._name, "the server reports an error"), error=_words(frame))
            case "message":
                await take(frame)
            case _:
                log.debug(tag(self._name, "unknown frame"), kind=frame.kind[:40])

    async def _answer(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Gone(f"the connection to Weibo broke: {told(error)}") from None

    async def _beat(self) -> None:
        pinged = time.monotonic()
        while True:
            now = time.monotonic()
            if now - self._ponged >= self._timings.pong:
                raise Gone(f"no pong from Weibo for {self._timings.pong:g} s")
            if now - pinged >= self._timings.ping:
                pinged = now
                self._pings += 1
                await self._answer(self._socket.send_str(PING))
            soon = min(pinged + self._timings.ping, self._ponged + self._timings.pong)
            await asyncio.sleep(max(0.001, soon - time.monotonic()))


def _broke() -> Gone:
    return Gone("the connection to Weibo broke while a message was on its way")


def _closed(code: int | None, reason: str) -> TokenRefused | Gone:
    if code in TOKEN_CODES or "invalid token" in reason.lower():
        return TokenRefused(f"Weibo closed the connection with {code}: the token is not good")
    return Gone(f"Weibo closed the connection (code {code or 'none'} {reason[:100]})")


def _words(frame: Frame) -> str:
    said = frame.payload.get("message", "")
    return said[:200] if isinstance(said, str) else ""


async def connect(
    session: aiohttp.ClientSession,
    options: WeiboOptions,
    token: Token,
    version: str,
    timings: Timings,
) -> Line:
    """Open the socket.

    Raises:
        TokenRefused, PlatformUnavailable: It could not be opened.
    """
    query = {"app_id": options.app_id, "token": token.value, "version": version}
    try:
        async with asyncio.timeout(_HANDSHAKE):
            socket = await session.ws_connect(
                options.ws_endpoint,
                params=query,
                proxy=options.proxy or None,
                autoping=False,
                max_msg_size=MAX_FRAME,
            )
    except aiohttp.WSServerHandshakeError as error:
        if error.status in TOKEN_STATUSES:
            raise TokenRefused(f"Weibo refuses the connection: status {error.status}") from None
        raise PlatformUnavailable(f"Weibo refuses the connection: status {error.status}") from None
    except aiohttp.ClientSSLError as error:
        hint = urlsplit(options.ws_endpoint)._replace(scheme="ws").geturl()
        log.error(
            tag(
                options.name,
                "TLS is refused; if you accept a connection that others can read, "
                f'write ws_endpoint = "{hint}"',
            )
        )
        raise PlatformUnavailable(f"Weibo refuses TLS: {told(error)}") from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise PlatformUnavailable(f"Weibo is not reachable: {told(error)}") from None
    return Line(socket, options.name, timings)
