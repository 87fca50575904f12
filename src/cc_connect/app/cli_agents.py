"""`cc-connect agents`: which agents there are, which of them are here, and in which version."""

import asyncio
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from cc_connect.app import discovery
from cc_connect.app.projects import FALLBACK
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentError
from cc_connect.contract.plugin import AgentContext, AgentPlugin
from cc_connect.procs import (
    MARKER,
    Child,
    Grace,
    Launch,
    ProcessError,
    child_environment,
)

_PATIENCE = 15.0  # seconds a program has to tell its version
_CHECK_WITHIN = 90.0  # seconds in which a session must open
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_UNTESTED = "untested"
_OPENS = "a session opens"
_GRACE = Grace(eof=0.5, term=1.0, kill=5.0)


@dataclass(frozen=True, slots=True)
class Row:
    """What is told about an agent."""

    name: str
    installed: str
    version: str
    verified: str
    ready: str = ""


def print_agents(environ: Mapping[str, str], data: Path, *, check: bool) -> None:
    """Print the list; with `check` a session is opened with each agent that is installed."""
    shelf = discovery.agents(discovery.disabled((), environ))
    plugins, failed = [], []
    for name in sorted(shelf.names - {FALLBACK}):
        try:
            plugins.append(shelf.load(name))
        except discovery.PluginFailed as error:
            failed.append(str(error))
    rows = asyncio.run(_rows(plugins, environ, data, check=check))
    for line in table(rows, check=check):
        click.echo(line)
    for line in failed:
        click.echo(f"cc-connect: {line}", err=True)


def table(rows: Iterable[Row], *, check: bool) -> list[str]:
    """The lines of the list, those that are installed first."""
    head = ("AGENT", "VERSION", "TRIED WITH", "WHERE, OR HOW TO GET IT")
    every = sorted(rows, key=lambda row: (not row.version, row.name))
    cells: list[tuple[str, ...]] = [head]
    cells += [(row.name, row.version or "-", row.verified, row.installed) for row in every]
    if check:
        ready = ["SIGNED IN", *(row.ready or "-" for row in every)]
        cells = [(*one, word) for one, word in zip(cells, ready, strict=True)]
    widths = [max(len(one[at]) for one in cells) for at in range(len(cells[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip()
        for one in cells
    ]


async def _rows(
    plugins: Iterable[AgentPlugin], environ: Mapping[str, str], data: Path, *, check: bool
) -> list[Row]:
    rows = []
    for plugin in plugins:  # one after the other: some of them take half a gigabyte
        found = plugin.find(environ)
        verified = plugin.verified or _UNTESTED
        if found is None:
            rows.append(Row(plugin.name, plugin.install or "set `cmd`", "", verified))
            continue
        version = found.version or await _version(plugin, found.command, environ)
        ready = await _ready(plugin, environ, data) if check else ""
        rows.append(Row(plugin.name, found.command, version or "?", verified, ready))
    return rows


async def _version(plugin: AgentPlugin, command: str, environ: Mapping[str, str]) -> str:
    if not plugin.ask_version:
        return ""
    env = child_environment(environ, {})
    launch = Launch((command, *plugin.ask_version), Path.cwd(), env, grace=_GRACE)
    said = b""
    try:
        async with asyncio.timeout(_PATIENCE), await Child.start(launch) as child:
            while piece := await child.read():
                said += piece
    except (ProcessError, TimeoutError):
        return ""
    found = _VERSION.search(said.decode(errors="replace"))
    return found[0] if found else ""


async def _ready(plugin: AgentPlugin, environ: Mapping[str, str], data: Path) -> str:
    """What the agent says of being signed in, or why no session opens."""
    context = AgentContext(
        project="check",
        options=plugin.options(),
        environ=environ,
        folder=data / "agents" / "check",
        marker={MARKER: "check"},
    )
    try:
        async with asyncio.timeout(_CHECK_WITHIN):
            return await _asked(plugin, context)
    except AgentError as error:
        return f"no: {str(error).splitlines()[0]}"
    except TimeoutError:
        return "no: it does not get ready"


async def _asked(plugin: AgentPlugin, context: AgentContext) -> str:
    if plugin.check is not None:
        notes = (await plugin.check(context, "en")).notes
        return "; ".join(note.text for note in notes) or _OPENS
    with tempfile.TemporaryDirectory() as folder:
        async with plugin.build(context).open(SessionSpec(folder)):
            return _OPENS
