"""`cc-connect config`: what is wrong with the configuration, what it says, what it may say."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from cc_connect.app import discovery
from cc_connect.app.cli_setup import config_path
from cc_connect.app.config import ConfigError, Loaded, Severity
from cc_connect.app.config.locate import normal
from cc_connect.app.config.models import AUTO
from cc_connect.app.config.schema import schema as made_schema
from cc_connect.app.config.show import OptionClasses, Row, rows
from cc_connect.app.config.syntax import parse
from cc_connect.app.logs import configure
from cc_connect.app.projects import find_agent
from cc_connect.app.reading import read_config


@click.group()
def config() -> None:
    """Check or show the configuration."""
    configure("error")


@config.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Tell everything that is wrong, each with its line and column; fails when there are errors."""
    path = config_path(ctx)
    if not path.exists() and not ctx.obj.get("config"):
        click.echo(f"There is no {path}; cc-connect runs without one.")
        return
    loaded = _read(ctx, path)
    for problem in loaded.problems:
        word = "error: " if problem.severity is Severity.ERROR else ""
        click.echo(f"{word}{problem}")
    click.echo(_verdict(path, loaded))
    ctx.exit(1 if loaded.errors else 0)


def _verdict(path: Path, loaded: Loaded) -> str:
    if loaded.errors:
        return f"{path}: errors: {len(loaded.errors)}, warnings: {len(loaded.warnings)}"
    count = len(loaded.config.projects) if loaded.config else 0
    return f"{path}: good; projects: {count}, warnings: {len(loaded.warnings)}"


@config.command()
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@click.option("--defaults", is_flag=True, help="Show what is not set, too.")
@click.pass_context
def show(ctx: click.Context, *, origin: bool, defaults: bool) -> None:
    """Print what the configuration says, without its secrets."""
    path = config_path(ctx)
    loaded = _read(ctx, path)
    try:
        text = normal(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        _fail(ctx, str(error))
        return
    parsed = parse(text)
    found = rows(parsed.data, parsed.places, path.name, _classes(loaded), defaults=defaults)
    click.echo("\n".join(_lines(list(found), origin=origin)))
    if loaded.errors:
        click.echo(f"{_verdict(path, loaded)}; see cc-connect config check", err=True)


def _lines(found: list[Row], *, origin: bool) -> Iterator[str]:
    width = max((len(f"{row.path} = {row.value}") for row in found), default=0)
    for row in found:
        line = f"{row.path} = {row.value}"
        yield f"{line:<{min(width, 72)}}  # {row.origin}" if origin else line


@config.command()
def schema() -> None:
    """Print a JSON Schema of the configuration, for editors."""
    out = discovery.disabled((), os.environ)
    agents = _options(discovery.agents(out))
    platforms = _options(discovery.platforms(out))
    click.echo(json.dumps(made_schema(agents, platforms), indent=2, ensure_ascii=False))


def _read(ctx: click.Context, path: Path) -> Loaded:
    try:
        return read_config(path, os.environ)
    except ConfigError as error:
        _fail(ctx, str(error))
        raise


def _classes(loaded: Loaded) -> OptionClasses:
    """The options of the plug-ins that a configuration names."""
    draft = loaded.draft or loaded.config
    if draft is None:
        return {}
    out = discovery.disabled((), os.environ)
    agents, platforms = discovery.agents(out), discovery.platforms(out)
    named = {one.agent.type for one in draft.projects}
    classes = {("agent", name): cls for name, cls in _options(agents, named).items()}
    if AUTO in named:
        name, _ = find_agent(agents, os.environ)
        classes["agent", AUTO] = agents.load(name).options
    named = {platform.type for one in draft.projects for platform in one.platforms}
    classes |= {("platforms", name): cls for name, cls in _options(platforms, named).items()}
    return classes


def _options(shelf: discovery.AnyShelf, names: set[str] | None = None) -> dict[str, type]:
    found = {}
    for name in sorted(shelf.names if names is None else shelf.names & names):
        try:
            found[name] = shelf.load(name).options
        except discovery.PluginFailed as error:
            click.echo(f"cc-connect: {error}", err=True)
    return found


def _fail(ctx: click.Context, text: str) -> None:
    click.echo(f"cc-connect: {text}", err=True)
    ctx.exit(1)
