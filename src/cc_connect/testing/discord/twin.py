"""The twin itself: a Discord that lives in the test process, behind real sockets."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from cc_connect.testing.discord.acts import PATIENCE, Choice, People
from cc_connect.testing.discord.clock import Clock, make_token
from cc_connect.testing.discord.command_options import offered
from cc_connect.testing.discord.connection import Connection
from cc_connect.testing.discord.faults import Faults
from cc_connect.testing.discord.gateway import Gateway, GatewaySettings
from cc_connect.testing.discord.intents import CHAT
from cc_connect.testing.discord.interaction import Interaction
from cc_connect.testing.discord.journal import GatewayNote, Journal, Requests
from cc_connect.testing.discord.model import Application, Channel, JsonObject, Message, User
from cc_connect.testing.discord.places import ChannelHandle, GuildHandle, found_guild
from cc_connect.testing.discord.ratelimit import Limiter, RateLimits
from cc_connect.testing.discord.rest.server import PREFIX, RestServer
from cc_connect.testing.discord.session import Session, Sessions
from cc_connect.testing.discord.trouble import EventTrouble, GatewayTrouble, RestTrouble
from cc_connect.testing.discord.world import FILE_LIMIT, NONCE_LIFE, World

_Seen = TypeVar("_Seen")
_HOST = "127.0.0.1"


class DiscordTwin:
    """A Discord server on the loopback interface. Use it as an async context manager.

    `clock` gives Unix seconds and decides every rule of time; only heartbeats (`heartbeat` and
    `grace`, in seconds) are kept in real time. `session_life` is how long a lost session can be
    resumed, `nonce_life` how long an enforced nonce is remembered, `file_limit` the bytes of the
    largest file. Leaving the context raises what went wrong inside the twin itself, such as a
    request for something it does not play.
    """

    def __init__(
        self,
        *,
        clock: Clock = time.time,
        limits: RateLimits | None = None,
        heartbeat: float = 41.25,
        grace: float = 10.0,
        session_life: float = 180.0,
        nonce_life: float = NONCE_LIFE,
        file_limit: int = FILE_LIMIT,
    ) -> None:
        self.world = World(clock)
        self.world.nonce_life = nonce_life
        self.world.file_limit = file_limit
        self._journal = Journal()
        self._connections: set[Connection] = set()
        events, gateway, rest = EventTrouble(), GatewayTrouble(), RestTrouble()
        self._sessions = Sessions(self.world, session_life, events.shape)
        self._gateway = Gateway(
            self.world,
            self._sessions,
            self._connections,
            gateway,
            self._journal,
            GatewaySettings(heartbeat, grace),
        )
        limiter = Limiter(limits or RateLimits.roomy(), clock)
        self._rest = RestServer(self.world, limiter, rest, self._journal)
        self.faults = Faults(self.world, self._sessions, self._connections, events, gateway, rest)
        self._people = People(self.world)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def go_dark(self) -> None:
        """Stop listening and cut every connection, as if the network were gone."""
        assert self._runner is not None
        assert self._site is not None
        await self._site.stop()
        for connection in list(self._connections):
            connection.drop()
        assert self._runner.server is not None
        await self._runner.server.shutdown(0.1)

    async def come_back(self) -> None:
        """Listen again, at the same address."""
        _, _, port = self.world.origin.rpartition(":")
        await self._listen(int(port))

    async def _listen(self, port: int) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, _HOST, port, reuse_address=True)
        await self._site.start()

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_get("/", self._gateway.handle)
        application.router.add_get("/resume", self._gateway.handle)
        self._rest.install(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen(0)
        _, port = self._runner.addresses[0]
        self.world.origin = f"http://{_HOST}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in list(self._connections):
            connection.drop()
        assert self._runner is not None
        await self._runner.cleanup()
        if self._journal.crashes and error is None:
            raise ExceptionGroup("the twin itself failed", self._journal.crashes)

    # Where it is, and what it saw.

    @property
    def api_base(self) -> str:
        """The address of the REST API, for `discord.http.Route.BASE`."""
        return self.world.origin + PREFIX

    @property
    def gateway_url(self) -> str:
        """The address of the gateway, for `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return self.world.origin.replace("http", "ws", 1) + "/"

    @property
    def requests(self) -> Requests:
        """Every REST request so far, with its outcome."""
        return self._journal.requests

    @property
    def gateway_log(self) -> list[GatewayNote]:
        """Everything that happened on the gateway so far: `identify`, `resume`, `heartbeat`..."""
        return self._journal.gateway

    def gateway_count(self, kind: str, bot: Application | None = None) -> int:
        """How often something happened on the gateway."""
        return self._journal.count(kind, bot)

    def sessions(self, bot: Application | None = None) -> list[Session]:
        """The sessions that are connected or can still be resumed."""
        return self._sessions.of(bot)

    def is_online(self, bot: Application) -> bool:
        """Whether a session of the bot is connected."""
        return any(session.line is not None for session in self._sessions.of(bot))

    async def until(
        self,
        look: Callable[[], _Seen | None],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own
    ) -> _Seen:
        """Return what `look` finds (anything but None), looking again after every change.

        Raises TimeoutError after `timeout` seconds of real time.
        """
        return await self.world.pulse.until(look, timeout)

    async def until_true(
        self,
        condition: Callable[[], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads like asyncio's own
    ) -> None:
        """Wait until a condition on the twin holds. Raises TimeoutError."""
        await self.world.pulse.until(lambda: condition() or None, timeout)

    # Who and what there is.

    def add_user(self, name: str, display_name: str | None = None) -> User:
        """Make a person."""
        user = User(self.world.ids.take(), name, display_name)
        self.world.users[user.id] = user
        return user

    def add_application(
        self,
        name: str,
        *,
        owner: User | None = None,
        token: str | None = None,
        intents_enabled: int = CHAT,
        team: Sequence[User] = (),
    ) -> Application:
        """Make a bot. Of `intents_enabled` only the privileged ones count, as in the portal."""
        owner = owner or self.add_user(f"{name}-owner")
        snowflake = self.world.ids.take()
        user = User(snowflake, name, bot=True)
        self.world.users[user.id] = user
        token = token or make_token(snowflake)
        bot = Application(snowflake, name, user, owner, token, int(intents_enabled), tuple(team))
        self.world.applications[bot.id] = bot
        return bot

    def add_guild(self, name: str, *, owner: User | None = None) -> GuildHandle:
        """Make a guild. Without an owner it gets one that does not appear otherwise."""
        return found_guild(self.world, name, owner or self.add_user(f"{name}-owner"))

    def direct(self, user: User, bot: Application | User) -> ChannelHandle:
        """The direct conversation of a person with a bot."""
        other = bot.user if isinstance(bot, Application) else bot
        return ChannelHandle(self.world, self.world.direct_channel(user, other))

    def channel(self, channel: Channel | int) -> ChannelHandle:
        """A handle for any channel or thread, by its state or its id."""
        state = channel if isinstance(channel, Channel) else self.world.find_channel(channel)
        return ChannelHandle(self.world, state)

    def commands(self, user: User, channel: ChannelHandle) -> list[str]:
        """The slash commands that a person is offered in a channel."""
        found = offered(self.world, channel.state, user)
        return sorted(command["name"] for _, command in found)

    # What people do.

    async def press(
        self, user: User, message: Message, button: str, *, patience: float | None = PATIENCE
    ) -> Interaction:
        """Press a button: see `People.press`."""
        return await self._people.press(user, message, button, patience)

    async def select(
        self,
        user: User,
        message: Message,
        values: Choice | Sequence[Choice],
        *,
        menu: str | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Choose in a menu: see `People.select`."""
        return await self._people.select(user, message, values, menu, patience)

    async def submit(
        self,
        user: User,
        form: Interaction,
        values: Mapping[str, str | Sequence[str]],
        *,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Send a form: see `People.submit`."""
        return await self._people.submit(user, form, values, patience)

    async def invoke(
        self,
        user: User,
        channel: ChannelHandle,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        bot: Application | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Use a slash command: see `People.invoke`."""
        return await self._people.invoke(
            user, channel.state, command, options, bot=bot, patience=patience
        )

    async def invoke_on(
        self,
        user: User,
        message: Message,
        name: str,
        *,
        bot: Application | None = None,
        patience: float | None = PATIENCE,
    ) -> Interaction:
        """Use a command in the menu of a message: see `People.invoke_on`."""
        return await self._people.invoke_on(user, message, name, bot=bot, patience=patience)

    async def suggest(
        self,
        user: User,
        channel: ChannelHandle,
        command: str,
        option: str,
        typed: str,
        *,
        bot: Application | None = None,
        patience: float = PATIENCE,
    ) -> list[JsonObject]:
        """Type into an option of a command and see what is offered: see `People.suggest`."""
        return await self._people.suggest(
            user, channel.state, command, option, typed, bot=bot, patience=patience
        )
