"""Careful reading of frames: every accessor gives a value of the wanted type, whatever came.

A frame is the JSON object of one line of the agent's output. Its shape belongs to another program
that changes every few days, so nothing here raises: a missing or odd field reads as its empty
value, and fields nobody asks for are passed by.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

Frame = Mapping[str, Any]

_EMPTY: Mapping[str, Any] = {}


def string(frame: Frame, key: str) -> str:
    """Return the text under `key`, or ""."""
    value = frame.get(key)
    return value if isinstance(value, str) else ""


def mapping(frame: Frame, key: str) -> Mapping[str, Any]:
    """Return the object under `key`, or an empty one."""
    value = frame.get(key)
    return value if isinstance(value, dict) else _EMPTY


def objects(frame: Frame, key: str) -> list[Mapping[str, Any]]:
    """Return the objects in the list under `key`; what is no object is left out."""
    value = frame.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(frame: Frame, key: str) -> tuple[str, ...]:
    """Return the texts in the list under `key`."""
    value = frame.get(key)
    return tuple(i for i in value if isinstance(i, str)) if isinstance(value, list) else ()


def integer(frame: Frame, key: str) -> int:
    """Return the number under `key` as a whole one, or 0."""
    value = number(frame, key)
    return int(value) if value is not None and isfinite(value) else 0


def number(frame: Frame, key: str) -> float | None:
    """Return the number under `key`, or None."""
    value = frame.get(key)
    return float(value) if isinstance(value, int | float) else None


def blocks(frame: Frame) -> list[Mapping[str, Any]]:
    """Return the content blocks of an `assistant` or `user` frame; plain text has none."""
    return objects(mapping(frame, "message"), "content")


def flat(content: object) -> str:
    """Return the text of a content that is a text or a list of blocks.

    A block that is no text (an image, say) is named in brackets, so that nobody thinks a tool
    gave nothing.
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return ""
    return "\n".join(_text_of(block) for block in content if isinstance(block, dict))


def _text_of(block: Mapping[str, Any]) -> str:
    kind = string(block, "type")
    return string(block, "text") if kind == "text" else f"[{kind}]"


def kind_of(frame: Frame) -> str:
    """Name the kind of a frame for the log: `type`, and `type/subtype` where there is one."""
    kind = string(frame, "type") or "?"
    inner = mapping(frame, "request") if kind == "control_request" else frame
    if kind == "stream_event":
        return f"{kind}/{string(mapping(frame, 'event'), 'type') or '?'}"
    if kind in ("system", "control_request"):
        return f"{kind}/{string(inner, 'subtype') or '?'}"
    return kind
