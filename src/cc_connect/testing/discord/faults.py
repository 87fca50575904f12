"""Everything that can go wrong between a bot and Discord, on demand."""

from cc_connect.testing.discord import announce
from cc_connect.testing.discord.clock import make_token
from cc_connect.testing.discord.connection import Connection
from cc_connect.testing.discord.model import Application, JsonObject
from cc_connect.testing.discord.places import GuildHandle
from cc_connect.testing.discord.session import Opcode, Sessions
from cc_connect.testing.discord.trouble import (
    EventTrouble,
    GatewayTrouble,
    Moment,
    RestFault,
    RestTrouble,
)
from cc_connect.testing.discord.world import World


class Faults:
    """Breaks things. Where a `bot` can be named, leaving it out means every bot.

    A `route` is a pattern such as `POST /channels/{channel}/messages`, `PATCH *` or None for any.
    """

    def __init__(
        self,
        world: World,
        sessions: Sessions,
        connections: set[Connection],
        events: EventTrouble,
        gateway: GatewayTrouble,
        rest: RestTrouble,
    ) -> None:
        self._world = world
        self._sessions = sessions
        self._connections = connections
        self._events = events
        self._gateway = gateway
        self._rest = rest

    # The gateway's connections.

    def drop_sockets(self, bot: Application | None = None, *, reset: bool = False) -> None:
        """Cut gateway connections without a close frame; with `reset` the client gets a RST."""
        for connection in self._of(bot):
            connection.drop(reset=reset)

    def close_sockets(self, code: int = 4000, bot: Application | None = None) -> None:
        """Close gateway connections with a code. The sessions can be resumed."""
        for connection in self._of(bot):
            connection.close(code, "closed by a fault")

    def silence(self, bot: Application | None = None, *, deaf: bool = False) -> None:
        """Let connections hang half-open: nothing is sent any more, no event and no ack.

        What the client sends is still read, so that it can say goodbye; with `deaf` not even that.
        The events of the silence are kept, and come when the session is resumed.
        """
        for connection in self._of(bot):
            connection.silent = True
            connection.deaf = deaf

    def silence_new(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - reads as a switch
        """Let new connections hang from their start: not even a hello."""
        self._gateway.silent = on

    def refuse_gateway(self, status: int = 503, times: int = 1) -> None:
        """Answer the next attempts to connect with an HTTP status."""
        self._gateway.refused += [status] * times

    def slow_reader(self, seconds: float) -> None:
        """Take in what clients send on the gateway only with a pause before each frame."""
        self._gateway.pause = seconds
        for connection in self._connections:
            connection.pause = seconds

    def reconnect(self, bot: Application | None = None) -> None:
        """Ask to reconnect and resume (opcode 7)."""
        for connection in self._of(bot):
            connection.send_json({"t": None, "s": None, "op": Opcode.RECONNECT, "d": None})

    def invalidate_sessions(
        self, bot: Application | None = None, *, resumable: bool = False
    ) -> None:
        """Say that the session is invalid (opcode 9)."""
        for connection in self._of(bot):
            if not resumable and connection.session is not None:
                self._sessions.forget(connection.session)
            frame = {"t": None, "s": None, "op": Opcode.INVALID_SESSION, "d": resumable}
            connection.send_json(frame)

    def request_heartbeat(self, bot: Application | None = None) -> None:
        """Ask for a heartbeat out of turn (opcode 1)."""
        for connection in self._of(bot):
            connection.send_json({"t": None, "s": None, "op": Opcode.HEARTBEAT, "d": None})

    def forget_sessions(self, bot: Application | None = None) -> None:
        """Forget every session: who resumes now is told that it is invalid."""
        for session in self._sessions.of(bot):
            self._sessions.forget(session)

    def never_resume(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - reads as a switch
        """Refuse every attempt to resume, as a server without that ability does."""
        self._gateway.never_resume = on

    # The events.

    def malformed_event(
        self,
        name: str = "MESSAGE_CREATE",
        data: JsonObject | None = None,
        bot: Application | None = None,
    ) -> None:
        """Send an event whose data lacks what every client counts on."""
        for session in self._sessions.of(bot):
            session.dispatch(name, data or {"id": "not a snowflake"})

    def raw_frame(self, text: str, bot: Application | None = None) -> None:
        """Send a frame as it is, JSON or not."""
        for connection in self._of(bot):
            connection.send(text)

    def duplicate_events(self, name: str | None = None, times: int = 1) -> None:
        """Send the next events (of one name) twice, each time with its own sequence number."""
        self._events.add(self._events.doubled, name, times)

    def lose_events(self, name: str | None = None, times: int = 1) -> None:
        """Never send the next events (of one name), not even on resume."""
        self._events.add(self._events.lost, name, times)

    def swap_events(self, name: str | None = None, times: int = 1) -> None:
        """Send the next event (of one name) only after the one that follows it."""
        self._events.add(self._events.swapped, name, times)

    def hold_events(self) -> None:
        """Keep all events back until `release_events`."""
        self._events.holding = True

    def release_events(self) -> None:
        """Send what was held back, in order."""
        self._events.holding = False
        held, self._events.held = self._events.held, []
        for session, name, data in held:
            self._sessions.tell(session, name, data)

    # The REST API.

    def next_status(
        self,
        status: int,
        times: int = 1,
        route: str | None = None,
        *,
        after: bool = False,
        body: object = None,
    ) -> None:
        """Answer the next requests with a status; `after` carries them out all the same."""
        moment = Moment.AFTER if after else Moment.BEFORE
        answer = {"message": f"{status}: injected", "code": 0} if body is None else body
        fault = RestFault(route, times, moment, status=status, body=answer, name=f"{status}")
        self._rest.rules.append(fault)

    def drop_requests(
        self,
        times: int = 1,
        route: str | None = None,
        *,
        after: bool = False,
        reset: bool = False,
    ) -> None:
        """Cut the connection in place of an answer; `after` carries the request out first.

        Some clients (aiohttp among them) try an idempotent request again by themselves when the
        connection had been used before: that counts as one of the `times`.
        """
        moment = Moment.AFTER if after else Moment.BEFORE
        fault = RestFault(route, times, moment, drop=True, reset=reset, name="dropped")
        self._rest.rules.append(fault)

    def delay(self, seconds: float, times: int = 1, route: str | None = None) -> None:
        """Let the next requests wait before they are carried out."""
        self._rest.rules.append(RestFault(route, times, delay=seconds, name="delayed"))

    def rate_limit(
        self,
        route: str | None = None,
        *,
        retry_after: float = 1.0,
        times: int = 1,
        scope: str = "user",
        via: bool = True,
    ) -> None:
        """Answer the next requests with 429.

        `scope` is `user`, `shared` or `global`. Without `via` it comes without the `Via` header and
        as a page of text, as when the network in front of Discord shuts a client out.
        """
        body: object = {
            "message": "You are being rate limited.",
            "retry_after": retry_after,
            "global": scope == "global",
        }
        headers = {"Retry-After": f"{retry_after:g}", "X-RateLimit-Scope": scope}
        if scope == "global":
            headers["X-RateLimit-Global"] = "true"
        if via:
            headers["Via"] = "1.1 google"
        else:
            body = "error code: 1015"
        fault = RestFault(route, times, status=429, body=body, headers=headers, name="429")
        self._rest.rules.append(fault)

    # The account.

    def reset_token(self, bot: Application) -> str:
        """Give a bot another token, as its owner can; the old one is worthless at once."""
        bot.token = make_token(bot.id)
        for session in self._sessions.of(bot):
            if session.line is not None:
                session.line.close(4004, "Authentication failed.")
            self._sessions.forget(session)
        return bot.token

    def remove_guild(self, guild: GuildHandle, bot: Application) -> None:
        """Throw a bot out of a guild."""
        state = guild.state
        del state.members[bot.user.id]
        del state.bots[bot.id]
        state.command_scope.discard(bot.id)
        announce.guild_gone(self._world, state, bot, outage=False)
        announce.member_removed(self._world, state, bot.user)

    def outage(self, guild: GuildHandle) -> None:
        """Let a guild become unavailable for all its bots. Docs: Gateway > Guild Availability."""
        guild.state.available = False
        for bot in guild.state.bots.values():
            announce.guild_gone(self._world, guild.state, bot, outage=True)

    def recover(self, guild: GuildHandle) -> None:
        """End an outage."""
        guild.state.available = True
        announce.guild_available(self._world, guild.state)

    def heal(self) -> None:
        """Take every fault out of force. What was cut stays cut; held events are sent."""
        self._rest.rules.clear()
        self._gateway.refused.clear()
        self._gateway.never_resume = self._gateway.silent = False
        self.slow_reader(0.0)
        for rules in (self._events.doubled, self._events.lost, self._events.swapped):
            rules.clear()
        self.release_events()

    def _of(self, bot: Application | None) -> list[Connection]:
        return [
            connection
            for connection in self._connections
            if bot is None
            or (connection.session is not None and connection.session.application is bot)
        ]
