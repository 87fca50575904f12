"""What a warm turn costs in statements, commits and frames. A higher count is a slower program.

Whoever raises one of them knows what for, and says so in docs/performance.md.
"""

from dataclasses import dataclass, field

from tests.budget.people import People

COMMITS = 4
"""Taken in; begun; ended, with the answer written and taken for delivery; sent."""
WRITES = 10
READS = 0
FRAMES = 1


@dataclass
class Counted:
    """Statements by connection, commits, and frames of the bot."""

    writes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    frames: int = 0

    @property
    def commits(self) -> int:
        return self.writes.count("COMMIT")

    @property
    def changes(self) -> list[str]:
        frame = ("BEGIN", "SAVEPOINT", "COMMIT")
        return [sql for sql in self.writes if not sql.startswith(frame)]


async def counted(people: People, turns: int) -> Counted:
    store, found = people.rig.store, Counted()
    writing, reading = store._writer._connection, store._reader._connection
    await store.transact(lambda _: writing.set_trace_callback(found.writes.append))
    await store._reader.run(lambda _: reading.set_trace_callback(found.reads.append))
    for _ in range(turns):
        await people.turn("ann")
        found.frames += len(people.twin.frames)
    await store._reader.run(lambda _: reading.set_trace_callback(None))
    await store.transact(lambda _: writing.set_trace_callback(None))
    return found


async def test_a_warm_turn_is_four_commits_and_a_handful_of_statements(people: People) -> None:
    await people.turn("ann")
    turns = 5
    found = await counted(people, turns)
    # One transaction switches the counting on or off; the test looks at open rows.
    assert found.commits <= COMMITS * turns + 2, found.writes
    assert len(found.changes) <= WRITES * turns, found.changes
    own = [sql for sql in found.reads if "ORDER BY lane" in sql or "FROM turn" in sql]
    assert len(found.reads) - len(own) <= READS * turns, found.reads
    assert found.frames == FRAMES * turns
