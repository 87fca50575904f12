"""Codex: the user's own `codex` command, driven over its app-server protocol on stdio.

One long-lived process per session with one thread in it. What the frames mean is in `translate`,
which is pure.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from cc_connect.agents.codex.command import user_home
from cc_connect.agents.codex.library import CodexLibrary
from cc_connect.agents.codex.opening import INSTALL, SIGN_IN
from cc_connect.agents.codex.options import EFFORTS, Options
from cc_connect.agents.codex.session import CodexSession, Wishes, open_session
from cc_connect.contract.agent import AgentFeatures, ModeSpec, SessionSpec
from cc_connect.contract.platform import Support
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Checked, Found
from cc_connect.procs import MARKER, MAX_LINE

__all__ = ["Codex", "Options", "plugin"]

FEATURES = AgentFeatures(
    display_name="Codex",
    resume=Support.FULL,
    fork=Support.FULL,
    steer=Support.FULL,
    interrupt=Support.FULL,
    permissions=Support.FULL,
    questions=Support.PARTIAL,  # its own take one choice, and only in modes that allow them
    plans=Support.NONE,
    images=Support.FULL,
    files_out=Support.FULL,
    usage=Support.FULL,
    modes=(
        ModeSpec("suggest", "Reads; asks before it changes files or runs commands"),
        ModeSpec("auto-edit", "Edits files in its folder without asking", ("edit",)),
        ModeSpec("full-auto", "Asks nothing; what its sandbox forbids is refused", ("auto",)),
        ModeSpec("yolo", "Asks nothing and has no sandbox (dangerous)"),
    ),
    efforts=EFFORTS,
    resume_command="codex resume {session}",
    memory="AGENTS.md",
)


class Codex:
    """Implements `Agent`.

    Args:
        options: Those of the project.
        environ: The environment of this program.
        marker: Names this instance of cc-connect, to find its children again.
        line_limit: Bytes of the longest line that is taken in.
    """

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        marker: str = "unnamed",
        *,
        line_limit: int = MAX_LINE,
    ) -> None:
        self._options = options
        self._environ = environ
        self._marker = marker
        self._line_limit = line_limit
        self._library = CodexLibrary(options, environ, marker)

    def features(self) -> AgentFeatures:
        """See `Agent.features`."""
        return FEATURES

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[CodexSession]:
        """See `Agent.open`."""
        name = FEATURES.display_name
        return open_session(
            Wishes(self._options, spec, self._environ, self._marker, name, self._line_limit)
        )

    def library(self) -> CodexLibrary:
        """See `Agent.library`."""
        return self._library


def _build(context: AgentContext) -> Codex:
    marker = context.marker.get(MARKER, "unnamed")
    return Codex(context.options, context.environ, marker)


def _find(environ: Mapping[str, str]) -> Found | None:
    # The installers put it where the PATH of a service often does not look.
    home = user_home(environ)
    places = (environ.get("PATH", ""), str(home / ".local/bin"), str(home / ".npm-global/bin"))
    found = shutil.which("codex", path=os.pathsep.join(filter(None, places)))
    return Found(found) if found else None


async def _check(context: AgentContext, language: str) -> Checked:
    from cc_connect.agents.codex.check import check  # noqa: PLC0415 - only set-up needs it

    found = _find(context.environ)
    return await check(context, language, found.command if found else "")


plugin = AgentPlugin(
    name="codex",
    options=Options,
    build=_build,
    find=_find,
    install=INSTALL,
    sign_in=SIGN_IN,
    verified="0.169.0 (2026-11-20)",
    ask_version=("--version",),
    check=_check,
)
