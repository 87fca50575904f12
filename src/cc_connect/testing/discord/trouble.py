"""The faults in force, as the gateway, the sessions and the REST server consult them.

Tests do not write here: `Faults` is their way in.
"""

from dataclasses import dataclass, field
from enum import Enum

from cc_connect.testing.discord.connection import Connection
from cc_connect.testing.discord.journal import matches
from cc_connect.testing.discord.model import JsonObject
from cc_connect.testing.discord.session import Session

_Sent = list[tuple[str, JsonObject]]


@dataclass(slots=True)
class _EventRule:
    name: str | None
    times: int

    def take(self, name: str) -> bool:
        """Use up one of the times when the name fits."""
        if self.times <= 0 or self.name not in {None, name}:
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class EventTrouble:
    """Faults on the way of an event to a session."""

    doubled: list[_EventRule] = field(default_factory=list)
    lost: list[_EventRule] = field(default_factory=list)
    swapped: list[_EventRule] = field(default_factory=list)
    holding: bool = False
    held: list[tuple[Session, str, JsonObject]] = field(default_factory=list)
    waiting: dict[str, tuple[str, JsonObject]] = field(default_factory=dict)

    def add(self, rules: list[_EventRule], name: str | None, times: int) -> None:
        """Put one more rule in force."""
        rules.append(_EventRule(name, times))

    def shape(self, session: Session, name: str, data: JsonObject) -> _Sent:
        """What is sent to a session at this moment in place of one event."""
        if self.holding:
            self.held.append((session, name, data))
            return []
        if any(rule.take(name) for rule in self.lost):
            return []
        sent: _Sent = [(name, data)]
        if any(rule.take(name) for rule in self.doubled):
            sent.append((name, data))
        late = self.waiting.pop(session.id, None)
        if late is not None:
            sent.append(late)
        elif any(rule.take(name) for rule in self.swapped):
            self.waiting[session.id] = sent[0]
            return sent[1:]
        return sent


@dataclass(slots=True)
class GatewayTrouble:
    """Faults of connections that are still to come."""

    refused: list[int] = field(default_factory=list)
    never_resume: bool = False
    silent: bool = False
    pause: float = 0.0

    def take_refused_upgrade(self) -> int | None:
        """The HTTP status for the next attempt to connect, None when it succeeds."""
        return self.refused.pop(0) if self.refused else None

    def greet(self, connection: Connection) -> None:
        """Put a new connection under the faults in force."""
        connection.silent = self.silent
        connection.pause = self.pause


class Moment(Enum):
    """When a fault strikes: before the request is carried out, or when it already was."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class RestFault:
    """One fault for the next `times` requests of a route (None: of any)."""

    route: str | None
    times: int
    moment: Moment = Moment.BEFORE
    delay: float = 0.0
    status: int | None = None
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    reset: bool = False
    name: str = ""


@dataclass(slots=True)
class RestTrouble:
    """Faults of requests."""

    rules: list[RestFault] = field(default_factory=list)

    def take(self, route: str) -> RestFault | None:
        """The fault for a request that comes now."""
        for rule in self.rules:
            if rule.times > 0 and matches(route, rule.route):
                rule.times -= 1
                return rule
        return None
