"""The store as the floors above see it: open, accept, commit, ask."""

import asyncio
import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from cc_connect.contract.inbound import Inbound
from cc_connect.store import codec, database, inbox, rows
from cc_connect.store.changes import (
    Change,
    GrantReach,
    InboxMoved,
    InboxState,
    PostBuried,
    Scope,
    ValueSaved,
)
from cc_connect.store.reader import Reader
from cc_connect.store.statements import statements
from cc_connect.store.tracing import TraceLine, traced
from cc_connect.store.writer import Work, Writer

T = TypeVar("T")
_Row = Sequence[Any]
_LAST_ID = 2**63 - 1
_BROKEN = "cannot be read: another version of the program wrote it"

NEWEST: rows.Place = (math.inf, "~", 0)


class Store:
    """One open data folder. Made by `open`, ended by `close`; used from one event loop.

    It does not keep a second process out: take `store.lock.acquire` first.
    """

    def __init__(self, folder: Path, writing: Writer, reading: Reader) -> None:
        self.folder = folder
        self._writer = writing
        self._reader = reading

    @classmethod
    async def open(cls, folder: Path) -> "Store":
        """Open the store of a folder, making both when they are not there.

        An older schema is brought up to date, after a copy was put beside it.

        Raises:
            StoreNewer, StoreCorrupt, StoreReadOnly, StoreFull, StoreBusy: See `store.errors`.
        """
        writing, reading = await asyncio.to_thread(_open, folder)
        return cls(folder, Writer(writing), Reader(reading))

    async def close(self) -> None:
        """Write what was handed over, answer what was asked, close the files."""
        await self._reader.close()
        await self._writer.close()

    # --- writing ------------------------------------------------------------------------------

    async def commit(self, changes: Sequence[Change]) -> tuple[int, ...]:
        """Write all changes or none; when it returns they are on the disk.

        Cancelling the caller does not take them back.

        Returns:
            The ids of the posts among them, in order.

        Raises:
            StoreConflict: They contradict what is stored.
            StoreFull, StoreReadOnly, StoreBusy, ...: The database failed; a later try may work.
        """
        return await self._writer.commit(changes)

    async def accept(
        self,
        inbound: Inbound,
        *,
        at: float,
        conversation: str | None = None,
        state: InboxState = "todo",
        reason: str | None = None,
        also: Sequence[Change] = (),
    ) -> int | None:
        """Take a message in; when it returns, it is safe to acknowledge it.

        Args:
            inbound: What came. Of a refused one only ids and the reason are kept.
            at: Now.
            conversation: `ConversationKey.text` where it belongs, if known.
            state: "todo", or "refused" with a reason, ...
            reason: Why, for a refused one.
            also: Written with it, when it is new.

        Returns:
            The id of its row, or None when this message was taken in before.

        Raises:
            StoreError: As `commit`.
        """
        held = inbox.Accepted(inbound, at, conversation, state, reason)
        return await self._writer.run(lambda link: inbox.accept(link, held, also))

    async def save(self, owner: str, key: str, value: str) -> None:
        """Keep a small value of an adapter or feature."""
        await self._writer.commit((ValueSaved(owner, key, value),))

    async def transact(self, work: Work[T]) -> T:
        """Do something special in a transaction, in the writer's thread (see `store.upkeep`)."""
        return await self._writer.run(work)

    # --- what is open, for a restart ----------------------------------------------------------

    async def open_inbox(self) -> list[rows.InboxRow]:
        """Messages that wait or run, of all conversations, in the order they came.

        One that cannot be read (another version wrote it) is closed with a reason and kept: it
        must not keep the program from starting.
        """
        found, broken = await self._sound("open_inbox", rows.InboxRow.read)
        await self.commit([InboxMoved(row, "done", reason=_BROKEN) for row in broken])
        return found

    async def inbox(self, row: int) -> rows.InboxRow | None:
        """One message, unless it was refused."""
        return await self._one("inbox", rows.InboxRow.read, id=row)

    async def held(self, conversation: str) -> list[rows.HeldRow]:
        """Messages of a conversation that wait for a person's word, in the order they came.

        One that cannot be read is closed, as by `open_inbox`.
        """
        found, broken = await self._sound("held", rows.HeldRow.read, conversation=conversation)
        await self.commit([InboxMoved(row, "done", reason=_BROKEN) for row in broken])
        return found

    async def unasked(self) -> list[str]:
        """Conversations with held messages about which nobody was asked yet."""
        return await self._all("unasked", lambda row: str(row[0]))

    async def running_turns(self) -> list[rows.TurnRow]:
        """Turns without an end."""
        return await self._all("running_turns", _record(rows.TurnRow))

    async def open_posts(self, lane: str | None = None) -> list[rows.PostRow]:
        """What is to be delivered or being delivered, by lane and in its order.

        One that cannot be read (another version wrote it) is buried.
        """
        name = "open_posts" if lane is None else "open_posts_of_lane"
        found, broken = await self._sound(name, rows.PostRow.read, lane=lane)
        await self.commit([PostBuried(row, _BROKEN) for row in broken])
        return found

    async def next_post(self, lane: str) -> rows.PostRow | None:
        """The first of a lane that is not being delivered, even if it is due only later.

        One that cannot be read is buried, as by `open_posts`.
        """
        while True:
            found, broken = await self._sound("next_post", rows.PostRow.read, lane=lane)
            if not broken:
                return found[0] if found else None
            await self.commit([PostBuried(row, _BROKEN) for row in broken])

    async def trace(self, message: str, conversation: str = "") -> list[TraceLine]:
        """The way of a message through the program; see `tracing.traced`. Reads whole tables."""
        return await self._reader.run(lambda link: traced(link, message, conversation))

    async def oldest_post(self) -> float | None:
        """When the oldest post that is not delivered was written; None when all are."""
        return await self._one("oldest_post", _number)

    async def receipt(self, key: str) -> str | None:
        """The platform's id of what was posted under a key; None while it is not there."""
        return await self._one("receipt", _first, key=key)

    async def open_requests(self, conversation: str | None = None) -> list[rows.RequestRow]:
        """Requests nobody has answered yet, of one or of all conversations."""
        if conversation is None:
            return await self._all("open_requests", _record(rows.RequestRow))
        return await self._all(
            "open_requests_of_conversation", _record(rows.RequestRow), conversation=conversation
        )

    # --- single things and their lists --------------------------------------------------------

    async def conversation(self, key: str) -> rows.ConversationRow | None:
        """One conversation."""
        return await self._one("conversation", rows.ConversationRow.read, key=key)

    async def conversations(
        self,
        project: str | None = None,
        *,
        limit: int = 50,
        before: tuple[float, str] | None = None,
    ) -> list[rows.ConversationRow]:
        """Conversations, the last used first.

        `before` is (`updated`, `key.text`) of the last one of the page before.
        """
        updated, key = before or (math.inf, "")
        name = "conversations" if project is None else "conversations_of_project"
        return await self._all(
            name,
            rows.ConversationRow.read,
            project=project,
            updated=updated,
            key=key,
            limit=limit,
        )

    async def history(
        self, conversation: str, *, before: rows.Place = NEWEST, limit: int = 50
    ) -> list[rows.HistoryItem]:
        """What was said in a conversation, newest first, at the same cost however long it is.

        What cannot be read (another version wrote it) is left out.
        `before` is `HistoryItem.place` of the last item of the page before.
        """
        return await self._reader.run(lambda link: _history(link, conversation, before, limit))

    async def turn(self, turn: str) -> rows.TurnRow | None:
        """One turn."""
        return await self._one("turn", _record(rows.TurnRow), id=turn)

    async def turns(self, conversation: str, *, limit: int = 20) -> list[rows.TurnRow]:
        """The latest turns of a conversation, newest first."""
        return await self._all(
            "turns", _record(rows.TurnRow), conversation=conversation, limit=limit
        )

    async def find_turns(
        self, conversation: str, words: Sequence[str], *, limit: int = 20
    ) -> list[rows.TurnRow]:
        """The latest turns with all these words in prompt or answer, newest first.

        A word is found wherever it stands, in a word or in a text without blanks; capitals do not
        matter for Latin letters. Only the last 5000 turns are looked at.
        """
        patterns = [f"%{_literally(codec.clean(word))}%" for word in words]
        return await self._all(
            "find_turns",
            _record(rows.TurnRow),
            conversation=conversation,
            patterns=json.dumps(patterns, ensure_ascii=False),
            limit=limit,
        )

    async def request(self, request: str) -> rows.RequestRow | None:
        """One request, open or closed."""
        return await self._one("request", _record(rows.RequestRow), id=request)

    async def session(self, session: str) -> rows.SessionRow | None:
        """One session, unless it was deleted."""
        return await self._one("session", _record(rows.SessionRow), id=session)

    async def sessions(self, conversation: str) -> list[rows.SessionRow]:
        """The sessions of a conversation, the last used first."""
        return await self._all("sessions", _record(rows.SessionRow), conversation=conversation)

    async def bindings(self, session: str) -> list[rows.BindingRow]:
        """The agent's ids a session had, in order; the last one holds."""
        return await self._all("bindings", _record(rows.BindingRow), session=session)

    # --- people and settings ------------------------------------------------------------------

    async def bound(self, agent_sessions: Sequence[str]) -> frozenset[str]:
        """Those of these ids of the agent under which a session of ours works, or has worked."""
        found = await self._all("bound", lambda row: str(row[0]), ids=json.dumps(agent_sessions))
        return frozenset(found)

    async def preferences(self, scope: Scope, owner: str) -> Mapping[str, str]:
        """What was set for a project, a conversation or a person: name -> value."""
        found = await self._all(
            "preferences", _record(rows.PreferenceRow), scope=scope, owner=owner
        )
        return {row.name: row.value for row in found}

    async def grants(self, scope: GrantReach, owner: str, *, now: float) -> list[rows.GrantRow]:
        """Standing permissions in force."""
        return await self._all("grants", _record(rows.GrantRow), scope=scope, owner=owner, now=now)

    async def pairing(self, platform: str, person: str) -> rows.PairingRow | None:
        """The code a stranger was given, expired or not."""
        return await self._one(
            "pairing", _record(rows.PairingRow), platform=platform, person=person
        )

    async def pairings(self, *, now: float) -> list[rows.PairingRow]:
        """All codes that still hold."""
        return await self._all("pairings", _record(rows.PairingRow), now=now)

    async def members(self) -> list[rows.MemberRow]:
        """Everybody who was let in from a chat."""
        return await self._all("members", rows.MemberRow.read)

    async def load(self, owner: str, key: str) -> str | None:
        """Read what was saved under a key."""
        return await self._one("value", _first, owner=owner, key=key)

    async def load_all(self, owner: str) -> Mapping[str, str]:
        """Read everything an owner saved."""
        return dict(await self._all("values", lambda row: (row[0], row[1]), owner=owner))

    async def audit(self, *, before: int | None = None, limit: int = 100) -> list[rows.AuditRow]:
        """The audit trail, newest first, page by page."""
        return await self._all("audit", rows.AuditRow.read, before=before or _LAST_ID, limit=limit)

    async def media(self, inbox: int) -> list[rows.MediaRow]:
        """The files of a message that were fetched."""
        return await self._all("media", _record(rows.MediaRow), inbox=inbox)

    async def blob_names(self) -> frozenset[str]:
        """The names of all files that are known."""
        return frozenset(await self._all("blobs", lambda row: str(row[0])))

    async def stats(self) -> rows.StoreFigures:
        """How much is open and how large the files are. Cheap, whatever the history."""
        counts = await self._one("figures", tuple)
        journal = 0
        with suppress(OSError):
            journal = (self.folder / f"{database.FILE}-wal").stat().st_size
        columns = (*(counts or (0,) * 5), journal, self._writer.figures)
        return rows.StoreFigures(*columns)

    # --- asking -------------------------------------------------------------------------------

    async def _all(self, name: str, make: Callable[[_Row], T], **values: object) -> list[T]:
        return await self._reader.run(lambda link: [make(row) for row in _rows(link, name, values)])

    async def _sound(
        self, name: str, make: Callable[[_Row], T], **values: object
    ) -> tuple[list[T], list[int]]:
        """Rows that can be read, and the ids (first column) of those that cannot."""
        return await self._reader.run(lambda link: _sift(_rows(link, name, values), make))

    async def _one(self, name: str, make: Callable[[_Row], T], **values: object) -> T | None:
        found = await self._all(name, make, **values)
        return found[0] if found else None


def _open(folder: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    database.make_folder(folder)
    path = folder / database.FILE
    writing = database.open_writable(path)
    try:
        return writing, database.open_readable(path)
    except BaseException:
        writing.close()
        raise


def _rows(link: sqlite3.Connection, name: str, values: Mapping[str, object]) -> list[_Row]:
    (statement,) = statements("reads.sql")[name]
    wanted = {
        name: codec.clean(value) if isinstance(value, str) and not value.isascii() else value
        for name, value in values.items()
    }
    return link.execute(statement.sql, wanted).fetchall()


def _sift(found: list[_Row], make: Callable[[_Row], T]) -> tuple[list[T], list[int]]:
    sound: list[T] = []
    broken: list[int] = []
    for row in found:
        try:
            sound.append(make(row))
        except codec.Unreadable:
            broken.append(int(row[0]))
    return sound, broken


def _record(kind: Callable[..., T]) -> Callable[[_Row], T]:
    return lambda row: kind(*row)


def _literally(word: str) -> str:
    """A word for LIKE, in which nothing means anything else."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _first(row: _Row) -> str | None:
    value: str | None = row[0]
    return value


def _number(row: _Row) -> float | None:
    value: float | None = row[0]
    return value


def _history(
    link: sqlite3.Connection, conversation: str, before: rows.Place, limit: int
) -> list[rows.HistoryItem]:
    when, way, row = before
    # At the same instant "out" stands before (newer than) "in"; the place says how far we were.
    ids = {"in": (-1, row), "out": (row, _LAST_ID)}
    out_id, in_id = ids.get(way, (_LAST_ID, _LAST_ID))
    values = {"conversation": conversation, "at": when, "limit": limit}
    came, _ = _sift(_rows(link, "history_in", {**values, "id": in_id}), rows.HistoryItem.came)
    went, _ = _sift(_rows(link, "history_out", {**values, "id": out_id}), rows.HistoryItem.went)
    items = came + went
    items.sort(key=lambda item: item.place, reverse=True)
    return items[:limit]
