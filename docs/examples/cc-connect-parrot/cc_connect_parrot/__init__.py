"""A driver for `parrot`, an agent that repeats what it is told."""

import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cc_connect.contract.agent import (
    AgentEvent,
    AgentFeatures,
    Decision,
    Failure,
    Noted,
    Opened,
    Prompt,
    SessionLost,
    SessionSpec,
    Spoke,
    TurnEnded,
    Unknown,
)
from cc_connect.contract.errors import AgentGone, AgentMissing, AgentStartFailed
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Found
from cc_connect.procs import (
    MARKER,
    Child,
    CommandNotFound,
    Launch,
    Line,
    ProcessError,
    child_environment,
)

INSTALL = "pip install cc-connect-parrot"
PATIENCE = 10.0
"""Seconds the program has to take in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParrotOptions:
    """What can stand under `[projects.agent.options]`."""

    work_dir: str = field(default=".", metadata={"doc": "The folder the agent works in."})
    mode: str = field(default="", metadata={"doc": "It has no permission modes."})
    cmd: tuple[str, ...] = field(default=("parrot",), metadata={"doc": "The command."})


def translate(line: bytes, turn: str | None) -> AgentEvent:
    """What a line of the program means. Pure, so it is tested with recorded lines."""
    try:
        frame = json.loads(line)
    except ValueError:
        return Noted(turn, f"The agent printed: {line[:80].decode(errors='replace')}")
    match frame:
        case {"say": str(text)}:
            return Spoke(turn, text)
        case {"done": True}:
            return TurnEnded(turn)
        case _:  # a newer program; to be ignored, never a crash
            return Unknown(turn, str(frame)[:80])


class ParrotSession:
    """Implements `AgentSession`: a program that runs for as long as the session."""

    def __init__(self, child: Child, name: str) -> None:
        self._child = child
        self._name = name
        self._turn: str | None = None

    @property
    def pid(self) -> int | None:
        """See `AgentSession.pid`."""
        return self._child.pid

    async def submit(self, prompt: Prompt) -> None:
        """See `AgentSession.submit`."""
        self._turn = prompt.id
        try:
            await self._child.write_line(json.dumps({"ask": prompt.text}).encode(), within=PATIENCE)
        except ProcessError as error:
            raise AgentGone(str(error)) from error

    async def steer(self, prompt: Prompt) -> None:
        """See `AgentSession.steer`; its features say that it cannot."""

    async def answer(self, request: str, decision: Decision) -> None:
        """See `AgentSession.answer`; it never asks."""

    async def interrupt(self) -> None:
        """See `AgentSession.interrupt`; it is ended with its process instead."""

    async def events(self) -> AsyncIterator[AgentEvent]:
        """See `AgentSession.events`."""
        yield Opened(self._name)
        async for frame in self._child.lines():
            if not isinstance(frame, Line):
                yield Noted(self._turn, f"The agent printed a line of {frame.size} bytes")
                continue
            event = translate(frame.data, self._turn)
            if isinstance(event, TurnEnded):
                self._turn = None
            yield event
        code = await self._child.wait()
        yield SessionLost(Failure.EXIT, f"exit code {code}. {self._child.stderr_tail}".strip())


class Parrot:
    """Implements `Agent`."""

    def __init__(self, context: AgentContext) -> None:
        self._options: ParrotOptions = context.options
        self._environ = context.environ
        self._marker = context.marker.get(MARKER, "unnamed")

    def features(self) -> AgentFeatures:
        """See `Agent.features`."""
        return AgentFeatures(display_name="Parrot")

    @asynccontextmanager
    async def open(self, spec: SessionSpec) -> AsyncIterator[ParrotSession]:
        """See `Agent.open`."""
        env = child_environment(self._environ, spec.env)
        launch = Launch(self._options.cmd, Path(spec.cwd), env, self._marker)
        try:
            child = await Child.start(launch)
        except CommandNotFound as error:
            raise AgentMissing(f"{error}. To install it: {INSTALL}") from error
        except ProcessError as error:
            raise AgentStartFailed(str(error)) from error
        async with child:
            yield ParrotSession(child, spec.session)

    def library(self) -> None:
        """It keeps no sessions on disk."""


def _find(environ: Mapping[str, str]) -> Found | None:
    found = shutil.which("parrot", path=environ.get("PATH"))
    return Found(found) if found else None


plugin = AgentPlugin(
    name="parrot", options=ParrotOptions, build=Parrot, find=_find, install=INSTALL
)
