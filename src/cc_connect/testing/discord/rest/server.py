"""The HTTP side of the twin: reads a request, judges it, carries it out and writes it down."""

import asyncio
import contextlib
import json
import socket
import struct
from functools import partial

from aiohttp import web

from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.journal import Journal, Request
from cc_connect.testing.discord.model import Application
from cc_connect.testing.discord.ratelimit import Limiter, Verdict
from cc_connect.testing.discord.rest import (
    accounts,
    channels,
    commands,
    guilds,
    interactions,
    messages,
    reactions,
)
from cc_connect.testing.discord.rest.call import Answer, Call, Route
from cc_connect.testing.discord.rest.reading import Body, check_size, read_body
from cc_connect.testing.discord.rules import Unsupported
from cc_connect.testing.discord.trouble import Moment, RestFault, RestTrouble
from cc_connect.testing.discord.wire import link_signature
from cc_connect.testing.discord.world import World

PREFIX = "/api/v10"
ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *channels.ROUTES,
    *commands.ROUTES,
    *guilds.ROUTES,
    *interactions.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
)
_FILE = "/attachments/{channel}/{attachment}/{filename}"
_MAJOR = ("channel", "guild", "application", "token")
_LINGER_NONE = struct.pack("ii", 1, 0)
_KEPT_HEADERS = frozenset({"user-agent", "content-type", "x-audit-log-reason"})


class _Dropped(Exception):
    """The connection is cut in place of an answer."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("dropped")
        self.reset = reset


class RestServer:
    """Serves the REST API and the files of messages."""

    def __init__(
        self, world: World, limiter: Limiter, trouble: RestTrouble, journal: Journal
    ) -> None:
        self._world = world
        self._limiter = limiter
        self._trouble = trouble
        self._journal = journal

    def install(self, application: web.Application) -> None:
        """Add every endpoint to an aiohttp application."""
        for route in ROUTES:
            handler = partial(self._serve, route)
            application.router.add_route(route.method, f"{PREFIX}{route.path}", handler)
        application.router.add_get(_FILE, self._serve_file)
        application.router.add_route("*", "/api/{rest:.*}", self._serve_unknown)

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        noted = self._note(request, route.name)
        try:
            answer = await self._answer(route, request, noted)
        except _Dropped as dropped:
            _cut(request, reset=dropped.reset)
            return web.Response(status=500)
        finally:
            self._world.pulse.beat()
        _write_down(noted, answer)
        return _response(answer)

    async def _answer(self, route: Route, request: web.Request, noted: Request) -> Answer:
        fault = self._trouble.take(route.name)
        if fault is not None:
            noted.injected = fault.name
            await asyncio.sleep(fault.delay)
        try:
            body = await read_body(request)
            noted.body = body.content
            noted.files = tuple(upload.filename for upload in body.uploads)
            if fault is not None and fault.moment is Moment.BEFORE:
                struck = _strike(fault)
                if struck is not None:
                    return struck
            answer = await self._carry_out(route, request, noted, body)
        except ApiError as error:
            answer = Answer(error.refusal.status, error.body)
        if fault is not None and fault.moment is Moment.AFTER:
            return _strike(fault) or answer
        return answer

    async def _carry_out(
        self, route: Route, request: web.Request, noted: Request, body: Body
    ) -> Answer:
        bot = self._bot(request)
        noted.application = bot
        if bot is None and not route.open:
            raise ApiError(Refusal.UNAUTHORIZED)
        verdict = self._judge(route, noted, bot)
        if verdict.refusal is not None:
            return Answer(429, verdict.refusal, verdict.headers)
        call = Call(
            self._world,
            self._limiter,
            noted.params,
            noted.query,
            body.fields,
            body.items,
            body.uploads,
            bot,
        )
        answer = await self._handle(route, call, body)
        noted.performed = answer.status < 300  # noqa: PLR2004 - the HTTP meaning of success
        if noted.performed:
            noted.answer = answer.payload
        return Answer(answer.status, answer.payload, {**verdict.headers, **answer.headers})

    async def _handle(self, route: Route, call: Call, body: Body) -> Answer:
        """Carry out a call; a mistake of the twin itself is kept for the end of the test."""
        try:
            check_size(body, self._world.file_limit)
            return await route.handler(call)
        except ApiError as error:
            return Answer(error.refusal.status, error.body)
        except Unsupported as error:
            self._journal.crashes.append(error)
            return Answer(501, {"message": f"the twin does not play {error}", "code": 0})
        except Exception as error:  # noqa: BLE001 - raised again when the twin is closed
            self._journal.crashes.append(error)
            return Answer(500, {"message": "500: Internal Server Error", "code": 0})

    def _judge(self, route: Route, noted: Request, bot: Application | None) -> Verdict:
        if route.unlimited:
            return Verdict({})
        major = "/".join(noted.params[name] for name in _MAJOR if name in noted.params)
        return self._limiter.judge(route.name, major, bot, counts_globally=not route.open)

    def _bot(self, request: web.Request) -> Application | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._world.application_of(token) if kind == "Bot" else None

    async def _serve_unknown(self, request: web.Request) -> web.StreamResponse:
        """Docs: HTTP Response Codes: 404 for what does not exist (also for a wrong version)."""
        noted = self._note(request, f"{request.method} {request.path}")
        refusal = Refusal.NOT_FOUND
        answer = Answer(refusal.status, {"message": refusal.message, "code": refusal.code})
        _write_down(noted, answer)
        return _response(answer)

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        """Docs: Reference > Signed Attachment CDN URLs: needs no token, works for a day."""
        noted = self._note(request, f"GET {_FILE}")
        fault = self._trouble.take(noted.route)
        struck = None
        if fault is not None:
            await asyncio.sleep(fault.delay)
            try:
                struck = _strike(fault)
            except _Dropped as dropped:
                _cut(request, reset=dropped.reset)
                return web.Response(status=500)
        if struck is not None:
            noted.status = struck.status
            return web.Response(status=struck.status)
        attachment = self._world.files.get(int(noted.params["attachment"]))
        if attachment is None or not self._good_link(attachment.id, noted.query):
            noted.status = 404
            return web.Response(status=404, text="This content is no longer available.")
        noted.status, noted.performed = 200, True
        return web.Response(body=attachment.data, headers={"Content-Type": attachment.content_type})

    def _good_link(self, attachment_id: int, query: dict[str, str]) -> bool:
        try:
            expires = int(query.get("ex", ""), 16)
        except ValueError:
            return False
        genuine = query.get("hm") == link_signature(attachment_id, expires)
        return genuine and self._world.clock() < expires

    def _note(self, request: web.Request, route: str) -> Request:
        headers = {
            name: value for name, value in request.headers.items() if name.lower() in _KEPT_HEADERS
        }
        path = request.path.removeprefix(PREFIX)
        query = dict(request.query)
        params = dict(request.match_info)
        now = self._world.clock()
        noted = Request(now, request.method, path, route, params, query, headers)
        self._journal.requests.add(noted)
        return noted


def _strike(fault: RestFault) -> Answer | None:
    """What a fault answers; None when it only delayed. Raises _Dropped to cut the connection."""
    if fault.drop:
        raise _Dropped(reset=fault.reset)
    if fault.status is None:
        return None
    return Answer(fault.status, fault.body, fault.headers)


def _write_down(noted: Request, answer: Answer) -> None:
    noted.status = answer.status
    if isinstance(answer.payload, dict):
        noted.code = answer.payload.get("code")
    if noted.answer is None:
        noted.answer = answer.payload


def _response(answer: Answer) -> web.Response:
    """Content-Type is exactly `application/json`: clients compare it as a whole."""
    if answer.payload is None:
        return web.Response(status=answer.status, headers=answer.headers)
    if isinstance(answer.payload, str):
        return web.Response(status=answer.status, text=answer.payload, headers=answer.headers)
    headers = {**answer.headers, "Content-Type": "application/json"}
    raw = json.dumps(answer.payload, ensure_ascii=False).encode()
    return web.Response(status=answer.status, body=raw, headers=headers)


def _cut(request: web.Request, *, reset: bool) -> None:
    transport = request.transport
    if transport is None:
        return
    if reset:
        raw = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    transport.abort()
