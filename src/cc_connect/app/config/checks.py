"""What no single table can know: names used twice, ports, who is there to do the work."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cc_connect.app.config import reference
from cc_connect.app.config.kinds import found as found_type
from cc_connect.app.config.locate import Keys
from cc_connect.app.config.models import (
    AUTO,
    PROVIDER,
    AgentConfig,
    Config,
    PlatformConfig,
    ProjectConfig,
)
from cc_connect.app.config.models_shared import Provider
from cc_connect.app.config.problems import Problems, Where, quoted


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be run: names of agents and platforms that are there and not switched off."""

    agents: frozenset[str]
    platforms: frozenset[str]
    disabled: frozenset[str] = frozenset()

    def why_not(self, kind: str, there: frozenset[str], known: Collection[str]) -> str:
        """Why a named agent or platform does not run; empty when it does or is unknown."""
        if kind in self.disabled:
            return "is switched off by disabled_plugins"
        if kind not in there and kind in known:
            return "is known, but not built yet"
        return ""


def offer_for(
    data: Mapping[str, object], agents: Collection[str], platforms: Collection[str]
) -> Offer:
    """What can be run with a configuration, from its raw tables."""
    match data.get("disabled_plugins"):
        case str(text):
            disabled = [part.strip() for part in text.split(",")]
        case list(items):
            disabled = [item for item in items if isinstance(item, str)]
        case _:
            disabled = []
    return Offer(frozenset(agents), frozenset(platforms), frozenset(disabled))


def left_out(data: Mapping[str, object], offer: Offer) -> Iterator[tuple[Keys, str]]:
    """The platforms that are passed over, and why, from the raw tables."""
    projects = data.get("projects")
    for i, project in enumerate(projects if isinstance(projects, list) else ()):
        platforms = project.get("platforms") if isinstance(project, dict) else None
        for j, platform in enumerate(platforms if isinstance(platforms, list) else ()):
            kind = platform.get("type") if isinstance(platform, dict) else None
            if isinstance(kind, str):
                why = offer.why_not(kind, offer.platforms, reference.PLATFORM_OPTIONS)
                if why:
                    yield ("projects", i, "platforms", j), f"{quoted(kind)} {why}: left out"


def check_names(config: Config, problems: Problems) -> None:
    """No two projects, providers, commands or aliases have one name."""
    root = config.where
    _no_twins([p.name for p in config.projects], [p.where for p in config.projects], problems)
    for key, names in (
        ("providers", [provider.name for provider in config.providers]),
        ("commands", [command.name for command in config.commands]),
        ("aliases", [alias.name for alias in config.aliases]),
    ):
        _no_twins(names, [root.at(key, index) for index in range(len(names))], problems)
    for project in config.projects:
        own = project.agent.where.at("providers")
        names = [provider.name for provider in project.agent.providers]
        _no_twins(names, [own.at(index) for index in range(len(names))], problems)


def _no_twins(names: list[str], tables: list[Where], problems: Problems) -> None:
    seen: dict[str, Where] = {}
    for name, table in zip(names, tables, strict=True):
        where = table.at("name")
        if not name or problems.failed(where):
            continue
        first = seen.setdefault(name, where)
        if first is not where:
            spot = where.source.places.find(first.keys)
            line = f" in line {spot.line}" if spot else ""
            problems.error(where, f"{quoted(name)} is used{line} already")


def check_kinds(config: Config, offer: Offer, problems: Problems) -> None:
    """Every project has an agent that is there, and platforms that somebody knows."""
    for index, name in enumerate(config.disabled_plugins):
        names = {*offer.agents, *offer.platforms, *reference.AGENT_OPTIONS}
        names.update(reference.PLATFORM_OPTIONS)
        if name not in names:
            where = config.where.at("disabled_plugins", index)
            problems.warn(
                where, f"no plug-in is called {quoted(name)}", problems.guess(name, names)
            )
    for project in config.projects:
        _check_agent(project.agent, offer, problems)
        for platform in project.platforms:
            _check_platform(platform, offer, problems)


def _check_agent(agent: AgentConfig, offer: Offer, problems: Problems) -> None:
    where = agent.where.at("type")
    if agent.type in ("", AUTO) or problems.failed(where):
        return
    why = offer.why_not(agent.type, offer.agents, reference.AGENT_OPTIONS)
    if why:
        problems.error(where, f"the agent {quoted(agent.type)} {why}")
        _known_options(agent.where, agent.options, reference.agent_options(agent.type), problems)
    elif agent.type not in offer.agents:
        names = {AUTO, *offer.agents, *reference.AGENT_OPTIONS}
        hint = problems.guess(agent.type, names) or "there is: " + ", ".join(sorted(offer.agents))
        problems.error(where, f"unknown agent {quoted(agent.type)}", hint)


def _check_platform(platform: PlatformConfig, offer: Offer, problems: Problems) -> None:
    where = platform.where.at("type")
    kind = platform.type
    if not kind or problems.failed(where):
        return
    if offer.why_not(kind, offer.platforms, reference.PLATFORM_OPTIONS):
        _known_options(platform.where, platform.options, reference.platform_options(kind), problems)
    elif kind not in offer.platforms:
        names = {*offer.platforms, *reference.PLATFORM_OPTIONS}
        hint = problems.guess(kind, names) or "there is: " + ", ".join(sorted(offer.platforms))
        problems.error(where, f"unknown platform {quoted(kind)}", hint)


def _known_options(
    where: Where, options: Mapping[str, object], known: frozenset[str], problems: Problems
) -> None:
    """Look for slips in options that nobody reads yet; our list may lack some, so only warn."""
    for key in options if known else ():
        if key not in known:
            place = where.at("options", key)
            problems.warn(place, "unknown key", problems.guess(key, known))


def check_ports(config: Config, offer: Offer, problems: Problems) -> None:
    """No two servers are to listen on one port."""
    taken: dict[int, Where] = {}
    for port, where in _ports(config, offer):
        first = taken.setdefault(port, where)
        if first is not where:
            problems.error(where, f"the port {port} is used by {first} already")


def _ports(config: Config, offer: Offer) -> Iterator[tuple[int, Where]]:
    for key, server in (
        ("management", config.management),
        ("webhook", config.webhook),
        ("bridge", config.bridge),
    ):
        if server.enabled and server.port:
            yield server.port, config.where.at(key, "port")
    for project in config.projects:
        for platform in project.platforms:
            port = platform.options.get("port")
            digits = isinstance(port, str) and port.isascii() and port.isdigit()
            if platform.type in offer.platforms and (digits or type(port) is int):
                number = str(port)
                if len(number) <= len("65535") and int(number) > 0:
                    yield int(number), platform.where.at("options", "port")


def check_accounts(config: Config, problems: Problems) -> None:
    """One account of a chat platform is not to be logged in twice."""
    seen: dict[tuple[str, str], ProjectConfig] = {}
    for project in config.projects:
        mine: set[tuple[str, str]] = set()
        for platform in project.platforms:
            if not platform.options:
                continue
            account = (platform.type, repr(sorted(platform.options.items(), key=str)))
            owner = seen.setdefault(account, project)
            if owner is not project:
                name = quoted(owner.name)
                problems.warn(platform.where, f"the same account is used in the project {name}")
            elif account in mine:
                problems.error(platform.where, "the same platform stands here twice")
            mine.add(account)


def providers_of(config: Config, agent: AgentConfig, problems: Problems) -> tuple[Provider, ...]:
    """The providers that apply to an agent, in the order in which they are offered."""
    shared = {provider.name: provider for provider in config.providers}
    found: dict[str, Provider] = {}
    for index, name in enumerate(agent.provider_refs):
        provider = shared.get(name)
        if provider is None:
            where = agent.where.at("provider_refs", index)
            hint = problems.guess(name, shared)
            problems.warn(where, f"there is no provider {quoted(name)}: passed over", hint)
        else:
            found[name] = provider
    found.update((provider.name, provider) for provider in agent.providers)
    fitting = {
        name: provider
        for name, provider in found.items()
        if agent.type == AUTO or not provider.agent_types or agent.type in provider.agent_types
    }
    active = agent.options.get(PROVIDER)
    where = agent.where.at("options", PROVIDER)
    if active is not None and not isinstance(active, str) and not problems.failed(where):
        problems.error(where, f"has to be text, found {found_type(active)}")
    elif isinstance(active, str) and active and active not in fitting:
        hint = problems.guess(active, fitting)
        problems.warn(where, f"there is no provider {quoted(active)} for this agent", hint)
    return tuple(fitting.values())


def check_exposure(config: Config, problems: Problems) -> None:
    """The web page is not to be open to other machines by accident."""
    page = config.management
    if page.enabled and not page.on_loopback and not page.token:
        where = config.where.at("management", "host")
        hint = 'set token, or host = "127.0.0.1"'
        problems.warn(where, "other machines can reach the page", hint)
