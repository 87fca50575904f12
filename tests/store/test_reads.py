import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from cc_connect.contract.agent import Outcome
from cc_connect.contract.command import Role
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Kind, Post
from cc_connect.core.turn.state import Saved
from cc_connect.store.changes import (
    Audited,
    BlobStored,
    Bound,
    ConversationRenamed,
    ConversationSaved,
    Granted,
    GrantRevoked,
    InboxMoved,
    MediaStored,
    MemberAdded,
    MemberRemoved,
    PairingClosed,
    PairingOpened,
    PairingTried,
    PostBuried,
    PostDelayed,
    PostQueued,
    PostReopened,
    PostSent,
    PostTaken,
    PreferenceCleared,
    PreferenceSet,
    RequestClosed,
    RequestOpened,
    SessionDeleted,
    SessionOpened,
    SessionRenamed,
    SessionTouched,
    TurnClosed,
    TurnOpened,
    TurnTouched,
)
from cc_connect.store.codec import Codec, Unreadable
from cc_connect.store.errors import StoreError, StoreReadOnly
from cc_connect.store.rows import BindingRow, HistoryItem
from cc_connect.store.statements import statements
from cc_connect.store.store import NEWEST, Store

SaidMaker = Callable[..., Inbound]
PostMaker = Callable[..., PostQueued]
TurnMaker = Callable[..., TurnOpened]
RequestMaker = Callable[..., RequestOpened]


async def test_a_restart_finds_open_messages_in_order(store: Store, said: SaidMaker) -> None:
    for number in range(6):
        await store.accept(said(f"m{number}"), at=float(number), conversation="c")
    await store.commit(
        (
            InboxMoved(1, "done"),
            InboxMoved(2, "running", turn="t1"),
            InboxMoved(3, "queued", conversation="d"),
            InboxMoved(4, "withdrawn"),
            InboxMoved(5, "refused", reason="late"),
        )
    )
    assert [
        (row.id, row.state, row.turn, row.conversation) for row in await store.open_inbox()
    ] == [
        (2, "running", "t1", "c"),
        (3, "queued", None, "d"),
        (6, "todo", None, "c"),
    ]


async def test_conversations_are_paged_newest_first(store: Store) -> None:
    keys = [ConversationKey("ab"[number % 2], Address("web", str(number))) for number in range(7)]
    for number, key in enumerate(keys):
        await store.commit((ConversationSaved(key, "{}", float(number // 2), f"title {number}"),))
    await store.commit((ConversationSaved(keys[0], '{"x":1}', 9.0),))
    seen = []
    before = None
    while page := await store.conversations(limit=2, before=before):
        seen += page
        before = (page[-1].updated, page[-1].key.text)
    assert [row.key.address.chat for row in seen] == ["0", "6", "5", "4", "3", "2", "1"]
    assert (seen[0].title, seen[0].state, seen[0].created) == ("title 0", '{"x":1}', 0.0)
    assert [row.key.address.chat for row in await store.conversations("b")] == ["5", "3", "1"]
    await store.commit((ConversationRenamed(keys[3].text, "other"),))
    row = await store.conversation(keys[3].text)
    assert row is not None
    assert (row.key, row.title) == (keys[3], "other")
    assert await store.conversation("nothing") is None


async def test_the_record_of_the_core_can_be_kept() -> None:
    Codec(Saved)


async def test_history_interleaves_and_pages_without_gaps_or_repeats(
    ground: Store, said: SaidMaker, post: PostMaker, key: ConversationKey
) -> None:
    # Several rows at the same instant, on both sides, so that page borders fall between them.
    for number in range(20):
        at = float(number // 5)
        await ground.accept(said(f"m{number}", f"in {number}"), at=at, conversation=key.text)
        await ground.commit((post(f"k{number}", at=at),))
    await ground.accept(said("other"), at=2.0, conversation="elsewhere")
    await ground.accept(said("no"), at=2.0, conversation=key.text, state="refused")
    seen: list[HistoryItem] = []
    for limit in (1, 3, 7, 100):
        seen = []
        before = NEWEST
        while page := await ground.history(key.text, before=before, limit=limit):
            assert len(page) <= limit
            seen += page
            before = page[-1].place
        assert len({(item.way, item.id) for item in seen}) == len(seen) == 40
        assert [item.at for item in seen] == sorted((item.at for item in seen), reverse=True)
        for way in ("in", "out"):
            ids = [item.id for item in seen if item.way == way]
            assert ids == sorted(ids, reverse=True)
    newest_in = next(item for item in seen if item.way == "in")
    newest_out = next(item for item in seen if item.way == "out")
    assert newest_in.inbound == said("m19", "in 19")
    assert isinstance(newest_out.intent, Post)
    assert (newest_out.key, newest_out.state, newest_out.receipt) == ("k19", "todo", None)


async def test_the_outbox_goes_by_priority_then_order(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("n"), post("p", kind=Kind.PROMPT), post("f", kind=Kind.FINAL)))
    await ground.commit((post("f2", kind=Kind.FINAL), post("x", chat="chat-2")))
    lane = Address("web", "chat-1").lane
    assert [row.key for row in await ground.open_posts(lane)] == ["f", "f2", "p", "n"]
    assert [row.key for row in await ground.open_posts()] == ["f", "f2", "p", "n", "x"]
    assert await ground.next_post("no such lane") is None

    first = await ground.next_post(lane)
    assert first is not None
    assert (first.key, first.attempts, first.intent) == ("f", 0, post("f", kind=Kind.FINAL).intent)
    await ground.commit((PostTaken(first.id, 2.0), PostDelayed(first.id, 9.0, "too fast")))
    again = await ground.next_post(lane)
    assert again is not None
    assert (again.key, again.attempts, again.next_at, again.error) == ("f", 1, 9.0, "too fast")

    await ground.commit((PostTaken(first.id, 9.0),))
    after = await ground.next_post(lane)
    assert after is not None
    assert after.key == "f2"
    await ground.commit((PostSent(first.id, 10.0, "id-1"), PostBuried(after.id, "no rights")))
    assert [row.key for row in await ground.open_posts(lane)] == ["p", "n"]
    assert [await ground.receipt(key) for key in ("f", "f2", "none")] == ["id-1", None, None]


@pytest.mark.parametrize("repeat", [True, False])
async def test_a_post_cut_off_by_a_crash_is_opened_again(
    ground: Store, post: PostMaker, *, repeat: bool
) -> None:
    await ground.commit((post("a"), PostTaken(1, 2.0)))
    await ground.commit((PostReopened(1, 3.0, repeat=repeat),))
    row = await ground.next_post(Address("web", "chat-1").lane)
    assert row is not None
    assert isinstance(row.intent, Post)
    assert (row.intent.repeat, row.next_at, row.attempts) == (repeat, 3.0, 1)
    assert row.intent.content == post("a").intent.content  # type: ignore[union-attr] # it is a Post


async def test_a_delay_can_mark_a_possible_repeat(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("a"), PostDelayed(1, 4.0, "slow")))
    await ground.commit((PostTaken(1, 4.0), PostDelayed(1, 8.0, "silent", repeat=True)))
    row = await ground.next_post(Address("web", "chat-1").lane)
    assert row is not None
    assert isinstance(row.intent, Post)
    assert (row.intent.repeat, row.attempts, row.next_at) == (True, 2, 8.0)


async def test_what_cannot_be_read_does_not_stand_in_the_way(
    ground: Store, said: SaidMaker, post: PostMaker, key: ConversationKey
) -> None:
    lane = Address("web", "chat-1").lane
    for name in ("m1", "m2"):
        await ground.accept(said(name), at=1.0, conversation=key.text)
    await ground.commit((post("a"), post("b"), post("c"), post("d", chat="chat-2")))
    with closing(sqlite3.connect(ground.folder / "state.db", isolation_level=None)) as link:
        link.execute("UPDATE inbox SET body = '{\"type\":\"Tomorrow\"}' WHERE message = 'm1'")
        link.execute("UPDATE outbox SET intent = '{}' WHERE key IN ('a', 'b', 'd')")
    assert [item.id for item in await ground.history(key.text)] == [3, 2]
    row = await ground.next_post(lane)
    assert row is not None
    assert row.key == "c"
    assert [row.key for row in await ground.open_posts()] == ["c"]
    assert [row.inbound.id for row in await ground.open_inbox()] == ["m2"]
    assert (await ground.stats()).inbox_open == 1
    assert (await ground.stats()).outbox_open == 1
    with pytest.raises(Unreadable):
        await ground.inbox(1)


async def test_a_query_that_fails_fails_alone(store: Store) -> None:
    with pytest.raises(StoreError):
        await store._reader.run(lambda link: link.execute("SELECT nothing"))
    with pytest.raises(StoreReadOnly):
        await store._reader.run(lambda link: link.execute("DELETE FROM inbox"))
    assert await store.open_inbox() == []


async def test_a_turn_from_start_to_end(
    ground: Store, turn: TurnMaker, key: ConversationKey
) -> None:
    await ground.commit((turn("t1"),))
    await ground.commit((TurnTouched("t1", live="msg-1"), TurnTouched("t1", steps=3, resumes=1)))
    (row,) = await ground.running_turns()
    assert (row.live, row.steps, row.resumes, row.ended, row.prompt) == (
        "msg-1",
        3,
        1,
        None,
        "do it",
    )
    await ground.commit((TurnClosed("t1", Outcome.DONE, 5.0, "done it", usage='{"cost":1}'),))
    closed = await ground.turn("t1")
    assert closed is not None
    assert (closed.state, closed.answer, closed.usage, closed.steps) == (
        "done",
        "done it",
        '{"cost":1}',
        3,
    )
    await ground.commit((turn("t2", at=6.0),))
    assert [row.id for row in await ground.turns(key.text)] == ["t2", "t1"]
    assert [row.id for row in await ground.turns(key.text, limit=1)] == ["t2"]
    assert await ground.turn("t3") is None


async def test_requests(ground: Store, turn: TurnMaker, asked: RequestMaker) -> None:
    await ground.commit((turn("t1"), asked("r1", 1, "t1"), asked("r2", 2)))
    assert [(row.id, row.turn, row.state) for row in await ground.open_requests()] == [
        ("r1", "t1", "open"),
        ("r2", None, "open"),
    ]
    await ground.commit((RequestClosed("r2", "withdrawn", 2.0),))
    assert [row.id for row in await ground.open_requests()] == ["r1"]
    assert await ground.open_requests("elsewhere") == []
    assert await ground.request("r9") is None


async def test_sessions_and_their_bindings(ground: Store, key: ConversationKey) -> None:
    await ground.commit(
        (
            SessionOpened("s2", key.text, "demo", "/srv", 2.0, name="second"),
            SessionTouched("s1", 3.0, turns=1, title="About"),
            SessionTouched("s1", 4.0, turns=1, cwd="/tmp"),
            SessionRenamed("s1", "main"),
            Bound("s1", "agent-2", "forked", 4.0),
        )
    )
    first, second = await ground.sessions(key.text)
    assert (first.id, first.name, first.title, first.turns, first.cwd, first.agent_session) == (
        "s1",
        "main",
        "About",
        2,
        "/tmp",
        "agent-2",
    )
    assert (second.id, second.name, second.agent_session) == ("s2", "second", None)
    assert await ground.bindings("s1") == [
        BindingRow("s1", "agent-1", "new", 1.0),
        BindingRow("s1", "agent-2", "forked", 4.0),
    ]
    await ground.commit((SessionDeleted("s1", 5.0),))
    assert await ground.session("s1") is None
    assert [row.id for row in await ground.sessions(key.text)] == ["s2"]


async def test_people_and_what_they_set(store: Store) -> None:
    await store.commit(
        (
            PreferenceSet("person", "p1", "language", "en", "p1", 1.0),
            PreferenceSet("person", "p1", "language", "zh", "p1", 2.0),
            PreferenceSet("project", "home", "model", "big", "p1", 1.0),
            Granted("project", "home", "Bash", "", "p1", 1.0, expires=5.0),
            Granted("project", "home", "Edit", "", "p1", 1.0),
            Granted("project", "home", "Edit", "", "p2", 2.0),
            MemberAdded("web", "p1", "Ada", Role.ADMIN, "config", 1.0),
            MemberAdded("web", "p1", "Ada", Role.MEMBER, "p1", 1.0, project="home"),
            MemberAdded("web", "p2", "Bob", Role.MEMBER, "p1", 1.0),
        )
    )
    assert await store.preferences("person", "p1") == {"language": "zh"}
    assert [row.tool for row in await store.grants("project", "home", now=4.0)] == ["Bash", "Edit"]
    (edit,) = await store.grants("project", "home", now=5.0)
    assert (edit.tool, edit.by) == ("Edit", "p2")
    assert [(row.person, row.role, row.project) for row in await store.members()] == [
        ("p1", Role.ADMIN, ""),
        ("p1", Role.MEMBER, "home"),
        ("p2", Role.MEMBER, ""),
    ]
    await store.commit(
        (
            PreferenceCleared("person", "p1", "language"),
            GrantRevoked(edit.id),
            MemberRemoved("web", "p2"),
            MemberRemoved("web", "p1", "home"),
        )
    )
    assert await store.preferences("person", "p1") == {}
    assert await store.grants("project", "home", now=5.0) == []
    assert [(row.person, row.project) for row in await store.members()] == [("p1", "")]


async def test_pairing(store: Store) -> None:
    await store.commit((PairingOpened("hash-1", "web", "p1", "Ada", 1.0, 9.0),))
    await store.commit((PairingTried("web", "p1"), PairingTried("web", "p1")))
    row = await store.pairing("web", "p1")
    assert row is not None
    assert (row.code_hash, row.attempts) == ("hash-1", 2)
    await store.commit((PairingOpened("hash-2", "web", "p1", "Ada", 2.0, 10.0),))
    (row,) = await store.pairings(now=9.5)
    assert (row.code_hash, row.attempts) == ("hash-2", 0)
    assert await store.pairings(now=10.0) == []
    await store.commit((PairingClosed("web", "p1"),))
    assert await store.pairing("web", "p1") is None


async def test_the_audit_trail_is_paged(store: Store) -> None:
    await store.commit(
        tuple(Audited(float(n), "p1", "web", f"a{n}", allowed=n % 2 == 0) for n in range(5))
    )
    first = await store.audit(limit=3)
    rest = await store.audit(before=first[-1].id, limit=3)
    assert [(row.action, row.allowed) for row in first + rest] == [
        ("a4", True),
        ("a3", False),
        ("a2", True),
        ("a1", False),
        ("a0", True),
    ]


async def test_files_of_a_message(store: Store, said: SaidMaker) -> None:
    row = await store.accept(said("m1"), at=1.0)
    assert row is not None
    await store.commit(
        (
            BlobStored("a" * 64, 3, 1.0, "text/plain"),
            BlobStored("a" * 64, 3, 2.0, "text/plain"),
            MediaStored(row, 1, "b.txt", "a" * 64),
            MediaStored(row, 0, "a.txt", "a" * 64, "text/plain"),
        )
    )
    assert [(file.name, file.size) for file in await store.media(row)] == [
        ("a.txt", 3),
        ("b.txt", 3),
    ]
    assert await store.blob_names() == {"a" * 64}


async def test_figures(ground: Store, said: SaidMaker, post: PostMaker, turn: TurnMaker) -> None:
    await ground.accept(said("m1"), at=1.0)
    await ground.commit((post("a"), post("b"), turn("t1")))
    figures = await ground.stats()
    assert (figures.inbox_open, figures.outbox_open, figures.turns_running) == (1, 2, 1)
    assert figures.database_size > 0
    assert figures.journal_size > 0


# Tables that stay small, and lists that are asked for as a whole and only then.
_MAY_BE_SCANNED = {"member", "pairing", "standing", "blob", "CONSTANT", "pragma_page_count"}
_MAY_BE_SCANNED |= {"pragma_page_size"}
# What is searched for words is the latest turns only, so many and not more.
_MAY_BE_SCANNED |= {"(subquery-1)", "latest", "json_each"}
# What is open is little, whatever the history; so are the sessions that were deleted lately.
_MAY_BE_WALKED = ("_open", "_held", "_one_running", "_deleted")
_MAY_BE_SORTED = {"open_requests", "running_turns", "pairings", "grants", "find_turns"}


@pytest.mark.parametrize("file", ["reads.sql", "changes.sql", "prune.sql"])
async def test_no_statement_walks_through_history(store: Store, file: str) -> None:
    with closing(sqlite3.connect(store.folder / "state.db")) as link:
        for name, found in statements(file).items():
            for statement in found:
                plan = link.execute(
                    f"EXPLAIN QUERY PLAN {statement.sql}", dict.fromkeys(statement.names, 1)
                )
                for *_, step in plan:
                    assert is_bounded(name, step), f"{name}: {step}"


def is_bounded(name: str, step: str) -> bool:
    kind, what, *_ = [*step.split(), ""]
    if kind == "SCAN":
        return what in _MAY_BE_SCANNED or any(part in step for part in _MAY_BE_WALKED)
    return kind != "USE" or name in _MAY_BE_SORTED
