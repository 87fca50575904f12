"""The configuration file read with the plug-ins of this installation, which know their options."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from cc_connect.app import discovery
from cc_connect.app.config import Loaded, Problems, Source, load, load_text, settle
from cc_connect.app.config.models import AUTO
from cc_connect.app.projects import FALLBACK, find_agent
from cc_connect.contract.plugin import AgentPlugin, PlatformPlugin

log = structlog.get_logger(__name__)


def read_config(path: Path, environ: Mapping[str, str]) -> Loaded:
    """Read a file, the options of plug-ins too; of those only the named ones are imported.

    Raises:
        ConfigError: The file cannot be read.
    """
    platforms, agents = _shelves(environ)
    return with_options(
        load(path, environ, agents.names, platforms.names), environ, platforms, agents
    )


def read_text(text: str, source: Source, environ: Mapping[str, str]) -> Loaded:
    """Like `read_config`, for a text that may become a file."""
    platforms, agents = _shelves(environ)
    loaded = load_text(text, source, environ, Problems(), agents.names, platforms.names)
    return with_options(loaded, environ, platforms, agents)


def _shelves(
    environ: Mapping[str, str],
) -> tuple[discovery.Shelf[PlatformPlugin], discovery.Shelf[AgentPlugin]]:
    out = discovery.disabled((), environ)
    return discovery.platforms(out), discovery.agents(out)


def with_options(
    loaded: Loaded,
    environ: Mapping[str, str],
    platforms: discovery.Shelf[PlatformPlugin],
    agents: discovery.Shelf[AgentPlugin],
) -> Loaded:
    """Have the plug-ins that are named read their own options."""
    config = loaded.draft or loaded.config
    if config is None:
        return loaded
    named_platforms = {p.type for project in config.projects for p in project.platforms}
    named_agents = {project.agent.type for project in config.projects}
    agent_options = _options(agents, named_agents)
    platform_options = _options(platforms, named_platforms)
    if AUTO in named_agents:
        found, _ = find_agent(agents, environ)
        if found != FALLBACK:
            agent_options[AUTO] = agents.load(found).options
    return settle(loaded, agent_options, platform_options)


def _options(shelf: discovery.AnyShelf, names: set[str]) -> dict[str, type]:
    options = {}
    for name in sorted(names & shelf.names):
        try:
            options[name] = shelf.load(name).options
        except discovery.PluginFailed as error:
            log.error("plug-in left out", reason=str(error))
    return options
