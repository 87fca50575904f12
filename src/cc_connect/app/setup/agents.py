"""Which agents there are on this machine, and what they say of themselves."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cc_connect.app.config.models import AUTO
from cc_connect.app.discovery import PluginFailed, Shelf
from cc_connect.app.projects import FALLBACK, PREFERRED
from cc_connect.contract.errors import AgentError
from cc_connect.contract.plugin import AgentContext, AgentPlugin, Checked, Note


@dataclass(frozen=True, slots=True)
class Present:
    """An agent that is installed, and where."""

    name: str
    command: str


def present(shelf: Shelf[AgentPlugin], environ: Mapping[str, str]) -> tuple[Present, ...]:
    """The installed agents, the preferred one first; the demo agent does not count."""
    found = []
    for name in sorted(shelf.names - {FALLBACK}, key=lambda name: (name != PREFERRED, name)):
        try:
            there = shelf.load(name).find(environ)
        except PluginFailed:
            continue
        if there is not None:
            found.append(Present(name, there.command))
    return tuple(found)


def install_line(shelf: Shelf[AgentPlugin]) -> str:
    """How to get an agent."""
    try:
        return shelf.load(PREFERRED).install
    except (KeyError, PluginFailed):
        return ""


def asked(plugin: AgentPlugin, environ: Mapping[str, str], language: str) -> Checked:
    """What the program of an agent says; a failure is a note."""
    if plugin.check is None:
        return Checked()
    context = AgentContext("", plugin.options(), environ, Path(), {})
    try:
        return asyncio.run(_answer(plugin, context, language))
    except AgentError as error:
        return Checked(notes=(Note(str(error), good=False),))


async def _answer(plugin: AgentPlugin, context: AgentContext, language: str) -> Checked:
    return Checked() if plugin.check is None else await plugin.check(context, language)


def known(name: str, shelf: Shelf[AgentPlugin]) -> bool:
    """Whether a project may name this agent."""
    return name == AUTO or name in shelf.names
