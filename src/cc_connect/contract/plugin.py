"""The door through which platforms and agents come in, ours and others alike.

A package offers a plug-in by an entry point in the group `cc_connect.platforms` or
`cc_connect.agents` whose value is one of these records. The entry point is loaded only when a
project names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cc_connect.contract.agent import Agent
from cc_connect.contract.platform import Platform


@dataclass(frozen=True, slots=True)
class PlatformContext:
    """What an adapter is built with.

    Attributes:
        instance: Name of this instance; `Address.platform` of all its addresses.
        options: An instance of the plug-in's options class, checked.
        folder: A private folder for files of its own (0700, made when it is there).
        projects: Names of the projects that use it; the first is the default.
        version: Version of this program.
    """

    instance: str
    options: Any
    folder: Path
    projects: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True, slots=True)
class PlatformPlugin:
    """A chat platform.

    Attributes:
        name: What `type = ` in the configuration says.
        options: A frozen dataclass; its field metadata describes the keys (see docs/config.md).
        build: Makes an adapter; must not connect yet.
    """

    name: str
    options: type
    build: Callable[[PlatformContext], Platform]


@dataclass(frozen=True, slots=True)
class AgentContext:
    """What a driver is built with.

    Attributes:
        project: Name of the project.
        options: An instance of the plug-in's options class, checked.
        environ: The environment of this program; drivers pass on only an allow-list of it.
        folder: A private folder for files of its own.
        marker: Environment that marks children of this program (see procs.survivors).
    """

    project: str
    options: Any
    environ: Mapping[str, str]
    folder: Path
    marker: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A program of an agent on this machine."""

    command: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class AgentPlugin:
    """A coding agent.

    Attributes:
        name: What `type = ` in the configuration says.
        options: A frozen dataclass, as for platforms; it has at least `work_dir` and `mode`.
        build: Makes a driver; must not start a process yet.
        find: Looks for the agent's program (an environment with PATH is given); quick.
        install: One line that tells a person how to install the agent.
    """

    name: str
    options: type
    build: Callable[[AgentContext], Agent]
    find: Callable[[Mapping[str, str]], Found | None]
    install: str = ""
