"""Claude Code: the user's own `claude` command, driven over its stream-json protocol.

One long-lived process per session, prompts and answers as JSON lines both ways, with partial
messages and the control protocol. What the frames mean is in `translate`, which is pure.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from cc_connect.agents.claudecode.library import ClaudeLibrary
from cc_connect.agents.claudecode.options import Options
from cc_connect.agents.claudecode.session import INSTALL, ClaudeSession, open_session
from cc_connect.contract.agent import AgentFeatures, ModeSpec, SessionSpec
from cc_connect.contract.platform import Support
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Checked, Found
from cc_connect.procs import MARKER, MAX_LINE

__all__ = ["ClaudeCode", "Options", "plugin"]

FEATURES = AgentFeatures(
    display_name="Claude Code",
    resume=Support.FULL,
    fork=Support.FULL,
    steer=Support.FULL,
    interrupt=Support.FULL,
    permissions=Support.FULL,
    questions=Support.FULL,
    plans=Support.FULL,
    images=Support.FULL,
    files_out=Support.FULL,
    usage=Support.FULL,
    modes=(
        ModeSpec("default", "Asks before it changes files or runs commands"),
        ModeSpec("acceptEdits", "Edits files without asking, asks for commands", ("edit",)),
        ModeSpec("plan", "Makes a plan first, changes nothing before it is approved"),
        ModeSpec("auto", "Decides itself what is risky enough to ask"),
        ModeSpec("bypassPermissions", "Asks nothing (dangerous)", ("yolo",)),
        ModeSpec("dontAsk", "Asks nothing and refuses what it would have asked"),
    ),
    efforts=("low", "medium", "high", "xhigh", "max"),
    models=("default", "opus", "opus[1m]", "sonnet", "sonnet[1m]", "haiku"),
    resume_command="claude --resume {session}",
    memory="CLAUDE.md",
)


class ClaudeCode:
    """Implements `Agent`.

    Args:
        options: Those of the project.
        environ: The environment of this program.
        marker: Names this instance of cc-connect, to find its children again.
        features: What it says it can do.
        line_limit: Bytes of the longest line that is taken in.
    """

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        marker: str = "unnamed",
        features: AgentFeatures = FEATURES,
        *,
        line_limit: int = MAX_LINE,
    ) -> None:
        self._options = options
        self._environ = environ
        self._marker = marker
        self._features = features
        self._line_limit = line_limit
        self._library = ClaudeLibrary(_home(options, environ))

    def features(self) -> AgentFeatures:
        """See `Agent.features`."""
        return self._features

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[ClaudeSession]:
        """See `Agent.open`.

        A session that is to be new but has a transcript is resumed: cc-connect was killed between
        its beginning and the moment it could have noted that.
        """
        return self._open(spec)

    @asynccontextmanager
    async def _open(self, spec: SessionSpec) -> AsyncIterator[ClaudeSession]:
        begun = bool(spec.session) and spec.resume is None
        if begun and await asyncio.to_thread(self._library.has, spec.session):
            spec = replace(spec, resume=spec.session)
        async with open_session(
            self._options,
            spec,
            self._environ,
            marker=self._marker,
            name=self._features.display_name,
            line_limit=self._line_limit,
        ) as session:
            yield session

    def library(self) -> ClaudeLibrary:
        """See `Agent.library`."""
        return self._library


def _home(options: Options, environ: Mapping[str, str]) -> Path:
    known = {**environ, **options.env}
    if chosen := known.get("CLAUDE_CONFIG_DIR"):
        return Path(chosen)
    return _user_home(known) / ".claude"


def _user_home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _build(context: AgentContext) -> ClaudeCode:
    marker = context.marker.get(MARKER, "unnamed")
    return ClaudeCode(context.options, context.environ, marker)


def _find(environ: Mapping[str, str]) -> Found | None:
    # The installers put it where the PATH of a service often does not look.
    home = _user_home(environ)
    places = (environ.get("PATH", ""), str(home / ".local/bin"), str(home / ".claude/local"))
    found = shutil.which("claude", path=os.pathsep.join(filter(None, places)))
    return Found(found) if found else None


async def _check(context: AgentContext, language: str) -> Checked:
    from cc_connect.agents.claudecode.check import check  # noqa: PLC0415 - only set-up needs it

    found = _find(context.environ)
    return await check(context, language, found.command if found else "")


plugin = AgentPlugin(
    name="claudecode",
    options=Options,
    build=_build,
    find=_find,
    install=INSTALL,
    sign_in="claude",
    verified="2.1.329 (2026-11-20)",
    ask_version=("--version",),
    check=_check,
)
