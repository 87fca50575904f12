"""How a conversation is read from two more ways to ask a model. Pure.

OpenAI's Chat Completions and Gemini's GenerateContent are read into the form of the Messages API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Block = dict[str, Any]
_ROUTED = {"reasoning": "simple", "model_choice": "flash", "complexity_reasoning": "simple"}
_COMPLEXITY = {"complexity_score": 10}


def is_chat(path: str) -> bool:
    """Whether this is where chat completions are asked for."""
    return path.endswith("/chat/completions")


def is_gemini(path: str) -> bool:
    """Whether this is where Gemini is asked."""
    return path.endswith((":streamGenerateContent", ":generateContent"))


def aside(body: Mapping[str, Any]) -> str | None:
    """The answer to a question an agent asks for itself, None when it is a person's prompt.

    Titles and choices of models are asked for without tools; the words of the prompt are in them,
    its script must not be played.
    """
    if body.get("tools"):
        return None
    if (body.get("generationConfig") or {}).get("responseMimeType") == "application/json":
        return json.dumps(_ROUTED | _COMPLEXITY)
    return "A title"


def chat_messages(body: Mapping[str, Any]) -> list[Block]:
    """The conversation of a chat completion."""
    return [_from_chat(entry) for entry in body.get("messages") or () if isinstance(entry, dict)]


def _from_chat(entry: Block) -> Block:
    match entry.get("role"):
        case "tool":
            told = {"type": "tool_result", "tool_use_id": entry.get("tool_call_id", "")}
            return {"role": "user", "content": [told | {"content": _plain(entry.get("content"))}]}
        case "assistant":
            return {"role": "assistant", "content": _plain(entry.get("content"))}
        case "user":
            return {"role": "user", "content": _blocks(entry.get("content"))}
        case role:
            return {"role": f"{role}-of-chat", "content": _plain(entry.get("content"))}


def _blocks(content: Any) -> Any:  # noqa: ANN401 - a string or a list of parts
    if not isinstance(content, list):
        return content or ""
    return [
        _picture(part) if part.get("type") == "image_url" else part
        for part in content
        if isinstance(part, dict)
    ]


def _picture(part: Block) -> Block:
    head, _, data = str(part["image_url"]["url"]).partition(",")
    media = head.removeprefix("data:").removesuffix(";base64")
    return {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}


def _plain(content: Any) -> str:  # noqa: ANN401 - a string, a list of parts, or nothing
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


def gemini_messages(body: Mapping[str, Any]) -> list[Block]:
    """The conversation of a GenerateContent."""
    made: list[Block] = []
    for entry in body.get("contents") or ():
        role = "assistant" if entry.get("role") == "model" else "user"
        made.append({"role": role, "content": [_from_part(one) for one in entry.get("parts", ())]})
    return made


def _from_part(part: Block) -> Block:
    match part:
        case {"functionResponse": {"name": name, "response": response}}:
            content = json.dumps(response)
            return {"type": "tool_result", "tool_use_id": name, "content": content}
        case {"functionCall": call}:
            return {"type": "tool_use", **call}
        case {"inlineData": {"mimeType": media, "data": data}}:
            source = {"type": "base64", "media_type": media, "data": data}
            return {"type": "image", "source": source}
        case _:
            return {"type": "text", "text": str(part.get("text", ""))}
