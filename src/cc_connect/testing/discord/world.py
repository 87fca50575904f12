"""The whole state of one twin, the way into it, and the news that goes out when it changes."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from cc_connect.testing.discord.clock import Clock, Snowflakes
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.event import Event
from cc_connect.testing.discord.interaction import Interaction
from cc_connect.testing.discord.model import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Message,
    User,
)

NONCE_LIFE = 180.0
"""How long an enforced nonce is remembered; the documentation says "the past few minutes"."""

FILE_LIMIT = 10 * 1024 * 1024
"""Per file; larger with boosts. Docs: Reference > Uploading Files."""

_Seen = TypeVar("_Seen")


class Pulse:
    """Wakes whoever waits for the world to change."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def beat(self) -> None:
        """Wake everybody who waits now."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, look: Callable[[], _Seen | None], patience: float) -> _Seen:
        """Return what `look` finds, looking again after every change.

        Raises TimeoutError after `patience` seconds of real time.
        """
        async with asyncio.timeout(patience):
            while (seen := look()) is None:
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
            return seen


class World:
    """Everything that exists on the twin. Bots are told of changes through `emit`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.pulse = Pulse()
        self.origin = ""
        self.file_limit = FILE_LIMIT
        self.nonce_life = NONCE_LIFE
        self.users: dict[int, User] = {}
        self.applications: dict[int, Application] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.files: dict[int, Attachment] = {}
        self.nonces: dict[tuple[int, str], Message] = {}
        self._listeners: list[Callable[[Event], None]] = []

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Have every event handed to one more listener, in the order of happening."""
        self._listeners.append(listener)

    def emit(self, event: Event) -> None:
        """Tell the bots of one thing that happened, and wake the tests that wait."""
        for listener in self._listeners:
            listener(event)
        self.pulse.beat()

    def application_of(self, token: str) -> Application | None:
        """The application a bot token belongs to."""
        for application in self.applications.values():
            if application.token == token:
                return application
        return None

    def bot_of(self, user: User) -> Application | None:
        """The application whose bot this user is."""
        for application in self.applications.values():
            if application.user is user:
                return application
        return None

    def direct_channel(self, one: User, other: User) -> Channel:
        """The conversation of two users, made when there is none yet."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DM and {one, other} == set(channel.recipients):
                return channel
        channel = Channel(self.ids.take(), ChannelKind.DM, "", recipients=(one, other))
        self.channels[channel.id] = channel
        return channel

    def share_guild(self, one: User, other: User) -> bool:
        """Whether two users meet in some guild; strangers cannot write to each other."""
        return any(
            one.id in guild.members and other.id in guild.members for guild in self.guilds.values()
        )

    def find_user(self, user_id: int) -> User:
        """Raises ApiError 10013 when there is none."""
        return _found(self.users.get(user_id), Refusal.UNKNOWN_USER)

    def find_guild(self, guild_id: int) -> Guild:
        """Raises ApiError 10004 when there is none."""
        return _found(self.guilds.get(guild_id), Refusal.UNKNOWN_GUILD)

    def find_channel(self, channel_id: int) -> Channel:
        """Raises ApiError 10003 when there is none."""
        return _found(self.channels.get(channel_id), Refusal.UNKNOWN_CHANNEL)

    def find_message(self, channel: Channel, message_id: int) -> Message:
        """Raises ApiError 10008 when it is not there, was deleted or is seen by one person only."""
        message = channel.messages.get(message_id)
        if message is not None and message.ephemeral:
            message = None
        return _found(message, Refusal.UNKNOWN_MESSAGE)


def _found(thing: _Seen | None, refusal: Refusal) -> _Seen:
    if thing is None:
        raise ApiError(refusal)
    return thing
