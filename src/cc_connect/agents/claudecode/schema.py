"""What is in the frames of Claude Code; how a field is read carefully is in `core.frames`."""

from collections.abc import Mapping, Sequence
from typing import Any

from cc_connect.core.frames import (
    Frame,
    integer,
    mapping,
    number,
    objects,
    string,
    strings,
)

__all__ = [
    "Frame",
    "blocks",
    "flat",
    "integer",
    "kind_of",
    "mapping",
    "number",
    "objects",
    "string",
    "strings",
]


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
