"""Once a day the store forgets what was closed long ago."""

import asyncio
import time
from collections.abc import Callable

import structlog

from cc_connect.store.blobs import Blobs
from cc_connect.store.errors import StoreError
from cc_connect.store.store import Store
from cc_connect.store.upkeep import prune

DAY = 86400.0
KEPT_DAYS = 90
OWNER, KEY = "house", "pruned"
SOON = 300.0
"""Seconds after the start before the first look: the start itself has better things to do."""

log = structlog.get_logger(__name__)


async def keep_pruned(
    store: Store, blobs: Blobs, *, days: int = KEPT_DAYS, now: Callable[[], float] = time.time
) -> None:
    """Prune once a day, also over restarts; ends by cancellation. 0 days: nothing is forgotten."""
    if not days:
        return
    while True:
        last = float(await store.load(OWNER, KEY) or 0)
        await asyncio.sleep(max(SOON, min(DAY, last + DAY - now())))
        try:
            gone = await prune_once(store, blobs, days=days, now=now)
        except StoreError as error:
            log.warning("the store could not be pruned", error=str(error))
        else:
            log.info("pruned", **{name: count for name, count in gone.items() if count})


async def prune_once(
    store: Store, blobs: Blobs, *, days: int = KEPT_DAYS, now: Callable[[], float] = time.time
) -> dict[str, int]:
    """Forget what was closed so many days ago; returns how many rows of each table went."""
    gone = dict(await prune(store, blobs, before=now() - days * DAY))
    await store.save(OWNER, KEY, str(now()))
    return gone
