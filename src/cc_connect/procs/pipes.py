"""The three pipes of a child, as asyncio hands them over.

This stands below `asyncio.subprocess.Process` and not upon it for two reasons. Its ``wait()``
returns, on some versions of Python, only when every pipe is closed, and a background process that
the agent left behind may hold them open for ever. And its line reader fails on the first line over
64 KiB.
"""

import asyncio
import os
from collections import deque
from typing import cast

from cc_connect.procs.errors import WriteFailed

_STDIN, _STDOUT, _STDERR = 0, 1, 2

HIGH_WATER = 1024 * 1024
"""How many bytes of output wait in memory for a slow reader before the child has to wait."""

_LARGEST_PIPE = 1024 * 1024  # what Linux lets an ordinary user set; the default is 64 KiB


class Pipes(asyncio.SubprocessProtocol):
    """Output held back for its reader, the end of stderr, and the state of stdin.

    ``exited`` is set once the child has ended *and* all it wrote before has been taken in. What a
    descendant writes later to an inherited pipe is nobody's output, and is not waited for.
    """

    def __init__(self, stderr_kept: int) -> None:
        self.exited = asyncio.Event()
        self._transport: asyncio.SubprocessTransport | None = None
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._output_over = False
        self._arrived = asyncio.Event()
        self._stderr = bytearray()
        self._stderr_kept = stderr_kept
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def returncode(self) -> int | None:
        """As in `subprocess`: negative for the signal that ended it; None while it runs."""
        if self._transport is None or not self.exited.is_set():
            return None
        return self._transport.get_returncode()

    @property
    def stderr_tail(self) -> bytes:
        """The last bytes of stderr."""
        return bytes(self._stderr[-self._stderr_kept :]) if self._stderr_kept else b""

    async def read(self) -> bytes:
        """Gives the next output, ``b""`` at its end. For one reader; cancelling loses nothing."""
        while not self._chunks:
            if self._output_over:
                return b""
            self._arrived.clear()
            await self._arrived.wait()
        chunk = self._chunks.popleft()
        self._held -= len(chunk)
        if self._held < HIGH_WATER // 2 and (pipe := self._reading_end(_STDOUT)):
            pipe.resume_reading()
        return chunk

    async def flushed(self) -> None:
        """Waits until the system has taken everything written so far.

        Raises:
            WriteFailed: the child has closed its stdin, or ended.
        """
        await self._writable.wait()
        self._open_stdin()

    def write(self, data: bytes) -> None:
        """Hands bytes over; `flushed` tells when they are gone.

        Raises:
            WriteFailed: the child has closed its stdin, or ended.
        """
        self._open_stdin().write(data)
        self._open_stdin()  # a pipe without a reader shows itself in the attempt

    def close_stdin(self) -> None:
        """Lets the child see the end of its input, after what is still to be written."""
        if pipe := self._pipe(_STDIN):
            cast("asyncio.WriteTransport", pipe).close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport; a write counts as done when nothing of it is left with us."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        if pipe := self._pipe(_STDIN):
            cast("asyncio.WriteTransport", pipe).set_write_buffer_limits(high=0)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Takes output in. Stderr never waits, so a flood of it cannot block the child."""
        if fd == _STDERR:
            self._stderr += data
            if len(self._stderr) > 2 * self._stderr_kept:
                del self._stderr[: len(self._stderr) - self._stderr_kept]
            return
        self._chunks.append(data)
        self._held += len(data)
        self._arrived.set()
        if self._held >= HIGH_WATER and (pipe := self._reading_end(_STDOUT)):
            pipe.pause_reading()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Notes that one of the pipes is gone."""
        del exc  # a broken pipe is no more than its end
        if fd == _STDOUT:
            self._output_over = True
            self._arrived.set()
        elif fd == _STDIN:
            self._writable.set()

    def pause_writing(self) -> None:
        """The child does not read as fast as we write."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """All is handed over."""
        self._writable.set()

    def process_exited(self) -> None:
        """Takes in what the child has left in its pipes, once what was read before has arrived."""
        for fd in (_STDOUT, _STDERR):
            if pipe := self._reading_end(fd):
                pipe.pause_reading()
        # asyncio delivers what it has read through call_soon; this stands behind all of it.
        asyncio.get_running_loop().call_soon(self._seal)

    def _seal(self) -> None:
        for fd in (_STDOUT, _STDERR):
            if pipe := self._reading_end(fd):
                self.pipe_data_received(fd, _rest(pipe))
                pipe.close()
        self._output_over = True
        self._arrived.set()
        if pipe_in := self._pipe(_STDIN):
            # A descendant may hold the other end; what is left to write is for nobody.
            cast("asyncio.WriteTransport", pipe_in).abort()
        if self._transport:
            self._transport.close()
        self.exited.set()

    def _pipe(self, fd: int) -> asyncio.BaseTransport | None:
        """Gives the transport of a pipe while it is open."""
        pipe = self._transport.get_pipe_transport(fd) if self._transport else None
        return None if pipe is None or pipe.is_closing() else pipe

    def _reading_end(self, fd: int) -> asyncio.ReadTransport | None:
        return cast("asyncio.ReadTransport | None", self._pipe(fd))

    def _open_stdin(self) -> asyncio.WriteTransport:
        if pipe := self._pipe(_STDIN):
            return cast("asyncio.WriteTransport", pipe)
        raise WriteFailed("The program has ended or takes no more input.")


def _rest(pipe: asyncio.ReadTransport) -> bytes:
    """Reads what lies in a pipe, without waiting for more.

    No more than a pipe can hold, so that a descendant that goes on writing cannot keep us here.
    """
    descriptor = pipe.get_extra_info("pipe").fileno()
    found = bytearray()
    while len(found) < _LARGEST_PIPE:
        try:
            data = os.read(descriptor, _LARGEST_PIPE)
        except BlockingIOError:
            break
        if not data:
            break
        found += data
    return bytes(found)
