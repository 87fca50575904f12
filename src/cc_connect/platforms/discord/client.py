"""The library's client, taught to survive and to hand over events as they come.

Two things differ from plain discord.py. An exception in one of its parsers ends `Client.connect`
and with it the bot; here it costs the one event. And messages and presses reach the adapter as the
JSON of the wire: the library's models insist on fields that servers of the same protocol leave out.
Guilds, channels, roles and threads are kept by the library.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import discord
import structlog
from discord.state import ConnectionState

from cc_connect.contract.errors import PlatformUnavailable
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.pacer import Pacer
from cc_connect.platforms.discord.rest import Rest
from cc_connect.platforms.discord.timings import Timings
from cc_connect.platforms.discord.wire import Json

log = structlog.get_logger(__name__)


class Hear(Protocol):
    """Who is told of events. Nothing here may block or raise."""

    def ready(self, data: Json) -> None:
        """A new session began: what happened since the last one was not told."""
        ...

    def resumed(self) -> None:
        """The session goes on after a break; nothing is missing."""
        ...

    def broken(self, reason: str) -> None:
        """The connection is gone and is being renewed."""
        ...

    def guild(self, guild_id: str) -> None:
        """A server can be seen with its channels and rights."""
        ...

    def left(self, name: str) -> None:
        """The bot was removed from a server."""
        ...

    def message(self, data: Json) -> None:
        """Somebody wrote."""
        ...

    def edited(self, data: Json) -> None:
        """A message changed."""
        ...

    def deleted(self, channel: str, guild: str, messages: tuple[str, ...]) -> None:
        """Messages are gone."""
        ...

    def acted(self, data: Json) -> None:
        """A button, a menu or a form was used."""
        ...


class State(ConnectionState[Any]):
    """What the library knows of the world, and the parsers of all events."""

    def __init__(self, hear: Hear, **options: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(**options)
        self._hear = hear
        self.parsers = {name: _guarded(name, parse) for name, parse in self.parsers.items()}

    def parse_ready(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Ready."""
        super().parse_ready(data)
        self._hear.ready(data)

    def parse_resumed(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Resumed."""
        super().parse_resumed(data)
        self._hear.resumed()

    def parse_guild_create(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Guild Create."""
        super().parse_guild_create(data)
        self._hear.guild(str(data["id"]))

    def parse_guild_delete(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Guild Delete: an outage when it says `unavailable`."""
        guild = self._get_guild(int(data["id"]))
        super().parse_guild_delete(data)
        if not data.get("unavailable"):
            self._hear.left(guild.name if guild else str(data["id"]))

    def parse_message_create(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Message Create."""
        self._hear.message(data)

    def parse_message_update(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Message Update."""
        self._hear.edited(data)

    def parse_message_delete(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Message Delete."""
        self._gone(data, [data["id"]])

    def parse_message_delete_bulk(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Message Delete Bulk."""
        self._gone(data, data["ids"])

    def _gone(self, data: Json, ids: list[object]) -> None:
        guild = str(data.get("guild_id") or "")
        self._hear.deleted(str(data["channel_id"]), guild, tuple(str(each) for each in ids))

    def parse_interaction_create(self, data: Any) -> None:  # noqa: ANN401 - JSON
        """Docs: Gateway Events > Interaction Create."""
        self._hear.acted(data)


def _guarded(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """A parser that a bad event cannot bring down. Without READY there is no session at all."""

    def careful(data: Any) -> None:  # noqa: ANN401 - JSON
        try:
            parse(data)
        except Exception as error:
            if name == "READY":
                raise PlatformUnavailable(
                    f"the login was answered with nonsense: {error}"
                ) from error
            told = f"{type(error).__name__}: {error}"
            log.warning("discord: an event could not be read", event_name=name, error=told)

    return careful


class Client(discord.Client):
    """A connection to Discord for one bot; the library's caches, our requests."""

    rest: Rest

    def __init__(self, options: DiscordOptions, hear: Hear, timings: Timings) -> None:
        self._hear = hear
        self._options = options
        self._timings = timings
        # Both are hints about voice, which a bot that writes does not need.
        discord.VoiceClient.warn_nacl = False
        discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=_intents(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            heartbeat_timeout=timings.silence,
            guild_ready_timeout=0.0,
        )

    def _get_state(self, **options: Any) -> State:  # noqa: ANN401 - the library's own
        """Called by the library's constructor: the one place where its parts can be chosen."""
        self.http = self.rest = Rest(self.loop, self._options, Pacer())
        return State(
            self._hear,
            dispatch=self.dispatch,
            handlers=self._handlers,
            hooks=self._hooks,
            http=self.http,
            **options,
        )

    async def before_identify_hook(self, _: int | None, *, initial: bool = False) -> None:
        """Wait as long as Discord wants between two logins."""
        if not initial:
            await asyncio.sleep(self._timings.identify)


def _intents() -> discord.Intents:
    """Channels and their messages, direct messages, and the words in both."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = True
    return intents
