"""The mock as an ordinary client of the Messages API sees it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from cc_connect.testing.model_api import ModelApi, ModelRequest, Step, script

Entry = dict[str, Any]


class Client:
    def __init__(self, http: aiohttp.ClientSession, api: ModelApi) -> None:
        self.http = http
        self.api = api

    def post(
        self, content: str | list[Entry], *, stream: bool = False, key: str = "k", **more: Any
    ) -> Any:
        body = {"model": "m", "max_tokens": 9, "stream": stream, **more}
        body.setdefault("messages", [{"role": "user", "content": content}])
        return self.http.post(
            f"{self.api.url}/v1/messages",
            data=io.BytesIO(json.dumps(body).encode()),
            headers={"x-api-key": key, "content-type": "application/json"},
        )

    async def ask(self, content: str | list[Entry], **more: Any) -> Entry:
        async with self.post(content, **more) as answer:
            return {"status": answer.status, **await answer.json()}

    async def text(self, content: str | list[Entry], **more: Any) -> str:
        message = await self.ask(content, **more)
        return "".join(block["text"] for block in message["content"])

    async def stream(self, content: str) -> AsyncIterator[Entry]:
        async with self.post(content, stream=True) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            async for line in answer.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    async def events(self, content: str) -> list[Entry]:
        return [event async for event in self.stream(content)]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with ModelApi() as api, aiohttp.ClientSession() as http:
        yield Client(http, api)


async def test_a_whole_message(client: Client) -> None:
    tool: Entry = {"name": "Bash", "input": {"command": "x"}}
    message = await client.ask(script({"thinking": "hm", "text": "yes", "tools": [tool]}))

    assert message["status"] == 200
    assert message["role"] == "assistant"
    assert message["model"] == "m"
    assert message["stop_reason"] == "tool_use"
    assert message["usage"]["input_tokens"] == 100
    thinking, words, called = message["content"]
    assert thinking["thinking"] == "hm"
    assert thinking["signature"]
    assert words == {"type": "text", "text": "yes"}
    assert _without_id(called) == {"type": "tool_use", **tool}
    assert called["id"].startswith("toolu_")


async def test_a_stream_builds_the_same_message(client: Client) -> None:
    tools = [{"name": name, "input": {"path": "/ä" * 30}} for name in ("Read", "Write")]
    step: Entry = {
        "thinking": "let me think " * 5,
        "text": "so be it " * 5,
        "tools": tools,
        "piece": 7,
    }
    events = await client.events(script(step))

    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["message_start", "ping", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    whole = (await client.ask(script(step)))["content"]
    assert [_without_id(block) for block in _built(events)] == [
        _without_id(block) for block in whole
    ]
    delta = events[-2]
    assert delta["delta"] == {"stop_reason": "tool_use", "stop_sequence": None}
    assert delta["usage"]["output_tokens"] == 20


def _built(events: list[Entry]) -> list[Entry]:
    blocks: list[Entry] = []
    raw = ""
    for event in events:
        match event["type"]:
            case "content_block_start":
                blocks.append(event["content_block"])
                raw = ""
            case "content_block_delta":
                for kind, value in event["delta"].items():
                    if kind == "partial_json":
                        raw += value
                    elif kind != "type":
                        blocks[-1][kind] += value
            case "content_block_stop" if raw:
                blocks[-1]["input"] = json.loads(raw)
            case _:
                pass
    return blocks


def _without_id(block: Entry) -> Entry:
    return {name: value for name, value in block.items() if name != "id"}


async def test_many_chunks(client: Client) -> None:
    events = await client.events(script({"text": "go:", "chunks": 3000, "size": 30}))
    deltas = [event["delta"]["text"] for event in events if "delta" in event and "index" in event]
    assert len(deltas) == 3001
    assert {len(delta) for delta in deltas[1:]} == {30}
    assert deltas[-1].startswith("3000 ")


async def test_an_empty_reply_and_a_chosen_end(client: Client) -> None:
    message = await client.ask(
        script({"text": "", "stop_reason": "max_tokens", "usage": {"output_tokens": 7}})
    )
    assert message["content"] == []
    assert message["stop_reason"] == "max_tokens"
    assert message["usage"]["output_tokens"] == 7


async def test_replies_follow_the_conversation(client: Client) -> None:
    prompt = {"role": "user", "content": script({"text": "one"}, {"text": "two"})}
    reply = {"role": "assistant", "content": "one"}
    more: Entry = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}
    conversation = [prompt]
    for expected in ("one", "two", "Done."):
        assert await client.text("", messages=conversation) == expected
        conversation += [reply, more]


async def test_a_prompt_without_a_script_is_echoed(client: Client) -> None:
    assert await client.text("good morning") == "You said: good morning"


async def test_known_words(client: Client) -> None:
    client.api.when("morning", [{"text": "first"}])
    client.api.when("good", [Step(text="second")])
    assert await client.text("good morning") == "second"
    assert await client.text("morning") == "first"
    assert await client.text(script({"text": "script"}, say="good morning")) == "script"


async def test_a_compaction_keeps_what_is_unfinished(client: Client) -> None:
    order = {"role": "user", "content": "Your task is to create a detailed summary of the "}
    order["content"] += "conversation so far."
    asked = {"role": "user", "content": script({"text": "one"}, {"text": "two"})}
    reply = {"role": "assistant", "content": "one"}
    client.api.when("conversation", [{"text": "not for an order to sum up"}])

    half = await client.text("", messages=[asked, reply, order])
    assert half.startswith("<analysis>")
    words = "This session is being continued from a previous conversation. "
    after = [{"role": "user", "content": words + half}]
    assert await client.text("", messages=after) == "two"

    done = await client.text("", messages=[asked, reply, {"role": "user", "content": "x"}, order])
    assert "@@" not in done
    bad = await client.text("", messages=[{"role": "user", "content": "@@ [oops"}, order])
    assert "@@" not in bad


async def test_a_hook_goes_before_all(client: Client) -> None:
    def hook(request: ModelRequest) -> Step | None:
        return Step(text=f"hook on {request.prompt.text}") if request.model == "m" else None

    client.api.script = hook
    assert await client.text("good") == "hook on good"
    assert await client.text("good", model="other") == "You said: good"
    client.api.script = None
    assert await client.text("good") == "You said: good"


async def test_an_error_in_the_shape_of_the_service(client: Client) -> None:
    step = {"error": 429, "headers": {"retry-after": "3"}, "message": "slow down"}
    async with client.post(script(step)) as answer:
        assert answer.status == 429
        assert answer.headers["retry-after"] == "3"
        assert answer.headers["request-id"].startswith("req_")
        body = await answer.json()
    assert body["type"] == "error"
    assert body["error"] == {"type": "rate_limit_error", "message": "slow down"}


async def test_an_error_some_times(client: Client) -> None:
    prompt = script({"error": 529, "times": 2}, {"text": "ok"})
    answers = [await client.ask(prompt, stream=False) for _ in range(3)]
    assert [answer["status"] for answer in answers] == [529, 529, 200]
    assert answers[0]["error"] == {"type": "overloaded_error", "message": "Overloaded"}
    # Another prompt has a count of its own.
    assert (await client.ask(prompt + " again"))["status"] == 529


async def test_an_error_inside_the_stream(client: Client) -> None:
    prompt = script({"text": "abcdef", "piece": 1, "error": 529, "after": 2, "times": 1})
    events = await client.events(prompt)
    assert [event["type"] for event in events[-3:]] == ["content_block_delta"] * 2 + ["error"]
    assert events[-1]["error"]["type"] == "overloaded_error"
    assert (await client.events(prompt))[-1]["type"] == "message_stop"


@pytest.mark.parametrize("cut", [0, 2, 99])
async def test_a_connection_cut_after_some_deltas(
    client: Client, cut: int, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = script({"text": "abcdef", "piece": 1, "cut": cut})
    kinds: list[str] = []

    async def read() -> None:
        async for event in client.stream(prompt):
            kinds.append(event["type"])  # noqa: PERF401 - what came before the error counts

    with pytest.raises(aiohttp.ClientPayloadError):
        await read()
    assert caplog.records == []
    assert kinds.count("content_block_delta") == min(cut, 6)
    assert "message_stop" not in kinds
    assert await client.text(prompt) == "abcdef"


async def test_a_reply_stands_at_its_gates(client: Client) -> None:
    prompt = script({"text": "abc", "wait": "start", "hold": "end", "delay": 0.01})
    seen: list[str] = []

    async def read() -> None:
        async for event in client.stream(prompt):
            seen.append(event["type"])  # noqa: PERF401 - looked at while it grows

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(read())
        await client.api.reached("start")
        assert seen == []
        client.api.release("start")
        await client.api.reached("end")
        assert "message_stop" not in seen
        client.api.release("end")
    assert seen[-1] == "message_stop"
    # A gate once opened stays open.
    assert (await client.events(prompt))[-1]["type"] == "message_stop"


async def test_slow_deltas_arrive_all(client: Client) -> None:
    events = await client.events(script({"text": "abc", "piece": 1, "chunk_delay": 0.001}))
    assert sum(event["type"] == "content_block_delta" for event in events) == 3


async def test_leaving_does_not_wait_for_replies_that_hang() -> None:
    async with aiohttp.ClientSession() as http:
        async with asyncio.timeout(10), ModelApi() as api:
            client = Client(http, api)
            asked = asyncio.create_task(client.events(script({"text": "a", "hold": "never"})))
            slow = asyncio.create_task(client.text(script({"text": "a", "delay": 3600})))
            await api.reached("never")
            await api.saw(lambda request: not request.streaming)
        outcomes = await asyncio.gather(asked, slow, return_exceptions=True)
    assert all(isinstance(outcome, aiohttp.ClientError) for outcome in outcomes)
    with pytest.raises(RuntimeError, match="not running"):
        _ = api.url


async def test_a_client_that_hangs_up_is_forgotten(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    async for event in client.stream(script({"text": "a", "hold": "never"})):
        if event["type"] == "content_block_stop":
            break
    assert await client.text("still there?") == "You said: still there?"
    assert caplog.records == []


async def test_other_addresses(client: Client) -> None:
    headers = {"Authorization": "Bearer token"}
    base = client.api.url
    async with client.http.head(base) as answer:
        assert answer.status == 200
    async with client.http.get(f"{base}/v1/models", headers=headers) as answer:
        listed = await answer.json()
        assert listed["first_id"] == listed["data"][0]["id"]
        assert listed["has_more"] is False
    question = {"model": "m", "messages": [{"role": "user", "content": "a" * 400}]}
    count = f"{base}/v1/messages/count_tokens"
    async with client.http.post(count, json=question, headers=headers) as answer:
        assert (await answer.json())["input_tokens"] >= 100
    async with client.http.get(f"{base}/v1/nothing", headers=headers) as answer:
        assert answer.status == 404
        assert (await answer.json())["error"]["type"] == "not_found_error"
    assert [request.path for request in client.api.requests] == [
        "/",
        "/v1/models",
        "/v1/messages/count_tokens",
        "/v1/nothing",
    ]
    assert client.api.messages == []


async def test_requests_the_service_would_refuse(client: Client) -> None:
    assert (await client.ask("a", key=""))["error"]["type"] == "authentication_error"
    address = f"{client.api.url}/v1/messages"
    for body, complaint in (
        (b"{", "not valid JSON"),
        (b'{"model": "m"}', "messages: Field required"),
        (b"[]", "model: Field required"),
    ):
        async with client.http.post(address, data=body, headers={"x-api-key": "k"}) as answer:
            assert answer.status == 400
            assert complaint in (await answer.json())["error"]["message"]
    wrong = await client.ask("@@ [oops @@")
    assert wrong["status"] == 400
    assert wrong["error"]["message"].startswith("bad script")


async def test_one_key_only() -> None:
    async with ModelApi(key="right", models=()) as api, aiohttp.ClientSession() as http:
        client = Client(http, api)
        assert (await client.ask("a", key="wrong"))["status"] == 401
        assert (await client.ask("a", key="right"))["status"] == 200
        assert [request.key for request in api.messages] == ["wrong", "right"]


async def test_a_request_with_a_large_picture_is_recorded(client: Client) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "AAAA" * 1_000_000}
    content: list[Entry] = [{"type": "image", "source": source}, {"type": "text", "text": "look"}]
    assert await client.text(content) == "You said: look"
    assert len(client.api.messages[0].images[0].data) == 3_000_000


async def test_a_request_beyond_the_limit_of_the_service(client: Client) -> None:
    answer = await client.ask("a" * (32 * 1024 * 1024))
    assert answer["status"] == 413
    assert answer["error"]["type"] == "request_too_large"


async def test_waiting_for_a_request(client: Client) -> None:
    async with asyncio.timeout(10):
        waiting = asyncio.create_task(
            client.api.saw(lambda request: request.is_message and request.prompt.text == "b")
        )
        await client.ask("a")
        assert not waiting.done()
        await client.ask("b")
        assert await waiting is client.api.requests[1]
