"""Plug-ins: found by entry points, loaded only when a project names them.

A plug-in that cannot be loaded is a report; the others run on. `disabled_plugins` and the variable
`CC_CONNECT_DISABLE` keep plug-ins out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from cc_connect.contract.plugin import AgentPlugin, PlatformPlugin

PLATFORMS = "cc_connect.platforms"
AGENTS = "cc_connect.agents"
DISABLE = "CC_CONNECT_DISABLE"

P = TypeVar("P", AgentPlugin, PlatformPlugin)


class PluginFailed(Exception):
    """A plug-in is there but cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Shelf(Generic[P]):
    """The plug-ins of one kind, by name, none of them loaded yet."""

    kind: type[P]
    points: Mapping[str, EntryPoint]

    @property
    def names(self) -> frozenset[str]:
        """What `type = ` may say."""
        return frozenset(self.points)

    def load(self, name: str) -> P:
        """Import a plug-in.

        Raises:
            PluginFailed: It cannot be imported or is not a plug-in.
        """
        try:
            plugin = self.points[name].load()
        except Exception as error:
            raise PluginFailed(
                f"plug-in {name} cannot be loaded: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(plugin, self.kind):
            raise PluginFailed(f"plug-in {name} is a {type(plugin).__name__}, not a plug-in")
        return plugin


AnyShelf = Shelf[PlatformPlugin] | Shelf[AgentPlugin]


def platforms(disabled: Collection[str]) -> Shelf[PlatformPlugin]:
    """The chat platforms of this installation."""
    return Shelf(PlatformPlugin, _points(PLATFORMS, disabled))


def agents(disabled: Collection[str]) -> Shelf[AgentPlugin]:
    """The agents of this installation."""
    return Shelf(AgentPlugin, _points(AGENTS, disabled))


def disabled(config: Collection[str], environ: Mapping[str, str]) -> frozenset[str]:
    """What is kept out, by the configuration and by the environment."""
    named = environ.get(DISABLE, "").replace(",", " ").split()
    return frozenset((*config, *named))


def _points(group: str, disabled: Collection[str]) -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group) if point.name not in disabled}
