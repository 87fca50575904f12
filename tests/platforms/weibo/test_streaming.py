"""Answers that grow: deltas of one message, whole after a reconnect, never said twice."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.contract.errors import PlatformUnavailable
from cc_connect.core.markdown import to_plain_in_order
from cc_connect.platforms.weibo.adapter import REPEATED, SENT_AGAIN, WeiboPlatform
from cc_connect.platforms.weibo.streaming import Stream
from cc_connect.platforms.weibo.wire import PIECE, STREAM_LIMIT, well_formed
from cc_connect.testing.weibo import WeiboTwin
from tests.core.markdown.texts import examples
from tests.platforms.weibo.bench import adapter, extend, post, running

ANSWER = "**Hello** 👩‍💻, see [the docs](http://x.y).\n\n- one\n- two\n\nBye \U0001d4b3."


async def grow(platform: WeiboPlatform, text: str, size: int = 7) -> None:
    for at in range(0, len(text), size):
        await platform.deliver(extend(text[at : at + size], at))


async def test_deltas_make_exactly_the_final_text(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await grow(platform, ANSWER)
        await twin.until(lambda: len(twin.frames) > 3)
        (growing,) = twin.screen().messages
        assert not growing.done
        plain = to_plain_in_order(ANSWER)
        assert plain.startswith(growing.text)
        receipt = await platform.deliver(post(plain + "\n\nmodel · $0.01", stream="turn"))
    (shown,) = twin.screen().messages
    assert shown.text == plain + "\n\nmodel · $0.01"
    assert shown.done
    assert receipt.message == shown.id


@given(st.text(max_size=200), st.lists(st.integers(1, 20), min_size=1, max_size=40))
@examples(100)
def test_any_text_with_any_cuts(text: str, sizes: list[int]) -> None:
    stream, at = Stream("1"), 0
    for size in sizes:
        stream.take(text[at : at + size], at)
        at = min(len(text), at + size)
    stream.take(text[at:], at)
    shown = "".join(stream._ready)
    assert to_plain_in_order(well_formed(text)).startswith(shown)


def test_halves_of_a_pair_that_come_apart_are_joined() -> None:
    stream = Stream("1")
    stream.take("ok \ud83d", 0)
    stream.take("\udc4d yes", 4)
    assert "".join(stream._ready) == "ok 👍 yes"


async def test_a_tool_ends_a_remark(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(extend("Let me **look", 0))
        await platform.deliver(extend("", 0))
        await platform.deliver(extend("Found ", 0))
        await platform.deliver(extend("it", 6))
        await platform.deliver(post("Found it.", stream="turn"))
    assert [(one.text, one.done) for one in twin.screen().messages] == [
        ("Let me **look", True),
        ("Found it.", True),
    ]


async def test_an_answer_that_became_another_is_sent_whole(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(extend("Something", 0))
        await platform.deliver(post("Another thing", stream="turn"))
    assert twin.texts() == ["Something", "Another thing"]
    assert all(one.done for one in twin.screen().messages)


async def test_a_lost_piece_is_made_up_for_by_the_final(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(extend("one ", 0))
        await platform.deliver(extend("three", 8))
        await platform.deliver(post("one two three", stream="turn"))
    assert twin.texts() == ["one two three"]


async def test_a_reconnect_with_everything_there_goes_on(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform) as host:
        await platform.deliver(extend("before ", 0))
        await platform.deliver(post("a notice, acknowledged"))
        await twin.drop()
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
        await platform.deliver(extend("and after", 7))
        await platform.deliver(post("before and after.", stream="turn"))
    assert twin.texts() == ["before and after.", "a notice, acknowledged"]


async def test_a_socket_that_died_in_the_middle_loses_nothing(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform) as host:
        await platform.deliver(extend("The first part ", 0))
        await twin.until(lambda: len(twin.frames) == 1)
        twin.faults.drop_after = 0
        await platform.deliver(extend("the second part ", 15))
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
        await platform.deliver(extend("the third", 31))
        final = post("The first part the second part the third", stream="turn")
        await platform.deliver(final)
    partial, whole = twin.texts()
    assert partial == "The first part"
    assert whole == SENT_AGAIN + "The first part the second part the third"


async def test_pieces_while_there_is_no_connection_are_not_lost(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    with pytest.raises(PlatformUnavailable):
        await platform.deliver(extend("early ", 0))
    async with running(platform):
        await platform.deliver(extend("bird", 6))
        await twin.until(lambda: twin.texts() == ["early bird"])


async def test_a_post_that_was_lost_on_the_way_is_sent_again(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    lost = post("important")
    async with running(platform) as host:
        twin.faults.drop_after = 0
        with pytest.raises(PlatformUnavailable):
            await platform.deliver(lost)
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
        await platform.deliver(lost)
    assert twin.texts() == [SENT_AGAIN + "important"]


async def test_a_post_whose_acknowledgement_was_lost_says_that_it_is_a_repeat(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    lost = post("important")
    twin.faults.acks = False
    async with running(platform) as host:
        delivering = asyncio.create_task(platform.deliver(lost))
        await twin.until(lambda: len(twin.frames) == 1)
        await twin.drop()
        with pytest.raises(PlatformUnavailable):
            await delivering
        await host.pulse.until(lambda: host.signals.count("connected") == 2 or None, 10)
        await platform.deliver(lost)
    assert twin.texts() == ["important", SENT_AGAIN + "important"]


async def test_a_post_tried_again_on_the_same_connection_is_shown_once(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    again = post("once")
    async with running(platform):
        first = await platform.deliver(again)
        assert await platform.deliver(again) == first
    assert twin.texts() == ["once"]


async def test_what_may_have_been_said_before_a_crash_says_so(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(post("hello", repeat=True))
    assert twin.texts() == [REPEATED + "hello"]


@pytest.mark.parametrize("mode", ["delta", "final"])
async def test_sixty_thousand_characters(mode: str, twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path, stream=mode)
    text = "".join(f"Sentence number {n} of a long 回答 👍. " for n in range(1700))[:60_000]
    async with running(platform):
        if mode == "delta":
            await grow(platform, text, 500)
        await platform.deliver(post(to_plain_in_order(text), stream="turn"))
    (shown,) = twin.screen().messages
    assert shown.text == to_plain_in_order(text)
    assert shown.done
    assert max(map(len, shown.chunks)) <= (STREAM_LIMIT if mode == "delta" else PIECE)


async def test_one_huge_piece_goes_in_frames_of_the_limit(twin: WeiboTwin, tmp_path: Path) -> None:
    platform = adapter(twin, tmp_path)
    async with running(platform):
        await platform.deliver(extend("word " * 2000, 0))
        await twin.until(lambda: len(twin.frames) == 3)
