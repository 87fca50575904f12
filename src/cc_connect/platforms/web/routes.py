"""The HTTP side of the page: its WebSocket, files in and out.

Whoever mounts these routes must have checked the login, the Host and the Origin before.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote

from aiohttp import WSMsgType, web

from cc_connect.contract.inbound import Media
from cc_connect.platforms.web.adapter import Starting, WebPlatform
from cc_connect.platforms.web.catalogue import Texts, preferred
from cc_connect.platforms.web.chats import NAME
from cc_connect.platforms.web.live import Connection
from cc_connect.platforms.web.media import FileTooLarge
from cc_connect.platforms.web.render import INLINE_IMAGES
from cc_connect.platforms.web.wire import (
    LARGEST_FRAME,
    Ack,
    Act,
    CommandLine,
    Hello,
    Ping,
    Pong,
    Refused,
    Say,
    Suggest,
    Suggestions,
    Welcome,
    decode,
)

_HEARTBEAT = 30.0
_FILE_POLICY = "default-src 'none'; sandbox"
LANGUAGE_COOKIE = "language"


def routes(page: WebPlatform) -> Sequence[web.AbstractRouteDef]:
    """What to mount for a page."""
    endpoint = _Endpoint(page)
    return (
        web.get("/ws", endpoint.socket),
        web.post("/upload/{chat}", endpoint.upload),
        web.get("/uploads/{id}", endpoint.uploaded),
        web.get("/files/{token}", endpoint.file),
    )


def texts_for(request: web.Request) -> Texts:
    """The language of a request: the one chosen on the page, else the browser's."""
    return preferred(
        request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language", "")
    )


class _Endpoint:
    def __init__(self, page: WebPlatform) -> None:
        self._page = page

    # --- the WebSocket --------------------------------------------------------------------------

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=LARGEST_FRAME)
        try:
            await socket.prepare(request)
        except ConnectionResetError:  # the page went away while it was still knocking
            return socket
        connection = Connection(texts_for(request))
        self._page.open(connection)
        writer = asyncio.create_task(connection.write(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(connection, message.data)
        finally:
            self._page.close(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _hear(self, connection: Connection, text: str) -> None:
        try:
            frame = decode(text)
        except ValueError as error:
            connection.tell(Refused(connection.texts.say("bad_frame", reason=str(error))))
            return
        match frame:
            case Hello():
                self._welcome(connection, frame)
            case Ping():
                connection.tell(Pong())
            case _ if not connection.chat:
                connection.tell(Refused(connection.texts.say("no_hello")))
            case Suggest():
                chat = self._page.chats.peek(connection.chat)
                values = await self._page.suggest(chat, frame)
                connection.tell(Suggestions(frame.ref, values))
            case _:
                await self._act(connection, frame)

    def _welcome(self, connection: Connection, hello: Hello) -> None:
        if not NAME.match(hello.chat):
            connection.tell(Refused(connection.texts.say("bad_name")))
            return
        page, room = self._page, self._page.room(hello.chat)
        connection.project = hello.project
        drawing = page.drawing(connection.texts)
        live = tuple(
            (key, drawing.live(key, one.content, one.at), one.before)
            for key, one in (*room.cards.items(), *room.live.items())
        )
        connection.tell(
            Welcome(page.boot, room.seq, live, page.working(hello.chat), _commands(page))
        )
        connection.watch(hello.chat, room)

    async def _act(self, connection: Connection, act: Act) -> None:
        chat = self._page.chats.peek(connection.chat, connection.project)
        media: list[Media] = []
        for ident in act.files if isinstance(act, Say) else ():
            found = await self._page.uploads.find(ident)
            if found is None:
                connection.tell(Refused(connection.texts.say("upload_gone"), act.id))
                return
            media.append(found)
        if isinstance(act, Say) and not act.text.strip() and not media:
            connection.tell(Refused(connection.texts.say("nothing_said"), act.id))
            return
        try:
            await self._page.act(chat, act, tuple(media))
        except Starting:
            connection.tell(Refused(connection.texts.say("starting")))
            return
        connection.tell(Ack(act.id))

    # --- files ----------------------------------------------------------------------------------

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file: its bytes are the body, its name is percent-encoded in a header."""
        texts, uploads = texts_for(request), self._page.uploads
        if not NAME.match(request.match_info["chat"]):
            return _line(HTTPStatus.NOT_FOUND, texts.say("bad_name"))
        too_large = texts.say("file_too_large", limit=uploads.limit // (1024 * 1024))
        if (request.content_length or 0) > uploads.limit:
            return _line(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large)
        name = unquote(request.headers.get("X-File-Name", ""))
        chunks = request.content.iter_chunked(256 * 1024)
        try:
            media = await uploads.take(name, request.content_type, chunks)
        except FileTooLarge:
            return _line(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large)
        return web.json_response({"id": media.id, "name": media.name, "size": media.size})

    async def uploaded(self, request: web.Request) -> web.StreamResponse:
        """A file that came in."""
        media = await self._page.uploads.find(request.match_info["id"])
        path = self._page.uploads.path(media.id) if media else None
        if media is None or path is None:
            return _line(HTTPStatus.NOT_FOUND, texts_for(request).say("file_gone"))
        return _file(path, media.name, media.mime)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file that went out."""
        found = self._page.links.read(request.match_info["token"])
        path = Path(found.path) if found else None
        if found is None or path is None or not await asyncio.to_thread(path.is_file):
            return _line(HTTPStatus.NOT_FOUND, texts_for(request).say("file_gone"))
        return _file(path, found.name, found.mime)


def _commands(page: WebPlatform) -> tuple[CommandLine, ...]:
    return tuple(
        CommandLine(
            spec.name,
            spec.summary,
            spec.aliases,
            tuple(option.name for option in spec.options),
            tuple(option.name for option in spec.options if option.suggests),
            {option.name: option.choices for option in spec.options if option.choices},
        )
        for spec in page.commands()
    )


def _line(status: HTTPStatus, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


def _file(path: Path, name: str, mime: str) -> web.FileResponse:
    """A file that the browser saves, or shows when it is a picture and nothing else."""
    inline = mime in INLINE_IMAGES
    disposition = "inline" if inline else "attachment"
    headers = {
        "Content-Type": mime if inline else "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": _FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400",
    }
    return web.FileResponse(path, headers=headers)
