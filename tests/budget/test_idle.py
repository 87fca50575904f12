"""What a conversation without work keeps, and that turns leave nothing behind."""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.budget.people import People

TASKS = 3
"""Of the session: its life, its orders, and the reader of its output."""
BYTES = 48 * 1024
LEFT = 512
"""Bytes that a turn may leave: less than what it says."""
OURS = (
    tracemalloc.Filter(inclusive=True, filename_pattern="*/cc_connect/*"),
    tracemalloc.Filter(inclusive=False, filename_pattern="*/cc_connect/testing/*"),
)


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def kept() -> int:
    """Bytes that our own modules hold now."""
    gc.collect()
    snapshot = tracemalloc.take_snapshot().filter_traces(OURS)
    return sum(one.size for one in snapshot.statistics("filename"))


async def test_an_idle_conversation_has_a_handful_of_tasks(people: People) -> None:
    await people.turn("first")
    before = len(asyncio.all_tasks())
    for number in range(5):
        await people.turn(f"p{number}")
    assert len(asyncio.all_tasks()) - before <= 5 * TASKS


async def test_an_idle_conversation_keeps_few_bytes(people: People, traced: None) -> None:
    for number in range(3):
        await people.turn(f"first{number}")
    before = kept()
    for number in range(8):
        await people.turn(f"p{number}")
    assert (kept() - before) / 8 <= BYTES


async def test_turns_leave_nothing_behind(people: People, traced: None) -> None:
    for _ in range(110):  # more than the adapter remembers for a second try
        await people.turn("ann")
    growths = []
    for _ in range(3):  # what is left behind is so every time; what happens to be under way is not
        before = kept()
        for _ in range(30):
            await people.turn("ann")
        growths.append((kept() - before) / 30)
    assert min(growths) <= LEFT, growths
