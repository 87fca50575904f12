"""Weibo as a chat platform: private messages, plain text, answers that grow."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import assert_never
from urllib.parse import urlsplit

import aiohttp
import structlog

from cc_connect.contract.content import Attachment, Text
from cc_connect.contract.errors import (
    DeliveryRejected,
    PlatformAuthFailed,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media
from cc_connect.contract.platform import (
    Amend,
    Capabilities,
    Extend,
    Intent,
    Markup,
    PlatformHost,
    Post,
    React,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.weibo.config import Streaming, WeiboOptions
from cc_connect.platforms.weibo.connection import Line, TokenRefused, connect
from cc_connect.platforms.weibo.files import UPLOAD_LIMIT, send_file
from cc_connect.platforms.weibo.inbound import Taken, read
from cc_connect.platforms.weibo.media import Kept
from cc_connect.platforms.weibo.streaming import Memory, Message, Sending, Stream
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.platforms.weibo.token import Token, tokens_of
from cc_connect.platforms.weibo.wire import Frame, tag, well_formed

log = structlog.get_logger(__name__)

TEXT_LIMIT = 100_000
STREAM_INTERVAL = 0.1
REPEATED = "↻ 可能重复 · may be a repeat\n\n"
SENT_AGAIN = "↻ 连接中断，完整重发 · sent again, the connection broke\n\n"  # noqa: RUF001 - Chinese
NOT_TAKEN = "⚠️ 未接收 · not taken: {files}"
_WAITING = 100
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WeiboPlatform:
    """One assistant. Made once; `deliver` before `run` says that it is not connected."""

    def __init__(self, context: PlatformContext, timings: Timings | None = None) -> None:
        options = context.options
        assert isinstance(options, WeiboOptions)  # noqa: S101 - the plug-in says so
        self._options = options
        self._instance = context.instance
        self._version = context.version or "0"
        self._timings = timings or Timings()
        self._tokens = tokens_of(options, self._timings)
        self._kept = Kept(context.folder / "media")
        self._line: Line | None = None
        self._session: aiohttp.ClientSession | None = None
        self._streams: dict[tuple[str, str], Stream] = {}
        self._sendings = Memory()
        self._capabilities = Capabilities(
            text_limit=TEXT_LIMIT,
            markup=Markup.PLAIN,
            files=Support.FULL,
            file_limit=UPLOAD_LIMIT,
            stream=Support.FULL if options.stream is Streaming.DELTA else Support.NONE,
            stream_interval=STREAM_INTERVAL,
        )

    def _tag(self, words: str) -> str:
        return tag(self._options.name, words)

    def capabilities(self, to: Address) -> Capabilities:  # noqa: ARG002 - the same everywhere
        """The same for everybody."""
        return self._capabilities

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent."""
        return self._kept.read(media)

    # --- the connection -------------------------------------------------------------------------

    async def run(self, host: PlatformHost) -> None:
        """Be connected until cancelled; PlatformAuthFailed when the credentials are refused."""
        self._warn_of_plain_text()
        async with aiohttp.ClientSession() as session:
            self._session = session
            arrived: asyncio.Queue[Frame] = asyncio.Queue(_WAITING)
            taking = asyncio.create_task(self._take_in(host, arrived))
            try:
                await self._stay_connected(host, session, arrived)
            finally:
                self._session = None
                taking.cancel()
                await asyncio.wait({taking})

    def _warn_of_plain_text(self) -> None:
        address = urlsplit(self._options.ws_endpoint)
        if address.scheme == "ws" and address.hostname not in _LOOPBACK:
            log.warning(
                self._tag(
                    "ws_endpoint is not encrypted; everybody on the way can read messages and "
                    "the token"
                ),
                host=address.hostname,
            )

    async def _stay_connected(
        self, host: PlatformHost, session: aiohttp.ClientSession, arrived: asyncio.Queue[Frame]
    ) -> None:
        pause = self._timings.first
        while True:
            began = time.monotonic()
            try:
                await self._connected(host, session, arrived)
                reason = "it ended"
            except PlatformAuthFailed:
                raise
            except RateLimited as error:
                reason, pause = str(error), max(pause, error.retry_after)
            except PlatformUnavailable as error:
                reason = str(error)
            host.disconnected(reason)
            if time.monotonic() - began >= self._timings.healthy:
                pause = self._timings.first
            wait = pause * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
            log.warning(self._tag("connecting again"), seconds=round(wait, 1))
            await asyncio.sleep(wait)
            pause = min(2 * pause, self._timings.longest)

    async def _connected(
        self, host: PlatformHost, session: aiohttp.ClientSession, arrived: asyncio.Queue[Frame]
    ) -> None:
        token = await self._tokens.get(session)
        renewing: asyncio.Task[None] | None = None
        try:
            line = await connect(session, self._options, token, self._version, self._timings)
            log.info(self._tag("websocket connected"))
            renewing = asyncio.create_task(self._renew(session, token))
            self._line = line
            host.connected()
            await line.serve(arrived.put)
        except TokenRefused:
            self._tokens.drop(token)
            raise
        finally:
            self._line = None
            if renewing is not None:
                renewing.cancel()
                await asyncio.wait({renewing})

    async def _renew(self, session: aiohttp.ClientSession, token: Token) -> None:
        """Keep the token fresh while the socket lives, for calls and for the next socket."""
        while True:
            await asyncio.sleep(max(self._timings.longest_retry, self._tokens.due(token)))
            try:
                token = await self._tokens.get(session)
            except (PlatformUnavailable, RateLimited, PlatformAuthFailed) as error:
                # The socket still works; when it ends, the same error is told there.
                log.warning(self._tag("the token is not renewed"), reason=str(error))

    # --- in -------------------------------------------------------------------------------------

    async def _take_in(self, host: PlatformHost, arrived: asyncio.Queue[Frame]) -> None:
        """Hand on what came in, in the order of each person; different people share a commit.

        Reading goes on meanwhile, so that pongs are seen.
        """
        while True:
            by_person: dict[str, list[Taken]] = {}
            frames = [await arrived.get()]
            while not arrived.empty():
                frames.append(arrived.get_nowait())
            for frame in frames:
                taken = read(frame.payload, self._instance)
                if taken is None:
                    log.warning(self._tag("a message without sender or content"))
                else:
                    by_person.setdefault(taken.sender, []).append(taken)
            await asyncio.gather(*(self._hand_on(host, told) for told in by_person.values()))

    async def _hand_on(self, host: PlatformHost, told: list[Taken]) -> None:
        """What one person said, in order."""
        for taken in told:
            if taken.refused:
                await self._tell_refused(taken.sender, taken.refused)
            if taken.inbound is not None:
                await self._until_stored(host, taken.inbound, dict(taken.files))

    async def _until_stored(
        self, host: PlatformHost, inbound: Inbound, files: dict[str, bytes]
    ) -> None:
        """The server does not send it again, so it is tried until it is stored."""
        pause = self._timings.first
        while True:
            try:
                await self._kept.keep(files)
                await host.receive(inbound)
            except Exception:
                log.exception(self._tag("a message could not be stored; tried again"))
            else:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._timings.longest)

    async def _tell_refused(self, to: str, refused: tuple[str, ...]) -> None:
        text = NOT_TAKEN.format(files=", ".join(refused))
        log.warning(self._tag("files are not taken"), files=list(refused))
        if self._line is not None:
            try:
                await Message(to).finish(self._line, well_formed(text))
            except PlatformUnavailable as error:
                log.warning(self._tag("a person was not told"), reason=str(error))

    # --- out ------------------------------------------------------------------------------------

    async def deliver(self, intent: Intent) -> Receipt:
        """Send a post or a piece of a stream."""
        match intent:
            case Post():
                return await self._post(intent)
            case Extend():
                await self._extend(intent)
                return Receipt()
            case Amend() | Retract() | Typing() | React():
                raise DeliveryRejected(f"Weibo has no {type(intent).__name__}")
            case _:
                assert_never(intent)

    def _need_line(self) -> Line:
        if self._line is None:
            raise PlatformUnavailable("not connected to Weibo")
        return self._line

    async def _extend(self, extend: Extend) -> None:
        place = (extend.to.chat, extend.stream)
        stream = self._streams.get(place)
        if extend.at == 0 and stream is not None:
            del self._streams[place]
            if self._line is not None:
                await stream.close(self._line)
            stream = None
        if stream is None:
            if not extend.text:
                return
            stream = self._streams[place] = Stream(extend.to.chat)
        stream.take(extend.text, extend.at)
        await stream.flow(self._need_line())

    async def _post(self, post: Post) -> Receipt:
        sending = self._sendings.get(post.key)
        if sending is None:
            sending = self._sendings.keep(post.key, self._begun(post))
        line = self._need_line()
        text = well_formed("\n\n".join(b.markdown for b in post.content if isinstance(b, Text)))
        files = [block for block in post.content if isinstance(block, Attachment)]
        if not sending.text_done and (text or sending.message.chunks):
            await self._speak(line, sending, text)
        sending.text_done = True
        for file in files[sending.files_done :]:
            sent = await self._send_file(file)
            sending.files_done += 1
            if not text:
                sending.message.id = sent
        return Receipt(sending.message.id)

    def _begun(self, post: Post) -> Sending:
        """The message a post goes into: the one of its stream, or a new one."""
        stream = self._streams.pop((post.to.chat, post.stream), None) if post.stream else None
        if stream is not None and stream.message.chunks:
            return Sending(stream.message)
        return Sending(Message(post.to.chat), REPEATED if post.repeat else "")

    async def _speak(self, line: Line, sending: Sending, text: str) -> None:
        message = sending.message
        if message.closed and message.goes_on(line):
            # An earlier try wrote all of it; perhaps the server has not said yet that it is there.
            if message.line is line:
                await line.arrived(message.mark)
            return
        whole = sending.mark + text
        if message.goes_on(line) and not message.closed and whole.startswith(message.text):
            await message.finish(line, whole[len(message.text) :])
            return
        if message.goes_on(line):
            if not message.closed:
                await message.finish(line, "")
        else:
            sending.mark = SENT_AGAIN
        sending.message = Message(message.to)
        await sending.message.finish(line, sending.mark + text)

    async def _send_file(self, file: Attachment) -> str:
        session = self._session
        if session is None:
            raise PlatformUnavailable("not connected to Weibo")
        token = await self._tokens.get(session)
        try:
            return await send_file(session, self._options, token, file, self._timings)
        except TokenRefused:
            self._tokens.drop(token)
            raise
