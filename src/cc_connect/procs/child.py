"""One child process that speaks lines on its standard input and output."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cc_connect.procs.ending import Ended, Ending, Grace, Stage
from cc_connect.procs.errors import StartFailed, WriteTimedOut
from cc_connect.procs.family import MARKER
from cc_connect.procs.identity import Identity, identity_of
from cc_connect.procs.lines import MAX_LINE, LineReader, LineStream
from cc_connect.procs.pipes import Pipes
from cc_connect.procs.starting import await_exec, spawn


@dataclass(frozen=True, slots=True)
class Launch:
    """What to run and how.

    ``argv[0]`` is a name to be found in the PATH of ``env``, or a path (from ``cwd`` if it is
    relative). ``env`` is the whole environment, see `child_environment`; never put a prompt or a
    secret into ``argv``, which every user of the machine can read. ``marker`` names this instance
    of cc-connect: whatever the child leaves behind is found by it, see `find_marked`.
    ``line_limit`` and ``stderr_kept`` are in bytes.
    """

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(repr=False)
    marker: str = "unnamed"
    line_limit: int = MAX_LINE
    stderr_kept: int = 16 * 1024
    grace: Grace = field(default_factory=Grace)


class Child:
    """A running program, in a session of its own, with all that it starts.

    ::

        async with await Child.start(launch) as child:
            await child.write_line(b'{"type":"hello"}', within=10)
            async for frame in child.lines():
                ...

    Leaving the block is `close`. What is true of every child:

    - Its output waits when nobody reads `lines`, so the memory it takes here is bounded; its stderr
      is always drained, and only the end of it kept.
    - On Linux it is killed by the kernel when cc-connect dies, however that happens. Elsewhere, and
      for its descendants, `end_survivors` does that at the next start.
    """

    def __init__(self, launch: Launch, pipes: Pipes, pid: int, marker: str) -> None:
        """Use `start`."""
        # One that has been reaped already has no identity any more, and needs none.
        self.identity = identity_of(pid) or Identity(pid, "")
        self._grace = launch.grace
        self._pipes = pipes
        self._lines = LineStream(pipes.read, LineReader(launch.line_limit))
        self._writing = asyncio.Lock()
        self._ending = Ending([self.identity], marker, pipes.exited)
        self._closing: asyncio.Task[Ended] | None = None

    @classmethod
    async def start(cls, launch: Launch) -> Self:
        """Starts the program; returns when it runs.

        The caller owns the child and must `close` it. A cancelled start leaves nothing behind.

        Raises:
            CommandNotFound, FolderNotFound, StartFailed: see `cc_connect.procs.errors`.
        """
        if not launch.argv:
            raise StartFailed("", "the command is empty")
        marker = f"{launch.marker}:{secrets.token_hex(8)}"
        env = {**launch.env, MARKER: marker}
        pipes = Pipes(launch.stderr_kept)
        pid, report = await spawn(pipes, launch.argv, launch.cwd, env)
        child = cls(launch, pipes, pid, marker)
        if report is not None:
            try:
                await await_exec(report, launch.argv[0])
            except BaseException:
                await child.kill()
                raise
        return child

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pid(self) -> int:
        """The process id; also that of its session and process group."""
        return self.identity.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs, then its exit code, or the negative number of the signal."""
        return self._pipes.returncode

    @property
    def stderr_tail(self) -> str:
        """The end of what it wrote to stderr; complete once `wait` has returned."""
        return self._pipes.stderr_tail.decode(errors="replace")

    def lines(self) -> LineStream:
        """Gives the frames of its output, up to the end; one task at a time may iterate.

        The end comes when it closes its stdout or ends, even if a descendant still holds the pipe.
        """
        return self._lines

    async def read(self) -> bytes:
        """Gives its next output as it is, ``b""`` at the end; for one that does not speak lines.

        The end comes as with `lines`, beside which this must not be used.
        """
        return await self._pipes.read()

    async def wait(self) -> int | None:
        """Waits until it has ended by itself and gives the exit code; its descendants may live."""
        await self._pipes.exited.wait()
        return self.returncode

    async def write_line(self, line: bytes, *, within: float) -> None:
        """Writes one line, without its line end; returns when the system has taken all of it.

        Lines of several tasks never mix, and at most one is in memory per waiting task. Cancelling
        never cuts a line: it is written whole or not at all.

        Args:
            line: The bytes; no line feed among them.
            within: Seconds this may take, with the time spent waiting for other writers.

        Raises:
            WriteTimedOut: it does not read its input. The line may still reach it, see ``begun``.
            WriteFailed: it has ended or closed its input.
            ValueError: there is a line feed in the line.
        """
        if b"\n" in line:
            raise ValueError("a line must not contain a line feed")
        begun = False
        try:
            async with asyncio.timeout(within), self._writing:
                # What a writer before us could not get rid of in its time goes first; were it not
                # waited for, every further try would add to what is held in memory.
                await self._pipes.flushed()
                self._pipes.write(line + b"\n")
                begun = True
                await self._pipes.flushed()
        except TimeoutError:
            raise WriteTimedOut(within, begun=begun) from None

    async def family(self) -> tuple[Identity, ...]:
        """Gives the processes that belong to it, itself first, and remembers them for the end.

        Calling this now and then makes sure that even a process that later cuts every link to the
        child is ended with it.
        """
        return await self._ending.look()

    async def close(self, grace: Grace | None = None) -> Ended:
        """Ends it and everything it has started: end of input, SIGTERM, SIGKILL.

        Whoever reads `lines` should go on while this runs: a program that finishes its turn at the
        end of input writes its last lines then, and waits if they are not read.

        Cancelling does not stop or shorten this, it is only felt afterwards; `kill` shortens it.
        Further calls wait for the same end, whatever grace they name.

        Args:
            grace: The seconds of each step; those of the launch when not given.

        Raises:
            StillRunning: something lives on after SIGKILL; another call tries again.
        """
        return await self._end(grace or self._grace)

    async def kill(self) -> Ended:
        """Ends it and everything it has started at once; also speeds up a `close` under way.

        Raises:
            StillRunning: see `close`.
        """
        self._ending.hurry.set()
        return await self._end(self._grace)

    async def _end(self, grace: Grace) -> Ended:
        """Waits for the one task that ends it, and lets a cancellation through afterwards."""
        cancelled: asyncio.CancelledError | None = None
        while True:
            if self._closing is None or _failed(self._closing):
                self._closing = asyncio.create_task(self._descend(grace))
            closing = self._closing
            while not closing.done():
                try:
                    await asyncio.wait({closing})
                except asyncio.CancelledError as error:
                    cancelled = error
            if not closing.cancelled():
                break
            # The loop is being ended, and this was cancelled before its first step. The next one
            # is unknown to those who end the loop: it must not take its time.
            self._ending.hurry.set()
        if cancelled is not None:
            closing.exception()  # seen; the cancellation is what the caller asked about
            raise cancelled
        return closing.result()

    async def _descend(self, grace: Grace) -> Ended:
        """Goes down the ladder: each step only if the one before left something alive."""
        reached = None
        # asyncio.run cancels every task when it ends, this one too: then only force is left.
        with suppress(asyncio.CancelledError):
            reached = await self._ask(grace)
        self._kill_unreaped()
        await self._ending.force(grace.kill)
        return Ended(self.returncode, reached or Stage.KILL, tuple(self._ending.signalled))

    async def _ask(self, grace: Grace) -> Stage | None:
        """Takes the steps that leave the program a choice; None when it did not take it."""
        exited, ending, reached = self._pipes.exited, self._ending, None
        await ending.look()
        if exited.is_set():
            reached = Stage.ITSELF
        elif not ending.hurry.is_set():
            self._pipes.close_stdin()
            await ending.await_exit(grace.eof)
            reached = Stage.EOF if exited.is_set() else None
        if not ending.hurry.is_set() and (reached is None or await ending.look()):
            await ending.ask(grace.term)
            reached = reached or (Stage.TERM if exited.is_set() else None)
        return reached

    def _kill_unreaped(self) -> None:
        """Kills the program by its id alone, where its identity depends on the clock."""
        if sys.platform != "linux" and not self._pipes.exited.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def _failed(task: asyncio.Task[Ended]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
