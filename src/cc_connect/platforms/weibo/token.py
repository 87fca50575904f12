"""Tokens: one for the socket and for calls, because a new one ends the one before."""

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import structlog

from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable, RateLimited
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.platforms.weibo.wire import tag

log = structlog.get_logger(__name__)

ATTEMPTS = 3
DEFAULT_LIFE = 7200.0
TOO_MANY = 429
RETRYABLE = frozenset({408, 425, TOO_MANY, 500, 502, 503, 504})
REFUSED = frozenset({400, 401, 403})
REFUSED_TEXT = (
    "Weibo refuses app_id or app_secret; send 连接龙虾 to @微博龙虾助手 for them "
    "(重置凭证 makes new ones) and put them into the configuration"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `renew` says by the monotonic clock when to have the next one."""

    value: str
    uid: str
    renew: float


class Tokens:
    """The token of one app. Adapters of the same app share it: see `tokens_of`."""

    def __init__(self, options: WeiboOptions, timings: Timings) -> None:
        self._options = options
        self._timings = timings
        self._token: Token | None = None
        self._asking = asyncio.Lock()

    def _tag(self, words: str) -> str:
        return tag(self._options.name, words)

    async def get(self, session: aiohttp.ClientSession) -> Token:
        """The token, a new one when it is about to expire.

        Raises:
            PlatformAuthFailed: The credentials are refused.
            RateLimited, PlatformUnavailable: Not now.
        """
        async with self._asking:
            token = self._token
            if token is None or self.due(token) <= 0:
                token = self._token = await self._new(session)
                log.info(self._tag("authenticated"), uid=token.uid)
            return token

    def due(self, token: Token) -> float:
        """Seconds until it has to be renewed."""
        return token.renew - time.monotonic()

    def drop(self, token: Token) -> None:
        """It is refused; the next `get` asks for another. A newer one stays."""
        if self._token is token:
            self._token = None

    async def _new(self, session: aiohttp.ClientSession) -> Token:
        pause = self._timings.retry
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._ask(session)
            except (PlatformUnavailable, RateLimited) as error:
                wait = getattr(error, "retry_after", pause)
                if attempt == ATTEMPTS or wait > self._timings.longest_retry:
                    raise
                log.warning(self._tag("no token; tried again"), reason=str(error))
                await asyncio.sleep(wait)
                pause = min(2 * pause, self._timings.longest_retry)
        raise AssertionError("the last attempt returns or raises")

    async def _ask(self, session: aiohttp.ClientSession) -> Token:
        options = self._options
        body = {"app_id": options.app_id, "app_secret": options.app_secret}
        try:
            async with session.post(
                options.token_endpoint,
                json=body,
                proxy=options.proxy or None,
                timeout=aiohttp.ClientTimeout(total=self._timings.request),
            ) as answer:
                text = await answer.text(errors="replace")
                status, headers = answer.status, answer.headers
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PlatformUnavailable(f"no token from Weibo: {told(error)}") from None
        return self._read(status, retry_after(headers.get("Retry-After")), _json(text))

    def _read(self, status: int, wait: float, answer: dict[str, Any] | None) -> Token:
        if answer is None and status not in REFUSED | {TOO_MANY}:
            raise PlatformUnavailable(
                f"the token endpoint does not answer in JSON: status {status}"
            )
        answer = answer or {}
        said = str(answer.get("message") or answer.get("error") or "")[:200]
        if status == TOO_MANY:
            raise RateLimited("Weibo gives no token: too many calls", wait or self._timings.retry)
        if status in RETRYABLE:
            raise PlatformUnavailable(f"Weibo gives no token: status {status} {said}".rstrip())
        data = answer.get("data")
        value = data.get("token") if isinstance(data, dict) else None
        if status in REFUSED or not isinstance(value, str) or not value:
            raise PlatformAuthFailed(f"{REFUSED_TEXT} (status {status} {said})".replace(" )", ")"))
        assert isinstance(data, dict)  # noqa: S101 - it had a token
        life = data.get("expire_in")
        seconds = float(life) if isinstance(life, int | float) and life > 0 else DEFAULT_LIFE
        renew = time.monotonic() + seconds - min(self._timings.early, seconds / 2)
        return Token(value, str(data.get("uid", "")), renew)


def _json(text: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def retry_after(header: str | None) -> float:
    """Seconds of a `Retry-After`; 0 when it does not say."""
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0


def told(error: BaseException) -> str:
    """What went wrong, without the address, which holds the token."""
    if isinstance(error, aiohttp.ClientResponseError):
        return f"status {error.status}"
    return str(error) or type(error).__name__


_known: WeakValueDictionary[str, Tokens] = WeakValueDictionary()


def tokens_of(options: WeiboOptions, timings: Timings) -> Tokens:
    """The tokens of an app: the same object for the same credentials at the same endpoint."""
    parts = (options.app_id, options.app_secret, options.token_endpoint)
    fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    tokens = _known.get(fingerprint)
    if tokens is None:
        tokens = _known[fingerprint] = Tokens(options, timings)
    return tokens
