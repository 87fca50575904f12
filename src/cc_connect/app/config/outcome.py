"""What came of a configuration: what can be run, what is parked, what there is to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cc_connect.app.config import reference
from cc_connect.app.config.kinds import layout
from cc_connect.app.config.models import PROVIDER, Config, PlatformConfig, ProjectConfig
from cc_connect.app.config.problems import MAX_KEPT, Problem, Problems, Severity
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
        draft: Everything as well as it could be read, with all projects: not to be run, but to
            look for more mistakes, and to show.
    """

    config: Config | None
    problems: tuple[Problem, ...]
    parked: tuple[Parked, ...] = ()
    draft: Config | None = field(default=None, compare=False)

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
        return Loaded(None, told, draft=config)
    failed = [
        index for index in range(len(names)) if problems.failed(config.where.at("projects", index))
    ]
    mine = _by_project(told)
    parked = tuple(Parked(names[index], index, tuple(mine.get(index, ()))) for index in failed)
    left_over = frozenset(failed)
    running = tuple(one for one in config.projects if one.where.project not in left_over)
    return Loaded(replace(config, projects=running), told, parked, config)


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
    draft = loaded.draft or loaded.config
    if draft is None or len(loaded.problems) > MAX_KEPT:
        return loaded
    problems = Problems()
    problems.kept = list(loaded.problems)
    # Those that are parked already are read as well: a person wants all mistakes at once.
    settled = tuple(_settled(project, agents, platforms, problems) for project in draft.projects)
    draft = replace(draft, projects=settled)
    told = problems.in_order()
    if loaded.config is None:
        return Loaded(None, told, draft=draft)
    mine = _by_project(told)
    parked = {one.index: replace(one, problems=tuple(mine[one.index])) for one in loaded.parked}
    running = []
    for project in settled:
        index = project.where.project
        if index is None or not (index in parked or problems.failed(project.where)):
            running.append(project)
        elif index not in parked:
            parked[index] = Parked(project.name, index, tuple(mine.get(index, ())))
    config = replace(loaded.config, projects=tuple(running))
    return Loaded(config, told, tuple(parked[index] for index in sorted(parked)), draft)


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
