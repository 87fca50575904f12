"""Rate limits: a bucket per route and top-level resource, and one for everything a bot does.

Docs: Rate Limits. Discord does not publish the figures; those of `RateLimits.observed` are what
bots have seen in the headers, and a client has to follow the headers whatever they say.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cc_connect.testing.discord.clock import Clock, made_at
from cc_connect.testing.discord.errors import Refusal
from cc_connect.testing.discord.model import Application, JsonObject, Message

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Window:
    """So many requests in so many seconds; the window opens with its first request."""

    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of a twin. Routes are written as in `Request.route`."""

    routes: Mapping[str, Window] = field(default_factory=dict)
    other: Window = Window(1000, 1.0)
    everything: Window = Window(10_000, 1.0)
    old_edits: Window | None = None
    """Edits, per bot and channel, of messages that are older than an hour (refusal 30046)."""

    @classmethod
    def roomy(cls) -> "RateLimits":
        """Limits that no test reaches by accident: all headers are there, nobody has to wait."""
        return cls()

    @classmethod
    def observed(cls) -> "RateLimits":
        """Limits like those of Discord itself. A client that obeys them waits in real time."""
        five = Window(5, 5.0)
        return cls(
            {
                "POST /channels/{channel}/messages": five,
                "PATCH /channels/{channel}/messages/{message}": five,
                "DELETE /channels/{channel}/messages/{message}": Window(5, 1.0),
                "POST /channels/{channel}/typing": five,
                "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": Window(1, 0.25),
                "POST /webhooks/{application}/{token}": five,
                "PATCH /webhooks/{application}/{token}/messages/{message}": five,
                "GET /channels/{channel}/messages": five,
                "PATCH /channels/{channel}": Window(2, 600.0),
                "POST /channels/{channel}/messages/{message}/threads": Window(50, 300.0),
            },
            other=Window(10, 10.0),
            everything=Window(50, 1.0),
            old_edits=Window(3, 20.0),
        )


@dataclass(slots=True)
class _Bucket:
    window: Window
    used: int = 0
    opened: float = 0.0

    def take(self, now: float) -> float:
        """Use the bucket; returns 0, or the seconds to wait when it is empty."""
        if self.used == 0 or now >= self.opened + self.window.seconds:
            self.used, self.opened = 0, now
        if self.used >= self.window.limit:
            return self.left(now)
        self.used += 1
        return 0.0

    def left(self, now: float) -> float:
        """Seconds until it is full again."""
        return max(self.opened + self.window.seconds - now, 0.001)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say to one request: headers to send, and a body when it is refused."""

    headers: dict[str, str]
    refusal: JsonObject | None = None


class Limiter:
    """Counts the requests of every bot."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def judge(
        self, route: str, major: str, application: Application | None, *, counts_globally: bool
    ) -> Verdict:
        """Count one request of a bot (None: without a token) on a route.

        `major` names its top-level resource. Interaction endpoints do not count for the limit over
        everything (Docs: Rate Limits > Global Rate Limit).
        """
        now = self._clock()
        who = str(application.id) if application is not None else "anybody"
        if counts_globally:
            wait = self._bucket(("", who), self._limits.everything).take(now)
            if wait:
                return _too_many(wait, "global", {})
        bucket = self._bucket((route, major, who), self._limits.routes.get(route))
        wait = bucket.take(now)
        headers = _headers(route, bucket, now)
        return _too_many(wait, "user", headers) if wait else Verdict(headers)

    def judge_old_edit(self, message: Message, application: Application) -> Verdict | None:
        """Count an edit of a message that is older than an hour; None when nothing limits it."""
        window, now = self._limits.old_edits, self._clock()
        if window is None or now - made_at(message.id) < HOUR:
            return None
        key = ("old edits", str(message.channel.id), str(application.id))
        wait = self._bucket(key, window).take(now)
        if not wait:
            return None
        verdict = _too_many(wait, "user", {})
        refusal = Refusal.TOO_MANY_OLD_EDITS
        body = {"message": refusal.message, "code": refusal.code}
        return Verdict(verdict.headers, (verdict.refusal or {}) | body)

    def _bucket(self, key: tuple[str, ...], window: Window | None) -> _Bucket:
        return self._buckets.setdefault(key, _Bucket(window or self._limits.other))


def _headers(route: str, bucket: _Bucket, now: float) -> dict[str, str]:
    """Docs: Rate Limits > Header Format."""
    left = bucket.left(now)
    return {
        "X-RateLimit-Limit": str(bucket.window.limit),
        "X-RateLimit-Remaining": str(bucket.window.limit - bucket.used),
        "X-RateLimit-Reset": f"{now + left:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
    }


def _too_many(wait: float, scope: str, headers: dict[str, str]) -> Verdict:
    """Docs: Rate Limits > Exceeding A Rate Limit. `Via` shows that Discord itself answered."""
    told = {
        **headers,
        "Via": "1.1 google",
        "Retry-After": str(int(wait) + 1),
        "X-RateLimit-Scope": scope,
    }
    if scope == "global":
        told["X-RateLimit-Global"] = "true"
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(wait, 3),
        "global": scope == "global",
    }
    return Verdict(told, body)
