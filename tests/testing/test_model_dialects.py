"""The mock of a model, asked as Chat Completions and as Gemini."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from cc_connect.testing.model_api import ModelApi, script

TOOLS = [{"type": "function", "function": {"name": "bash"}}]
CALL = {"name": "bash", "input": {"command": "ls"}}
PIXEL = "iVBORw0KGgo="


@pytest.fixture
async def api() -> AsyncIterator[ModelApi]:
    async with ModelApi() as made:
        yield made


async def post(api: ModelApi, path: str, body: dict[str, Any], key: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}{path}", json=body, headers={key: "Bearer k"}) as answer,
    ):
        return answer.status, await answer.text()


def data(text: str) -> list[Any]:
    """What the events of a stream carry."""
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


async def chat(api: ModelApi, *messages: dict[str, Any], **more: Any) -> tuple[int, str]:
    body = {"model": "m", "messages": messages, "tools": TOOLS, "stream": True, **more}
    return await post(api, "/v1/chat/completions", body, "authorization")


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


async def test_a_chat_completion_streams_words_and_thoughts(api: ModelApi) -> None:
    asked = script({"thinking": "hm", "text": "hello"})
    _, text = await chat(api, {"role": "system", "content": "be good"}, user(asked))
    deltas = [one["choices"][0]["delta"] for one in data(text) if one["choices"]]
    assert "".join(one.get("content", "") for one in deltas) == "hello"
    assert "".join(one.get("reasoning_content", "") for one in deltas) == "hm"
    assert data(text)[-1]["usage"]["total_tokens"] == 120
    assert text.rstrip().endswith("[DONE]")


async def test_a_chat_completion_goes_on_after_a_tool(api: ModelApi) -> None:
    asked = user(script({"tools": [CALL]}, {"text": "done"}))
    _, first = await chat(api, asked)
    (call,) = [
        one["choices"][0]["delta"]["tool_calls"][0]
        for one in data(first)
        if one["choices"] and "tool_calls" in one["choices"][0]["delta"]
    ]
    assert call["function"] == {"name": "bash", "arguments": '{"command": "ls"}'}
    told = {"role": "tool", "tool_call_id": call["id"], "content": "a.txt"}
    calls = {"role": "assistant", "content": None, "tool_calls": [call]}
    _, second = await chat(api, asked, calls, told, stream=False)
    assert json.loads(second)["choices"][0]["message"]["content"] == "done"
    assert [one.text for one in api.messages[-1].tool_results] == ["a.txt"]


async def test_pictures_of_a_chat_completion_are_seen(api: ModelApi) -> None:
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    await chat(api, {"role": "user", "content": [{"type": "text", "text": "look"}, picture]})
    assert [one.media_type for one in api.messages[0].images] == ["image/png"]


async def test_titles_play_no_script(api: ModelApi) -> None:
    _, text = await chat(api, user(script({"error": 500})), tools=[], stream=False)
    assert json.loads(text)["choices"][0]["message"]["content"] == "A title"


async def test_a_chat_completion_fails_as_the_script_says(api: ModelApi) -> None:
    status, text = await chat(api, user(script({"error": 400, "message": "no"})))
    assert (status, json.loads(text)["error"]["message"]) == (400, "no")


async def test_gemini_is_answered_in_its_own_form(api: ModelApi) -> None:
    asked = {"role": "user", "parts": [{"text": script({"tools": [CALL]}, {"text": "done"})}]}
    path = "/v1beta/models/flash:streamGenerateContent"
    body: dict[str, Any] = {"contents": [asked], "tools": [{}]}
    _, first = await post(api, f"{path}?alt=sse", body, "x-goog-api-key")
    parts = [part for one in data(first) for part in one["candidates"][0]["content"]["parts"]]
    (call,) = [part["functionCall"] for part in parts if "functionCall" in part]
    assert (call["name"], call["args"]) == ("bash", {"command": "ls"})
    told = {"functionResponse": {"name": "bash", "response": {"output": "a.txt"}}}
    body["contents"] += [
        {"role": "model", "parts": [{"functionCall": call}]},
        {"role": "user", "parts": [told]},
    ]
    plain = path.replace("streamG", "g")
    _, second = await post(api, plain, body, "x-goog-api-key")
    assert json.loads(second)["candidates"][0]["content"]["parts"] == [{"text": "done"}]
    assert api.messages[-1].model == "flash"


async def test_gemini_chooses_a_model_by_json(api: ModelApi) -> None:
    wish = {"responseMimeType": "application/json"}
    body = {"contents": [], "generationConfig": wish}
    path = "/v1beta/models/flash:generateContent"
    _, text = await post(api, path, body, "x-goog-api-key")
    said = json.loads(text)["candidates"][0]["content"]["parts"][0]["text"]
    assert "".join(said).startswith("{")
