"""Gateway sessions: what each bot was sent, kept so that a lost connection can be resumed.

Docs: Gateway > Resuming.
"""

import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from cc_connect.testing.discord import permissions
from cc_connect.testing.discord.event import Event
from cc_connect.testing.discord.model import Application, JsonObject
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.world import World


class Opcode(IntEnum):
    """Docs: Opcodes and Status Codes > Gateway Opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE = 4
    RESUME = 6
    RECONNECT = 7
    MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    ACK = 11


class Line(Protocol):
    """The connection a session writes to."""

    def send(self, text: str) -> None:
        """Queue one frame."""

    def close(self, code: int, reason: str = "") -> None:
        """Queue the end, after every frame that was queued before."""


@dataclass(slots=True, eq=False)
class Session:
    """One session of one bot. `line` is None while it is disconnected."""

    application: Application
    intents: int
    shard: tuple[int, int] = (0, 1)
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    line: Line | None = None
    gone_at: float | None = None
    sequence: int = 0
    confirmed: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=deque)

    def dispatch(self, name: str, data: JsonObject) -> None:
        """Send one event, or keep it for the day the bot comes back."""
        self.sequence += 1
        frame = {"t": name, "s": self.sequence, "op": Opcode.DISPATCH, "d": data}
        text = json.dumps(frame, ensure_ascii=False)
        self.sent.append((self.sequence, text))
        if self.line is not None:
            self.line.send(text)

    def confirm(self, sequence: int) -> None:
        """Forget what a heartbeat says has arrived: nobody will ask for it again."""
        while self.sent and self.sent[0][0] <= sequence:
            self.confirmed, _ = self.sent.popleft()

    def replay(self, after: int) -> None:
        """Send again what came after a sequence number, in the old order."""
        assert self.line is not None
        for sequence, text in self.sent:
            if sequence > after:
                self.line.send(text)

    def wants(self, event: Event) -> bool:
        """Whether this session may and wishes to know of an event."""
        if event.only not in {None, self.application}:
            return False
        if event.intent and not event.intent & self.intents:
            return False
        if event.guild is not None and not self._in_guild(event):
            return False
        return event.channel is None or self._sees(event)

    def _in_guild(self, event: Event) -> bool:
        guild = event.guild
        assert guild is not None
        if self.application.id not in guild.bots or not guild.available:
            return False
        number, count = self.shard
        return (guild.id >> 22) % count == number

    def _sees(self, event: Event) -> bool:
        channel = event.channel
        assert channel is not None
        if channel.guild is None and self.shard[0] != 0:
            return False
        return permissions.allows(channel, self.application.user, Permission.VIEW_CHANNEL)


Shape = Callable[[Session, str, JsonObject], list[tuple[str, JsonObject]]]
"""Turns one event for one session into what is sent at this moment: the place for faults."""


class Sessions:
    """All sessions of a twin, connected or waiting to be resumed for `life` seconds."""

    def __init__(self, world: World, life: float, shape: Shape) -> None:
        self._world = world
        self._life = life
        self._shape = shape
        self._sessions: dict[str, Session] = {}
        world.listen(self.hear)

    def of(self, application: Application | None = None) -> list[Session]:
        """The sessions of one bot, or all."""
        return [
            session
            for session in self._sessions.values()
            if application in {None, session.application}
        ]

    def open(self, session: Session) -> None:
        """Take in a new session."""
        self._sessions[session.id] = session

    def forget(self, session: Session) -> None:
        """End a session: it can no longer be resumed."""
        self._sessions.pop(session.id, None)

    def leave(self, session: Session) -> None:
        """Note that the connection of a session is gone."""
        session.line = None
        session.gone_at = self._world.clock()

    def find(self, session_id: str, application: Application) -> Session | None:
        """A session that can be resumed by this bot."""
        self._forget_expired()
        session = self._sessions.get(session_id)
        return session if session is not None and session.application is application else None

    def hear(self, event: Event) -> None:
        """Pass one event on to every session that wants it."""
        self._forget_expired()
        for session in list(self._sessions.values()):
            if session.wants(event):
                data = event.render(session.application, session.intents)
                self.tell(session, event.name, data)

    def tell(self, session: Session, name: str, data: JsonObject) -> None:
        """Send one event to one session, as far as the faults in force leave it alone."""
        for each_name, each_data in self._shape(session, name, data):
            session.dispatch(each_name, each_data)

    def _forget_expired(self) -> None:
        now = self._world.clock()
        for session in list(self._sessions.values()):
            if session.gone_at is not None and now - session.gone_at > self._life:
                self.forget(session)
