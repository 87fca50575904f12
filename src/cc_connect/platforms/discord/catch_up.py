"""What was written while the bot was away: read from the history, taken in like everything else."""

import asyncio
from functools import partial

import structlog

from cc_connect.contract.errors import DeliveryRejected, PlatformAuthFailed
from cc_connect.platforms.discord.cursors import Cursor, Cursors
from cc_connect.platforms.discord.errors import WIRE_ERRORS, translated
from cc_connect.platforms.discord.inbound import Hearing, Place, is_addressed, is_prose
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.reception import Reception
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.timings import Timings
from cc_connect.platforms.discord.wire import Json, made_at, order, part, text

MOST_CHANNELS = 50
PAGE = 100
MOST_PAGES = 3

log = structlog.get_logger(__name__)


class CatchUp:
    """Reads on from the cursors, channel by channel, ahead of what is said now."""

    def __init__(
        self,
        rest: Rest,
        places: Places,
        reception: Reception,
        cursors: Cursors,
        hearing: Hearing,
        timings: Timings,
    ) -> None:
        self._rest = rest
        self._places = places
        self._reception = reception
        self._cursors = cursors
        self._hearing = hearing
        self._timings = timings

    def begin(self) -> None:
        """Put the reading at the end of every channel's queue, which is before the next event."""
        for cursor in self._cursors.latest(MOST_CHANNELS):
            self._reception.queue(cursor.channel, partial(self._read, cursor))

    async def _read(self, cursor: Cursor) -> None:
        self._reception.loosen(cursor.channel)
        missed = await self._patiently(cursor)
        place = await self._places.of(cursor.channel, cursor.guild, self._reception.account)
        fresh = [data for data in missed if not self._too_old(data)]
        stale = sum(self._asks(data, place) for data in missed[: len(missed) - len(fresh)])
        if stale:
            log.info(
                "discord: messages from while the bot was away are too old to be answered",
                channel=self._places.name(cursor.channel),
                messages=stale,
            )
        members: dict[str, Json] = {}
        for data in fresh:
            await self._reception.take(await self._whole(data, place, members))
        if missed and not fresh:
            self._cursors.saw(cursor.channel, cursor.guild, text(missed[-1], "id"))

    async def _patiently(self, cursor: Cursor) -> list[Json]:
        """What was missed; asked for again while Discord is not at its best.

        Meanwhile what is said now waits its turn behind.
        """
        pauses = iter(self._timings.again)
        while True:
            try:
                return await self._missed(cursor)
            except WIRE_ERRORS as error:
                problem = translated(error)
            pause = next(pauses, None)
            if pause is None or isinstance(problem, DeliveryRejected | PlatformAuthFailed):
                log.warning(
                    "discord: what was missed in a channel cannot be read",
                    channel=self._places.name(cursor.channel),
                    error=str(problem),
                )
                return []
            await asyncio.sleep(pause)

    async def _missed(self, cursor: Cursor) -> list[Json]:
        """Everything after the cursor, oldest first, up to a few pages."""
        found: list[Json] = []
        after = cursor.message
        for _ in range(MOST_PAGES):
            page = await self._rest.history(cursor.channel, after=after, limit=PAGE)
            found += sorted(page, key=lambda data: order(text(data, "id")))
            if len(page) < PAGE:
                break
            after = text(found[-1], "id")
        return found

    def _too_old(self, data: Json) -> bool:
        at = made_at(text(data, "id"))
        return at is not None and at < self._timings.now() - self._timings.too_old

    def _asks(self, data: Json, place: Place) -> bool:
        account = self._reception.account
        if not is_prose(data, account):
            return False
        return is_addressed(data, place, account, self._hearing)

    async def _whole(self, data: Json, place: Place, members: dict[str, Json]) -> Json:
        """A message as the gateway tells it: with its server and the roles of its author."""
        if place.private:
            return data
        placed = {**data, "guild_id": place.guild}
        if not self._asks(data, place):
            return placed
        user = text(part(data, "author"), "id")
        if user not in members:
            try:
                members[user] = await self._rest.member(place.guild, user)
            except WIRE_ERRORS:
                members[user] = {}
        return {**placed, "member": members[user]}
