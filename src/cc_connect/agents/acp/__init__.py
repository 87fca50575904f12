"""Any agent of the Agent Client Protocol: one driver, and presets by name.

One long-lived process per session, JSON-RPC 2.0 in lines both ways. What the frames mean is in
`translate`, which is pure; what is special about an agent is data, in `presets`. Each preset is an
agent of its own to a person: `type = "gemini"`.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from cc_connect.agents.acp.library import AcpLibrary
from cc_connect.agents.acp.offers import Offers, short
from cc_connect.agents.acp.opening import Setup, check, open_session
from cc_connect.agents.acp.options import Options
from cc_connect.agents.acp.presets import ACP, PRESETS, Preset
from cc_connect.agents.acp.session import AcpSession
from cc_connect.contract.agent import AgentFeatures, ModeSpec, SessionSpec
from cc_connect.contract.platform import Support
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Checked, Found, Note
from cc_connect.core.texts import say, spoken
from cc_connect.procs import MARKER, MAX_LINE

__all__ = ["AcpAgent", "Options", "plugin_of"]

_MOST_MODELS = 20


class AcpAgent:
    """Implements `Agent`.

    Args:
        preset: Which one.
        options: Those of the project.
        environ: The environment of this program.
        marker: Names this instance of cc-connect, to find its children again.
        line_limit: Bytes of the longest line that is taken in.
    """

    def __init__(
        self,
        preset: Preset,
        options: Options,
        environ: Mapping[str, str],
        marker: str = "unnamed",
        *,
        line_limit: int = MAX_LINE,
    ) -> None:
        self._offers = Offers()
        self._setup = Setup(preset, options, environ, marker, line_limit, self._seen)
        self._library = AcpLibrary(self._setup)

    def features(self) -> AgentFeatures:
        """See `Agent.features`. Modes, models and efforts are those the agent offered last."""
        preset, offers = self._setup.preset, self._offers
        return AgentFeatures(
            display_name=self._setup.name,
            resume=Support.FULL,
            fork=Support.FULL if preset.forks else Support.NONE,
            interrupt=Support.FULL,
            permissions=Support.FULL,
            questions=Support.PARTIAL,
            plans=Support.PARTIAL,
            images=Support.PARTIAL,
            usage=Support.PARTIAL,
            modes=preset.modes or _modes(offers),
            efforts=offers.effort.names,
            models=offers.model.names[:_MOST_MODELS],
            resume_command=preset.resume_command,
            memory=preset.memory,
        )

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[AcpSession]:
        """See `Agent.open`."""
        return self._open(spec)

    @asynccontextmanager
    async def _open(self, spec: SessionSpec) -> AsyncIterator[AcpSession]:
        async with open_session(self._setup, spec) as session:
            yield session

    def library(self) -> AcpLibrary:
        """See `Agent.library`."""
        return self._library

    def _seen(self, offers: Offers) -> None:
        self._offers = offers


def _modes(offers: Offers) -> tuple[ModeSpec, ...]:
    return tuple(
        ModeSpec(short(value.id), value.summary or value.name) for value in offers.mode.values
    )


def plugin_of(preset: Preset) -> AgentPlugin:
    """The plug-in of a preset."""

    def build(context: AgentContext) -> AcpAgent:
        marker = context.marker.get(MARKER, "unnamed")
        return AcpAgent(preset, context.options, context.environ, marker)

    async def checked(context: AgentContext, language: str) -> Checked:
        setup = Setup(preset, context.options, context.environ)
        with tempfile.TemporaryDirectory() as folder:
            version, refused = await check(setup, folder)
        told = say(spoken(language), "agent_not_signed_in")
        return Checked(version, (Note(f"{told} {refused}", good=False),) if refused else ())

    return AgentPlugin(
        name=preset.name,
        options=Options,
        build=build,
        find=_finder(preset),
        install=preset.install,
        sign_in=preset.sign_in,
        verified=preset.verified,
        ask_version=preset.ask_version,
        automatic=bool(preset.verified),
        check=checked,
    )


def _finder(preset: Preset) -> Callable[[Mapping[str, str]], Found | None]:
    def find(environ: Mapping[str, str]) -> Found | None:
        command = preset.command[0] if preset.command else ""
        found = shutil.which(command, path=environ.get("PATH")) if command else None
        return Found(found) if found else None

    return find


_PLUGINS = {preset.name.replace("-", "_"): plugin_of(preset) for preset in (ACP, *PRESETS.values())}


def __getattr__(name: str) -> AgentPlugin:
    """The plug-in of a preset by its name, as the entry points want it."""
    try:
        return _PLUGINS[name]
    except KeyError:
        raise AttributeError(name) from None
