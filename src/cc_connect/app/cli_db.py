"""`cc-connect db`: look after the data folder."""

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from cc_connect.app.retention import KEPT_DAYS, prune_once
from cc_connect.app.trace import written
from cc_connect.store import database, lock, upkeep
from cc_connect.store.blobs import Blobs
from cc_connect.store.errors import AlreadyRunning, StoreError
from cc_connect.store.store import Store
from cc_connect.store.tracing import traced


@click.group()
@click.pass_context
def db(ctx: click.Context) -> None:
    """Check, copy or tidy what cc-connect has stored."""
    named = ctx.obj.get("data_dir") or os.environ.get("CC_DATA_DIR")
    ctx.obj["folder"] = Path(named or "~/.cc-connect").expanduser()


@db.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Read the whole database and tell what is wrong with it. It may be in use meanwhile."""
    problems = asyncio.run(upkeep.check(_there(ctx)))
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(
            "Stop cc-connect, move state.db away and put the newest good copy in its place."
            " Copies: those of `cc-connect db backup`, and before-v*.db in the data folder.",
            err=True,
        )
        ctx.exit(1)
    click.echo("all is well")


@db.command()
@click.argument("to", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def backup(ctx: click.Context, to: Path | None) -> None:
    """Copy the database into the file TO. It may be in use meanwhile.

    Without TO: backup-<date>.db in the data folder.
    """
    folder = _there(ctx)
    to = to or folder / f"backup-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    try:
        asyncio.run(upkeep.backup(folder, to))
    except StoreError as error:
        _fail(ctx, str(error))
    click.echo(f"{to} ({to.stat().st_size} bytes)")


@db.command()
@click.option("--days", type=click.IntRange(1), default=KEPT_DAYS, show_default=True)
@click.pass_context
def prune(ctx: click.Context, days: int) -> None:
    """Forget what was closed more than so many days ago. cc-connect must not be running.

    A running cc-connect does this by itself, once a day.
    """
    folder = _there(ctx)
    try:
        with lock.acquire(folder):
            gone = asyncio.run(_pruned(folder, days))
    except AlreadyRunning as error:
        _fail(ctx, f"{error}. A running cc-connect prunes by itself, once a day")
    except StoreError as error:
        _fail(ctx, str(error))
    else:
        told = [f"{name}: {count}" for name, count in gone.items() if count]
        click.echo(", ".join(told) if told else "nothing was old enough")


async def _pruned(folder: Path, days: int) -> dict[str, int]:
    store = await Store.open(folder)
    try:
        return await prune_once(store, Blobs(folder), days=days, now=time.time)
    finally:
        await store.close()


def print_trace(ctx: click.Context, folder: Path, message: str) -> None:
    """`cc-connect trace`: beside a running program, too."""
    ctx.obj["folder"] = folder
    try:
        lines = traced(database.open_readable(_there(ctx) / database.FILE), message, "")
    except StoreError as error:
        _fail(ctx, str(error))
    else:
        if not lines:
            _fail(ctx, "no message with this id came in")
        click.echo(written(lines))


def _there(ctx: click.Context) -> Path:
    folder: Path = ctx.obj["folder"]
    if not (folder / database.FILE).is_file():
        _fail(ctx, f"there is no database in {folder}; name the folder by --data-dir")
    return folder


def _fail(ctx: click.Context, text: str) -> None:
    click.echo(f"cc-connect: {text}", err=True)
    ctx.exit(1)
