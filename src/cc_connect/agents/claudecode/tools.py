"""The agent's tools inside this program: an MCP server that it reaches over the control protocol.

There is one tool, `send_file`: the file goes to the chat. Pure; the session carries the messages.
The wire: `control_request` of subtype `mcp_message` holds one JSON-RPC message, and its
`control_response` holds the answer under `mcp_response`.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cc_connect.agents.claudecode.schema import Frame, mapping, string
from cc_connect.agents.claudecode.translate import SERVER

_METHOD_NOT_FOUND = -32601
_INVALID = -32602
_PROTOCOL = "2025-06-18"

_SEND_FILE = {
    "name": "send_file",
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
    """A call of `send_file` that waits for its answer.

    Attributes:
        call: The JSON-RPC id of the call.
        tool_use: The tool run it belongs to.
        path: Absolute path of the file.
        caption: A line to go with it.
    """

    call: Any
    tool_use: str
    path: str
    caption: str


def serve(message: Frame, cwd: str) -> dict[str, Any] | Offer:
    """Return the answer to a message, or the offer that has to be answered first."""
    call = message.get("id")
    match message.get("method"):
        case "initialize":
            wanted = string(mapping(message, "params"), "protocolVersion") or _PROTOCOL
            return _result(
                call,
                {
                    "protocolVersion": wanted,
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": SERVER, "version": "1"},
                },
            )
        case "tools/list":
            return _result(call, {"tools": [_SEND_FILE]})
        case "tools/call":
            return _called(call, mapping(message, "params"), cwd)
        case "ping":
            return _result(call, {})
        case str(method) if method.startswith("notifications/"):
            # A notification has no answer; the request that carried it still wants one.
            return _result(0, {})
        case method:
            return _error(call, _METHOD_NOT_FOUND, f"no method {method}")


def answered(offer: Offer, refused: str) -> dict[str, Any]:
    """Return the answer to an offer: it is on its way, or why it is not."""
    text = f"Not sent: {refused}" if refused else f"Sent {PurePath(offer.path).name} to the chat."
    content = [{"type": "text", "text": text}]
    return _result(offer.call, {"content": content, "isError": bool(refused)})


def _called(call: object, params: Frame, cwd: str) -> dict[str, Any] | Offer:
    if params.get("name") != _SEND_FILE["name"]:
        return _error(call, _INVALID, f"no tool {params.get('name')}")
    arguments = mapping(params, "arguments")
    path = string(arguments, "path")
    if not path:
        return _error(call, _INVALID, "path is missing")
    tool_use = string(mapping(params, "_meta"), "claudecode/toolUseId")
    return Offer(call, tool_use, str(PurePath(cwd) / path), string(arguments, "caption"))


def _result(call: object, result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call, "result": result}


def _error(call: object, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call, "error": {"code": code, "message": message}}
