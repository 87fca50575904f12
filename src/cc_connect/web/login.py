"""Who may come in: one-time codes, and the logins they become.

A code stands in a link, is good for ten minutes and once. A login is a random value in a cookie;
only its hash is kept, so whoever reads the store cannot log in with it.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

CODE_LASTS = 600.0
"""Seconds for which a one-time code is good."""

LOGIN_LASTS = 30 * 86_400
"""Seconds for which a login is good."""

MOST_CODES = 20
MOST_WRONG = 10
MOST_LOGINS = 50
_KEY = "logins"

Clock = Callable[[], float]


class LoginCodes:
    """The one-time codes that are open, in memory only: a restart makes them void."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[bytes, float] = {}
        self._wrong = 0

    def issue(self) -> str:
        """A new code; the oldest goes when there are more than `MOST_CODES`."""
        code = secrets.token_urlsafe(24)
        self._forget_old()
        while len(self._open) >= MOST_CODES:
            del self._open[next(iter(self._open))]
        self._open[_digest(code)] = self._clock() + CODE_LASTS
        self._wrong = 0
        return code

    def redeem(self, code: str) -> bool:
        """Whether the code is good; it is not after that.

        After `MOST_WRONG` wrong codes all open ones are void, so guessing leads nowhere.
        """
        self._forget_old()
        given, found = _digest(code), None
        for digest in self._open:
            if hmac.compare_digest(digest, given):
                found = digest
        if found is not None:
            del self._open[found]
            self._wrong = 0
            return True
        self._wrong += 1
        if self._wrong >= MOST_WRONG:
            self._open.clear()
        return False

    def _forget_old(self) -> None:
        now = self._clock()
        for digest in [digest for digest, until in self._open.items() if until <= now]:
            del self._open[digest]


class LoginStorage(Protocol):
    """Where logins are kept over restarts; `PlatformHost` has the same two methods."""

    async def load(self, key: str) -> str | None:
        """Read what was saved under `key`."""
        ...

    async def save(self, key: str, value: str) -> None:
        """Keep a value."""
        ...


class Logins:
    """The logins that are good. `clock` gives Unix seconds."""

    def __init__(self, storage: LoginStorage, clock: Clock = time.time) -> None:
        self._storage = storage
        self._clock = clock
        self._until: dict[str, float] | None = None

    async def open(self) -> str:
        """Make a login; what is returned goes into the cookie."""
        until = await self._load()
        cookie = secrets.token_urlsafe(32)
        until[_digest(cookie).hex()] = self._clock() + LOGIN_LASTS
        while len(until) > MOST_LOGINS:
            del until[min(until, key=until.__getitem__)]
        await self._save(until)
        return cookie

    async def good(self, cookie: str) -> bool:
        """Whether this cookie is a login."""
        until = await self._load()
        given = _digest(cookie).hex()
        found = False
        for digest, ends in until.items():
            found |= hmac.compare_digest(digest, given) and ends > self._clock()
        return found

    async def close(self, cookie: str) -> None:
        """End a login."""
        until = await self._load()
        if until.pop(_digest(cookie).hex(), None) is not None:
            await self._save(until)

    async def _load(self) -> dict[str, float]:
        if self._until is None:
            stored = await self._storage.load(_KEY)
            try:
                until = msgspec.json.decode(stored or "{}", type=dict[str, float])
            except msgspec.MsgspecError:
                until = {}
            now = self._clock()
            self._until = {digest: ends for digest, ends in until.items() if ends > now}
        return self._until

    async def _save(self, until: dict[str, float]) -> None:
        await self._storage.save(_KEY, msgspec.json.encode(until).decode())


def bearer_good(header: str, tokens: tuple[str, ...]) -> bool:
    """Whether an `Authorization` header carries one of the tokens; an empty token is none."""
    scheme, _, given = header.partition(" ")
    good = False
    for token in tokens:
        same = hmac.compare_digest(_digest(token), _digest(given.strip()))
        good |= bool(token) and scheme.lower() == "bearer" and same
    return good


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
