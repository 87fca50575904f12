"""`cc-connect init` and `cc-connect add`: set-up at a terminal, or by flags."""

import os
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from cc_connect.app import discovery
from cc_connect.app.called import called
from cc_connect.app.config import find_config
from cc_connect.app.config.kinds import layout
from cc_connect.app.config.load import FILE_NAME
from cc_connect.app.logs import configure
from cc_connect.app.projects import language_for
from cc_connect.app.setup.answers import Given, Unusable, option, secret
from cc_connect.app.setup.dialogue import Dialogue, Shelves
from cc_connect.app.setup.edit import CannotEdit
from cc_connect.app.setup.terminal import Console

USAGE = 2
F = TypeVar("F", bound=Callable[..., None])

_PLATFORM = (
    click.option("--platform", default="", help="The chat platform: discord, weibo, web, ..."),
    click.option("--allow-from", help="Ids of people who may use it, with commas; '' for none."),
    click.option("--option", "options", multiple=True, help="KEY=VALUE of the platform."),
    click.option(
        "--secret",
        "secrets",
        multiple=True,
        help="KEY=env:NAME (the file will say ${NAME}) or KEY=file:PATH (its text is written).",
    ),
    click.option("--project", default="", help="Name of the project."),
    click.option("--yes", "-y", is_flag=True, help="Ask nothing; fail when something is missing."),
    click.option("--no-check", is_flag=True, help="Do not try the credentials on the platform."),
)
_PROJECT = (
    click.option("--work-dir", default="", help="The folder the agent works in."),
    click.option("--agent", default="", help="The agent; without it, one that is installed."),
)


def _with(decorators: tuple[Callable[[F], F], ...]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


@click.command()
@_with(_PLATFORM)
@_with(_PROJECT)
@click.pass_context
def init(ctx: click.Context, /, work_dir: str, agent: str, **flags: object) -> None:
    """Set cc-connect up: a chat, an agent, a folder. Answers are checked as they are given.

    A configuration that is there already stays as it is and gets one more project.
    """
    _run(ctx, flags, Dialogue.add_project, Given(work_dir=work_dir, agent=agent))


@click.group()
def add() -> None:
    """Add to the configuration; its comments stay."""


@add.command()
@_with(_PLATFORM)
@_with(_PROJECT)
@click.pass_context
def project(ctx: click.Context, /, work_dir: str, agent: str, **flags: object) -> None:
    """Add a project with its chat."""
    _run(ctx, flags, Dialogue.add_project, Given(work_dir=work_dir, agent=agent))


@add.command()
@_with(_PLATFORM)
@click.pass_context
def platform(ctx: click.Context, /, **flags: object) -> None:
    """Add a chat to a project."""
    _run(ctx, flags, Dialogue.add_platform, Given())


def _run(
    ctx: click.Context,
    flags: dict[str, object],
    run: Callable[[Dialogue, Path], None],
    given: Given,
) -> None:
    configure("error")  # what adapters log is for those who run them
    environ = os.environ
    out = discovery.disabled((), environ)
    shelves = Shelves(discovery.platforms(out), discovery.agents(out))
    try:
        given = _given(flags, given, shelves)
        language = language_for("", environ)
        command = _start(ctx)
        run(Dialogue(Console(), shelves, given, language, environ, command), config_path(ctx))
    except CannotEdit as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        _fail(ctx, str(error))
    except Unusable as error:
        _fail(ctx, str(error))


def _given(flags: dict[str, object], given: Given, shelves: Shelves) -> Given:
    name = str(flags["platform"])
    secrets = _secrets(shelves, name)
    options, hidden = flags["options"], flags["secrets"]
    assert isinstance(options, tuple)  # noqa: S101 - click makes it so
    assert isinstance(hidden, tuple)  # noqa: S101 - click makes it so
    chosen = dict(option(str(words), secrets) for words in options)
    chosen.update(secret(str(words)) for words in hidden)
    allow = flags["allow_from"]
    return replace(
        given,
        platform=name,
        project=str(flags["project"]),
        allow_from=None if allow is None else str(allow),
        options=chosen,
        asking=not flags["yes"],
        checking=not flags["no_check"],
    )


def _secrets(shelves: Shelves, platform: str) -> frozenset[str]:
    """Options that must not be given in plain sight; of all platforms when none is named yet."""
    shelf = shelves.platforms
    found: set[str] = set()
    for name in shelf.names & {platform} or shelf.names:
        try:
            entries = layout(shelf.load(name).options).entries
        except discovery.PluginFailed:
            continue
        found.update(entry.key for entry in entries.values() if entry.secret)
    return frozenset(found)


def config_path(ctx: click.Context) -> Path:
    """The file that would be read at the start, or would be if it were there."""
    home = Path(os.environ.get("HOME") or "~").expanduser()
    found = find_config(ctx.obj.get("config"), Path.cwd(), home)
    return found or home / ".cc-connect" / FILE_NAME


def _start(ctx: click.Context) -> str:
    """How the program is started with the file that is written."""
    named = ctx.obj.get("config")
    return f"{called()} --config {shlex.quote(str(named))}" if named else called()


def _fail(ctx: click.Context, text: str) -> None:
    click.echo(f"cc-connect: {text}", err=True)
    ctx.exit(1)
