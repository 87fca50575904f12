import asyncio
import sqlite3
from collections.abc import Callable

import pytest

from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Amend, Kind, Post, Typing
from cc_connect.store.changes import (
    Audited,
    Change,
    ConversationSaved,
    InboxMoved,
    PostQueued,
    TurnOpened,
    ValueDropped,
    ValueSaved,
)
from cc_connect.store.errors import StoreClosed, StoreConflict
from cc_connect.store.store import Store

SaidMaker = Callable[..., Inbound]
TurnMaker = Callable[..., TurnOpened]


async def test_concurrent_commits_share_transactions(store: Store) -> None:
    before = (await store.stats()).writer
    await asyncio.gather(
        *(store.commit((ValueSaved("test", str(number), "x"),)) for number in range(2000))
    )
    after = (await store.stats()).writer
    assert after.calls - before.calls == 2000
    assert after.transactions - before.transactions < 200
    assert len(await store.load_all("test")) == 2000


async def test_a_list_that_contradicts_fails_alone_and_whole(
    ground: Store, turn: TurnMaker
) -> None:
    good: list[Change] = [ValueSaved("test", "good", "1")]
    bad: list[Change] = [ValueSaved("test", "bad", "1"), turn("t1"), turn("t2")]
    last: list[Change] = [ValueSaved("test", "last", "1")]
    results = await asyncio.gather(
        *(ground.commit(changes) for changes in (good, bad, last)), return_exceptions=True
    )
    assert [type(result) for result in results] == [tuple, StoreConflict, tuple]
    assert set(await ground.load_all("test")) == {"good", "last"}
    assert await ground.running_turns() == []


async def test_a_change_that_finds_nothing_is_refused_with_its_list(store: Store) -> None:
    with pytest.raises(StoreConflict, match="InboxMoved finds nothing"):
        await store.commit((ValueSaved("test", "k", "v"), InboxMoved(99, "done")))
    assert await store.load("test", "k") is None


async def test_an_impossible_value_fails_alone(store: Store) -> None:
    huge = store.commit((Audited(1.0, "p", "web", "x", allowed=2**70),))  # type: ignore[arg-type] # beyond 64 bits on purpose
    fine = store.commit((ValueSaved("test", "k", "v"),))
    results = await asyncio.gather(huge, fine, return_exceptions=True)
    assert [type(result) for result in results] == [OverflowError, tuple]
    assert await store.load("test", "k") == "v"


async def test_a_cancelled_caller_has_committed_all_the_same(store: Store) -> None:
    waiting = asyncio.create_task(store.commit((ValueSaved("test", "k", "v"),)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await store.commit((ValueSaved("test", "l", "v"),))
    assert set(await store.load_all("test")) == {"k", "l"}


async def test_nothing_to_commit_is_no_transaction(store: Store) -> None:
    await store.commit(())
    assert (await store.stats()).writer.transactions == 0


async def test_a_message_is_accepted_once(store: Store, said: SaidMaker) -> None:
    note = ValueSaved("test", "seen", "1")
    first = await store.accept(said("m1"), at=1.0, conversation="c")
    again = await store.accept(said("m1", "changed"), at=2.0, also=(note,))
    other = await store.accept(said("m1", chat="chat-2"), at=3.0, also=(note,))
    assert (first, again, other) == (1, None, 2)
    rows = await store.open_inbox()
    assert [(row.id, row.conversation, row.received) for row in rows] == [
        (1, "c", 1.0),
        (2, None, 3.0),
    ]
    assert rows[0].inbound == said("m1")
    assert await store.load("test", "seen") == "1"


async def test_one_message_sent_many_times_at_once_has_one_row(
    store: Store, said: SaidMaker
) -> None:
    ids = await asyncio.gather(*(store.accept(said("m1"), at=1.0) for _ in range(50)))
    assert sorted(row for row in ids if row is not None) == [1]


async def test_a_refused_message_leaves_no_text(store: Store, said: SaidMaker) -> None:
    row = await store.accept(said("m1", "secret"), at=1.0, state="refused", reason="stranger")
    assert row is not None
    assert await store.inbox(row) is None
    assert await store.accept(said("m1", "secret"), at=2.0) is None
    late = await store.accept(said("m2", "secret"), at=3.0)
    assert late is not None
    await store.commit((InboxMoved(late, "refused", reason="banned"),))
    link = sqlite3.connect(store.folder / "state.db")
    found = link.execute("SELECT state, reason, body, sender_name, sender FROM inbox").fetchall()
    link.close()
    assert found == [
        ("refused", "stranger", None, "", "p1"),
        ("refused", "banned", None, "", "p1"),
    ]


async def test_half_a_surrogate_pair_does_not_stop_a_row(store: Store, said: SaidMaker) -> None:
    key = ConversationKey("home", Address("web", "c"))
    await store.commit(
        (ConversationSaved(key, "{}", 1.0, "cut \ud83d"), ValueSaved("test", "k\ud800", "v\ud800"))
    )
    assert await store.load("test", "k\ud800") == "v\ufffd"
    row = await store.conversation(key.text)
    assert row is not None
    assert row.title == "cut \ufffd"
    assert await store.accept(said("m\ud800", "x\ud800"), at=1.0) == 1
    assert await store.accept(said("m\ud800", "x\ud800"), at=1.0) is None


async def test_values_are_replaced_and_dropped(store: Store) -> None:
    await store.save("discord", "cursor", "1")
    await store.save("discord", "cursor", "2")
    assert await store.load("discord", "cursor") == "2"
    assert await store.load("web", "cursor") is None
    await store.commit((ValueDropped("discord", "cursor"), ValueDropped("discord", "none")))
    assert await store.load("discord", "cursor") is None


async def test_a_closed_store_says_so_and_wrote_what_it_was_given(store: Store) -> None:
    waiting = [
        asyncio.create_task(store.commit((ValueSaved("test", str(number), "x"),)))
        for number in range(100)
    ]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    with pytest.raises(StoreClosed):
        await store.commit((ValueSaved("test", "late", "x"),))
    with pytest.raises(StoreClosed):
        await store.load("test", "1")
    await store.close()
    again = await Store.open(store.folder)
    assert len(await again.load_all("test")) == 100
    await again.close()


def test_priority_follows_the_kind() -> None:
    place = Address("web", "c")
    text = (Text("x"),)
    assert [
        PostQueued("k", Post(place, text, "k", Kind.FINAL), 1.0).priority,
        PostQueued("k", Amend(place, "m", text, Kind.PROMPT), 1.0).priority,
        PostQueued("k", Typing(place), 1.0).priority,
        PostQueued("k", Typing(place), 1.0, urgency=9).priority,
    ] == [0, 1, 2, 9]
