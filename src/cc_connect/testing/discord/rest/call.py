"""One request on its way through the REST API: who asks, what for, and the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cc_connect.testing.discord.body import Upload
from cc_connect.testing.discord.errors import ApiError, Refusal, form_error
from cc_connect.testing.discord.model import (
    Application,
    Channel,
    Guild,
    JsonObject,
    Message,
    User,
)
from cc_connect.testing.discord.ratelimit import Limiter
from cc_connect.testing.discord.rules import require_view
from cc_connect.testing.discord.world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. A payload of None sends no body."""

    status: int
    payload: object = None
    headers: dict[str, str] = field(default_factory=dict)


NO_CONTENT = Answer(204)


@dataclass(slots=True)
class Call:
    """One request, read and authenticated."""

    world: World
    limiter: Limiter
    params: dict[str, str]
    query: dict[str, str]
    body: JsonObject
    listed: list[JsonObject]
    uploads: tuple[Upload, ...]
    bot: Application | None

    @property
    def application(self) -> Application:
        """The bot that asks. Raises ApiError 401 when the request carries no good token."""
        if self.bot is None:
            raise ApiError(Refusal.UNAUTHORIZED)
        return self.bot

    @property
    def user(self) -> User:
        """The user of the bot that asks."""
        return self.application.user

    def snowflake(self, name: str) -> int:
        """An id from the path. Raises ApiError 50035 when it is none."""
        raw = self.params[name]
        if not raw.isdecimal():
            message = f'Value "{raw}" is not snowflake.'
            raise form_error((f"{name}_id",), "NUMBER_TYPE_COERCE", message)
        return int(raw)

    def channel(self) -> Channel:
        """The channel of the path, if the bot may view it."""
        channel = self.world.find_channel(self.snowflake("channel"))
        require_view(channel, self.user)
        return channel

    def message(self) -> Message:
        """The message of the path, in a channel the bot may view."""
        return self.world.find_message(self.channel(), self.snowflake("message"))

    def guild(self) -> Guild:
        """The guild of the path, if the bot is in it."""
        guild = self.world.find_guild(self.snowflake("guild"))
        if self.application.id not in guild.bots:
            raise ApiError(Refusal.MISSING_ACCESS)
        return guild

    def limit(self, default: int, most: int) -> int:
        """The `limit` of the query. Raises ApiError 50035 outside 1 to `most`."""
        raw = self.query.get("limit", str(default))
        if not raw.lstrip("-").isdecimal():
            raise form_error(("limit",), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')
        value = int(raw)
        if value < 1:
            message = "int value should be greater than or equal to 1."
            raise form_error(("limit",), "NUMBER_TYPE_MIN", message)
        if value > most:
            message = f"int value should be less than or equal to {most}."
            raise form_error(("limit",), "NUMBER_TYPE_MAX", message)
        return value

    def flag(self, name: str) -> bool:
        """A boolean of the query. Docs: Reference > Boolean Query Strings."""
        return self.query.get(name, "").lower() in {"1", "true"}


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint.

    `open` ones need no bot token: that of an interaction is in their path. `unlimited` ones have
    no bucket of their own and answer without its headers.
    """

    method: str
    path: str
    handler: Handler
    open: bool = False
    unlimited: bool = False

    @property
    def name(self) -> str:
        """How the endpoint is named in `Request.route` and in patterns of faults."""
        return f"{self.method} {self.path}"
