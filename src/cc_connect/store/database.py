"""The file: how it is opened, checked and brought to the newest schema."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cc_connect.store.errors import StoreCorrupt, StoreError, StoreNewer, StoreReadOnly, reraise
from cc_connect.store.statements import Migration, migrations

FILE = "state.db"
_MARK = 0x63634366  # application_id of the file: it is ours
_BUSY_SECONDS = 5.0
_JOURNAL_LIMIT = 16 * 1024 * 1024


def make_folder(folder: Path) -> None:
    """Make a private folder (0700), or make the one that is there private.

    Raises:
        StoreReadOnly: That is not possible.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StoreReadOnly(
            f"the data folder cannot be made, or is not ours: check owner and rights ({error})"
        ) from error


def open_writable(path: Path, steps: Sequence[Migration] | None = None) -> sqlite3.Connection:
    """Open the database for writing; make it or bring its schema up to date.

    An existing file of an older schema is copied to `before-v<N>.db` beside it first. `steps` are
    the migrations, all there are by default.

    Raises:
        StoreNewer: A newer version of the program wrote it.
        StoreCorrupt: It is damaged or not ours.
        StoreError: One of the other kinds.
    """
    try:
        _make_private(path)
        connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    except OSError as error:
        raise StoreReadOnly(f"the database cannot be opened: {error}") from error
    except sqlite3.Error as error:
        reraise(error)
    try:
        _prepare(connection, path, steps or migrations())
    except sqlite3.Error as error:
        connection.close()
        reraise(error)
    except StoreError:
        connection.close()
        raise
    return connection


def open_readable(path: Path) -> sqlite3.Connection:
    """Open the database for reading only. Raises StoreError."""
    try:
        connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
        connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        reraise(error)
    return connection


def copy(source: sqlite3.Connection, path: Path) -> None:
    """Copy a whole database into a new private file, which replaces one that is there.

    Raises:
        sqlite3.Error, OSError: It did not work; the file that was there is untouched.
    """
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        _make_private(unfinished)
        target = sqlite3.connect(unfinished)
        try:
            source.backup(target)
        finally:
            target.close()
        sync(unfinished)
        unfinished.replace(path)
        sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the rights of the main file, so this is enough for all.
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(
        uri,
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,  # transactions are begun and ended in plain sight
        check_same_thread=False,  # opened here, then owned by one thread
        cached_statements=256,
    )


def _prepare(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> None:
    newest = steps[-1].version
    version = _pragma(connection, "user_version")
    if version and _pragma(connection, "application_id") != _MARK:
        raise StoreCorrupt(f"{path} is a database of another program: move it away")
    if version > newest:
        raise StoreNewer(
            f"{path} was written by a newer version of cc-connect (schema {version}, this one knows"
            f" {newest}): upgrade, or restore the backup before-v{version}.db beside it"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: a plain fsync there stops at the drive
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT}")
    connection.execute("PRAGMA temp_store = MEMORY")
    # With the journal emptied, SQLite compares the length of the file with what it should be, and
    # a file that was cut off is found now rather than when a page that is gone is asked for.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if 0 < version < newest:
        copy(connection, path.with_name(f"before-v{newest}.db"))
    for migration in steps:
        if migration.version > version:
            _migrate(connection, migration)
    # Only now: a migration that makes a table anew would take along what points at the old one.
    connection.execute("PRAGMA foreign_keys = ON")


def _migrate(connection: sqlite3.Connection, migration: Migration) -> None:
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{migration.script}\n"
            f"PRAGMA application_id = {_MARK};\n"
            f"PRAGMA user_version = {migration.version};\nCOMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
