"""Time and identifiers of the twin: one injectable clock, and snowflakes made from it."""

import base64
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Returns Unix seconds. `time.time` is one; so is a `ManualClock`."""

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first millisecond of 2015, from which snowflakes count. Docs: Reference > Snowflakes."""

_TIMESTAMP_SHIFT = 22
_WORKER = 1 << 17
_PROCESS = 1 << 12
_INCREMENTS = 1 << 12


class ManualClock:
    """A clock that stands still until it is told to move.

    It decides every rule of the twin that speaks of time (3 seconds to answer an interaction,
    15 minutes of a token, the life of a nonce or of a session, the windows of rate limits).
    Sockets are the exception: heartbeats are watched in real time.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start

    def __call__(self) -> float:
        """Tell the time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward. Raises ValueError when asked to go back: Discord's clock never does."""
        if seconds < 0:
            raise ValueError("a clock only moves forward")
        self._now += seconds


class Snowflakes:
    """Makes ids that carry the time of their making, unique and strictly rising.

    Docs: Reference > Snowflakes. With a clock that stands still the milliseconds run ahead of it
    after 4096 ids, as there is no other room left in the number.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_ms = 0
        self._increment = 0

    def take(self) -> int:
        """Return a fresh id."""
        now_ms = int(self._clock() * 1000) - DISCORD_EPOCH_MS
        if now_ms > self._last_ms:
            self._last_ms = now_ms
            self._increment = 0
        else:
            self._increment += 1
            if self._increment == _INCREMENTS:
                self._last_ms += 1
                self._increment = 0
        return (self._last_ms << _TIMESTAMP_SHIFT) | _WORKER | _PROCESS | self._increment


def made_at(snowflake: int) -> float:
    """Unix seconds at which an id was made, to the millisecond."""
    return ((snowflake >> _TIMESTAMP_SHIFT) + DISCORD_EPOCH_MS) / 1000


def iso(moment: float) -> str:
    """Write a moment the way Discord does: ISO 8601 with microseconds and an explicit offset."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def make_token(snowflake: int) -> str:
    """A bot token in the shape of real ones, which some clients take apart: id, time, secret."""
    head = base64.urlsafe_b64encode(str(snowflake).encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
