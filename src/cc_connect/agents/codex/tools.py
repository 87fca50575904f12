"""The tool that Codex gets from this program, `send_file`: the file goes to the chat. Pure.

It is a dynamic tool of the thread: Codex calls it by the request `item/tool/call`.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cc_connect.core.frames import Frame, mapping, string

SEND_FILE_NAME = "send_file"

SEND_FILE: dict[str, Any] = {
    "type": "function",
    "name": SEND_FILE_NAME,
    "description": (
        "Send a file from this machine to the person in the chat. Use it when they ask for a file "
        "or when a file (a picture, a report, an archive) answers better than words. The person "
        "cannot see files that are not sent."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Path of the file."},
            "caption": {"type": "string", "description": "A line to go with it; may be left out."},
        },
        "required": ["path"],
    },
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A call of `send_file` that waits for its answer. `path` is absolute."""

    path: str
    caption: str


def read(params: Frame, cwd: str) -> Offer | str:
    """Return what a call of a dynamic tool offers, or why it cannot be done."""
    if string(params, "tool") != SEND_FILE_NAME:
        return f"there is no tool {string(params, 'tool')}"
    arguments = mapping(params, "arguments")
    path = string(arguments, "path")
    if not path:
        return "path is missing"
    return Offer(str(PurePath(cwd) / path), string(arguments, "caption"))


def answered(offer: Offer, refused: str) -> dict[str, Any]:
    """Return the result of a call: the file is on its way, or why it is not."""
    text = f"Not sent: {refused}" if refused else f"Sent {PurePath(offer.path).name} to the chat."
    return result(text, success=not refused)


def result(text: str, *, success: bool) -> dict[str, Any]:
    """Return the result of a dynamic tool in Codex's words."""
    return {"contentItems": [{"type": "inputText", "text": text}], "success": success}
