"""The calls behind `cc-connect send`, `sessions`, `audit` and `logs`."""

import json
import time

from cc_connect.app.local_api import PROOF, Caller
from cc_connect.app.logs import RECENT
from cc_connect.contract.ids import ConversationKey
from cc_connect.runtime.passes import Passes
from cc_connect.runtime.sending import Sending
from cc_connect.store.changes import Audited
from cc_connect.store.store import Store

MOST = 1000


class Talking:
    """Answers them over a running program."""

    def __init__(self, sending: Sending, passes: Passes, store: Store) -> None:
        self._sending = sending
        self._passes = passes
        self._store = store

    async def send(self, fields: dict[str, str], caller: Caller) -> dict[str, str]:
        """Say something in a conversation; an agent only in its own."""
        try:
            key = await self._meant(fields, caller)
            paths = [str(path) for path in json.loads(fields.get("files") or "[]")]
            text = fields.get("text", "")
            await self._sending.send(key, text, paths, anywhere=not caller.agent)
        except ValueError as error:
            return {"error": str(error)}
        return {"to": key.text}

    async def _meant(self, fields: dict[str, str], caller: Caller) -> ConversationKey:
        wanted = fields.get("to", "")
        if not caller.agent:
            if not wanted:
                raise ValueError("which conversation? Name one by --to; see: cc-connect sessions")
            return await self._sending.find(wanted)
        own = self._own(fields, caller)
        if own is None or wanted not in {"", own.text}:
            await self.refused(f"send to {wanted[:200]}")
            raise ValueError("an agent may send to its own conversation only")
        return own

    def _own(self, fields: dict[str, str], caller: Caller) -> ConversationKey | None:
        """The conversation an agent works for: by its token, or by the process above it."""
        session, token = fields.get("session", ""), fields.get(PROOF, "")
        if token and self._passes.good(session, token):
            return ConversationKey.parse(session)
        return None if token else self._sending.of_agent(caller.processes)

    async def refused(self, name: str) -> None:
        """An agent tried what agents may not: into the audit trail."""
        audit = Audited(time.time(), "agent", "machine", f"call {name}", allowed=False)
        await self._store.commit((audit,))

    async def sessions(self, _: dict[str, str]) -> dict[str, str]:
        """All conversations, the last used first."""
        return {"sessions": json.dumps(await self._sending.listed())}

    async def audit(self, fields: dict[str, str]) -> dict[str, str]:
        """The newest lines of the audit trail, the newest last."""
        rows = await self._store.audit(limit=_number(fields.get("count"), 50))
        told = [
            (row.at, row.who, row.platform, row.project or "", row.action, row.allowed, row.reason)
            for row in reversed(rows)
        ]
        return {"audit": json.dumps(told)}

    async def logs(self, fields: dict[str, str]) -> dict[str, str]:
        """Lines of the log from `after` on, at most `count`; `next` is what to ask for later."""
        lines, following = RECENT.since(
            _number(fields.get("after"), 0, most=1 << 60), _number(fields.get("count"), 50)
        )
        return {"lines": json.dumps(lines), "next": str(following)}


def _number(text: str | None, default: int, most: int = MOST) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdigit() else default
