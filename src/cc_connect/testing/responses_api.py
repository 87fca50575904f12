"""A mock of the OpenAI Responses API, good enough for the real `codex` to work against.

    async with ResponsesApi() as api:
        env = codex_environment(home, api.url)      # from cc_connect.testing.codex_cli
        ...                                          # start codex, send it prompts

It serves `POST /v1/responses` as a stream on a free port of 127.0.0.1, and records every request
for a reply in `api.requests`. Prompts choose their own answers in the script language of
`cc_connect.testing.model_api`, of which it knows `text`, `thinking`, `tools`, `chunks`, `size`,
`piece`, `delay`, `chunk_delay`, `wait`, `hold`, `error` (with `type`, `message`), `cut`, `times`
and `usage`. `$CWD` stands for the working directory. A prompt without a script is answered
`You said: <prompt>`.

Which step answers is told by the conversation alone, so a script goes on after tool results and in
a new process: replies are counted from the last prompt. Words that came while a turn was going on
(they follow the output of a tool) are no new prompt unless they hold a script.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from cc_connect.testing.model_api.gates import Gates
from cc_connect.testing.model_api.script import ScriptError, Step, choose, fill, find_script

Item = dict[str, Any]

_LARGEST_BODY = 32 * 1024 * 1024
_CALL = re.compile(r"call_(\d+)_\d+")
_CWD = re.compile(r"<cwd>(.+?)</cwd>")
_FROM_MODEL = ("message", "function_call", "custom_tool_call", "reasoning")
_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_USAGE = {"input_tokens": 100, "output_tokens": 20}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a reply: who asks, what for, and how far the script is.

    Attributes:
        body: The request as it came. The headers hold the key, so they are not kept.
        prompt: The words to answer.
        replies: How many replies came after them.
    """

    body: Mapping[str, Any] = field(repr=False)
    prompt: str
    replies: int

    @property
    def items(self) -> list[Item]:
        """The conversation."""
        return [item for item in self.body.get("input", ()) if isinstance(item, dict)]

    @property
    def outputs(self) -> list[str]:
        """What tools gave back, oldest first."""
        return [_text(item.get("output")) for item in self.items if item.get("type") in _OUTPUTS]

    @property
    def said(self) -> list[str]:
        """The texts of all messages that are not the model's, oldest first."""
        return [_text(item.get("content")) for item in self.items if _is_words(item)]

    @property
    def pictures(self) -> int:
        """How many pictures the person sent along."""
        parts = [part for item in self.items for part in item.get("content") or ()]
        return sum(isinstance(one, dict) and one.get("type") == "input_image" for one in parts)


class ResponsesApi:
    """The Responses API on a free port of 127.0.0.1; an async context manager."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self._gates = Gates()
        self._failures: Counter[tuple[str, int]] = Counter()
        self._count = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The base address, with `/v1`. Valid while the mock is entered."""
        if self._runner is None:
            raise RuntimeError("the mock is not running")
        return f"http://127.0.0.1:{self._port}/v1"

    async def reached(self, gate: str) -> None:
        """Wait until a reply stands at the gate of a step's `wait` or `hold`."""
        await self._gates.reached(gate)

    def release(self, gate: str) -> None:
        """Let replies pass the gate, from now on."""
        self._gates.release(gate)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_post("/v1/responses", self._handle)
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
        if not http.headers.get("Authorization"):
            return _error(401, None, "You didn't provide an API key.")
        body = await http.json()
        asked = Asked(body, *read_prompt(body.get("input") or []))
        self.requests.append(asked)
        try:
            index, step, fails = self._chosen(asked)
        except ScriptError as error:
            return _error(400, None, str(error))
        if step.wait is not None:
            await self._gates.pass_through(step.wait)
        await asyncio.sleep(step.delay)
        self._failures[asked.prompt, index] += fails
        if fails and step.error is not None:
            return _error(step.error, step.type, step.message)
        self._count += 1
        return await self._stream(http, step, fails=fails)

    def _chosen(self, asked: Asked) -> tuple[int, Step, bool]:
        steps = find_script(asked.prompt) or (Step(text=f"You said: {asked.prompt}"),)
        index, step, fails = choose(
            steps,
            replies=asked.replies,
            failed=lambda index: self._failures[asked.prompt, index],
            streaming=True,
        )
        places = _CWD.findall("\n".join(asked.said))
        filled = fill(step or Step(text="Done."), {"CWD": places[-1]} if places else {})
        return index, filled, fails

    async def _stream(self, http: web.Request, step: Step, *, fails: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(http)
        sent = 0
        try:
            for event in _events(step, self._count):
                if event["type"] == "response.completed" and step.hold is not None:
                    await self._gates.pass_through(step.hold)
                if event["type"].endswith(".delta"):
                    if fails and step.cut is not None and sent >= step.cut:
                        break
                    await asyncio.sleep(step.chunk_delay)
                    sent += 1
                data = json.dumps(event, ensure_ascii=False)
                await response.write(f"event: {event['type']}\ndata: {data}\n\n".encode())
        except ConnectionResetError:
            pass  # the client hung up, as it does when a person interrupts
        return response


def read_prompt(items: list[Item]) -> tuple[str, int]:
    """Return the words to answer, and how many replies came after them."""
    replies, inside, number = 0, False, ""
    prompt = ""
    for place, item in enumerate(items):
        kind = item.get("type", "message")
        if kind == "message" and item.get("role") != "assistant":
            text = _prompt_in(item)
            before = items[place - 1].get("type") if place else None
            if text and (find_script(text) or not prompt or before not in _OUTPUTS):
                prompt, replies, number = text, 0, ""
            inside = False
        elif kind in _OUTPUTS:
            inside = False
        elif kind in _FROM_MODEL:
            found = _CALL.fullmatch(str(item.get("call_id")))
            same = found is not None and found[1] == number
            replies += not inside and not same
            number = found[1] if found else number
            inside = True
    return prompt, replies


def _prompt_in(item: Item) -> str:
    """The words of the person in a message; empty for what codex writes in their name."""
    if item.get("role") != "user":
        return ""
    text = _text(item.get("content")).strip()
    return "" if text.startswith(("<", "# AGENTS.md")) else text


def _is_words(item: Item) -> bool:
    return item.get("type", "message") == "message" and item.get("role") != "assistant"


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and "text" in part)


def _events(step: Step, number: int) -> Iterator[Item]:
    """Give the events of a reply; its text, thoughts and calls are items of the output."""
    head = {"id": f"resp_{number}", "object": "response", "status": "in_progress", "output": []}
    yield {"type": "response.created", "response": head}
    output: list[Item] = []
    if step.thinking:
        summary = {"type": "summary_text", "text": step.thinking}
        item = {"type": "reasoning", "id": f"rs_{number}", "summary": [summary]}
        delta = "response.reasoning_summary_text.delta"
        yield from _item(item, {**item, "summary": []}, delta, step.thinking, step, len(output))
        output.append(item)
    text = (step.text or "") + "".join(_line(at, step.size) for at in range(step.chunks))
    if text:
        item = {"type": "message", "id": f"msg_{number}", "role": "assistant"}
        whole = {**item, "content": [{"type": "output_text", "text": text, "annotations": []}]}
        delta = "response.output_text.delta"
        yield from _item(whole, {**item, "content": []}, delta, text, step, len(output))
        output.append(whole)
    for at, call in enumerate(step.tools):
        arguments = json.dumps(call.input, ensure_ascii=False)
        names = {"id": f"fc_{number}_{at}", "call_id": call.id or f"call_{number}_{at}"}
        item = {"type": "function_call", **names, "name": call.name, "arguments": arguments}
        yield from _item(item, {**item, "arguments": ""}, "", "", step, len(output))
        output.append(item)
    figures = {**_USAGE, **step.usage}
    usage = {
        "input_tokens": figures["input_tokens"],
        "input_tokens_details": {"cached_tokens": figures.get("cached_tokens", 0)},
        "output_tokens": figures["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": figures["input_tokens"] + figures["output_tokens"],
    }
    done = {**head, "status": "completed", "output": output, "usage": usage}
    yield {"type": "response.completed", "response": done}


def _item(
    whole: Item, begun: Item, delta: str, text: str, step: Step, place: int
) -> Iterator[Item]:
    names = {"item_id": whole["id"], "output_index": place}
    yield {"type": "response.output_item.added", "output_index": place, "item": begun}
    inner = {"summary_index": 0} if "summary" in delta else {"content_index": 0}
    if "summary" in delta:
        part = {"type": "summary_text", "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **names, **inner, "part": part}
    for at in range(0, len(text), step.piece):
        yield {"type": delta, **names, **inner, "delta": text[at : at + step.piece]}
    yield {"type": "response.output_item.done", "output_index": place, "item": whole}


def _line(number: int, size: int) -> str:
    return f"{number} ".ljust(size - 1, "x") + "\n"


def _error(status: int, kind: str | None, message: str | None) -> web.Response:
    error = {"message": message or "mock failure", "type": kind or "mock_error", "code": None}
    return web.json_response({"error": error}, status=status)
