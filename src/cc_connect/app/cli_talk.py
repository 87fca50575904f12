"""`cc-connect send`, `sessions`, `audit`, `logs`, `completion`: light, as agents run them often."""

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from cc_connect.app.client import NotRunning, call

_AGAIN = 1.0
"""Seconds between two looks of `logs --follow`."""
_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("text", nargs=-1)
@click.option("--to", default="", help="The conversation: its key or title (cc-connect sessions).")
@click.option("--image", "images", multiple=True, type=click.Path(), help="A picture to send.")
@click.option("--file", "files", multiple=True, type=click.Path(), help="A file to send.")
@click.pass_context
def send(
    ctx: click.Context, text: tuple[str, ...], to: str, images: tuple[str, ...], files: tuple[str]
) -> None:
    """Say something in a conversation. TEXT of `-` is read from standard input.

    An agent that cc-connect runs needs no --to: it sends to its own conversation, and only there.
    """
    said = sys.stdin.read() if text == ("-",) else " ".join(text)
    paths = [os.path.abspath(os.path.expanduser(path)) for path in (*images, *files)]  # noqa: PTH100, PTH111 - no resolving
    fields = {"text": said, "to": to, "files": json.dumps(paths)}
    token = os.environ.get("CC_SESSION_TOKEN")
    if token:
        fields |= {"session": os.environ.get("CC_SESSION_KEY", ""), "token": token}
    elif not to:
        fields["to"] = os.environ.get("CC_SESSION_KEY", "")
    _asked(ctx, "send", **fields)


@click.command()
@click.pass_context
def sessions(ctx: click.Context) -> None:
    """List the conversations, the last used first."""
    for key, title, updated, busy in json.loads(_asked(ctx, "sessions")["sessions"]):
        marks = f"{_at(updated)}  {'works' if busy else 'idle':5}"
        click.echo(f"{marks}  {key}" + (f"  ({title})" if title else ""))


@click.command()
@click.option("--count", "-n", default=50, type=click.IntRange(1, 1000), show_default=True)
@click.pass_context
def audit(ctx: click.Context, count: int) -> None:
    """Show what was refused and what was done with special rights, the newest last."""
    answer = _asked(ctx, "audit", count=str(count))
    for at, who, platform, project, action, allowed, reason in json.loads(answer["audit"]):
        verdict = "allowed" if allowed else "refused"
        place = f"{platform}/{project}" if project else platform
        why = f" ({reason})" if reason else ""
        click.echo(f"{_at(at)}  {verdict}  {place}  {who}  {action}{why}")


@click.command()
@click.option("--count", "-n", default=50, type=click.IntRange(1, 1000), show_default=True)
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl+C.")
@click.pass_context
def logs(ctx: click.Context, count: int, *, follow: bool) -> None:
    """Show the last lines of the log of the running cc-connect."""
    after = 0
    while True:
        answer = _asked(ctx, "logs", count=str(count), after=str(after))
        for line in json.loads(answer["lines"]):
            click.echo(line)
        if not follow:
            return
        after, count = int(answer["next"]), 1000
        time.sleep(_AGAIN)


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what completes commands in a shell: eval "$(cc-connect completion bash)"."""
    found = get_completion_class(shell)
    if found is not None:
        program = ctx.find_root().command
        click.echo(found(program, {}, "cc-connect", "_CC_CONNECT_COMPLETE").source())


def _asked(ctx: click.Context, name: str, **fields: str) -> dict[str, str]:
    named = ctx.obj.get("data_dir") or os.environ.get("CC_DATA_DIR")
    try:
        return call(Path(named or "~/.cc-connect").expanduser(), name, **fields)
    except (NotRunning, ValueError) as error:
        click.echo(f"cc-connect: {error}", err=True)
        ctx.exit(1)


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
