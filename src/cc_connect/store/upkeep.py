"""Looking after the store: check it, copy it, let it forget.

`check` and `backup` open the files by themselves, so they work beside a running service and without
one.
"""

import asyncio
import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from cc_connect.store import database
from cc_connect.store.blobs import Blobs
from cc_connect.store.errors import StoreError, files_typed, reraise
from cc_connect.store.statements import Statement, statements
from cc_connect.store.store import Store

_BATCH = 200  # rows: keeps the wait of a commit behind one batch in the order of milliseconds
_MOST_PROBLEMS = 20


async def check(folder: Path) -> tuple[str, ...]:
    """Read the whole database and tell what is wrong with it; () when all is well.

    Takes a second or so per few hundred megabytes; the service may run meanwhile.
    """
    return await asyncio.to_thread(_check, folder)


async def backup(folder: Path, to: Path) -> None:
    """Copy the database, as it is at one instant, into the file `to` (replaced if it is there).

    The service may run meanwhile. The blob folder is not part of it: its files never change, any
    copy of them will do.

    Raises:
        StoreError: It cannot be read, or the copy cannot be written.
    """
    await asyncio.to_thread(_backup, folder, to)


async def prune(store: Store, blobs: Blobs, *, before: float) -> Mapping[str, int]:
    """Forget what was closed before that time; what is still open stays, whatever its age.

    Works in small batches between which other commits get their turn.

    Returns:
        How many rows of each table went, and under "files" how many files.

    Raises:
        StoreError: The database failed; what was forgotten until then stays forgotten.
    """
    gone: dict[str, int] = {}
    for table, (statement,) in statements("prune.sql").items():
        gone[table] = 0
        forget = partial(_forget, statement, before)
        while count := await store.transact(forget):
            gone[table] += count
    kept = await store.blob_names()
    gone["files"] = await asyncio.to_thread(_remove_files, blobs, kept, before)
    return gone


def _forget(statement: Statement, before: float, link: sqlite3.Connection) -> int:
    return link.execute(statement.sql, {"before": before, "limit": _BATCH}).rowcount


def _remove_files(blobs: Blobs, kept: frozenset[str], before: float) -> int:
    blobs.sweep(unused_since=before)
    doomed = [name for name in blobs.known() if name not in kept]
    return sum(blobs.remove(name, unused_since=before) for name in doomed)


def _check(folder: Path) -> tuple[str, ...]:
    path = folder / database.FILE
    try:
        link = database.open_readable(path)
    except StoreError as error:
        return (str(error),)
    try:
        found = [str(row[0]) for row in link.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})")]
        problems = [] if found == ["ok"] else found
        problems += [
            f"a row of {row[0]} points at a row of {row[2]} that is not there"
            for row in link.execute("PRAGMA foreign_key_check").fetchmany(_MOST_PROBLEMS)
        ]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    finally:
        link.close()
    return tuple(problems)


def _backup(folder: Path, to: Path) -> None:
    link = database.open_readable(folder / database.FILE)
    try:
        with files_typed():
            database.copy(link, to)
    except sqlite3.Error as error:
        reraise(error)
    finally:
        link.close()
