import asyncio
import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.procs import Frame, Line, LineReader, LineStream, Oversized

LIMIT = 12
HEAD = 4

# Small alphabet, so that line ends, blank lines and lines around the limit are frequent.
streams = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b" ", b"x" * 11])).map(
    b"".join
)


def read_all(chunks: list[bytes]) -> list[Frame]:
    reader = LineReader(LIMIT, HEAD)
    frames = [frame for chunk in chunks for frame in reader.feed(chunk)]
    return frames + reader.finish()


def model(data: bytes) -> list[Frame]:
    """What the frames must be, said in the simplest way."""
    frames: list[Frame] = []
    for raw in data.split(b"\n"):
        line = raw.removesuffix(b"\r")
        if len(line) > LIMIT:
            frames.append(Oversized(len(line), line[:HEAD]))
        elif line.strip():
            frames.append(Line(line))
    return frames


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(streams, st.lists(st.integers(0, 10_000)))
def test_any_chunking_gives_the_frames_of_the_model(data: bytes, places: list[int]) -> None:
    assert read_all(cut(data, places)) == model(data)


@given(streams)
def test_one_byte_at_a_time_gives_the_same(data: bytes) -> None:
    assert read_all([bytes([byte]) for byte in data]) == model(data)


@given(st.binary())
def test_no_bytes_are_refused(data: bytes) -> None:
    assert read_all([data]) == model(data)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_line_of_exactly_the_limit_is_delivered(end: bytes) -> None:
    assert read_all([b"x" * LIMIT + end]) == [Line(b"x" * LIMIT)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_one_byte_more_is_dropped_and_reported_once(end: bytes) -> None:
    data = b"abcdefghijklm" + end + b"next\n"
    expected = [Oversized(13, b"abcd"), Line(b"next")]
    if not end:
        expected = [Oversized(17, b"abcd")]
    assert read_all([data]) == expected
    assert read_all(cut(data, [3, 12, 13])) == expected


def test_a_dropped_line_is_never_held() -> None:
    reader = LineReader(limit=1000, head=10)
    for _ in range(1000):
        assert reader.feed(b"y" * 100) == []
        assert reader.held <= 1001
    assert reader.feed(b"\nz\n") == [Oversized(100_000, b"y" * 10), Line(b"z")]
    assert reader.held == 0


def test_memory_stays_bounded_while_40_mib_stream_by_a_limit_of_1_mib() -> None:
    reader = LineReader(limit=1024 * 1024)
    chunk = b"q" * 65536
    tracemalloc.start()
    for _ in range(640):
        reader.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reader.feed(b"\n") == [Oversized(40 * 1024 * 1024, b"q" * 4096)]
    assert peak < 4 * 1024 * 1024


def test_a_line_in_a_hundred_thousand_chunks_is_joined_without_starting_over() -> None:
    # With a search or a copy from the start per chunk this would take minutes.
    reader = LineReader()
    for _ in range(100_000):
        reader.feed(b"0123456789" * 10)
    assert reader.feed(b"\n") == [Line(b"0123456789" * 1_000_000)]


def test_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        LineReader(0)


async def test_a_stream_reader_can_be_read_line_by_line() -> None:
    source = asyncio.StreamReader()
    stream = LineStream(lambda: source.read(7), LineReader())
    source.feed_data('{"a":"ä"}\r\n\n{"b":2}\nlast'.encode())
    source.feed_eof()
    assert [frame async for frame in stream] == [
        Line('{"a":"ä"}'.encode()),
        Line(b'{"b":2}'),
        Line(b"last"),
    ]
    assert [frame async for frame in stream] == []


async def test_leaving_the_loop_loses_no_frame() -> None:
    source = asyncio.StreamReader()
    stream = LineStream(lambda: source.read(100), LineReader())
    source.feed_data(b"one\ntwo\nthree\n")
    source.feed_eof()
    async for frame in stream:
        assert frame == Line(b"one")
        break
    assert [frame async for frame in stream] == [Line(b"two"), Line(b"three")]


async def test_a_cancelled_reader_loses_no_frame() -> None:
    source = asyncio.StreamReader()
    stream = LineStream(lambda: source.read(100), LineReader())
    source.feed_data(b"half")
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    source.feed_data(b" and half\n")
    assert await anext(stream) == Line(b"half and half")


async def test_a_flood_of_lines_leaves_the_loop_to_others() -> None:
    source = asyncio.StreamReader()
    source.feed_data(b"x\n" * 5000)
    source.feed_eof()
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    stream = LineStream(lambda: source.read(100), LineReader())
    assert len([frame async for frame in stream]) == 5000
    other.cancel()
    assert turns >= 90
