"""What a reply looks like on the wire: a JSON message, or server-sent events. Pure.

Shapes as in the public reference of the Messages API, with the order of events that the real
service keeps: `message_start`, `ping`, the blocks one after the other, `message_delta`,
`message_stop`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect.testing.model_api.request import tool_use_id
from cc_connect.testing.model_api.script import Step

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_MESSAGES = {
    "authentication_error": "invalid x-api-key",
    "not_found_error": "Not found",
    "overloaded_error": "Overloaded",
    "request_too_large": "Request exceeds the maximum size",
    "api_error": "Internal server error",
    "rate_limit_error": "This request would exceed your account's rate limit.",
}
_USAGE = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 20,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. `delta` marks the pieces that `cut` and `after` count."""

    name: str
    data: Mapping[str, Any]
    delta: bool = False

    def encode(self) -> bytes:
        """Return the event as it travels."""
        data = json.dumps({"type": self.name, **self.data}, ensure_ascii=False)
        return f"event: {self.name}\ndata: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """A step bound to a request.

    Ids are made from `number`, so each reply of a mock has its own. `place` counts the replies
    to the same prompt before this one.
    """

    step: Step
    model: str
    number: int
    place: int = 0

    def message(self) -> dict[str, Any]:
        """Return the whole message, as a request without a stream gets it."""
        message = self._envelope()
        return message | {
            "content": [block for block, _ in self._blocks()],
            "stop_reason": self.stop_reason,
            "usage": self.usage,
        }

    def opening(self) -> Iterator[Event]:
        """Yield the events before the content."""
        yield Event("message_start", {"message": self._envelope()})
        yield Event("ping", {})

    def content(self) -> Iterator[Event]:
        """Yield the events of the content blocks."""
        for index, (block, deltas) in enumerate(self._blocks()):
            place = {"index": index}
            yield Event("content_block_start", place | {"content_block": _emptied(block)})
            for delta in deltas:
                yield Event("content_block_delta", place | {"delta": delta}, delta=True)
            yield Event("content_block_stop", place)

    def closing(self) -> Iterator[Event]:
        """Yield the events after the content."""
        delta = {"stop_reason": self.stop_reason, "stop_sequence": None}
        yield Event("message_delta", {"delta": delta, "usage": self.usage})
        yield Event("message_stop", {})

    def ping(self) -> Event:
        """Return what keeps the connection awake."""
        return Event("ping", {})

    @property
    def stop_reason(self) -> str:
        """Why the model stopped: as the step says, else by what the step holds."""
        return self.step.stop_reason or ("tool_use" if self.step.tools else "end_turn")

    @property
    def usage(self) -> dict[str, int]:
        """Tokens of this reply; the same for every step that does not say otherwise."""
        return _USAGE | self.step.usage

    def _envelope(self) -> dict[str, Any]:
        return {
            "id": f"msg_{self.number:024d}",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": self.usage | {"output_tokens": 1},
        }

    def _blocks(self) -> Iterator[tuple[dict[str, Any], Iterator[dict[str, Any]]]]:
        """Yield each block whole, beside the deltas that build it."""
        step = self.step
        if step.thinking:
            signature = _signature(step.thinking)
            block = {"type": "thinking", "thinking": step.thinking, "signature": signature}
            yield block, _thinking_deltas(step, signature)
        if step.text or step.chunks:
            text = (step.text or "") + "".join(_chunks(step))
            yield {"type": "text", "text": text}, _text_deltas(step)
        for index, tool in enumerate(step.tools):
            call = {
                "type": "tool_use",
                "id": tool.id or tool_use_id(self.number, self.place, index),
                "name": tool.name,
                "input": tool.input,
            }
            yield call, _input_deltas(step, tool.input)


def error_body(status: int, kind: str | None, message: str | None, number: int) -> dict[str, Any]:
    """Return the body of an error; type and message have the usual values when absent."""
    kind = kind or ERROR_TYPES.get(status, "api_error")
    return {
        "type": "error",
        "error": {"type": kind, "message": message or _MESSAGES.get(kind, "Error")},
        "request_id": request_id(number),
    }


def request_id(number: int) -> str:
    """Return the id that answers carry in the header `request-id`."""
    return f"req_{number:024d}"


def _emptied(block: dict[str, Any]) -> dict[str, Any]:
    match block["type"]:
        case "tool_use":
            return block | {"input": {}}
        case "thinking":
            return block | {"thinking": "", "signature": ""}
        case _:
            return block | {"text": ""}


def _signature(thinking: str) -> str:
    return base64.b64encode(hashlib.sha256(thinking.encode()).digest()).decode()


def pieces(text: str, size: int) -> Iterator[str]:
    """Cut a text into pieces of a size; the last may be shorter."""
    return (text[start : start + size] for start in range(0, len(text), size))


def _chunks(step: Step) -> Iterator[str]:
    for number in range(1, step.chunks + 1):
        yield f"{number} ".ljust(step.size, ".")[: step.size - 1] + "\n"


def _thinking_deltas(step: Step, signature: str) -> Iterator[dict[str, Any]]:
    for piece in pieces(step.thinking or "", step.piece):
        yield {"type": "thinking_delta", "thinking": piece}
    yield {"type": "signature_delta", "signature": signature}


def text_pieces(step: Step) -> Iterator[str]:
    """Cut what a step says into the pieces in which it travels."""
    yield from pieces(step.text or "", step.piece)
    yield from _chunks(step)


def _text_deltas(step: Step) -> Iterator[dict[str, Any]]:
    for piece in text_pieces(step):
        yield {"type": "text_delta", "text": piece}


def _input_deltas(step: Step, value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "input_json_delta", "partial_json": ""}
    for piece in pieces(json.dumps(value), step.piece):
        yield {"type": "input_json_delta", "partial_json": piece}
