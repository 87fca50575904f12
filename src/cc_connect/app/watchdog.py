"""A thread that notices when the event loop stands still, and says what it stands in."""

import asyncio
import sys
import threading
import time
import traceback

import structlog

TICK = 0.25
PATIENCE = 1.0
DEEPEST = 12

log = structlog.get_logger(__name__)


class Watchdog:
    """Watches the loop it is started in. `lag` is how late the loop was at its last tick."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.lag = 0.0
        self.longest = 0.0
        self._patience = patience
        self._ticked = time.monotonic()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to watch the running loop."""
        self._ticked = time.monotonic()
        self._tick()
        watched = threading.get_ident()
        self._thread = threading.Thread(
            target=self._watch, args=(watched,), name="watchdog", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._thread.join()

    def _tick(self) -> None:
        now = time.monotonic()
        self.lag = max(0.0, now - self._ticked - (TICK if self._timer else 0.0))
        self.longest = max(self.longest, self.lag)
        self._ticked = now
        self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _watch(self, watched: int) -> None:
        told = 0.0
        while not self._over.wait(self._patience / 4):
            ticked = self._ticked
            blocked = time.monotonic() - ticked - TICK
            if blocked > self._patience and ticked != told:
                told = ticked
                log.warning(
                    "the event loop is blocked",
                    seconds=round(blocked, 1),
                    where=_where(watched),
                )


def _where(thread: int) -> str:
    """The innermost calls of a thread, the last one first."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the only way to see another thread
    if frame is None:
        return "?"
    calls = traceback.extract_stack(frame)[-DEEPEST:]
    return " < ".join(f"{call.name} {call.filename}:{call.lineno}" for call in reversed(calls))
