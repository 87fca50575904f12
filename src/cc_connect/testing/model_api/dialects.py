"""Two more ways to ask a model: OpenAI's Chat Completions and Gemini's GenerateContent. Pure.

A step is written in the form of the one who asks; how the question is read is in `reading`.
Shapes as the public references have them, as far as OpenCode 1.18, Qwen Code 0.15 and Gemini CLI
0.61 look at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cc_connect.testing.model_api.frames import Event, Reply, pieces, text_pieces

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Data(Event):
    """An event without a name: only its data travels."""

    def encode(self) -> bytes:
        """Return the event as it travels."""
        return f"data: {json.dumps(self.data, ensure_ascii=False)}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Done(Event):
    """What ends a stream of chat completions."""

    def encode(self) -> bytes:
        """Return the mark as it travels."""
        return b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Comment(Event):
    """A line that keeps the connection awake."""

    def encode(self) -> bytes:
        """Return the line as it travels."""
        return b": ping\n\n"


class ChatReply(Reply):
    """A step as a chat completion."""

    __slots__ = ()

    def message(self) -> Block:
        """Return the whole completion."""
        message: Block = {"role": "assistant", "content": "".join(text_pieces(self.step)) or None}
        if self.step.tools:
            message["tool_calls"] = [call for call, _ in self._calls()]
        choice = {"index": 0, "message": message, "finish_reason": self._finish}
        return self._named("chat.completion") | {"choices": [choice], "usage": self._figures}

    def opening(self) -> Iterator[Event]:
        """Yield the chunk before the content."""
        yield self._chunk({"role": "assistant", "content": ""})

    def content(self) -> Iterator[Event]:
        """Yield the chunks of the content."""
        for piece in pieces(self.step.thinking or "", self.step.piece):
            yield self._chunk({"reasoning_content": piece}, delta=True)
        for piece in text_pieces(self.step):
            yield self._chunk({"content": piece}, delta=True)
        for call, at in self._calls():
            yield self._chunk({"tool_calls": [{"index": at, **call}]}, delta=True)

    def closing(self) -> Iterator[Event]:
        """Yield the chunks after the content."""
        yield self._chunk({}, finish=self._finish)
        figures = self._named("chat.completion.chunk") | {"choices": [], "usage": self._figures}
        yield Data("chunk", figures)
        yield Done("done", {})

    def ping(self) -> Event:
        """Return what keeps the connection awake."""
        return Comment("ping", {})

    @property
    def _finish(self) -> str:
        return "tool_calls" if self.step.tools else "stop"

    @property
    def _figures(self) -> Block:
        return {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}

    def _calls(self) -> Iterator[tuple[Block, int]]:
        for at, tool in enumerate(self.step.tools):
            call = {"name": tool.name, "arguments": json.dumps(tool.input)}
            name = tool.id or f"call_{self.number}_{at}"
            yield {"id": name, "type": "function", "function": call}, at

    def _named(self, kind: str) -> Block:
        name = f"chatcmpl-{self.number}"
        return {"id": name, "object": kind, "created": 1795000000, "model": self.model}

    def _chunk(self, change: Block, *, finish: str | None = None, delta: bool = False) -> Event:
        choice = {"index": 0, "delta": change, "finish_reason": finish}
        return Data("chunk", self._named("chat.completion.chunk") | {"choices": [choice]}, delta)


class GeminiReply(Reply):
    """A step as a GenerateContent response."""

    __slots__ = ()

    def message(self) -> Block:
        """Return the whole response."""
        return self._response([part for part, _ in self._parts()], "STOP")

    def opening(self) -> Iterator[Event]:
        """Yield nothing: there is no chunk before the content."""
        return iter(())

    def content(self) -> Iterator[Event]:
        """Yield the chunks of the content."""
        for part, _ in self._parts():
            yield Data("chunk", self._response([part], None), delta=True)

    def closing(self) -> Iterator[Event]:
        """Yield the chunk after the content."""
        yield Data("chunk", self._response([{"text": ""}], "STOP"))

    def ping(self) -> Event:
        """Return what keeps the connection awake."""
        return Comment("ping", {})

    def _parts(self) -> Iterator[tuple[Block, int]]:
        step = self.step
        for at, piece in enumerate(pieces(step.thinking or "", step.piece)):
            yield {"text": piece, "thought": True}, at
        for at, piece in enumerate(text_pieces(step)):
            yield {"text": piece}, at
        for at, tool in enumerate(step.tools):
            name = tool.id or f"call_{self.number}_{at}"
            yield {"functionCall": {"id": name, "name": tool.name, "args": tool.input}}, at

    def _response(self, parts: list[Block], finish: str | None) -> Block:
        candidate: Block = {"index": 0, "content": {"role": "model", "parts": parts}}
        if finish:
            candidate["finishReason"] = finish
        figures = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120}
        return {
            "candidates": [candidate],
            "usageMetadata": figures,
            "modelVersion": self.model,
            "responseId": f"response-{self.number}",
        }
