"""What hatchling does not know by itself: the plug-ins of this build.

`CC_CONNECT_EXCLUDE=discord,demo` (names of platforms or agents, separated by commas or blanks)
leaves them out of a wheel: neither their folder nor their entry point is in it. An sdist always
holds everything, so that a wheel of either kind can be made of it.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilderConfig
from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "CC_CONNECT_EXCLUDE"
NEEDED = frozenset({"web"})  # the program itself serves this one; it cannot be without
KINDS = ("platforms", "agents")


def excluded() -> frozenset[str]:
    """The names that shall not be in this build.

    Raises:
        ValueError: One of them cannot be left out.
    """
    names = frozenset(os.environ.get(VARIABLE, "").replace(",", " ").split())
    if kept := names & NEEDED:
        raise ValueError(f"{VARIABLE}: {', '.join(sorted(kept))} cannot be left out")
    return names


@dataclass(frozen=True, slots=True)
class Plugin:
    """A line of the table: `name = "package.module:plugin"` in a group such as `agents`."""

    kind: str
    name: str
    target: str

    @property
    def modules(self) -> tuple[str, str]:
        """Where it lives: what the line names, and the folder of its own name."""
        return self.target.partition(":")[0], f"cc_connect.{self.kind}.{self.name}"


def read(table: Mapping[str, Mapping[str, str]]) -> tuple[Plugin, ...]:
    """All plug-ins of `[tool.hatch.metadata.hooks.custom]`."""
    return tuple(
        Plugin(kind, name, target)
        for kind in KINDS
        for name, target in table[f"cc_connect.{kind}"].items()
    )


def left_out(plugins: Iterable[Plugin]) -> tuple[Plugin, ...]:
    """The excluded plug-ins, and those whose module is inside the folder of one."""
    everything = tuple(plugins)
    names = excluded()
    gone = [home for one in everything if one.name in names for home in homes(one, everything)]
    return tuple(
        plugin
        for plugin in everything
        if plugin.name in names
        or any(f"{plugin.modules[0]}.".startswith(f"{module}.") for module in gone)
    )


def homes(plugin: Plugin, everything: Iterable[Plugin]) -> tuple[str, ...]:
    """The modules that go with a plug-in: not one that others name too and that is not its own."""
    shared = {other.modules[0] for other in everything if other != plugin}
    return tuple(one for one in plugin.modules if one == plugin.modules[1] or one not in shared)


class CustomMetadataHook(MetadataHookInterface):
    """Makes the entry points of the table `[tool.hatch.metadata.hooks.custom]`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """See hatchling."""
        out = left_out(read(self.config))
        metadata["entry-points"] = {
            f"cc_connect.{kind}": {
                plugin.name: plugin.target
                for plugin in read(self.config)
                if plugin.kind == kind and plugin not in out
            }
            for kind in KINDS
        }


class CustomBuildHook(BuildHookInterface[WheelBuilderConfig]):
    """Keeps the folders of excluded plug-ins out of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's form
        """See hatchling."""
        plugins = read(self.metadata.hatch.config["metadata"]["hooks"]["custom"])
        patterns = self.build_config.target_config.setdefault("exclude", [])
        for plugin in left_out(plugins):
            for module in homes(plugin, plugins):
                path = "/src/" + module.replace(".", "/")
                patterns += [f"{path}/", f"{path}.py"]
        for name in sorted(excluded() - {plugin.name for plugin in plugins}):
            # A name of a plug-in that is not built (yet) asks for what is so already.
            print(f"{VARIABLE}: there is no {name}", file=sys.stderr)  # noqa: T201 - a build
