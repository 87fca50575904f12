"""The command line. Light on purpose: what only some commands need is imported by them."""

import os
import sys
from pathlib import Path

import click

import cc_connect

USAGE = 2


class _Root(click.Group):
    """Also takes the single-dash flags of the reference program."""


def _data_dir(ctx: click.Context) -> Path:
    named = ctx.obj.get("data_dir") or os.environ.get("CC_DATA_DIR")
    return Path(named or "~/.cc-connect").expanduser()


@click.group(cls=_Root, invoke_without_command=True)
@click.option(
    "--config", "-config", type=click.Path(path_type=Path), help="The configuration file."
)
@click.option("--data-dir", type=click.Path(), help="The data folder (default: ~/.cc-connect).")
@click.version_option(cc_connect.__version__, "--version", "-version", prog_name="cc-connect")
@click.pass_context
def main(ctx: click.Context, config: Path | None, data_dir: str | None) -> None:
    """Drive the coding agents on this machine from your chat apps.

    Without a command it starts. Without a configuration it serves a chat page for the current
    folder on http://127.0.0.1:9820/ and prints a link to log in.
    """
    ctx.obj = {"data_dir": data_dir}
    if sys.platform == "win32":
        click.echo("cc-connect runs on Linux and macOS; on Windows use it inside WSL.", err=True)
        ctx.exit(1)
    if ctx.invoked_subcommand is None:
        from cc_connect.app.serve import serve

        ctx.exit(serve(config, data_dir))


@main.command()
@click.pass_context
def url(ctx: click.Context) -> None:
    """Print a fresh link that logs a browser in to the page."""
    _say(ctx, "url", "{url}")


@main.command()
@click.argument("code")
@click.pass_context
def pair(ctx: click.Context, code: str) -> None:
    """Let in the person who was given this code in a chat."""
    _say(ctx, "pair", "{name} on {platform} is let in.", code=code)


def _say(ctx: click.Context, name: str, form: str, **fields: str) -> None:
    from cc_connect.app.client import NotRunning, call

    try:
        click.echo(form.format(**call(_data_dir(ctx), name, **fields)))
    except (NotRunning, ValueError) as error:
        click.echo(f"cc-connect: {error}", err=True)
        ctx.exit(1)
