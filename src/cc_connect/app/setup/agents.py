"""Which agents there are on this machine, and what they say of themselves."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
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
    """The installed agents, the preferred one first, then those that are taken by themselves.

    The demo agent does not count.
    """
    found = []
    for name in shelf.names - {FALLBACK}:
        try:
            plugin = shelf.load(name)
        except PluginFailed:
            continue
        there = plugin.find(environ)
        if there is not None:
            rank = (name != PREFERRED, not plugin.automatic, name)
            found.append((rank, Present(name, there.command)))
    return tuple(one for _, one in sorted(found, key=itemgetter(0)))


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
    try:
        with tempfile.TemporaryDirectory() as folder:
            context = AgentContext("", plugin.options(), environ, Path(folder), {})
            return asyncio.run(_answer(plugin, context, language))
    except AgentError as error:
        return Checked(notes=(Note(str(error), good=False),))


async def _answer(plugin: AgentPlugin, context: AgentContext, language: str) -> Checked:
    return Checked() if plugin.check is None else await plugin.check(context, language)


def known(name: str, shelf: Shelf[AgentPlugin]) -> bool:
    """Whether a project may name this agent."""
    return name == AUTO or name in shelf.names
