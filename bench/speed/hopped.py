"""cc-connect with a clock at every hop of a turn; started by `hops`, never by people.

SIGUSR1 forgets what was counted; at its end it writes the times, in milliseconds, to the file that
BENCH_FOUND names. SIGUSR2 writes the top lines of tracemalloc there instead.
"""

import json
import os
import signal
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from cc_connect.agents.claudecode.session import ClaudeSession
from cc_connect.app.cli import main
from cc_connect.platforms.weibo.adapter import WeiboPlatform
from cc_connect.runtime import actor
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.presenter import Presenter
from cc_connect.store.store import Store

TOP = 25
_times: dict[str, list[float]] = {}


def _clock(owner: Any, name: str, hop: str) -> None:  # noqa: ANN401 - a class or a module
    times = _times.setdefault(hop, [])
    inner = getattr(owner, name)

    @wraps(inner)
    def called(*given: object, **named: object) -> object:
        began = time.perf_counter()
        try:
            return inner(*given, **named)
        finally:
            times.append(1000 * (time.perf_counter() - began))

    setattr(owner, name, called)


def _clock_async(owner: type, name: str, hop: str) -> None:
    times = _times.setdefault(hop, [])
    inner: Callable[..., Any] = getattr(owner, name)

    @wraps(inner)
    async def called(*given: object, **named: object) -> object:
        began = time.perf_counter()
        try:
            return await inner(*given, **named)
        finally:
            times.append(1000 * (time.perf_counter() - began))

    setattr(owner, name, called)


def _forget(*_: object) -> None:
    for times in _times.values():
        times.clear()


def _lines(*_: object) -> None:
    top = tracemalloc.take_snapshot().statistics("lineno")[:TOP]
    found = Path(os.environ["BENCH_FOUND"])
    part = found.with_suffix(".part")
    part.write_text("\n".join(map(str, top)))
    part.rename(found)


if __name__ == "__main__":
    _clock_async(Store, "accept", "accept")
    _clock_async(Outbox, "commit", "commit")
    _clock(actor, "step", "step")
    _clock_async(ClaudeSession, "_write", "stdin")
    _clock(ClaudeSession, "_line", "parse")
    _clock(Presenter, "show", "present")
    _clock_async(WeiboPlatform, "deliver", "deliver")
    signal.signal(signal.SIGUSR1, _forget)
    signal.signal(signal.SIGUSR2, _lines)
    try:
        main()
    finally:
        if not tracemalloc.is_tracing():
            Path(os.environ["BENCH_FOUND"]).write_text(json.dumps(_times))
        sys.stdout.flush()
