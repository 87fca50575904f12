"""Reading: a thread with a connection of its own, so that reads never wait for writes."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

from cc_connect.store.errors import StoreClosed, translate

T = TypeVar("T")
_Call = Callable[[], None]


class Reader:
    """Runs one query at a time on a read-only connection.

    Every call sees all that was committed before it was made.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._main, name="store-reader", daemon=True)
        self._thread.start()

    async def run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Do `query` in the thread.

        Raises:
            StoreError: The database failed, or the store is closed.
        """
        if self._closed:
            raise StoreClosed("the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()

        def call() -> None:
            try:
                result = query(self._connection)
            except sqlite3.Error as error:
                self._tell(_fail, future, translate(error))
            except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
                self._tell(_fail, future, error)
            else:
                self._tell(_succeed, future, result)

        self._calls.put(call)
        return await future

    async def close(self) -> None:
        """Answer what was asked, then end. Harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._calls.put(None)
        await asyncio.to_thread(self._thread.join)

    def _main(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
        self._connection.close()

    def _tell(self, how: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(how, *arguments)
        except RuntimeError:  # the loop was closed: nobody waits any more
            return


def _succeed(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
