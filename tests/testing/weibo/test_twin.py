"""The twin does what the vendor's protocol says; spoken to by hand."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from cc_connect.testing.weibo import WeiboTwin


@pytest.fixture
async def twin() -> AsyncIterator[WeiboTwin]:
    async with WeiboTwin() as twin:
        yield twin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(
    session: aiohttp.ClientSession, twin: WeiboTwin, **body: str
) -> tuple[int, dict[str, Any]]:
    async with session.post(twin.token_endpoint, json=body) as answer:
        return answer.status, await answer.json()


async def token(session: aiohttp.ClientSession, twin: WeiboTwin) -> str:
    _, answer = await ask(session, twin, app_id=twin.app_id, app_secret=twin.app_secret)
    return str(answer["data"]["token"])


async def code(session: aiohttp.ClientSession, address: str, **query: str) -> int | None:
    async with session.ws_connect(address, params=query) as socket:
        await socket.receive()
        return socket.close_code


def frame(text: str, chunk: int = 0, *, done: bool = True, message: str = "m") -> dict[str, Any]:
    payload = {"toUserId": "7", "text": text, "messageId": message, "chunkId": chunk, "done": done}
    return {"type": "send_message", "payload": payload}


async def test_tokens(session: aiohttp.ClientSession, twin: WeiboTwin) -> None:
    status, answer = await ask(session, twin, app_id=twin.app_id, app_secret=twin.app_secret)
    assert status == 200
    assert answer["data"] == {"token": twin.tokens[0], "expire_in": 7200, "uid": twin.uid}
    status, answer = await ask(session, twin, app_id=twin.app_id)
    assert (status, answer["code"]) == (400, 4001)
    status, answer = await ask(session, twin, app_id=twin.app_id, app_secret="no")
    assert (status, answer["code"]) == (401, 4002)


async def test_close_codes(session: aiohttp.ClientSession, twin: WeiboTwin) -> None:
    old = await token(session, twin)
    await token(session, twin)
    address = twin.ws_endpoint
    assert await code(session, address.replace("/ws/stream", "/ws/other")) == 4000
    assert await code(session, address, app_id=twin.app_id) == 4001
    assert await code(session, address, app_id=twin.app_id, token=old) == 4002


async def test_no_pong_is_an_end(session: aiohttp.ClientSession) -> None:
    async with WeiboTwin(ping_every=0.02, pong_within=0.05) as twin:
        query = {"app_id": twin.app_id, "token": await token(session, twin)}
        async with session.ws_connect(twin.ws_endpoint, params=query, autoping=False) as socket:
            kinds = [message.type async for message in socket]
            assert aiohttp.WSMsgType.PING in kinds
            assert socket.close_code == 4005


async def test_deltas_make_a_message(session: aiohttp.ClientSession, twin: WeiboTwin) -> None:
    query = {"app_id": twin.app_id, "token": await token(session, twin)}
    async with session.ws_connect(twin.ws_endpoint, params=query) as socket:
        await socket.receive()
        await socket.send_json({"type": "ping"})
        assert await socket.receive_json() == {"type": "pong"}
        await socket.send_json(frame("Hel", done=False))
        assert (await socket.receive_json())["type"] == "ack"
        await socket.send_json(frame("lo", 1))
        await socket.receive_json()
        assert twin.texts("7") == ["Hello"]
        wrong = [frame("x", 2), frame("x", 1, message="n"), frame("x" * 4001, message="o")]
        for one in wrong:
            await socket.send_json(one)
            assert (await socket.receive_json())["type"] == "error"
        await socket.send_str("{")
        await socket.send_json({"type": "what"})
        await socket.send_json({"type": "ping"})
        await socket.receive_json()
    assert len(twin.broken) == 5
    assert twin.texts("7") == ["Hello"]


async def test_what_people_say_waits_for_a_bot(
    session: aiohttp.ClientSession, twin: WeiboTwin
) -> None:
    message = await twin.say("hi", files={"a.png": b"1", "b.txt": b"2"})
    query = {"app_id": twin.app_id, "token": await token(session, twin)}
    async with session.ws_connect(twin.ws_endpoint, params=query) as socket:
        await socket.receive()
        payload = json.loads((await socket.receive()).data)["payload"]
    assert payload["messageId"] == message
    kinds = [part["type"] for part in payload["input"][0]["content"]]
    assert kinds == ["input_text", "input_image", "input_file"]


async def test_files(session: aiohttp.ClientSession, twin: WeiboTwin) -> None:
    address = twin.token_endpoint.replace("auth/ws_token", "dm/send_file")
    headers = {"Content-Type": "application/octet-stream"}
    query = {"token": await token(session, twin), "fileName": "a.txt"}
    async with session.post(address, params=query, data=b"data", headers=headers) as answer:
        assert (await answer.json())["code"] == 0
    async with session.post(address, params={"token": "x"}, data=b"", headers=headers) as answer:
        assert answer.status == 401
    async with session.post(address, params=query, json={}) as answer:
        assert answer.status == 400
    assert twin.texts() == ["[a.txt]"]
