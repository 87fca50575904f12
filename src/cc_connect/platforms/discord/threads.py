"""A thread for a conversation that begins in a channel (`thread_isolation`)."""

import asyncio

import discord
import structlog

from cc_connect.core.markdown import clip
from cc_connect.platforms.discord.errors import THREAD_EXISTS, WIRE_ERRORS, translated
from cc_connect.platforms.discord.inbound import HAS_THREAD
from cc_connect.platforms.discord.once import Once
from cc_connect.platforms.discord.places import Places
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.rights import NAMES, Right
from cc_connect.platforms.discord.wire import Json, number, part, text

NAME = 90
"""Characters; Discord takes 100."""
_NEEDED = (
    Right.CREATE_PUBLIC_THREADS,
    Right.SEND_MESSAGES_IN_THREADS,
    Right.READ_MESSAGE_HISTORY,
)

log = structlog.get_logger(__name__)


class Threads:
    """Opens threads, and finds those that are there already."""

    def __init__(self, rest: Rest, places: Places, once: Once, patience: float) -> None:
        self._patience = patience
        self._rest = rest
        self._places = places
        self._once = once

    async def open(self, data: Json, spoken: str, sender: str) -> str | None:
        """The id of the thread for a message, opened if need be; None when there cannot be one."""
        message, channel = text(data, "id"), text(data, "channel_id")
        there = text(part(data, "thread"), "id")
        if there:
            return there
        if number(data, "flags") & HAS_THREAD:
            return message  # a thread has the id of the message it began with
        missing = self._missing(channel)
        if missing:
            self._explain(channel, missing)
            return None
        try:
            async with asyncio.timeout(self._patience):
                thread = await self._rest.open_thread(channel, message, name_of(spoken, sender))
        except discord.HTTPException as error:
            if error.code == THREAD_EXISTS:
                return message
            self._explain(channel, str(translated(error)))
            return None
        except WIRE_ERRORS as error:
            self._explain(channel, str(translated(error)))
            return None
        self._places.remember(thread)
        return text(thread, "id") or message

    async def open_bare(self, channel: str, name: str) -> str | None:
        """The id of a fresh thread that began with no message; None when there cannot be one."""
        missing = self._missing(channel)
        if missing:
            self._explain(channel, missing)
            return None
        try:
            async with asyncio.timeout(self._patience):
                thread = await self._rest.open_bare_thread(channel, clip(name, NAME))
        except WIRE_ERRORS as error:
            self._explain(channel, str(translated(error)))
            return None
        self._places.remember(thread)
        return text(thread, "id") or None

    def _missing(self, channel: str) -> str:
        standing = self._places.standing(channel)
        missing = [NAMES[right] for right in _NEEDED if not standing.has(right)]
        return f"the bot lacks the right {' and '.join(missing)}" if missing else ""

    def _explain(self, channel: str, reason: str) -> None:
        """Say it once per channel and reason: the next message will meet the same wall."""
        if self._once("thread", channel, reason):
            log.warning(
                "discord: no thread can be opened; the channel is used",
                channel=self._places.name(channel),
                reason=reason,
            )


def name_of(spoken: str, sender: str) -> str:
    """What a thread is called: the first words, else the person."""
    words = clip(" ".join(spoken.split()), NAME)
    return words or (clip(f"cc {sender}", NAME) if sender else "cc session")
