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
from cc_connect.platforms.discord.wire import Json, order, part, text

MOST_CHANNELS = 50
PAGE = 100
MOST_PAGES = 50

log = structlog.get_logger(__name__)


class CatchUp:
    """Reads on from the cursors, channel by channel, ahead of what is said now.

    What is old is handed on like the rest, marked as missed: the program asks about it.
    """

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
        reception.read_again = self._read_again

    def begin(self) -> None:
        """Put the reading at the end of every channel's queue, which is before the next event."""
        for cursor in self._cursors.latest(MOST_CHANNELS):
            self._reception.queue(cursor.channel, partial(self._read, cursor))

    async def _read_again(self, channel: str) -> None:
        """Something could not be stored: go on from there after a while, as often as it takes."""
        await asyncio.sleep(self._timings.again[-1])
        cursor = self._cursors.of(channel)
        if cursor is not None:
            await self._read(cursor)

    async def _read(self, cursor: Cursor) -> None:
        """Page by page; the cursor moves with every message that is taken in."""
        self._reception.loosen(cursor.channel)
        place = await self._places.of(cursor.channel, cursor.guild, self._reception.account)
        members: dict[str, Json] = {}
        after = cursor.message
        for _ in range(MOST_PAGES):
            page = await self._patiently(cursor, after)
            for data in page:
                whole = await self._whole(data, place, members)
                if not await self._reception.take(whole, missed=True):
                    return
            if len(page) < PAGE:
                return
            after = text(page[-1], "id")
        log.warning(
            "discord: more was said while the bot was away than is read; the rest is passed over",
            channel=self._places.name(cursor.channel),
            read=MOST_PAGES * PAGE,
        )

    async def _patiently(self, cursor: Cursor, after: str) -> list[Json]:
        """The next page, oldest first; asked for again while Discord is not at its best.

        Meanwhile what is said now waits its turn behind.
        """
        pauses = iter(self._timings.again)
        while True:
            try:
                page = await self._rest.history(cursor.channel, after=after, limit=PAGE)
            except WIRE_ERRORS as error:
                problem = translated(error)
            else:
                return sorted(page, key=lambda data: order(text(data, "id")))
            pause = next(pauses, None)
            if pause is None or isinstance(problem, DeliveryRejected | PlatformAuthFailed):
                log.warning(
                    "discord: what was missed in a channel cannot be read",
                    channel=self._places.name(cursor.channel),
                    error=str(problem),
                )
                return []
            await asyncio.sleep(pause)

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
