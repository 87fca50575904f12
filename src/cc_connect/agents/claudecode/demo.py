"""The plug-in `demo`: the built-in demo agent, for people who have no agent yet.

The program is `cc_connect.agents.demo`. It speaks Claude Code's protocol, so this driver is that of
Claude Code with another command, a folder of its own and transcripts of its own.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cc_connect
from cc_connect.agents.claudecode import FEATURES, ClaudeCode
from cc_connect.agents.claudecode.library import ClaudeLibrary
from cc_connect.agents.claudecode.options import Options as ClaudeOptions
from cc_connect.agents.claudecode.session import ClaudeSession
from cc_connect.contract.agent import (
    AgentFeatures,
    Exchange,
    ModeSpec,
    OldSession,
    SessionSpec,
    Trace,
)
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Found
from cc_connect.procs import MARKER

NAME = "Demo"
_MODES = ("default", "acceptEdits", "plan", "bypassPermissions", "dontAsk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a project that works with the demo agent."""

    work_dir: str = field(
        default="",
        metadata={
            "doc": "The folder the demo agent works in. Empty: a folder of its own with a small "
            "sample project; then it works nowhere else, whatever a chat asks for."
        },
    )
    mode: str = field(
        default="default",
        metadata={"doc": "Permission mode, as for Claude Code.", "choices": _MODES},
    )
    env: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"doc": "Environment variables of the agent.", "secret": True},
    )


class DemoAgent:
    """Implements `Agent`.

    Args:
        options: Those of the project.
        folder: A private folder for the sample project and the transcripts.
        environ: The environment of this program.
        marker: Names this instance of cc-connect.
    """

    def __init__(
        self, options: Options, folder: Path, environ: Mapping[str, str], marker: str = "unnamed"
    ) -> None:
        self._own_folder = None if options.work_dir else folder / "project"
        env = {
            # `python -m` must find this very package, whatever the folder it starts in.
            "PYTHONPATH": str(Path(cc_connect.__file__).parents[1]),
            "CLAUDE_CONFIG_DIR": str(folder / "transcripts"),
            **({} if options.work_dir else {"CC_DEMO_SEED": "1"}),
            **options.env,
        }
        chosen = ClaudeOptions(
            cmd=(sys.executable, "-P", "-m", "cc_connect.agents.demo"),
            mode=options.mode,
            env=env,
        )
        features = replace(_features(), folder=self.work_dir)
        self._driver = ClaudeCode(chosen, environ, marker, features)

    @property
    def work_dir(self) -> str:
        """The only folder it works in, or "" when each session says."""
        return str(self._own_folder or "")

    def features(self) -> AgentFeatures:
        """See `Agent.features`."""
        return self._driver.features()

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[ClaudeSession]:
        """See `Agent.open`."""
        return self._open(spec)

    @asynccontextmanager
    async def _open(self, spec: SessionSpec) -> AsyncIterator[ClaudeSession]:
        if self._own_folder is not None:
            await asyncio.to_thread(self._own_folder.mkdir, 0o700, parents=True, exist_ok=True)
            spec = replace(spec, cwd=str(self._own_folder))
        async with self._driver.open(replace(spec, model="", effort="")) as session:
            yield session

    def library(self) -> "DemoLibrary":
        """See `Agent.library`."""
        return DemoLibrary(self._driver.library(), self.work_dir)


class DemoLibrary:
    """Implements `AgentLibrary`: that of Claude Code, where all sessions work in `folder`."""

    def __init__(self, library: ClaudeLibrary, folder: str) -> None:
        self._library = library
        self._folder = folder

    async def list(self, cwd: str) -> tuple[OldSession, ...]:
        """See `AgentLibrary.list`."""
        return await self._library.list(self._folder or cwd)

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """See `AgentLibrary.history`."""
        return await self._library.history(session, last)

    async def trace(self, session: str, prompt: str) -> Trace:
        """See `AgentLibrary.trace`."""
        return await self._library.trace(session, prompt)

    async def delete(self, session: str) -> bool:
        """See `AgentLibrary.delete`."""
        return await self._library.delete(session)


def _features() -> AgentFeatures:
    modes: tuple[ModeSpec, ...] = tuple(mode for mode in FEATURES.modes if mode.name in _MODES)
    return replace(
        FEATURES, display_name=NAME, modes=modes, efforts=(), models=("demo",), resume_command=""
    )


def _build(context: AgentContext) -> DemoAgent:
    marker = context.marker.get(MARKER, "unnamed")
    return DemoAgent(context.options, context.folder, context.environ, marker)


def _find(environ: Mapping[str, str]) -> Found | None:  # noqa: ARG001  # built in, always there
    return Found(sys.executable, "built in")


plugin = AgentPlugin(
    name="demo", options=Options, build=_build, find=_find, install="The demo agent is built in."
)
