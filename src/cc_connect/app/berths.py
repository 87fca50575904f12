"""Which platforms of the configuration are one connection: a bot may serve several projects.

Options of a platform may have an `account`: tables with the same one are one bot, joined by
`joined`. They may have `projects`: names of further projects which that bot serves.
"""

from dataclasses import dataclass, replace

import structlog

from cc_connect.app.config.models import Config, PlatformConfig

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Berth:
    """One adapter to be built.

    Attributes:
        instance: Its name.
        platform: Its configuration; of several tables, what became of them together.
        places: The (project, place in it) of these tables.
        named: Projects that are named by its options, beyond those.
    """

    instance: str
    platform: PlatformConfig
    places: tuple[tuple[str, int], ...]
    named: tuple[str, ...] = ()

    @property
    def guests(self) -> tuple[str, ...]:
        """Projects it serves without being named by them."""
        hosts = {project for project, _ in self.places}
        return tuple(dict.fromkeys(name for name in self.named if name not in hosts))

    @property
    def projects(self) -> tuple[str, ...]:
        """All projects it serves; the first is meant when nothing else is said."""
        return (*dict.fromkeys(project for project, _ in self.places), *self.guests)


def berths(config: Config) -> tuple[Berth, ...]:
    """The adapters that a configuration asks for, in its order."""
    made: dict[object, Berth] = {}
    for project in config.projects:
        seen: dict[str, int] = {}
        for place, platform in enumerate(project.platforms):
            seen[platform.type] = seen.get(platform.type, 0) + 1
            name = f"{project.name}.{platform.type}"
            if seen[platform.type] > 1:
                name += f".{seen[platform.type]}"
            account = getattr(platform.settings, "account", "")
            key = (platform.type, account) if account else name
            known = made.get(key)
            if known is None:
                made[key] = Berth(name, platform, ((project.name, place),))
            else:
                made[key] = _joined(known, platform, (project.name, place))
    names = frozenset(project.name for project in config.projects)
    return tuple(_naming(berth, names) for berth in made.values())


def _joined(berth: Berth, platform: PlatformConfig, place: tuple[str, int]) -> Berth:
    settings = berth.platform.settings
    join = getattr(settings, "joined", None)
    if join is not None:
        settings = join(platform.settings, place[0])
    whole = replace(berth.platform, settings=settings)
    return replace(berth, platform=whole, places=(*berth.places, place))


def _naming(berth: Berth, names: frozenset[str]) -> Berth:
    named = tuple(getattr(berth.platform.settings, "projects", ()))
    for name in named:
        if name not in names:
            log.error("a platform names a project that is not there", name=name, by=berth.instance)
    return replace(berth, named=tuple(name for name in named if name in names))
