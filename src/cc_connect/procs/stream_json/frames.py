"""The frames an agent sends, as dictionaries. Pure; shapes as seen from Claude Code 2.1.329."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

Frame = dict[str, Any]

CAPABILITIES = (
    "interrupt_receipt_v1",
    "interrupt_cancel_queued_v1",
    "msg_lifecycle_v1",
)
WINDOW = 200_000
_PRICE = {"inputTokens": 3e-6, "outputTokens": 15e-6}
FREE = frozenset({"demo"})
"""Models behind which there is none: nobody should think that they pay for it."""


def initialized(request: str, *, mode: str, model: str, commands: Sequence[str]) -> Frame:
    """The answer to `initialize`."""
    return answer(
        request,
        {
            "commands": [
                {"name": name, "description": "", "argumentHint": ""} for name in commands
            ],
            "models": [{"value": "default", "resolvedModel": model, "displayName": "Default"}],
            "current_permission_mode": mode,
            "session_state": "idle",
        },
    )


def answer(request: str, response: Mapping[str, Any]) -> Frame:
    """The answer to a control request of the host."""
    inner = {"subtype": "success", "request_id": request, "response": dict(response)}
    return {"type": "control_response", "response": inner}


def refused(request: str, error: str) -> Frame:
    """The refusal of a control request of the host."""
    inner = {"subtype": "error", "request_id": request, "error": error}
    return {"type": "control_response", "response": inner}


def asked(request: str, body: Mapping[str, Any]) -> Frame:
    """A control request of the agent."""
    return {"type": "control_request", "request_id": request, "request": dict(body)}


def withdrawn(request: str) -> Frame:
    """The agent no longer waits for an answer."""
    return {"type": "control_cancel_request", "request_id": request}


def lived(prompt: str, state: str) -> Frame:
    """The life of a prompt: queued, started, completed or cancelled."""
    return {"type": "command_lifecycle", "command_uuid": prompt, "state": state}


def system(subtype: str, **more: object) -> Frame:
    """A frame of type `system`."""
    return {"type": "system", "subtype": subtype, **more}


def started(*, cwd: str, model: str, mode: str, lifecycle: bool, tools: Sequence[str]) -> Frame:
    """`system/init`, sent at the begin of every run."""
    return system(
        "init",
        cwd=cwd,
        model=model,
        permissionMode=mode,
        tools=list(tools),
        slash_commands=[],
        capabilities=list(CAPABILITIES) if lifecycle else [],
    )


def streamed(event: Mapping[str, Any]) -> Frame:
    """One event of the model's stream."""
    return {"type": "stream_event", "event": dict(event), "parent_tool_use_id": None}


def message_start(message: str, model: str) -> Frame:
    """The model begins to answer."""
    inner = {"id": message, "type": "message", "role": "assistant", "model": model, "content": []}
    return streamed({"type": "message_start", "message": {**inner, "usage": usage(1)}})


def message_end(stop_reason: str, output_tokens: int) -> tuple[Frame, Frame]:
    """The model has answered."""
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    ended = {"type": "message_delta", "delta": delta, "usage": usage(output_tokens)}
    return streamed(ended), streamed({"type": "message_stop"})


def block_start(index: int, block: Mapping[str, Any]) -> Frame:
    """A content block begins."""
    return streamed({"type": "content_block_start", "index": index, "content_block": dict(block)})


def block_delta(index: int, delta: Mapping[str, Any]) -> Frame:
    """More of a content block."""
    return streamed({"type": "content_block_delta", "index": index, "delta": dict(delta)})


def block_stop(index: int) -> Frame:
    """A content block is whole."""
    return streamed({"type": "content_block_stop", "index": index})


def assistant(message: str, model: str, block: Mapping[str, Any], parent: str | None) -> Frame:
    """A whole content block of the model's answer."""
    inner = {"id": message, "type": "message", "role": "assistant", "model": model}
    content = {**inner, "content": [dict(block)], "stop_reason": None, "usage": usage(1)}
    return {"type": "assistant", "message": content, "parent_tool_use_id": parent}


def tool_result(
    tool_use: str, output: str, *, failed: bool, told: object, parent: str | None
) -> Frame:
    """What a tool gave."""
    block = {
        "type": "tool_result",
        "tool_use_id": tool_use,
        "content": output,
        "is_error": failed,
    }
    message = {"role": "user", "content": [block]}
    frame: Frame = {"type": "user", "message": message, "parent_tool_use_id": parent}
    return frame if told is None else {**frame, "tool_use_result": told}


def result(*, index: int, model: str, calls: int, **more: object) -> Frame:
    """The end of a run; `more` has `is_error`, `result`, `terminal_reason` and the like."""
    counts = {"inputTokens": 100 * calls, "outputTokens": 20 * calls}
    paid = () if model in FREE else counts.items()
    cost = sum(_PRICE[key] * count for key, count in paid)
    by_model = {model: {**counts, "costUSD": cost, "contextWindow": WINDOW}} if calls else {}
    return {
        "subtype": "success",
        "is_error": False,
        "terminal_reason": "completed",
        "num_turns": calls,
        "result_index": index,
        "queued_turn_count": 0,
        "usage": usage(20 * calls, 100 * calls),
        "modelUsage": by_model,
        "model_usage_since_last_result": by_model,
        "permission_denials": [],
        **more,
        "type": "result",
    }


def usage(output_tokens: int, input_tokens: int = 100) -> dict[str, int]:
    """Figures as the model's service gives them."""
    return {
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0,
    }


def new_session() -> str:
    """A fresh session id."""
    return str(uuid4())


def new_id(kind: str) -> str:
    """A fresh id, such as `toolu_1f2e…`."""
    return f"{kind}_{uuid4().hex[:16]}"
