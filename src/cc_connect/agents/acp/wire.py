"""JSON-RPC 2.0 as the Agent Client Protocol uses it: one message per line, both ways. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect.core.frames import Frame, integer, mapping, string

PROTOCOL = 1
"""The version of the protocol that this driver speaks."""

METHOD_NOT_FOUND = -32601
AUTH_REQUIRED = -32000

Id = int | str


@dataclass(frozen=True, slots=True)
class RpcError:
    """What an agent answered instead of a result; `text` is for people."""

    code: int
    text: str


def request(number: Id, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A request; its answer carries `number`."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def notification(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A message without an answer."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def result(number: Id, value: object) -> dict[str, Any]:
    """The answer to a request of the agent."""
    return {"jsonrpc": "2.0", "id": number, "result": value}


def refusal(number: Id, method: str) -> dict[str, Any]:
    """The answer to a request nobody here knows."""
    error = {"code": METHOD_NOT_FOUND, "message": f"Method not found: {method}"}
    return {"jsonrpc": "2.0", "id": number, "error": error}


def id_of(frame: Frame) -> Id | None:
    """The id of a frame, which may be 0; None for a notification."""
    found = frame.get("id")
    return found if isinstance(found, int | str) and not isinstance(found, bool) else None


def name_of(number: Id) -> str:
    """The id as a text in which `1` and `"1"` differ."""
    return json.dumps(number)


def is_request(frame: Frame) -> bool:
    """Whether it is a request of the agent, which wants an answer."""
    return isinstance(frame.get("method"), str) and id_of(frame) is not None


def is_response(frame: Frame) -> bool:
    """Whether it answers a request of ours."""
    return "method" not in frame and id_of(frame) is not None


def error_of(frame: Frame) -> RpcError | None:
    """The error a response carries. Agents put the telling words into any of three places."""
    if not isinstance(frame.get("error"), dict):
        return None
    error = mapping(frame, "error")
    words = [string(error, "message")]
    data = mapping(error, "data")
    words += [string(data, key) for key in ("details", "message")]
    if isinstance(error.get("data"), str):
        words.append(string(error, "data"))
    told = [word for at, word in enumerate(words) if word and word not in words[:at]]
    return RpcError(integer(error, "code"), ": ".join(told) or "an error without words")
