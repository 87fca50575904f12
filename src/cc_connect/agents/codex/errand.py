"""A `codex app-server` for the length of a question that needs no thread of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import msgspec

from cc_connect.agents.codex import command, opening
from cc_connect.agents.codex.options import Options
from cc_connect.agents.codex.session import Wishes, start
from cc_connect.agents.codex.wire import Refused, Wire
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentGone, AgentStartFailed
from cc_connect.procs import Child, Line, StillRunning
from cc_connect.procs.death import Death

_EXIT_WITHIN = 5.0  # seconds between the end of its output and its exit


@dataclass(frozen=True, slots=True)
class Errand:
    """Where to ask, and which version answers."""

    wire: Wire
    version: str


@contextlib.asynccontextmanager
async def errand(
    options: Options, environ: Mapping[str, str], marker: str = "unnamed"
) -> AsyncIterator[Errand]:
    """Start Codex, greet it, and end it on leaving.

    Raises:
        AgentMissing, AgentStartFailed: It does not get ready in the time the options give.
        TimeoutError: What is done inside takes longer than that.
    """
    spec = SessionSpec(cwd=str(command.user_home(environ)))
    child = await start(Wishes(options, spec, environ, marker, "Codex"))
    wire = Wire(child, lambda: None)
    reading = asyncio.create_task(_read(child, wire))
    try:
        async with asyncio.timeout(options.start_timeout):
            try:
                version = await opening.greet(wire)
            except Refused as error:
                raise AgentStartFailed(f"Codex could not start: {error}") from error
            except AgentGone:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_EXIT_WITHIN):
                        await child.wait()
                words = opening.last_words(child.stderr_tail)
                died = Death(child.returncode, words, name="Codex")
                raise opening.start_failure(died) from None
            yield Errand(wire, version)
    finally:
        with contextlib.suppress(StillRunning):
            await child.close()
        await reading


async def _read(child: Child, wire: Wire) -> None:
    try:
        async for frame in child.lines():
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                told = msgspec.json.decode(frame.data) if isinstance(frame, Line) else None
                if isinstance(told, dict) and "method" not in told:
                    wire.take(told)
    finally:
        wire.close()
