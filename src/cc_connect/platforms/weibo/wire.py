"""The frames of the socket: JSON with a `type`, except for a pong that may be bare."""

import json
from dataclasses import dataclass, field
from typing import Any

STREAM_LIMIT = 4000
"""Most characters of one frame of a stream: `textChunkLimit` of the vendor's client."""
PIECE = 2000
"""Most characters of one frame otherwise: "Weibo DM text limit is around 2000", it says."""
MAX_FRAME = 32 * 1024 * 1024
"""A message with the largest files in base64 has 14 MB, with a margin."""

PING = '{"type":"ping"}'
PONG = '{"type":"pong"}'


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the server: its kind ("" when it is none) and its fields."""

    kind: str
    payload: dict[str, Any] = field(default_factory=dict)


def tag(name: str, words: str) -> str:
    """A line of the log, which begins with the name of the assistant."""
    return f"{name}: {words}"


def decode(text: str) -> Frame:
    """Read a frame; anything that is none has the kind ""."""
    if text.strip() == "pong":
        return Frame("pong")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Frame("")
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        return Frame("")
    payload = data.get("payload")
    return Frame(data["type"], payload if isinstance(payload, dict) else {})


def send_message(to: str, text: str, message: str, chunk: int, *, done: bool) -> str:
    """A delta of a message; with `done` it is the last."""
    payload = {
        "toUserId": to,
        "text": text,
        "messageId": message,
        "chunkId": chunk,
        "done": done,
    }
    return json.dumps({"type": "send_message", "payload": payload}, ensure_ascii=False)


def well_formed(text: str) -> str:
    """The text with halves of surrogate pairs joined, and lone ones replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def half_pair(text: str) -> str:
    """The first half of a surrogate pair at the end of a text, or ""."""
    return text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
