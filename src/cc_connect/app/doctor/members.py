"""The agents and platforms of the projects: each asked by its own plug-in, at the same time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cc_connect
from cc_connect.app.config.models import AUTO, Config, PlatformConfig, ProjectConfig
from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.app.doctor import machine
from cc_connect.app.doctor.findings import Finding, Grade, of_notes
from cc_connect.app.projects import FALLBACK, WEB, find_agent
from cc_connect.contract.errors import AgentError, PlatformError, PlatformUnavailable
from cc_connect.contract.plugin import (
    AgentContext,
    AgentPlugin,
    PlatformContext,
    PlatformPlugin,
)
from cc_connect.core.texts import Language, say


@dataclass(frozen=True, slots=True)
class Around:
    """What is needed to ask.

    Attributes:
        now: Unix seconds of this machine.
    """

    platforms: Shelf[PlatformPlugin]
    agents: Shelf[AgentPlugin]
    environ: Mapping[str, str]
    data: Path
    language: Language
    now: Callable[[], float]

    def worded(self, key: str, **fields: object) -> str:
        """A text in the language."""
        return say(self.language, key, **fields)


async def asked(config: Config, around: Around) -> list[Finding]:
    """What all agents and platforms of a configuration say."""
    calls = []
    for project in config.projects:
        calls.append(_agent(project, around))
        calls += [_platform(project, one, around) for one in project.platforms if one.type != WEB]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    found: list[Finding] = []
    for answer in answers:
        match answer:
            case list():
                found += answer
            case Exception():  # a plug-in may be anybody's; the others are to be heard all the same
                # Not its text: nobody knows what that holds.
                text = around.worded("doctor_broken", error=type(answer).__name__)
                found.append(Finding(text, Grade.BAD))
            case BaseException():
                raise answer
    return found


async def _agent(project: ProjectConfig, around: Around) -> list[Finding]:
    kind = project.agent.type
    if kind == AUTO:
        kind, install = await asyncio.to_thread(find_agent, around.agents, around.environ)
        if kind == FALLBACK:
            text = around.worded("doctor_only_demo", project=project.name, install=install)
            return [Finding(text, Grade.ODD)]
    before = f"{project.name}, {kind}"
    try:
        plugin = around.agents.load(kind)
    except (KeyError, PluginFailed) as error:
        return [Finding(f"{before}: {error}", Grade.BAD)]
    options: Any = project.agent.settings
    if not isinstance(options, plugin.options):
        options = plugin.options()
    found = [*_work_dir(before, options, around)]
    if plugin.check is None:
        return [*found, *_found(before, kind, plugin, around)]
    folder = around.data / "agents" / project.name
    context = AgentContext(project.name, options, around.environ, folder, {})
    try:
        told = await plugin.check(context, around.language.value)
    except AgentError as error:
        install = f" ({plugin.install})" if plugin.install else ""
        return [*found, Finding(f"{before}: {error}{install}", Grade.BAD)]
    found.append(Finding(f"{before}: {told.who}" if told.who else before))
    return [*found, *of_notes(before, told.notes)]


def _found(before: str, kind: str, plugin: AgentPlugin, around: Around) -> list[Finding]:
    """Of a plug-in that cannot be asked: whether its program is there."""
    there = plugin.find(around.environ)
    if there is None and kind != FALLBACK:
        text = around.worded("doctor_not_installed", install=plugin.install)
        return [Finding(f"{before}: {text}", Grade.BAD)]
    return [Finding(f"{before}: {there.command}" if there and there.command else before)]


def _work_dir(before: str, options: object, around: Around) -> list[Finding]:
    work_dir = str(getattr(options, "work_dir", "") or "")
    if not work_dir or Path(work_dir).expanduser().is_dir():
        return []
    text = around.worded("doctor_no_work_dir", path=work_dir)
    return [Finding(f"{before}: {text}", Grade.BAD)]


async def _platform(
    project: ProjectConfig, platform: PlatformConfig, around: Around
) -> list[Finding]:
    before = f"{project.name}, {platform.type}"
    try:
        plugin = around.platforms.load(platform.type)
    except (KeyError, PluginFailed) as error:
        return [Finding(f"{before}: {error}", Grade.BAD)]
    if plugin.check is None or not isinstance(platform.settings, plugin.options):
        return [Finding(before)]
    context = PlatformContext(
        before, platform.settings, around.data, (project.name,), cc_connect.__version__
    )
    try:
        told = await plugin.check(context, around.language.value)
    except PlatformUnavailable as error:
        return [Finding(f"{before}: {error}", Grade.ODD)]
    except PlatformError as error:
        return [Finding(f"{before}: {error}", Grade.BAD)]
    found = [Finding(f"{before}: {told.who}" if told.who else before)]
    found += of_notes(before, told.notes)
    if told.clock is not None:
        found.append(machine.clock(around.now(), told.clock, around.language))
    return found
