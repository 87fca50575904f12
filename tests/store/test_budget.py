"""What a turn costs in commits and statements: the same for the first and for the thousandth."""

from collections.abc import Callable

from cc_connect.contract.agent import Outcome
from cc_connect.contract.ids import ConversationKey
from cc_connect.contract.inbound import Inbound
from cc_connect.contract.platform import Kind
from cc_connect.store.changes import (
    ConversationSaved,
    InboxMoved,
    PostQueued,
    PostSent,
    PostTaken,
    SessionTouched,
    TurnClosed,
    TurnOpened,
    ValueSaved,
)
from cc_connect.store.store import Store

SaidMaker = Callable[..., Inbound]
PostMaker = Callable[..., PostQueued]
TurnMaker = Callable[..., TurnOpened]


async def test_a_turn_is_five_commits_and_a_handful_of_statements(
    ground: Store, key: ConversationKey, said: SaidMaker, post: PostMaker, turn: TurnMaker
) -> None:
    statements: list[str] = []

    async def one_turn(number: int) -> None:
        name, at = f"t{number}", float(number)
        row = await ground.accept(said(f"m{number}"), at=at, conversation=key.text)
        assert row is not None
        await ground.commit(
            (
                ConversationSaved(key, "{}", at),
                InboxMoved(row, "running", turn=name),
                turn(name, at),
            )
        )
        await ground.commit(
            (
                TurnClosed(name, Outcome.DONE, at, "done"),
                InboxMoved(row, "done"),
                SessionTouched("s1", at, turns=1),
                post(f"final {number}", at, Kind.FINAL),
                ConversationSaved(key, "{}", at),
            )
        )
        (waiting,) = await ground.open_posts()
        await ground.commit((PostTaken(waiting.id, at),))
        await ground.commit((PostSent(waiting.id, at, f"r{number}"),))

    await ground.transact(lambda link: link.set_trace_callback(statements.append))
    costs = []
    for number in range(30):
        statements.clear()
        before = (await ground.stats()).writer.transactions
        await one_turn(number)
        commits = (await ground.stats()).writer.transactions - before
        frame = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
        costs.append((commits, sum(not sql.startswith(frame) for sql in statements)))
        if number == 20:
            await ground.commit(tuple(ValueSaved("old", str(k), "x") for k in range(5000)))
    await ground.transact(lambda link: link.set_trace_callback(None))
    assert set(costs) == {(5, 11)}
