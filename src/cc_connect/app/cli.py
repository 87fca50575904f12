"""The command line. Light on purpose: what only some commands need is imported by them."""

import importlib
import os
import sys
from pathlib import Path

import click

import cc_connect

USAGE = 2
ELSEWHERE = {
    "audit": (
        "cli_talk",
        "Show what was refused and what was done with special rights, the newest last.",
    ),
    "completion": (
        "cli_talk",
        'Print what completes commands in a shell: eval "$(cc-connect completion bash)".',
    ),
    "logs": ("cli_talk", "Show the last lines of the log of the running cc-connect."),
    "send": ("cli_talk", "Say something in a conversation."),
    "service": ("cli_service", "Let the system start cc-connect at login and keep it running."),
    "sessions": ("cli_talk", "List the conversations, the last used first."),
    "add": ("cli_setup", "Add to the configuration; its comments stay."),
    "config": ("cli_config", "Check or show the configuration."),
    "doctor": (
        "cli_doctor",
        "Look at the configuration, agents, chats and the machine; fails when one is broken.",
    ),
    "db": ("cli_db", "Check, copy or tidy what cc-connect has stored."),
    "init": ("cli_setup", "Set cc-connect up: a chat, an agent, a folder."),
}
"""Commands by name, with the module that has them and their line of `--help`."""


class _Root(click.Group):
    """Also takes the single-dash flags of the reference program; imports commands when wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, those that are not imported yet too."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name."""
        if name not in ELSEWHERE:
            return super().get_command(ctx, name)
        module = importlib.import_module(f"cc_connect.app.{ELSEWHERE[name][0]}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, of which none is imported for that."""
        room = formatter.width - 6 - max(map(len, self.list_commands(ctx)))
        lines = {name: summary for name, (_, summary) in ELSEWHERE.items()} | {
            name: command.get_short_help_str(room) for name, command in self.commands.items()
        }
        with formatter.section("Commands"):
            formatter.write_dl(sorted(lines.items()))


def _data_dir(ctx: click.Context) -> Path:
    named = ctx.obj.get("data_dir") or os.environ.get("CC_DATA_DIR")
    return Path(named or "~/.cc-connect").expanduser()


@click.group(cls=_Root, invoke_without_command=True)
@click.option(
    "--config", "-config", type=click.Path(path_type=Path), help="The configuration file."
)
@click.option("--data-dir", type=click.Path(), help="The data folder (default: ~/.cc-connect).")
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the page (default: 9820).")
@click.version_option(cc_connect.__version__, "--version", "-version", prog_name="cc-connect")
@click.pass_context
def main(ctx: click.Context, config: Path | None, data_dir: str | None, port: int | None) -> None:
    """Drive the coding agents on this machine from your chat apps.

    `cc-connect init` sets it up. Without a command it starts. Without a configuration it serves a
    chat page for the current folder on http://127.0.0.1:9820/ and prints a link to log in.
    """
    ctx.obj = {"data_dir": data_dir, "config": config}
    if sys.platform == "win32":
        click.echo("cc-connect runs on Linux and macOS; on Windows use it inside WSL.", err=True)
        ctx.exit(1)
    if ctx.invoked_subcommand is None:
        from cc_connect.app.lean import lean_imports

        with lean_imports():
            from cc_connect.app.serve import serve

        ctx.exit(serve(config, data_dir, port))


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


@main.command()
@click.argument("message")
@click.pass_context
def trace(ctx: click.Context, message: str) -> None:
    """Print what became of a message: MESSAGE is its id on the platform.

    From the store, so it works while cc-connect runs and when it does not.
    """
    from cc_connect.app.cli_db import print_trace

    print_trace(ctx, _data_dir(ctx), message)


@main.command()
@click.option("--check", is_flag=True, help="Open a session with each: is it signed in?")
@click.pass_context
def agents(ctx: click.Context, *, check: bool) -> None:
    """List the agents: what is installed, in which version, and what it was tried with."""
    from cc_connect.app.cli_agents import print_agents

    print_agents(os.environ, _data_dir(ctx), check=check)


def _say(ctx: click.Context, name: str, form: str, **fields: str) -> None:
    from cc_connect.app.client import NotRunning, call

    try:
        click.echo(form.format(**call(_data_dir(ctx), name, **fields)))
    except (NotRunning, ValueError) as error:
        click.echo(f"cc-connect: {error}", err=True)
        ctx.exit(1)
