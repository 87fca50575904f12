"""The chat page as an ordinary chat platform: `web` with a server of our own in between.

What was said lies in the store; here is only what goes on right now, and the pages that are open.
The HTTP side is in `routes`; who may come in is decided by the server that mounts them.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from typing import assert_never

from cc_connect.contract.command import CommandSpec
from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import DeliveryRejected, PlatformUnavailable
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Invoked, Media
from cc_connect.contract.platform import (
    Amend,
    Capabilities,
    Extend,
    Intent,
    Kind,
    Markup,
    PlatformHost,
    Post,
    ProgressStyle,
    React,
    Receipt,
    Retract,
    Support,
    Typing,
)
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.web.catalogue import Texts
from cc_connect.platforms.web.chats import Chat, Chats, dump, entitle, need, settle
from cc_connect.platforms.web.config import MEGABYTE, WebOptions
from cc_connect.platforms.web.inbound import OWNER, inbound
from cc_connect.platforms.web.live import Connection, Frame, Room, tell_all
from cc_connect.platforms.web.media import Links, Uploads
from cc_connect.platforms.web.render import Drawing, SentFile, interactive, preview
from cc_connect.platforms.web.wire import (
    Act,
    Amended,
    ChatLine,
    Posted,
    Prompted,
    Retracted,
    Say,
    Suggest,
    Worked,
)

_CHUNK = 256 * 1024
_TYPING_LASTS = 8.0

CAPABILITIES = Capabilities(
    text_limit=100_000,
    markup=Markup.MARKDOWN,
    edit=Support.FULL,
    edit_interval=0.15,
    delete=Support.FULL,
    buttons=Support.FULL,
    button_rows=100,
    row_buttons=100,
    menus=Support.FULL,
    menu_options=500,
    forms=Support.FULL,
    files=Support.FULL,
    file_limit=1024 * MEGABYTE,
    typing=Support.FULL,
    typing_lasts=_TYPING_LASTS,
    stream=Support.FULL,
    stream_interval=0.05,
    cards=Support.FULL,
    idempotent_post=Support.FULL,
    history=Support.FULL,
    progress=ProgressStyle.CARD,
)


class Starting(PlatformUnavailable):
    """Something was said before the program was ready to listen."""


class WebPlatform:
    """All pages of one server. Made once; safe to use before `run`."""

    def __init__(self, context: PlatformContext) -> None:
        options = context.options
        self._options = options if isinstance(options, WebOptions) else WebOptions()
        self.instance = context.instance
        self.boot = secrets.token_hex(8)
        self.chats = Chats(context.projects)
        self.uploads = Uploads(context.folder / "uploads", self._options.upload_limit_mb * MEGABYTE)
        self.links = Links(context.folder / "links.key")
        self._rooms: dict[str, Room] = {}
        self._connections: dict[Connection, None] = {}
        self._names = ""
        self._host: PlatformHost | None = None

    # --- what the program asks for --------------------------------------------------------------

    def capabilities(self, to: Address) -> Capabilities:  # noqa: ARG002 - the same everywhere
        """A page can do everything."""
        return CAPABILITIES

    async def run(self, host: PlatformHost) -> None:
        """Take in what pages say until cancelled. The server is started by its owner."""
        for name in self.chats.load_names(await host.load("chats")):
            self.chats.load(name, await host.load(f"chat:{name}"))
        await asyncio.to_thread(self.uploads.prune, self._options.keep_uploads_days)
        self._host = host
        host.connected()
        try:
            await asyncio.Event().wait()
        finally:
            self._host = None

    async def deliver(self, intent: Intent) -> Receipt:
        """Tell the open pages. A page that opens later reads it in the history."""
        match intent:
            case Post():
                return await self._post(intent)
            case Amend():
                return await self._amend(intent)
            case Extend():
                self.room(intent.to.chat).grow(intent.stream, intent.text, intent.at)
                for connection in self._watching(intent.to.chat):
                    connection.nudge()
            case Typing():
                self._work(intent.to.chat)
            case Retract():
                await self._retract(intent)
            case React():
                raise DeliveryRejected("the page has no reactions")
            case _:
                assert_never(intent)
        return Receipt()

    async def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of an uploaded file."""
        path = await asyncio.to_thread(self.uploads.path, media.id)
        if path is None:
            raise DeliveryRejected(f"the file {media.name!r} is not kept any more")
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
        finally:
            file.close()

    async def _post(self, post: Post) -> Receipt:
        name, now = post.to.chat, time.time()
        chat, room = self.chats.begin(self.chats.peek(name)), self.room(name)
        if post.stream:
            room.settle(post.key)
            chat.needs.clear()
        elif post.kind is not Kind.LIVE:
            room.passed(post.key)
        before = ""
        if post.kind is Kind.LIVE:
            late = not interactive(post.content)
            before = room.show(post.key, post.content, now, late=late)
        if post.kind is Kind.PROMPT and interactive(post.content):
            need(chat, post.key)
        seq, stream = room.next(), post.stream or ""
        words = "" if post.kind is Kind.LIVE else preview(post.content)

        def frame(texts: Texts) -> Posted:
            html = self.drawing(texts).message(
                post.key, post.content, post.kind, now, repeat=post.repeat
            )
            return Posted(seq, post.key, post.kind.value, html, stream, before, words)

        tell_all(self._watching(name), frame)
        if post.kind is not Kind.LIVE:
            await self._touch(chat, post.kind.value, post.key, words)
        return Receipt(post.key)

    async def _amend(self, amend: Amend) -> Receipt:
        name = amend.to.chat
        room, chat = self.room(name), self.chats.find(name)
        room.change(amend.message, amend.content)
        seq = room.next()
        asks = interactive(amend.content)
        # A prompt that can still be answered stays one, whatever the amendment is called.
        kind = Kind.PROMPT if asks and chat and amend.message in chat.needs else amend.kind

        def frame(texts: Texts) -> Amended:
            html = self.drawing(texts).message(amend.message, amend.content, kind, None)
            return Amended(seq, amend.message, kind.value, html)

        tell_all(self._watching(name), frame)
        if chat and not asks and settle(chat, amend.message):
            await self._touch(chat)
        return Receipt(amend.message)

    async def _retract(self, retract: Retract) -> None:
        name = retract.to.chat
        room, chat = self.room(name), self.chats.find(name)
        room.drop(retract.message)
        frame = Retracted(room.next(), retract.message)
        tell_all(self._watching(name), lambda _: frame)
        if chat and settle(chat, retract.message):
            await self._touch(chat)

    def _work(self, name: str) -> None:
        room = self.room(name)
        began = room.working_until < time.monotonic()
        room.working_until = time.monotonic() + _TYPING_LASTS
        frame = Worked(_TYPING_LASTS)
        tell_all(self._watching(name), lambda _: frame)
        if began:
            self._tell_line(self.chats.peek(name))

    # --- what pages ask for ---------------------------------------------------------------------

    def open(self, connection: Connection) -> None:
        """A page is there."""
        self._connections[connection] = None

    def close(self, connection: Connection) -> None:
        """A page is gone."""
        self._connections.pop(connection, None)

    def hang_up(self) -> None:
        """End the connections of all pages, for the server is going away."""
        for connection in self._connections:
            connection.hang_up()

    def room(self, chat: str) -> Room:
        """The present of a conversation."""
        return self._rooms.setdefault(chat, Room())

    def address(self, chat: str) -> Address:
        """The place of a conversation."""
        return Address(self.instance, chat)

    def drawing(self, texts: Texts) -> Drawing:
        """How content is drawn in a language."""
        return Drawing(texts, self.link)

    def link(self, file: Attachment) -> str:
        """The address of a file on this machine, for whoever is logged in."""
        return f"/files/{self.links.token(file)}"

    def sent_file(self, media: Media) -> SentFile:
        """An uploaded file as the page links it."""
        return SentFile(f"/uploads/{media.id}", media.name, media.mime, media.size)

    def working(self, chat: str) -> float:
        """For how many seconds the agent is known to work on."""
        return max(0.0, self.room(chat).working_until - time.monotonic())

    def commands(self) -> tuple[CommandSpec, ...]:
        """What can be offered behind a slash."""
        return self._host.commands() if self._host else ()

    async def act(self, chat: Chat, act: Act, media: tuple[Media, ...]) -> None:
        """Hand on what a person did; returns when it is stored.

        Raises:
            Starting: The program is not ready yet; the page tries again.
        """
        if self._host is None:
            raise Starting("the program is still starting")
        now = time.time()
        await self._host.receive(inbound(act, self.address(chat.name), chat.project, media, now))
        if isinstance(act, Say):
            kept = self.chats.begin(chat)
            entitle(kept, act.text or ", ".join(file.name for file in media))
            files = tuple(self.sent_file(file) for file in media)
            self._tell_prompt(kept.name, act.id, act.text, files, now)
            await self._touch(kept)

    async def suggest(self, chat: Chat, asked: Suggest) -> tuple[str, ...]:
        """Values for an option of a command that is being typed."""
        if self._host is None:
            return ()
        body = Invoked(asked.command, {asked.option: asked.prefix})
        place = self.address(chat.name)
        typing = Inbound("suggest", place, OWNER, body, private=True, project=chat.project or None)
        return await self._host.suggest(typing, asked.command, asked.option, asked.prefix)

    # --- telling pages --------------------------------------------------------------------------

    def _watching(self, chat: str) -> list[Connection]:
        return [connection for connection in self._connections if connection.chat == chat]

    def _tell_prompt(
        self, name: str, key: str, text: str, files: tuple[SentFile, ...], at: float
    ) -> None:
        room = self.room(name)
        room.passed(key)
        seq = room.next()

        def frame(texts: Texts) -> Prompted:
            return Prompted(seq, key, self.drawing(texts).prompt(key, text, files, at))

        tell_all(self._watching(name), frame)

    async def _touch(self, chat: Chat, event: str = "", key: str = "", words: str = "") -> None:
        chat.updated = time.time()
        self._tell_line(chat, event, key, words)
        if self._host is not None:
            await self._host.save(f"chat:{chat.name}", dump(chat))
            names = self.chats.dump_names()
            if names != self._names:
                self._names = names
                await self._host.save("chats", names)

    def _tell_line(self, chat: Chat, event: str = "", key: str = "", words: str = "") -> None:
        line = ChatLine(
            chat.name,
            chat.project,
            chat.title,
            chat.updated,
            needs=bool(chat.needs),
            working=self.working(chat.name) > 0,
            event=event,
            key=key,
            preview=words,
        )
        frame: Frame = lambda _: line  # noqa: E731 - one line, the same in every language
        tell_all(list(self._connections), frame)


def build(context: PlatformContext) -> WebPlatform:
    """Make the adapter."""
    return WebPlatform(context)
