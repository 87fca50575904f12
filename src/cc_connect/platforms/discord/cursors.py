"""How far each channel was read, over restarts."""

import asyncio
import json
from dataclasses import dataclass

import structlog

from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord.wire import before, order

KEY = "cursors"
MOST = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last message seen in a channel; `guild` is "" for a direct conversation."""

    channel: str
    guild: str
    message: str


class Cursors:
    """The cursors of the channels in which something was said most recently.

    They are written with a delay. One that lags is harmless: what is read again is known by its id.
    """

    def __init__(self, host: PlatformHost, delay: float) -> None:
        self._host = host
        self._delay = delay
        self._known: dict[str, Cursor] = {}
        self._used: set[str] = set()
        self._moved = asyncio.Event()

    async def load(self) -> None:
        """Read what an earlier run wrote; nonsense counts as nothing."""
        written = await self._host.load(KEY)
        if not written:
            return
        try:
            rows = [Cursor(*map(str, row)) for row in json.loads(written)]
        except (ValueError, TypeError):
            log.warning("discord: the cursors cannot be read and are begun anew")
            return
        self._known = {row.channel: row for row in rows[-MOST:]}

    async def meet(self, channel: str, guild: str, message: str) -> None:
        """A message for the bot is about to be taken in.

        A channel in which the bot is used stays among the known ones. In a new one the cursor is
        put down before the message, at once: so that is found again even when the program dies
        before anything else is written.
        """
        known = self._known.pop(channel, None)
        self._known[channel] = known or Cursor(channel, guild, before(message))
        self._used.add(channel)
        if len(self._known) > MOST:
            merely_read = (each for each in self._known if each not in self._used)
            oldest = next(merely_read, next(iter(self._known)))
            del self._known[oldest]
            self._used.discard(oldest)
        if known is None:
            await self._write()

    def saw(self, channel: str, guild: str, message: str) -> None:
        """Everything up to this message was taken in. Mere talk pushes out no other channel."""
        known = self._known.get(channel)
        if known is None and len(self._known) >= MOST:
            return
        if known is not None and order(known.message) > order(message):
            return
        self._known[channel] = Cursor(channel, guild, message)
        self._moved.set()

    def latest(self, most: int) -> tuple[Cursor, ...]:
        """The cursors of the channels used last, the most recent first."""
        return tuple(reversed(self._known.values()))[:most]

    def of(self, channel: str) -> Cursor | None:
        """The cursor of one channel."""
        return self._known.get(channel)

    async def keep(self) -> None:
        """Write them down whenever they moved; ends by cancellation, writing once more."""
        try:
            while True:
                await self._moved.wait()
                await asyncio.sleep(self._delay)
                await self._write()
        finally:
            if self._moved.is_set():
                await self._write()

    async def _write(self) -> None:
        self._moved.clear()
        rows = [[each.channel, each.guild, each.message] for each in self._known.values()]
        try:
            await self._host.save(KEY, json.dumps(rows))
        except Exception:
            log.exception("discord: the cursors cannot be written")
