"""What must never be in the database is refused by the database itself."""

import sqlite3
from collections.abc import Callable

import pytest

from cc_connect.contract.agent import Failure, Outcome
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.store.changes import (
    Bound,
    Change,
    ConversationSaved,
    InboxMoved,
    MediaStored,
    PostQueued,
    PostSent,
    PostTaken,
    RequestClosed,
    RequestOpened,
    SessionOpened,
    TurnClosed,
    TurnOpened,
)
from cc_connect.store.errors import StoreConflict
from cc_connect.store.store import Store

SaidMaker = Callable[..., Inbound]
PostMaker = Callable[..., PostQueued]
TurnMaker = Callable[..., TurnOpened]
RequestMaker = Callable[..., RequestOpened]


async def refused(store: Store, *changes: Change) -> None:
    with pytest.raises(StoreConflict):
        await store.commit(changes)


async def test_two_running_turns_in_one_conversation(ground: Store, turn: TurnMaker) -> None:
    await ground.commit((turn("t1"),))
    await refused(ground, turn("t2"))
    await ground.commit((TurnClosed("t1", Outcome.DONE, 2.0, "fine"), turn("t2")))
    assert [row.id for row in await ground.running_turns()] == ["t2"]


async def test_running_turns_in_two_conversations_are_fine(ground: Store, turn: TurnMaker) -> None:
    other = ConversationKey("home", Address("web", "chat-2"))
    await ground.commit((ConversationSaved(other, "{}", 1.0),))
    await ground.commit((turn("t1"), turn("t2", conversation=other.text)))


async def test_a_turn_closed_twice(ground: Store, turn: TurnMaker) -> None:
    await ground.commit((turn("t1"), TurnClosed("t1", Outcome.DONE, 2.0, "first")))
    await refused(ground, TurnClosed("t1", Outcome.FAILED, 3.0, "second", Failure.EXIT))
    row = await ground.turn("t1")
    assert row is not None
    assert (row.state, row.ended, row.answer) == ("done", 2.0, "first")


async def test_a_failure_of_a_turn_that_did_not_fail(ground: Store, turn: TurnMaker) -> None:
    await refused(ground, turn("t1"), TurnClosed("t1", Outcome.DONE, 2.0, failure=Failure.EXIT))


async def test_a_turn_without_conversation_or_session(store: Store, turn: TurnMaker) -> None:
    await refused(store, turn("t1"))
    await refused(store, SessionOpened("s1", "nowhere", "demo", "/", 1.0))


async def test_two_rows_of_a_lane_being_delivered(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("a"), post("b"), post("c", chat="chat-2")))
    await ground.commit((PostTaken(1, 2.0), PostTaken(3, 2.0)))
    await refused(ground, PostTaken(2, 2.0))
    await ground.commit((PostSent(1, 3.0, "r"), PostTaken(2, 3.0)))


async def test_the_same_post_twice(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("a"),))
    await refused(ground, post("a", text="other"))


async def test_a_post_sent_twice(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("a"),))
    await ground.commit((PostTaken(1, 2.0), PostSent(1, 3.0, "r")))
    await refused(ground, PostSent(1, 4.0, "r2"))
    assert await ground.receipt("a") == "r"


async def test_a_post_may_be_sent_without_being_taken(ground: Store, post: PostMaker) -> None:
    await ground.commit((post("a"),))
    await ground.commit((PostSent(1, 2.0, "r"),))
    await refused(ground, PostTaken(1, 3.0))
    assert await ground.receipt("a") == "r"


async def test_a_request_answered_twice(ground: Store, asked: RequestMaker) -> None:
    await ground.commit((asked("r1"),))
    await ground.commit((RequestClosed("r1", "answered", 2.0, "{}", "p1"),))
    await refused(ground, RequestClosed("r1", "answered", 3.0, "{}", "p2"))
    row = await ground.request("r1")
    assert row is not None
    assert (row.state, row.answered_by, row.closed) == ("answered", "p1", 2.0)


async def test_a_request_answered_by_nobody_or_lapsed_by_somebody(
    ground: Store, asked: RequestMaker
) -> None:
    await ground.commit((asked("r1"),))
    await refused(ground, RequestClosed("r1", "answered", 2.0, "{}"))
    await refused(ground, RequestClosed("r1", "expired", 2.0, "{}", "p1"))


async def test_one_number_for_two_open_requests(
    ground: Store, asked: RequestMaker, key: ConversationKey
) -> None:
    await ground.commit((asked("r1", 1), asked("r2", 2)))
    await refused(ground, asked("r3", 1))
    await ground.commit((RequestClosed("r1", "lapsed", 2.0), asked("r3", 1)))
    assert [row.id for row in await ground.open_requests(key.text)] == ["r3", "r2"]


async def test_a_message_that_runs_without_a_turn(store: Store, said: SaidMaker) -> None:
    row = await store.accept(said("m1"), at=1.0)
    assert row is not None
    await refused(store, InboxMoved(row, "running"))
    await store.commit((InboxMoved(row, "running", turn="t1"), InboxMoved(row, "done")))


async def test_media_of_nothing(store: Store, said: SaidMaker) -> None:
    row = await store.accept(said("m1"), at=1.0)
    assert row is not None
    await refused(store, MediaStored(row, 0, "a.txt", "0" * 64))


async def test_a_binding_of_no_session(store: Store) -> None:
    await refused(store, Bound("s9", "agent", "new", 1.0))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE binding SET agent_session = 'other'",
        "DELETE FROM binding",
        "UPDATE outbox SET state = 'done' WHERE key = 'a'",
        "UPDATE outbox SET receipt = 'r' WHERE key = 'a'",
        "UPDATE outbox SET state = 'doing' WHERE key = 'a'",
        "UPDATE outbox SET state = 'lost' WHERE key = 'a'",
        "UPDATE outbox SET state = 'dead' WHERE key = 'a'",
        "UPDATE turn SET ended = 5.0",
        "UPDATE turn SET state = 'done'",
        "UPDATE turn SET steps = -1",
        "UPDATE turn SET started = 'yesterday'",
        "UPDATE inbox SET body = NULL",
        "UPDATE inbox SET state = 'unknown'",
        "UPDATE session SET deleted = 2",
        "DELETE FROM session",
        "DELETE FROM conversation",
        "INSERT INTO preference VALUES ('planet', 'o', 'n', 'v', 'b', 1.0)",
        "INSERT INTO member VALUES ('web', 'p', '', 'n', 9, 'b', 1.0)",
    ],
)
async def test_what_no_change_can_say(
    ground: Store, sql: str, post: PostMaker, turn: TurnMaker, said: SaidMaker
) -> None:
    await ground.commit((post("a"), turn("t1")))
    await ground.accept(said("m1"), at=1.0)
    link = sqlite3.connect(ground.folder / "state.db", isolation_level=None)
    link.execute("PRAGMA foreign_keys = ON")
    try:
        with pytest.raises(sqlite3.IntegrityError):
            link.execute(sql)
    finally:
        link.close()
