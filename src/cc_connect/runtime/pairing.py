"""The door: who was let in from a chat, and the codes by which strangers get in."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from hmac import compare_digest

import structlog

from cc_connect.contract.command import Role
from cc_connect.contract.inbound import Inbound
from cc_connect.core.texts import say
from cc_connect.runtime.counter import Counter
from cc_connect.runtime.settings import Settings
from cc_connect.store.changes import Audited, MemberAdded, PairingClosed, PairingOpened
from cc_connect.store.rows import PairingRow
from cc_connect.store.store import Store

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 8
LASTS = 3600.0
MOST_OPEN = 3
MOST_TRIES = 5
TRY_WINDOW = 60.0

log = structlog.get_logger(__name__)


class Door:
    """Knows the members, hands out pairing codes and takes them back."""

    def __init__(self, store: Store, counter: Counter, now: Callable[[], float]) -> None:
        self._store = store
        self._counter = counter
        self._now = now
        self._members: dict[tuple[str, str], dict[str, Role]] = {}
        self._tries: list[float] = []

    async def load(self) -> None:
        """Read the members from the store."""
        self._members.clear()
        for row in await self._store.members():
            self._members.setdefault((row.platform, row.project), {})[row.person] = row.role

    def members(self, platform: str, project: str) -> Mapping[str, Role]:
        """Roles by person at a platform instance, for all projects and for this one."""
        for_all = self._members.get((platform, ""), {})
        return {**for_all, **self._members.get((platform, project), {})}

    async def answer_stranger(self, inbound: Inbound, settings: Settings) -> None:
        """Tell somebody how to be let in; a code only where nobody else reads it."""
        language = settings.language
        if not inbound.private:
            text = say(language, "ask_owner")
        else:
            code = await self._code(inbound)
            if code is None:
                return
            text = say(language, "stranger", code=code)
        await self._counter.tell(settings, f"stranger:{secrets.token_hex(8)}", text, inbound)

    async def _code(self, inbound: Inbound) -> str | None:
        """A new code, unless this person or too many others have one; None keeps silent."""
        now = self._now()
        platform, person = inbound.address.platform, inbound.sender
        open_codes = await self._store.pairings(now=now)
        if any((row.platform, row.person) == (platform, person.id) for row in open_codes):
            return None
        if len(open_codes) >= MOST_OPEN:
            log.warning("too many open pairing codes", platform=platform, user=person.id)
            return None
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        change = PairingOpened(_hash(code), platform, person.id, person.name, now, now + LASTS)
        await self._store.commit((change,))
        log.info("pairing code given", platform=platform, user=person.id)
        return code

    async def pair(self, code: str, by: str) -> PairingRow | None:
        """Let in whoever was given this code; None if the code does not hold.

        Raises:
            TimeoutError: Too many codes were tried just now; wait a minute.
        """
        now = self._now()
        self._tries = [at for at in self._tries if now - at < TRY_WINDOW]
        if len(self._tries) >= MOST_TRIES:
            raise TimeoutError("too many codes were tried; wait a minute")
        wanted = _hash(code.strip().upper())
        found = None
        for row in await self._store.pairings(now=now):
            if compare_digest(row.code_hash, wanted):
                found = row
        if found is None:
            self._tries.append(now)
            return None
        first = not any(Role.ADMIN in roles.values() for roles in self._members.values())
        role = Role.ADMIN if first else Role.MEMBER
        member = MemberAdded(found.platform, found.person, found.name, role, by, now)
        audit = Audited(now, by, found.platform, f"pair {found.person}", allowed=True)
        await self._store.commit((member, PairingClosed(found.platform, found.person), audit))
        await self.load()
        return found


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
