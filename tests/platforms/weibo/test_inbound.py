"""What comes in: every form the server may give it, and nothing that is none."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.contract.inbound import Media, Said
from cc_connect.platforms.weibo.inbound import FILE_LIMIT, IMAGE_LIMIT, read
from cc_connect.platforms.weibo.wire import decode
from cc_connect.testing.weibo import WeiboTwin
from tests.core.markdown.texts import examples
from tests.platforms.weibo.bench import adapter, running


def part(data: bytes, mime: str = "image/png", **more: Any) -> dict[str, Any]:
    source = {"type": "base64", "media_type": mime, "data": base64.b64encode(data).decode()}
    return {"type": "input_image", "filename": "a.png", "source": source, **more}


def message(*content: object, **more: Any) -> dict[str, Any]:
    items = [{"type": "message", "role": "user", "content": list(content)}]
    return {"messageId": "m1", "fromUserId": "7", "text": "plain", "input": items, **more}


def test_ids_and_times_may_be_numbers() -> None:
    taken = read({"messageId": 5, "fromUserId": 1234567890, "text": "hi", "timestamp": 1.7e12}, "w")
    assert taken is not None
    assert taken.inbound is not None
    assert (taken.inbound.id, taken.inbound.sender.id) == ("5", "1234567890")
    assert taken.inbound.address.chat == "1234567890"
    assert taken.inbound.sent_at == 1.7e9
    assert taken.inbound.private


def test_times_may_be_texts_or_nonsense() -> None:
    for given_time, seconds in [("1700000000000", 1.7e9), ("soon", None), (True, None), (-5, None)]:
        taken = read({"fromUserId": "7", "text": "hi", "timestamp": given_time}, "w")
        assert taken is not None
        assert taken.inbound is not None
        assert taken.inbound.sent_at == seconds


def test_the_parts_go_before_the_plain_text() -> None:
    taken = read(
        message({"type": "input_text", "text": "one"}, {"type": "input_text", "text": "two"}), "w"
    )
    assert taken is not None
    assert taken.inbound is not None
    assert taken.inbound.body == Said("one\ntwo")


def test_a_picture_alone_is_a_message() -> None:
    taken = read(message(part(b"png"), text=""), "w")
    assert taken is not None
    assert taken.inbound is not None
    assert isinstance(taken.inbound.body, Said)
    (media,) = taken.inbound.body.media
    assert media == Media(media.id, "a.png", "image/png", 3)
    assert taken.files == {media.id: b"png"}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (part(b"x" * (IMAGE_LIMIT + 1)), "a.png: > 10 MB"),
        (part(b"x" * (FILE_LIMIT + 1), type="input_file"), "a.png: > 5 MB"),
        (part(b"x", "image/tiff"), "a.png: JPEG, PNG, GIF, WebP"),
        (part(b""), "a.png: ?"),
        ({"type": "input_file", "filename": "b"}, "b: ?"),
        ({"type": "input_file", "source": {"type": "base64", "data": "*"}}, "attachment: ?"),
    ],
)
def test_what_cannot_be_used_is_named(found: dict[str, Any], reason: str) -> None:
    taken = read(message(found, text=""), "w")
    assert taken is not None
    assert taken.refused == (reason,)
    assert taken.inbound is None


def test_other_base64() -> None:
    for data in ("aGk", "aGk=\n", "data:x;base64,aGk="):
        taken = read(
            message({"type": "input_file", "source": {"type": "base64", "data": data}}), ""
        )
        assert taken is not None
        assert list(taken.files.values()) == [b"hi"]


def test_a_message_without_an_id_gets_the_same_one_each_time() -> None:
    first = read({"fromUserId": "7", "text": "hi", "timestamp": 1}, "w")
    again = read({"timestamp": 1, "text": "hi", "fromUserId": "7", "more": 2}, "w")
    other = read({"fromUserId": "7", "text": "hi", "timestamp": 2}, "w")
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.inbound is not None
    assert again.inbound == first.inbound
    assert other.inbound is not None
    assert other.inbound.id != first.inbound.id


@pytest.mark.parametrize(
    "payload",
    [{}, {"fromUserId": "7"}, {"fromUserId": "", "text": "x"}, {"fromUserId": True, "text": "x"}],
)
def test_what_is_no_message(payload: dict[str, Any]) -> None:
    assert read(payload, "w") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
KEYS = ("messageId", "fromUserId", "text", "timestamp", "input", "fromUserName")
ITEMS = st.fixed_dictionaries(
    {"type": st.just("message") | JSON, "role": st.just("user") | JSON},
    optional={
        "content": st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["input_text", "input_image", "input_file"]) | JSON},
                optional={"text": JSON, "filename": JSON, "source": JSON},
            )
            | JSON,
            max_size=3,
        )
    },
)
PAYLOADS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(KEYS, JSON) | {"input": st.lists(ITEMS | JSON, max_size=3)}
)


@given(PAYLOADS)
@examples(300)
def test_any_payload_is_read_or_left_out(payload: dict[str, Any]) -> None:
    taken = read(payload, "w")
    if taken is None or taken.inbound is None:
        return
    inbound = taken.inbound
    assert inbound.id
    assert inbound.sender.id
    assert isinstance(inbound.body, Said)
    assert inbound.body.text.strip() or inbound.body.media
    # What is handed on can be stored.
    inbound.body.text.encode()
    (inbound.id + inbound.sender.id + inbound.sender.name).encode()
    assert all(one.id in taken.files for one in inbound.body.media)


@given(st.text(max_size=60) | st.builds(json.dumps, JSON) | st.just("[" * 100_000))
@examples(200)
def test_any_frame_is_decoded(text: str) -> None:
    assert isinstance(decode(text).kind, str)


KINDS = st.sampled_from(["message", "ack", "system", "error", "ping", "what"])
FRAMES = st.one_of(
    st.binary(max_size=30),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.builds(lambda kind, payload: json.dumps({"type": kind, "payload": payload}), KINDS, JSON),
    st.builds(lambda payload: json.dumps({"type": "message", "payload": payload}), PAYLOADS),
)


async def test_the_adapter_outlives_any_frames(twin: WeiboTwin, tmp_path: Path) -> None:
    found: list[str | bytes] = []

    @given(FRAMES)
    @examples(200)
    def gather(frame: str | bytes) -> None:
        found.append(frame)

    gather()
    async with running(adapter(twin, tmp_path)) as host:
        for frame in found:
            await twin.raw(frame)
        await twin.say("still there?")
        await host.wait_for(lambda one: one.body == Said("still there?"))
        assert host.signals == ["connected"]


async def test_a_person_is_told_what_was_not_taken(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        await twin.say("look", files={"big.bin": b"x" * (FILE_LIMIT + 1)})
        heard = await host.wait_for(lambda _: True)
        await twin.until(lambda: len(twin.texts()) == 1)
    assert heard.body == Said("look")
    assert "big.bin: > 5 MB" in twin.texts()[0]


async def test_the_largest_picture_comes_in(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform) as host:
        await twin.say(files={"big.png": b"x" * IMAGE_LIMIT, "another.png": b"y" * IMAGE_LIMIT})
        heard = await host.wait_for(lambda _: True, 20)
        assert isinstance(heard.body, Said)
        sizes = [len(b"".join([c async for c in platform.fetch(m)])) for m in heard.body.media]
    assert sizes == [IMAGE_LIMIT, IMAGE_LIMIT]
    kept = list((tmp_path / "media").iterdir())
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


async def test_a_store_that_fails_is_asked_again(twin: WeiboTwin, tmp_path: Path) -> None:
    async with running(adapter(twin, tmp_path)) as host:
        host.fail(OSError("disk full"), times=2)
        await twin.say("first")
        await twin.say("second")
        await host.wait_for(lambda one: one.body == Said("second"))
        assert [one.body for one in host.received] == [Said("first"), Said("second")]
