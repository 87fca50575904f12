"""What came of a configuration: what can be run, what is parked, what there is to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cc_connect.app.config import reference
from cc_connect.app.config.kinds import layout
from cc_connect.app.config.models import PROVIDER, Config, PlatformConfig, ProjectConfig
from cc_connect.app.config.problems import Problem, Problems, Severity
from cc_connect.app.config.read import read_table


@dataclass(frozen=True, slots=True)
class Parked:
    """A project that is not run because of its own errors.

    Attributes:
        name: As written; `projects[2]` when even that cannot be read.
        index: Which entry of the file it is, from 0.
        problems: Its errors and warnings.
    """

    name: str
    index: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a configuration file.

    Attributes:
        config: None when something that all projects share has an error: do not start (exit 2).
        problems: All of them, in the order of the file, those of parked projects too.
        parked: The projects that are left out of `config.projects`.
    """

    config: Config | None
    problems: tuple[Problem, ...]
    parked: tuple[Parked, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What stops the start or parks a project."""
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What stops nothing."""
        return tuple(one for one in self.problems if one.severity is Severity.WARNING)


def sorted_out(config: Config, names: Sequence[str], problems: Problems) -> Loaded:
    """Park the projects with errors; with an error in what they share there is nothing to run.

    Args:
        config: As it was read, with all projects.
        names: Of all projects of the file, in its order.
        problems: Everything that was found.
    """
    told = problems.in_order()
    if problems.shared_failed:
        return Loaded(None, told)
    failed = [
        index for index in range(len(names)) if problems.failed(config.where.at("projects", index))
    ]
    mine = _by_project(told)
    parked = tuple(Parked(names[index], index, tuple(mine.get(index, ()))) for index in failed)
    left_over = frozenset(failed)
    running = tuple(one for one in config.projects if one.where.project not in left_over)
    return Loaded(replace(config, projects=running), told, parked)


def _by_project(told: tuple[Problem, ...]) -> dict[int, list[Problem]]:
    mine: dict[int, list[Problem]] = {}
    for problem in told:
        if problem.project is not None:
            mine.setdefault(problem.project, []).append(problem)
    return mine


def settle(loaded: Loaded, agents: Mapping[str, type], platforms: Mapping[str, type]) -> Loaded:
    """Have the options of agents and platforms read by the classes of their plug-ins.

    The results are in `AgentConfig.settings` and `PlatformConfig.settings`; a project whose options
    have an error is parked too. Options that the reference program has and a plug-in has not yet
    are told as such.

    Args:
        loaded: What `load` gave; it is not changed.
        agents: Options class by type. For a type that is not in it (`auto`, say) nothing is done.
        platforms: The same.
    """
    if loaded.config is None:
        return loaded
    problems = Problems()
    problems.kept = list(loaded.problems)
    projects = tuple(
        _settled(project, agents, platforms, problems) for project in loaded.config.projects
    )
    told = problems.in_order()
    mine = _by_project(told)
    parked = list(loaded.parked)
    running = []
    for project in projects:
        index = project.where.project
        if problems.failed(project.where) and index is not None:
            parked.append(Parked(project.name, index, tuple(mine.get(index, ()))))
        else:
            running.append(project)
    parked.sort(key=lambda one: one.index)
    return Loaded(replace(loaded.config, projects=tuple(running)), told, tuple(parked))


def _settled(
    project: ProjectConfig,
    agents: Mapping[str, type],
    platforms: Mapping[str, type],
    problems: Problems,
) -> ProjectConfig:
    agent = project.agent
    cls = agents.get(agent.type)
    if cls is not None:
        where = agent.where.at("options")
        known = reference.agent_options(agent.type)
        own = layout(cls).entries
        options = {k: v for k, v in agent.options.items() if k in own or k != PROVIDER}
        settings = read_table(cls, options, where, problems, known)
        agent = replace(agent, settings=settings)
    settled = tuple(_settled_platform(one, platforms, problems) for one in project.platforms)
    return replace(project, agent=agent, platforms=settled)


def _settled_platform(
    platform: PlatformConfig, platforms: Mapping[str, type], problems: Problems
) -> PlatformConfig:
    cls = platforms.get(platform.type)
    if cls is None:
        return platform
    where = platform.where.at("options")
    known = reference.platform_options(platform.type)
    return replace(platform, settings=read_table(cls, platform.options, where, problems, known))
