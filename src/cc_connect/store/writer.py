"""The one writer: a thread that turns all waiting calls into one transaction.

Under load many calls share one sync of the disk (group commit); an idle store writes at once. Each
call is atomic by itself: inside a shared transaction it stands between savepoints, so one that
contradicts the data fails alone. Only when the database as a whole fails (disk full, damaged) all
calls of that transaction fail, and the next ones are tried afresh.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar, cast

from cc_connect.store.changes import Change, PostQueued
from cc_connect.store.codec import clean
from cc_connect.store.errors import StoreClosed, StoreConflict, translate
from cc_connect.store.statements import Statement, statements

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_MOST_CALLS = 512  # bounds how long the first caller of a batch waits for the last
_PRIMARY = 0xFF  # extended result codes keep the primary one in their low byte
_LOSES_ALL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
}


@dataclass(frozen=True, slots=True)
class WriterFigures:
    """What the writer has done since it was started."""

    transactions: int = 0
    calls: int = 0
    refused: int = 0
    largest: int = 0


class _Job(Generic[T]):
    """A call on its way through the thread, and what became of it."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Work[T], future: asyncio.Future[T]) -> None:
        self.work = work
        self.future = future
        self.result: T | None = None
        self.error: Exception | None = None

    def settle(self) -> None:
        """Tell the waiter, unless it was cancelled meanwhile."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(cast("T", self.result))


class Writer:
    """Owns the writing connection, which was opened with `isolation_level=None`.

    Make it inside a running event loop and use it from that loop only; `close` ends the thread
    and the connection.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._closed = False
        self.figures = WriterFigures()
        self._thread = threading.Thread(target=self._main, name="store-writer", daemon=True)
        self._thread.start()

    async def commit(self, changes: Sequence[Change]) -> tuple[int, ...]:
        """Write all of the changes or none; when it returns they are on the disk.

        A caller that is cancelled while it waits has committed all the same.

        Returns:
            The ids of the new rows of the outbox, in order.

        Raises:
            StoreConflict: A change contradicts what is stored.
            StoreError: One of its other kinds: the database failed.
        """
        if not changes:
            return ()
        held = tuple(changes)
        return await self.run(lambda connection: apply(connection, held))

    async def run(self, work: Work[T]) -> T:
        """Do `work` in the next transaction; it must not commit or roll back by itself."""
        if self._closed:
            raise StoreClosed("the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(cast("_Job[object]", _Job(work, future)))
        return await future

    async def close(self) -> None:
        """Write what was handed over, then end. Harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    # --- in the thread ------------------------------------------------------------------------

    def _main(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next_batch()
            if batch:
                self._write(batch)
                self._tell(batch)
        self._connection.close()

    def _next_batch(self) -> tuple[list[_Job[object]], bool]:
        batch: list[_Job[object]] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == _MOST_CALLS:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write(self, batch: list[_Job[object]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            if not self._write_all(batch):
                for job in batch:
                    self._write_one(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            for job in batch:
                if job.error is None:
                    job.error = translate(error)
        refused = sum(job.error is not None for job in batch)
        before = self.figures
        self.figures = WriterFigures(
            before.transactions + 1,
            before.calls + len(batch),
            before.refused + refused,
            max(before.largest, len(batch)),
        )

    def _write_all(self, batch: list[_Job[object]]) -> bool:
        """Do all calls, as nearly always all are good; False, and nothing done, when one is not.

        Savepoints around every call would be a third of all statements.
        """
        connection = self._connection
        connection.execute("SAVEPOINT batch")
        try:
            for job in batch:
                job.result = job.work(connection)
        except Exception as error:
            if _is_lost(connection, error):
                raise
            connection.execute("ROLLBACK TO batch")
            return False
        return True

    def _write_one(self, job: _Job[object]) -> None:
        """Do one call between savepoints. Raises only when the transaction as a whole is lost."""
        connection = self._connection
        connection.execute("SAVEPOINT call")
        try:
            job.result = job.work(connection)
        except Exception as error:
            job.error = translate(error) if isinstance(error, sqlite3.Error) else error
            if _is_lost(connection, error):
                raise
            connection.execute("ROLLBACK TO call")
        connection.execute("RELEASE call")

    def _roll_back(self) -> None:
        # A full disk makes SQLite roll back by itself in some cases, so there may be nothing to do.
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                return

    def _tell(self, batch: list[_Job[object]]) -> None:
        try:
            self._loop.call_soon_threadsafe(_settle_all, batch)
        except RuntimeError:  # the loop was closed: nobody waits any more
            return


def _is_lost(connection: sqlite3.Connection, error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return not connection.in_transaction or code & _PRIMARY in _LOSES_ALL


def _settle_all(batch: list[_Job[object]]) -> None:
    for job in batch:
        job.settle()


def apply(connection: sqlite3.Connection, changes: Sequence[Change]) -> tuple[int, ...]:
    """Write changes into the open transaction; returns the ids of new rows of the outbox.

    Raises:
        StoreConflict: A change found nothing, or not the state, that it changes.
        sqlite3.Error: Whatever the database says.
    """
    known = statements("changes.sql")
    posts: list[int] = []
    for change in changes:
        name = type(change).__name__
        for statement in known[name]:
            cursor = execute(connection, statement, change)
            if statement.one and cursor.rowcount != 1:
                raise StoreConflict(f"{name} finds nothing to change: {change!r:.200}")
            if isinstance(change, PostQueued) and cursor.lastrowid is not None:
                posts.append(cursor.lastrowid)
    return tuple(posts)


def execute(connection: sqlite3.Connection, statement: Statement, source: object) -> sqlite3.Cursor:
    """Run one statement with the attributes of `source` as its parameters."""
    values = tuple([_plain(getattr(source, name)) for name in statement.names])
    try:
        return connection.execute(statement.numbered, values)
    except UnicodeEncodeError:
        # JSON from a chat may carry half a surrogate pair, which UTF-8 cannot hold.
        cleaned = tuple([clean(value) if isinstance(value, str) else value for value in values])
        return connection.execute(statement.numbered, cleaned)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value
