"""The HTTP side of the mock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from cc_connect.testing.model_api.answers import Answers, Hook
from cc_connect.testing.model_api.dialects import ChatReply, GeminiReply
from cc_connect.testing.model_api.frames import Event, Reply, error_body, request_id
from cc_connect.testing.model_api.gates import Gates
from cc_connect.testing.model_api.reading import aside, is_chat, is_gemini
from cc_connect.testing.model_api.request import ModelRequest
from cc_connect.testing.model_api.script import ScriptError, Step

# A prompt may carry pictures and pasted files; the real service takes 32 MiB.
_LARGEST_BODY = 32 * 1024 * 1024
_PING_EVERY = 5.0
_FLUSH_AT = 16 * 1024
_MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5")


class _StopHere(Exception):
    """The stream ends early, as its step wants."""


class ModelApi:
    """The Anthropic Messages API on a free port of 127.0.0.1; OpenAI's and Gemini's as well.

    Use it as an async context manager; leaving it ends replies that are still under way. It
    lives in the running event loop: a test that blocks the loop blocks the mock.

    `key`, when given, is the only API key (or OAuth token) accepted; otherwise any will do.
    `models` is what `GET /v1/models` lists; a reply never depends on it.
    """

    def __init__(self, *, key: str | None = None, models: Sequence[str] = _MODELS) -> None:
        self.requests: list[ModelRequest] = []
        self._key = key
        self._models = tuple(models)
        self._answers = Answers()
        self._gates = Gates()
        self._news = asyncio.Condition()
        self._count = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The base address, for ANTHROPIC_BASE_URL. Valid while the mock is entered."""
        if self._runner is None:
            raise RuntimeError("the mock is not running")
        return f"http://127.0.0.1:{self._port}"

    @property
    def script(self) -> Hook | None:
        """A function asked first for each reply; None from it means "as usual"."""
        return self._answers.hook

    @script.setter
    def script(self, hook: Hook | None) -> None:
        self._answers.hook = hook

    @property
    def messages(self) -> list[ModelRequest]:
        """Requests for a reply so far, oldest first: `requests` without the rest."""
        return [request for request in self.requests if request.is_message]

    def when(self, words: str, steps: Sequence[Step | Mapping[str, Any]]) -> None:
        """Answer prompts that contain `words` with `steps`. The latest match wins.

        A script in the prompt itself goes before it. Raises ScriptError.
        """
        self._answers.add(words, steps)

    async def saw(self, wanted: Callable[[ModelRequest], bool]) -> ModelRequest:
        """Wait for a request, past or to come, and return the first that is `wanted`.

        It waits without limit: put `asyncio.timeout` around it.
        """
        async with self._news:
            while True:
                for request in self.requests:
                    if wanted(request):
                        return request
                await self._news.wait()

    async def reached(self, gate: str) -> None:
        """Wait until a reply stands at the gate of a step's `wait` or `hold`."""
        await self._gates.reached(gate)

    def release(self, gate: str) -> None:
        """Let replies pass the gate, from now on."""
        self._gates.release(gate)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # A client that hangs up ends its reply; on leaving, nobody waits for slow replies.
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner = runner
        self._port = runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        try:
            request = _recorded(http, await http.read())
        except ValueError:
            return self._error(400, message="The request body is not valid JSON.")
        except web.HTTPRequestEntityTooLarge:
            return self._error(413)
        async with self._news:
            self.requests.append(request)
            self._news.notify_all()
        if http.method == "HEAD":
            return web.Response()
        if not request.key:
            return self._error(401, message="x-api-key header is required")
        if self._key not in {None, request.key}:
            return self._error(401)
        return await self._respond(request, http)

    async def _respond(self, request: ModelRequest, http: web.Request) -> web.StreamResponse:
        match http.method, http.path:
            case "POST", "/v1/messages":
                return await self._answer(request, http)
            case "POST", path if is_chat(path) or is_gemini(path):
                return await self._answer(request, http)
            case "POST", "/v1/messages/count_tokens":
                return web.json_response({"input_tokens": _tokens(request)})
            case "GET", "/v1/models":
                return web.json_response(_model_list(self._models))
            case _:
                return self._error(404)

    async def _answer(self, request: ModelRequest, http: web.Request) -> web.StreamResponse:
        needed = ("model", "messages", "max_tokens") if http.path == "/v1/messages" else ()
        missing = [name for name in needed if name not in request.body]
        if missing:
            return self._error(400, message=f"{missing[0]}: Field required")
        try:
            step, fails = self._chosen(request)
            place = request.prompt.replies
        except ScriptError as wrong:
            return self._error(400, message=str(wrong))
        await asyncio.sleep(step.delay)
        if step.wait is not None:
            await self._gates.pass_through(step.wait)
        if fails and step.error is not None and step.after is None:
            return self._error(step.error, step.type, step.message, step.headers)
        self._count += 1
        reply = _reply_of(request)(step, request.model, self._count, place)
        headers = {"request-id": request_id(self._count), **step.headers}
        if not request.streaming:
            if step.hold is not None:
                await self._gates.pass_through(step.hold)
            return web.json_response(reply.message(), headers=headers)
        stream = _Stream(reply, self._gates, fails=fails)
        return await stream.send(http, headers)

    def _chosen(self, request: ModelRequest) -> tuple[Step, bool]:
        if not request.path.startswith("/v1/messages") and self._answers.hook is None:
            answer = aside(request.body)
            if answer is not None:
                return Step(text=answer), False
        return self._answers.choose(request)

    def _error(
        self,
        status: int,
        kind: str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        self._count += 1
        body = error_body(status, kind, message, self._count)
        ids = {"request-id": request_id(self._count)}
        return web.json_response(body, status=status, headers={**ids, **(headers or {})})


class _Stream:
    """A reply on its way out as server-sent events."""

    def __init__(self, reply: Reply, gates: Gates, *, fails: bool) -> None:
        self._reply = reply
        self._step = reply.step
        self._gates = gates
        self._fails = fails
        self._sent = 0
        self._pending = bytearray()
        self._response = web.StreamResponse()

    async def send(self, http: web.Request, headers: Mapping[str, str]) -> web.StreamResponse:
        self._response.headers.update(
            {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
        )
        self._response.headers.update(headers)
        await self._response.prepare(http)
        try:
            await self._write(self._reply.opening())
            await self._write(self._reply.content())
            await self._fail_if_due(last=True)
            await self._stand()
            await self._write(self._reply.closing())
            await self._flush()
        except _StopHere:
            await self._flush()
            if self._step.cut is not None and http.transport is not None:
                http.transport.close()
        except ConnectionResetError:
            pass  # The client hung up, as it does when a person interrupts.
        return self._response

    async def _write(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.delta:
                await self._fail_if_due()
                if self._step.chunk_delay:
                    await self._flush()
                    await asyncio.sleep(self._step.chunk_delay)
                self._sent += 1
            self._pending += event.encode()
            if len(self._pending) > _FLUSH_AT:
                await self._flush()

    async def _fail_if_due(self, *, last: bool = False) -> None:
        """Fail when as many deltas went out as the step says, at the latest before the end."""
        step = self._step
        limit = step.cut if step.error is None else step.after
        if not self._fails or limit is None or (self._sent < limit and not last):
            return
        if step.error is not None:
            body = error_body(step.error, step.type, step.message, self._reply.number)
            self._pending += Event("error", body).encode()
        raise _StopHere

    async def _stand(self) -> None:
        if self._step.hold is None:
            return
        await self._flush()
        while not await self._gates.pass_through(self._step.hold, patience=_PING_EVERY):
            self._pending += self._reply.ping().encode()
            await self._flush()

    async def _flush(self) -> None:
        if self._pending:
            await self._response.write(bytes(self._pending))
            self._pending.clear()


def _reply_of(request: ModelRequest) -> type[Reply]:
    if is_chat(request.path):
        return ChatReply
    return GeminiReply if is_gemini(request.path) else Reply


def _recorded(http: web.Request, raw: bytes) -> ModelRequest:
    body = json.loads(raw) if raw else {}
    headers = {name.lower(): value for name, value in http.headers.items()}
    return ModelRequest(http.method, http.path, headers, body if isinstance(body, dict) else {})


def _tokens(request: ModelRequest) -> int:
    """Four characters a token: near enough for a gauge."""
    return len(json.dumps(request.body.get("messages"))) // 4


def _model_list(models: Sequence[str]) -> dict[str, Any]:
    data = [
        {"type": "model", "id": model, "display_name": model, "created_at": "2026-01-01T00:00:00Z"}
        for model in models
    ]
    ends = {"first_id": models[0], "last_id": models[-1]} if models else {}
    return {"data": data, "has_more": False, **ends}
