"""The gateway: hello, identify, resume, heartbeats, and the closing of sessions that misbehave.

Docs: Gateway, Gateway Events, Opcodes and Status Codes > Gateway.
"""

import asyncio
import contextlib
import json
import math
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from cc_connect.testing.discord import intents, wire
from cc_connect.testing.discord.compression import compressor
from cc_connect.testing.discord.connection import FRAME, Connection
from cc_connect.testing.discord.intents import Intent
from cc_connect.testing.discord.journal import GatewayNote, Journal
from cc_connect.testing.discord.model import Application, Guild, JsonObject, Member
from cc_connect.testing.discord.session import Opcode, Session, Sessions
from cc_connect.testing.discord.trouble import GatewayTrouble
from cc_connect.testing.discord.world import World

VERSION = "10"
CHUNK = 1000


class _Refused(Exception):
    """The connection ends with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


UNKNOWN_OPCODE = (4001, "Unknown opcode.")
DECODE_ERROR = (4002, "Error while decoding payload.")
NOT_AUTHENTICATED = (4003, "Not authenticated.")
AUTHENTICATION_FAILED = (4004, "Authentication failed.")
ALREADY_AUTHENTICATED = (4005, "Already authenticated.")
INVALID_SEQUENCE = (4007, "Invalid seq.")
RATE_LIMITED = (4008, "Rate limited.")
INVALID_SHARD = (4010, "Invalid shard.")
INVALID_VERSION = (4012, "Invalid API version.")
INVALID_INTENTS = (4013, "Invalid intent(s).")
DISALLOWED_INTENTS = (4014, "Disallowed intent(s).")
MISSED_HEARTBEAT = (4000, "No heartbeat came in time.")


@dataclass(slots=True)
class GatewaySettings:
    """How the gateway behaves. `heartbeat` is in seconds and is kept in real time."""

    heartbeat: float = 41.25
    grace: float = 10.0


class Gateway:
    """Serves the WebSocket connections of all bots."""

    def __init__(
        self,
        world: World,
        sessions: Sessions,
        connections: set[Connection],
        trouble: GatewayTrouble,
        journal: Journal,
        settings: GatewaySettings,
    ) -> None:
        self._world = world
        self._sessions = sessions
        self._connections = connections
        self._trouble = trouble
        self._journal = journal
        self._settings = settings

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection to its end."""
        refusal = self._trouble.take_refused_upgrade()
        if refusal is not None:
            return web.Response(status=refusal)
        try:
            squeeze = compressor(request.query.get("compress"))
        except ValueError as error:
            return web.Response(status=400, text=str(error))
        websocket = web.WebSocketResponse(
            autoclose=False, compress=False, max_msg_size=0, timeout=1.0
        )
        await websocket.prepare(request)
        connection = Connection(websocket, request, squeeze)
        self._trouble.greet(connection)
        self._connections.add(connection)
        self._note("connect", None, request.path_qs)
        try:
            await self._serve(connection, request)
        except _Refused as refused:
            self._refuse(connection, refused)
            await _drain(connection)
        finally:
            self._connections.discard(connection)
            self._leave(connection)
            await connection.finish()
        return websocket

    async def _serve(self, connection: Connection, request: web.Request) -> None:
        if request.query.get("v", VERSION) != VERSION:
            raise _Refused(*INVALID_VERSION)
        if request.query.get("encoding", "json") != "json":
            raise _Refused(*DECODE_ERROR)
        interval = self._settings.heartbeat
        hello = {"heartbeat_interval": int(interval * 1000), "_trace": []}
        connection.send_json({"t": None, "s": None, "op": Opcode.HELLO, "d": hello})
        alive = asyncio.get_running_loop().time() + interval + self._settings.grace
        while True:
            try:
                async with asyncio.timeout_at(alive):
                    frame = await connection.receive()
            except TimeoutError:
                if connection.silent:
                    alive = math.inf  # half-open: not even that is told
                    continue
                raise _Refused(*MISSED_HEARTBEAT) from None
            if frame is None:
                return
            command = _decode(frame)
            if connection.too_fast():
                raise _Refused(*RATE_LIMITED)
            if command["op"] == Opcode.HEARTBEAT:
                alive = asyncio.get_running_loop().time() + interval + self._settings.grace
            self._obey(connection, command["op"], command.get("d"))

    def _obey(self, connection: Connection, opcode: int, data: Any) -> None:  # noqa: ANN401 - JSON
        match opcode:
            case Opcode.HEARTBEAT:
                self._note("heartbeat", _application(connection), data)
                if connection.session is not None and isinstance(data, int):
                    connection.session.confirm(data)
                connection.send_json({"t": None, "s": None, "op": Opcode.ACK, "d": None})
            case Opcode.IDENTIFY:
                self._identify(connection, data)
            case Opcode.RESUME:
                self._resume(connection, data)
            case Opcode.PRESENCE | Opcode.VOICE | Opcode.MEMBERS if connection.session is None:
                raise _Refused(*NOT_AUTHENTICATED)
            case Opcode.PRESENCE:
                self._note("presence", _application(connection), data)
            case Opcode.VOICE:
                self._note("voice", _application(connection), data)
            case Opcode.MEMBERS:
                self._send_members(connection, data)
            case _:
                raise _Refused(*UNKNOWN_OPCODE)

    def _identify(self, connection: Connection, data: Any) -> None:  # noqa: ANN401 - JSON
        if connection.session is not None:
            raise _Refused(*ALREADY_AUTHENTICATED)
        if not isinstance(data, dict):
            raise _Refused(*DECODE_ERROR)
        application = self._authenticate(data)
        self._note("identify", application, {**data, "token": "[hidden]"})
        wanted = _read_intents(data, application)
        session = Session(application, wanted, _read_shard(data))
        session.line = connection
        connection.session = session
        application.identifies += 1
        self._sessions.open(session)
        self._greet(session)

    def _greet(self, session: Session) -> None:
        """Docs: Gateway Events > Ready, then one Guild Create per guild that is available."""
        application = session.application
        guilds = [g for g in self._world.guilds.values() if application.id in g.bots]
        ready = {
            "v": int(VERSION),
            "user": wire.own_user_json(application.user),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "session_type": "normal",
            "private_channels": [],
            "shard": list(session.shard),
            "application": {
                "id": str(application.id),
                "flags": wire.application_flags(application),
            },
            "_trace": ["twin"],
        }
        session.dispatch("READY", ready)
        if not session.intents & Intent.GUILDS:
            return
        for guild in guilds:
            if guild.available:
                data = wire.guild_create_json(guild, application, session.intents)
                session.dispatch("GUILD_CREATE", data)

    @property
    def resume_url(self) -> str:
        """Where sessions are resumed: another address than the first, to see who obeys."""
        return self._world.origin.replace("http", "ws", 1) + "/resume"

    def _resume(self, connection: Connection, data: Any) -> None:  # noqa: ANN401 - JSON
        if connection.session is not None:
            raise _Refused(*ALREADY_AUTHENTICATED)
        if not isinstance(data, dict):
            raise _Refused(*DECODE_ERROR)
        application = self._authenticate(data)
        self._note("resume", application, {**data, "token": "[hidden]", "path": connection.path})
        session, sequence = self._find_resumable(application, data)
        if session is None:
            connection.send_json({"t": None, "s": None, "op": Opcode.INVALID_SESSION, "d": False})
            return
        if sequence > session.sequence:
            raise _Refused(*INVALID_SEQUENCE)
        if session.line is not None:
            session.line.close(4000, "The session goes on elsewhere.")
        session.line, session.gone_at = connection, None
        connection.session = session
        session.replay(sequence)
        session.dispatch("RESUMED", {"_trace": ["twin"]})
        self._note("resumed", application, session.id)

    def _find_resumable(
        self, application: Application, data: JsonObject
    ) -> tuple[Session | None, int]:
        session = self._sessions.find(str(data.get("session_id")), application)
        sequence = data.get("seq")
        if session is None or not isinstance(sequence, int) or self._trouble.never_resume:
            return None, 0
        return (session if sequence >= session.confirmed else None), sequence

    def _authenticate(self, data: JsonObject) -> Application:
        token = str(data.get("token", "")).removeprefix("Bot ")
        application = self._world.application_of(token)
        if application is None:
            raise _Refused(*AUTHENTICATION_FAILED)
        return application

    def _send_members(self, connection: Connection, data: JsonObject) -> None:
        """Docs: Gateway Events > Request Guild Members and Guild Members Chunk."""
        session = connection.session
        assert session is not None
        guild = self._world.guilds.get(int(data["guild_id"]))
        self._note("request members", session.application, data)
        if guild is None or session.application.id not in guild.bots:
            return
        members = _chosen(guild, data, everyone=bool(session.intents & Intent.GUILD_MEMBERS))
        chunks = [members[i : i + CHUNK] for i in range(0, len(members), CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            written: JsonObject = {
                "guild_id": str(guild.id),
                "members": [wire.member_json(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [],
            }
            if data.get("nonce"):
                written["nonce"] = data["nonce"]
            session.dispatch("GUILD_MEMBERS_CHUNK", written)

    def _refuse(self, connection: Connection, refused: _Refused) -> None:
        self._note("refused", _application(connection), refused.code)
        connection.close(refused.code, refused.reason)

    def _leave(self, connection: Connection) -> None:
        """Docs: Gateway > Initiating a Disconnect: 1000 and 1001 end the session at once."""
        session = connection.session
        self._note("disconnect", _application(connection), connection.client_code)
        if session is None or session.line is not connection:
            return
        self._sessions.leave(session)
        if connection.client_code in {1000, 1001}:
            self._sessions.forget(session)

    def _note(self, kind: str, application: Application | None, data: object) -> None:
        self._journal.gateway.append(GatewayNote(self._world.clock(), kind, application, data))
        self._world.pulse.beat()


async def _drain(connection: Connection) -> None:
    """Wait for the client to take note of a close; a short while is enough."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while await connection.receive() is not None:
                pass


def _application(connection: Connection) -> Application | None:
    return connection.session.application if connection.session is not None else None


def _decode(frame: str | bytes) -> JsonObject:
    """Docs: Gateway > Sending Events: JSON of at most 4096 bytes."""
    raw = frame.encode() if isinstance(frame, str) else frame
    try:
        command = json.loads(raw)
    except ValueError:
        raise _Refused(*DECODE_ERROR) from None
    if len(raw) > FRAME or not isinstance(command, dict) or not isinstance(command.get("op"), int):
        raise _Refused(*DECODE_ERROR)
    return command


def _read_intents(data: JsonObject, application: Application) -> int:
    wanted = data.get("intents")
    if not isinstance(wanted, int) or wanted < 0 or wanted & ~intents.KNOWN:
        raise _Refused(*INVALID_INTENTS)
    if wanted & intents.PRIVILEGED & ~application.intents_enabled:
        raise _Refused(*DISALLOWED_INTENTS)
    return wanted


def _read_shard(data: JsonObject) -> tuple[int, int]:
    match data.get("shard", [0, 1]):
        case [int(number), int(count)] if 0 <= number < count:
            return number, count
        case _:
            raise _Refused(*INVALID_SHARD)


def _chosen(guild: Guild, data: JsonObject, *, everyone: bool) -> list[Member]:
    ids = data.get("user_ids")
    if ids is not None:
        wanted = {str(each) for each in (ids if isinstance(ids, list) else [ids])}
        return [member for member in guild.members.values() if str(member.user.id) in wanted]
    query = str(data.get("query") or "").lower()
    if not query and not everyone:
        return []
    found = [m for m in guild.members.values() if m.user.name.lower().startswith(query)]
    return found[: int(data.get("limit") or 0) or None]
