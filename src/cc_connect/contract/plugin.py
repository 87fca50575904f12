"""The door through which platforms and agents come in, ours and others alike.

A package offers a plug-in by an entry point in the group `cc_connect.platforms` or
`cc_connect.agents` whose value is one of these records. The entry point is loaded only when a
project names it.
"""

from collections.abc import Awaitable, Callable, Mapping
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
class Note:
    """One line of what a live check found.

    `good` is False when a person should look at it, `fatal` True when nothing works before that.
    """

    text: str
    good: bool = True
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a live check: the credentials are good, and this is what they are for.

    Attributes:
        who: The account as people of the platform call it; empty when there is no such thing.
        notes: What a person should know, in the language that was asked for.
        link: What has to be opened in a browser before the bot can be written to; empty for none.
        clock: Unix seconds by the platform's clock, to tell whether ours is right; None if unknown.
    """

    who: str = ""
    notes: tuple[Note, ...] = ()
    link: str = ""
    clock: float | None = None


@dataclass(frozen=True, slots=True)
class PlatformPlugin:
    """A chat platform.

    Attributes:
        name: What `type = ` in the configuration says.
        options: A frozen dataclass; its field metadata describes the keys (see docs/config.md).
        build: Makes an adapter; must not connect yet.
        check: Tries the credentials on the platform, for `cc-connect init` and `doctor`; gets a
            language ("en", "zh") for its notes. Quick (seconds), sends nothing to anybody, and
            does not disturb an adapter that runs in the same process with the same credentials.
            Raises PlatformAuthFailed when the credentials are refused, PlatformUnavailable when
            that cannot be found out just now. None: there is nothing to check.
        guide: How a person gets the credentials, in a few lines of a language ("en", "zh").
    """

    name: str
    options: type
    build: Callable[[PlatformContext], Platform]
    check: Callable[[PlatformContext, str], Awaitable[Checked]] | None = None
    guide: Callable[[str], str] | None = None


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
        sign_in: What to type on the machine to sign the agent in; "" where nothing is known.
        verified: Version and day of the last trial of the driver with the real program; "" means
            that there was none.
        ask_version: Arguments with which the program tells its version and ends; () for none.
        automatic: Whether it may be chosen where the configuration names no agent.
        check: Asks the installed program for its version and whether it is signed in; the notes
            are in a language ("en", "zh"). Raises AgentError when it does not run.
    """

    name: str
    options: type
    build: Callable[[AgentContext], Agent]
    find: Callable[[Mapping[str, str]], Found | None]
    install: str = ""
    sign_in: str = ""
    verified: str = ""
    ask_version: tuple[str, ...] = ()
    automatic: bool = True
    check: Callable[[AgentContext, str], Awaitable[Checked]] | None = None
