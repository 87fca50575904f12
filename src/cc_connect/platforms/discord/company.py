"""Whom the bot keeps company with: threads it was called into, and other bots, for a while."""

import json

import structlog

from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord.inbound import Account, is_peer
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.wire import Json, text

KEY = "threads"
MOST_THREADS = 1000
MOST_CHANNELS = 500

log = structlog.get_logger(__name__)


class Company:
    """Remembers over restarts where the bot was called; counts what bots say to each other."""

    def __init__(self, host: PlatformHost, places: Places, hops: int) -> None:
        self._host = host
        self._places = places
        self._hops = hops
        self._said: dict[str, int] = {}

    async def load(self) -> None:
        """Read what an earlier run wrote; nonsense counts as nothing."""
        try:
            known = json.loads(await self._host.load(KEY) or "[]")
            self._places.entered = dict.fromkeys(str(thread) for thread in known)
        except (ValueError, TypeError):
            log.warning("discord: the list of threads cannot be read and is begun anew")

    async def enter(self, thread: str | None) -> None:
        """Somebody who may do so called the bot into a thread: no more calls are needed there."""
        entered = self._places.entered
        if thread is None or thread in entered:
            return
        entered[thread] = None
        while len(entered) > MOST_THREADS:
            del entered[next(iter(entered))]
        await self._host.save(KEY, json.dumps(list(entered)))

    def tolerates(self, data: Json, account: Account) -> bool:
        """Whether a message may be answered: bots may follow on each other only so many times."""
        channel = text(data, "channel_id")
        if not is_peer(data, account):
            self._said.pop(channel, None)
            return True
        self._said[channel] = self._said.pop(channel, 0) + 1
        while len(self._said) > MOST_CHANNELS:
            del self._said[next(iter(self._said))]
        if self._said[channel] <= self._hops:
            return True
        if self._said[channel] == self._hops + 1:
            name = self._places.name(channel)
            log.warning(
                "discord: bots have talked enough; a person must say something", channel=name
            )
        return False
