"""Commands that wait for their answer: promised in time, answered in their place, else nearby.

The first post that answers a command becomes Discord's answer to it. When none comes soon, the
command is acknowledged and people see "thinking..." until one does; after a quarter of an hour
that place is closed, and answers go to the channel like any other message.

What was promised is written down, so that a restart in between still keeps the promise.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import discord
import structlog

from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord.errors import (
    ALREADY_ACKNOWLEDGED,
    SERVER_ERROR,
    WIRE_ERRORS,
    translated,
)
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.timings import Timings
from cc_connect.platforms.discord.wire import Draft

KEY = "promises"
MOST_PROMISED = 50
MOST_ANSWERED = 500
LATER = "Still at it. The answer will come in this channel."
_FOREIGN = frozenset({"nonce", "enforce_nonce", "message_reference"})
"""What only ordinary messages have."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Waiting:
    """A command without an answer. `at` is when it was given, in Unix seconds."""

    interaction: str
    token: str
    channel: str
    at: float
    promised: bool = False
    echoed: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Invocations:
    """The commands of one login that still wait, and what became of others."""

    def __init__(self, rest: Rest, host: PlatformHost, timings: Timings) -> None:
        self.application = ""
        self._rest = rest
        self._host = host
        self._timings = timings
        self._waiting: dict[str, Waiting] = {}
        self._answered: dict[str, tuple[str, str]] = {}
        self._pressed: dict[str, tuple[str, float]] = {}

    def begin(self, interaction: str, token: str, channel: str, *, echoed: bool = False) -> Waiting:
        """A command was given. `echoed`: its answer is not a post, but said by `answer`."""
        one = Waiting(interaction, token, channel, self._timings.now(), echoed=echoed)
        self._waiting[interaction] = one
        return one

    def pressed(self, interaction: str, token: str) -> None:
        """Somebody pressed something: for a while that can be answered to them alone."""
        self._pressed[interaction] = (token, self._timings.now())
        while len(self._pressed) > MOST_ANSWERED:
            del self._pressed[next(iter(self._pressed))]

    async def whisper_about(self, interaction: str | None, body: Draft) -> str:
        """Answer a press so that only the person sees it; "" when that cannot be done any more."""
        token, at = self._pressed.get(interaction or "", ("", 0.0))
        if not token or self._timings.now() - at > self._timings.token:
            return ""
        plain = {name: value for name, value in body.items() if name not in _FOREIGN}
        try:
            return await self._rest.whisper_after(self.application, token, plain)
        except discord.HTTPException as error:
            if error.status >= SERVER_ERROR:
                raise
            log.info("discord: a press is answered in the channel", error=str(error))
            return ""

    async def load(self) -> tuple[Waiting, ...]:
        """What an earlier login promised; `keep` each of them."""
        try:
            rows = json.loads(await self._host.load(KEY) or "[]")
            known = [
                Waiting(str(a), str(b), str(c), float(at), promised=True) for a, b, c, at in rows
            ]
        except (ValueError, TypeError):
            return ()
        fresh = tuple(one for one in known if one.interaction not in self._waiting)
        self._waiting |= {one.interaction: one for one in fresh}
        return fresh

    async def keep(self, one: Waiting) -> None:
        """Stay with a command until it has its answer: promise one, and say when it takes long."""
        if not one.promised:
            with suppress(TimeoutError):
                await asyncio.wait_for(one.over.wait(), self._timings.promise)
                return
            await self._promise(one)
        left = one.at + self._timings.token - self._timings.now()
        with suppress(TimeoutError):
            await asyncio.wait_for(one.over.wait(), max(left, 0.0))
            return
        await self.answer(one, {"content": LATER})
        await self._drop(one)

    async def _promise(self, one: Waiting) -> None:
        async with one.lock:
            if one.over.is_set() or one.promised:
                return
            try:
                await self._rest.promise(one.interaction, one.token)
            except WIRE_ERRORS as error:
                log.warning(
                    "discord: a command could not be acknowledged; it is carried out all the same",
                    error=str(translated(error)),
                )
                if not _acknowledged(error):
                    return
            one.promised = True
        await self._save()

    def of(self, interaction: str | None, channel: str) -> Waiting | None:
        """The command that a post answers, if it still waits for that in this channel."""
        one = self._waiting.get(interaction or "")
        if one is None or one.channel != channel or one.echoed:
            return None
        if self._timings.now() - one.at > self._timings.token:
            return None
        return one

    async def anchor(self, message: str | None, channel: str) -> str | None:
        """The message a post may refer to: for a command, the one that answered it first."""
        if message is None:
            return None
        one = self._waiting.get(message)
        if one is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(one.over.wait(), self._timings.promise)
            if not one.over.is_set():
                return None
        where, answer = self._answered.get(message, (channel, message))
        return answer if where == channel and answer else None

    async def answer(
        self, one: Waiting, body: Draft, files: Sequence[discord.File] = ()
    ) -> str | None:
        """Answer a command. None when Discord does not take it any more: then use the channel.

        Raises what a request raises when it may work later. Repeating does no harm: a second first
        answer is refused by Discord and put in the place of the first.
        """
        plain = {name: value for name, value in body.items() if name not in _FOREIGN}
        async with one.lock:
            try:
                message = await self._said(one, plain, files)
            except discord.HTTPException as error:
                if error.status >= SERVER_ERROR:
                    raise
                log.info("discord: a command is answered in the channel", error=str(error))
                message = None
            self._settle(one, message or "")
        await self._drop(one)
        return message

    def _settle(self, one: Waiting, message: str) -> None:
        self._answered[one.interaction] = (one.channel, message)
        while len(self._answered) > MOST_ANSWERED:
            del self._answered[next(iter(self._answered))]
        one.over.set()

    async def _said(self, one: Waiting, body: Draft, files: Sequence[discord.File]) -> str:
        if not one.promised and not files:
            try:
                found = await self._rest.answer(one.interaction, one.token, body)
            except discord.HTTPException as error:
                if not _acknowledged(error):
                    raise
                one.promised = True
            else:
                one.promised = True
                if found:
                    return found
        elif not one.promised:
            await self._rest.promise(one.interaction, one.token)
            one.promised = True
        return await self._rest.fulfil(self.application, one.token, body, files)

    async def whisper(self, one: Waiting, text: str) -> None:
        """Answer so that only the person sees it; what is said later goes to the channel."""
        async with one.lock:
            self._settle(one, "")
            with suppress(*WIRE_ERRORS):
                if one.promised:
                    await self._rest.fulfil(self.application, one.token, {"content": text})
                else:
                    await self._rest.whisper(one.interaction, one.token, text)
        await self._drop(one)

    async def _drop(self, one: Waiting) -> None:
        self._waiting.pop(one.interaction, None)
        if one.promised:
            await self._save()

    async def _save(self) -> None:
        rows = [
            [one.interaction, one.token, one.channel, one.at]
            for one in self._waiting.values()
            if one.promised
        ]
        try:
            await self._host.save(KEY, json.dumps(rows[-MOST_PROMISED:]))
        except Exception as error:  # noqa: BLE001 - the host's; a promise is not worth an answer
            log.warning("discord: a promise could not be written down", error=str(error))


def _acknowledged(error: Exception) -> bool:
    return isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED
