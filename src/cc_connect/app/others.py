"""The other agents of this machine that a conversation can be given to: `/agent NAME`.

They work in the folder of the project, with the options they have when nobody sets any. A plug-in
is loaded when somebody asks for it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.plugin import AgentContext, AgentPlugin
from cc_connect.runtime.settings import Project

log = structlog.get_logger(__name__)


class OtherAgents:
    """Implements `runtime.settings.Others` for one project.

    Args:
        made: The project with its own agent.
        shelf: The agents of this installation.
        context: Makes what a driver is built with, of its options.
        hidden: Names that are never offered.
    """

    def __init__(
        self,
        made: Project,
        shelf: Shelf[AgentPlugin],
        context: Callable[[Any], AgentContext],
        hidden: frozenset[str],
    ) -> None:
        self._own = made
        self._shelf = shelf
        self._context = context
        self._hidden = hidden
        self._made: dict[str, Project | None] = {made.agent_type: made}

    def installed(self) -> tuple[str, ...]:
        """Names of the agents that are on this machine now, the project's own first."""
        own, found = self._own.agent_type, []
        for name in sorted(self._shelf.names - self._hidden - {own}):
            plugin = self._load(name)
            if plugin is None or not plugin.automatic:
                continue
            if plugin.find(self._own.environ) is not None:
                found.append(name)
        return (own, *found)

    def project(self, name: str) -> Project | None:
        """The project with this agent in place of its own; None when there is no such agent."""
        if name not in self._made:
            plugin = None if name in self._hidden else self._load(name)
            self._made[name] = self._build(plugin) if plugin else None
        return self._made[name]

    def _load(self, name: str) -> AgentPlugin | None:
        if name not in self._shelf.names:
            return None
        try:
            return self._shelf.load(name)
        except PluginFailed as error:
            log.warning("plug-in left out", reason=str(error))
            return None

    def _build(self, plugin: AgentPlugin) -> Project:
        own = self._own
        options = replace(plugin.options(), work_dir=str(Path(own.spec.cwd)))
        spec = SessionSpec(
            cwd=own.spec.cwd,
            model=getattr(options, "model", ""),
            effort=getattr(options, "reasoning_effort", ""),
            mode=getattr(options, "mode", ""),
            env=own.spec.env,
        )
        return replace(
            own,
            agent=plugin.build(self._context(options)),
            agent_type=plugin.name,
            spec=spec,
            sign_in=plugin.sign_in or plugin.name,
            suppliers=(),
            supplier="",
            keys={},
        )
