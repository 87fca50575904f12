"""Frames a byte stream into lines without ever trusting where a chunk ends.

The command lines of coding agents speak one JSON document per line (NDJSON). A line may be a
few bytes or many megabytes, may arrive in thousands of pieces, and may be cut inside a character.
Nothing here knows JSON: a line is bytes.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

MAX_LINE = 32 * 1024 * 1024
"""The longest line that is delivered, in bytes without its line end."""

HEAD = 4096
"""How many bytes of a dropped line are kept, enough to see what kind of frame it was."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its line end (LF or CR LF); never blank."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Oversized:
    """A line that was longer than the limit and was dropped while it streamed by.

    ``size`` is its length in bytes without the line end, ``head`` its first bytes.
    """

    size: int
    head: bytes


Frame = Line | Oversized


class LineReader:
    """Turns chunks into frames; the same bytes give the same frames however they are cut.

    Blank lines (nothing but ASCII white space) are skipped. At most ``limit`` + 1 bytes are held
    between two calls, and each byte is looked at once, so a line that comes in thousands of chunks
    costs no more than one that comes whole.
    """

    __slots__ = ("_buffer", "_ends_in_cr", "_head", "_limit", "_size")

    def __init__(self, limit: int = MAX_LINE, head: int = HEAD) -> None:
        if limit < 1 or head < 0:
            raise ValueError("limit must be at least 1 and head at least 0")
        self._limit = limit
        self._head = min(head, limit)
        self._start()

    @property
    def held(self) -> int:
        """How many bytes of an unfinished line are in memory."""
        return len(self._buffer)

    def feed(self, chunk: bytes) -> list[Frame]:
        """Takes the next bytes and gives the frames that they complete."""
        frames: list[Frame] = []
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._take(chunk, start, end)
            self._complete(frames)
            start = end + 1
        self._take(chunk, start, len(chunk))
        return frames

    def finish(self) -> list[Frame]:
        """Says that the stream has ended; gives the last line if it had no line end."""
        frames: list[Frame] = []
        self._complete(frames)
        return frames

    def _start(self) -> None:
        self._buffer = bytearray()
        self._size = 0
        self._ends_in_cr = False

    def _take(self, chunk: bytes, start: int, end: int) -> None:
        if start == end:
            return
        most = self._limit + 1  # one more than a line may have: the last byte may be its "\r"
        dropped_before = self._size > most
        self._size += end - start
        self._ends_in_cr = chunk[end - 1] == ord("\r")
        if self._size <= most:
            self._buffer += memoryview(chunk)[start:end]
        elif not dropped_before:
            missing = max(0, self._head - len(self._buffer))
            head = self._buffer[: self._head] + chunk[start : min(end, start + missing)]
            self._buffer = head  # a new, small object: the memory of the long one is given back

    def _complete(self, frames: list[Frame]) -> None:
        size = self._size - self._ends_in_cr
        buffer = self._buffer
        self._start()
        if size > self._limit:
            frames.append(Oversized(size, bytes(buffer[: self._head])))
            return
        data = bytes(memoryview(buffer)[:size])
        if data and not data.isspace():
            frames.append(Line(data))


class LineStream:
    """An async iterator of frames over anything that can be read chunk by chunk.

    ``read`` gives the next bytes, and ``b""`` at the end; ``asyncio.StreamReader`` fits with
    ``lambda: reader.read(65536)``. Leaving the loop loses nothing: iterating again goes on with the
    next frame. One task at a time may iterate.
    """

    __slots__ = ("_over", "_read", "_reader", "_ready")

    def __init__(self, read: Callable[[], Awaitable[bytes]], reader: LineReader) -> None:
        self._read = read
        self._reader = reader
        self._ready: deque[Frame] = deque()
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        while not self._ready:
            if self._over:
                raise StopAsyncIteration
            # A child that writes faster than we read would keep this task from ever suspending;
            # one turn of the loop per chunk lets every other conversation have its share.
            await asyncio.sleep(0)
            if chunk := await self._read():
                self._ready.extend(self._reader.feed(chunk))
            else:
                self._over = True
                self._ready.extend(self._reader.finish())
        return self._ready.popleft()
