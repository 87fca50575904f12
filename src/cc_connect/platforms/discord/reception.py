"""What happens on Discord, on its way to the host: in order, once, with its place and person."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from cc_connect.contract.errors import CcConnectError
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Person, Said
from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord import inbound as reading
from cc_connect.platforms.discord.company import Company
from cc_connect.platforms.discord.cursors import Cursors
from cc_connect.platforms.discord.forms import Forms
from cc_connect.platforms.discord.inbound import Account, Hearing, Place
from cc_connect.platforms.discord.invocations import Invocations
from cc_connect.platforms.discord.once import Once
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.queues import Queues
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.threads import Threads
from cc_connect.platforms.discord.timings import Timings
from cc_connect.platforms.discord.wire import Json, number, text

MOST_SEEN = 2000
MOST_FAILURES = 5
"""Times that a channel is held for a message which fails for another reason than the store."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a message, for the day it is edited or deleted."""

    address: Address
    sender: Person
    addressed: bool
    private: bool
    project: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a reception works with. Without `threads` conversations stay in their channels."""

    host: PlatformHost
    rest: Rest
    places: Places
    forms: Forms
    cursors: Cursors
    threads: Threads | None
    hearing: Hearing
    timings: Timings
    once: Once
    calls: Invocations
    company: Company


class Reception:
    """Takes events as JSON; none of its entrances blocks or raises."""

    def __init__(self, parts: Parts) -> None:
        self.account = Account("")
        self._host = parts.host
        self._places = parts.places
        self._cursors = parts.cursors
        self._threads = parts.threads
        self._hearing = parts.hearing
        self._timings = parts.timings
        self._once = parts.once
        self._company = parts.company
        self._queues = Queues()
        self._seen: dict[str, Seen] = {}
        self._stuck: set[str] = set()
        """Channels with a message that could not be stored: the cursor stays before it, and what
        follows is not taken in either, until the channel is read again from there."""
        self._failures: Counter[str] = Counter()
        self.read_again: Callable[[str], Awaitable[None]] | None = None

    def queue(self, channel: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do something in the order of the messages of a channel."""
        self._queues.add(channel, work)

    async def stop(self) -> None:
        """Take nothing in any more."""
        await self._queues.stop()

    # --- words --------------------------------------------------------------------------------

    def message(self, data: Json) -> None:
        """Somebody wrote."""
        self.queue(text(data, "channel_id"), partial(self._written, data))

    async def _written(self, data: Json) -> None:
        await self.take(data)

    async def take(self, data: Json, *, missed: bool = False) -> bool:
        """Take a message in, unless that was done before.

        `missed` are those found in the history. False when it could not be stored; then the channel
        is read again a little later.
        """
        message, guild = text(data, "id"), text(data, "guild_id")
        channel = text(data, "channel_id")
        if message in self._seen or channel in self._stuck:
            return True
        if reading.is_prose(data, self.account) and self._company.tolerates(data, self.account):
            place = await self._places.of(text(data, "channel_id"), guild, self.account)
            heard = reading.said(data, place, self.account, self._hearing)
            heard = replace(heard, missed=missed)
            if heard.addressed:
                self._check(place)
                await self._cursors.meet(text(data, "channel_id"), guild, message)
                if self._host.admits(heard):
                    await self._company.enter(heard.address.thread)
                    heard = await self._isolated(heard, data)
            error = await self._handed_over(heard, self._timings.again)
            if error is not None and self._worth_another(message, error):
                self._stuck.add(channel)
                if self.read_again is not None:
                    self.queue(channel, partial(self.read_again, channel))
                return False
            self._remember(heard)
        self._cursors.saw(channel, guild, message)
        return True

    def loosen(self, channel: str) -> None:
        """What could not be stored is about to be read again."""
        self._stuck.discard(channel)

    async def _isolated(self, heard: Inbound, data: Json) -> Inbound:
        """The same, in a thread of its own where that is wanted and possible."""
        if self._threads is None or heard.private or heard.address.thread:
            return heard
        spoken = heard.body.text if isinstance(heard.body, Said) else ""
        thread = await self._threads.open(data, spoken, heard.sender.name)
        return heard if thread is None else replace(heard, address=_inside(heard.address, thread))

    def edited(self, data: Json) -> None:
        """A message changed; not by a person when Discord only adds a preview of a link."""
        if data.get("edited_timestamp") and "content" in data:
            self.queue(text(data, "channel_id"), partial(self._edited, data))

    async def _edited(self, data: Json) -> None:
        known = self._seen.get(text(data, "id"))
        if known is None and not reading.is_prose(data, self.account):
            return
        channel, guild = text(data, "channel_id"), text(data, "guild_id")
        place = await self._places.of(channel, guild, self.account)
        heard = reading.edited(data, place, self.account, self._hearing)
        if known is not None:
            heard = replace(
                heard,
                address=known.address,
                sender=known.sender,
                addressed=known.addressed,
                project=known.project,
            )
        elif self._threads is not None and number(data, "flags") & reading.HAS_THREAD:
            heard = replace(heard, address=_inside(heard.address, text(data, "id")))
        await self.receive(heard)

    def deleted(self, channel: str, _: str, messages: tuple[str, ...]) -> None:
        """Messages are gone; those of before the start are not known and not told."""
        for message in messages:
            self.queue(channel, partial(self._deleted, message))

    async def _deleted(self, message: str) -> None:
        known = self._seen.get(message)
        if known is None:
            return
        heard = reading.recalled(message, known.address, known.sender, private=known.private)
        await self.receive(replace(heard, addressed=known.addressed, project=known.project))

    def _remember(self, heard: Inbound) -> None:
        self._seen[heard.id] = Seen(
            heard.address, heard.sender, heard.addressed, heard.private, heard.project
        )
        while len(self._seen) > MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    # --- the host -----------------------------------------------------------------------------

    async def receive(self, heard: Inbound) -> None:
        """Hand over what no history knows: tried again for as long as the store fails."""
        pauses = self._timings.again
        while isinstance(await self._handed_over(heard, pauses), CcConnectError):
            pauses = self._timings.again[-1:]
            await asyncio.sleep(pauses[0])

    async def _handed_over(self, heard: Inbound, pauses: tuple[float, ...]) -> Exception | None:
        """Try so often to hand over; why it could not be stored, if not."""
        failed: Exception | None = None
        for pause in (0.0, *pauses):
            await asyncio.sleep(pause)
            try:
                await self._host.receive(heard)
            except Exception as error:  # noqa: BLE001 - told in full when it is given up
                failed = error
                log.warning("discord: not stored; tried again", message=heard.id, error=str(error))
            else:
                return None
        return failed

    def _worth_another(self, message: str, error: Exception) -> bool:
        """Whether to hold the channel for a message; not for ever if it is a fault of ours."""
        self._failures[message] += 1
        if isinstance(error, CcConnectError) or self._failures[message] < MOST_FAILURES:
            return True
        del self._failures[message]
        log.error("discord: a message is passed over for good", message=message, exc_info=error)
        return False

    def _check(self, place: Place) -> None:
        """Say what is missing where somebody calls the bot: once for each channel and right."""
        channel = place.address.thread or place.address.chat
        standing = self._places.standing(channel)
        for right in standing.lacking(threads=self._threads is not None and not place.private):
            if self._once("right", channel, right):
                log.warning(
                    "discord: a right is missing",
                    right=right,
                    channel=self._places.name(channel),
                    mend="give it to the bot's role in the server settings or for this channel",
                )


def _inside(address: Address, thread: str) -> Address:
    return replace(address, thread=thread)
