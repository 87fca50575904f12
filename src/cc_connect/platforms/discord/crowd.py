"""What gives way when much is to be shown at once: edits come less often, signs wait.

Discord takes 50 requests a second of a bot. With n places in which something is shown live, each
has its turn every n/33 seconds; the rest is left for answers.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress

import discord
import structlog

from cc_connect.platforms.discord.errors import WIRE_ERRORS, translated
from cc_connect.platforms.discord.pacer import Urgency, urgency
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.rights import INTERVAL

EDITS = 33.0
"""Edits a second of all places together. With 40, the rest of what is sent (answers, signs, new
places) makes a queue before the limit, and texts are seconds old when they leave it."""
BUSY = 15.0
"""A place in which nothing was shown live for so long is not busy any more."""

log = structlog.get_logger(__name__)


class Crowd:
    """The places in which something is shown live."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, float] = OrderedDict()

    def show(self, place: str) -> None:
        """Something live is shown here."""
        self._shown[place] = _now()
        self._shown.move_to_end(place)

    @property
    def interval(self) -> float:
        """Seconds between two edits of one message."""
        oldest = _now() - BUSY
        while self._shown and next(iter(self._shown.values())) < oldest:
            self._shown.popitem(last=False)
        return max(INTERVAL, len(self._shown) / EDITS)


class Signs:
    """Signs that wait until there is room; only the last word about each is sent."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._waiting: dict[tuple[str, str, str], bool] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, channel: str, message: str, sign: str, *, on: bool) -> bool:
        """Take a sign over; False when there is room to send it now."""
        key = (channel, message, sign)
        if self._task is None and not self._rest.crowded:
            return False
        if self._waiting.pop(key, on) == on:
            self._waiting[key] = on
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="discord-signs")
        return True

    async def _work(self) -> None:
        urgency.set(Urgency.TYPING)
        try:
            while self._waiting:
                key, on = next(iter(self._waiting.items()))
                del self._waiting[key]
                await self._send(*key, on=on)
        finally:
            self._task = None

    async def _send(self, channel: str, message: str, sign: str, *, on: bool) -> None:
        try:
            with suppress(discord.NotFound):
                await self._rest.react(channel, message, sign, on=on)
        except WIRE_ERRORS as error:
            log.info("discord: a sign was not put", error=str(translated(error)))

    async def stop(self) -> None:
        """Send nothing any more."""
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.wait({task})


def _now() -> float:
    return asyncio.get_running_loop().time()
