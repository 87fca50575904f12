"""A program that dies again and again is slowed down, so that it does no harm at full speed."""

import json
from collections.abc import Callable, Sequence

from cc_connect.store.store import Store

MOST = 5
WITHIN = 60.0
OWNER, KEY = "house", "starts"


def pause(starts: Sequence[float], now: float) -> float:
    """Seconds to wait: so many starts without a proper end belong into a minute, not more.

    `starts` are Unix times, oldest first, this start among them.
    """
    recent = [at for at in starts if 0 <= now - at < WITHIN]
    if len(recent) < MOST:
        return 0.0
    return recent[-MOST] + WITHIN - now


async def note_start(store: Store, now: Callable[[], float]) -> float:
    """Write this start down; returns the seconds to wait before going on."""
    starts = [*_read(await store.load(OWNER, KEY)), now()][-MOST:]
    await store.save(OWNER, KEY, json.dumps(starts))
    return pause(starts, now())


async def note_end(store: Store) -> None:
    """The program has ended as it should: earlier starts were no crashes."""
    await store.save(OWNER, KEY, "[]")


def _read(text: str | None) -> list[float]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [float(at) for at in found] if isinstance(found, list) else []
