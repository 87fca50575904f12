"""Agents that misbehave, and people who are quick: all in this process."""

import pytest

from bench.faults.agents import Trouble, one, troubles
from bench.faults.house import House
from bench.faults.instant import instant
from bench.faults.rows import exits_after_its_last_words, hung_and_stopped, ignores_term


async def test_people_who_answer_at_once_wedge_nothing() -> None:
    found = await instant(100)
    assert found.good, found.seen


QUICK = [trouble for trouble in troubles(short=True)[:7] if not trouble.stop]


@pytest.mark.parametrize("trouble", QUICK, ids=lambda trouble: trouble.name)
async def test_one_clear_word_and_the_next_message_is_answered(trouble: Trouble) -> None:
    async with House() as house:
        found = await one(house, "room", trouble)
    assert found.good, found.seen


async def test_the_last_words_of_an_agent_arrive() -> None:
    found = await exits_after_its_last_words(3)
    assert found.good, found.seen


async def test_an_agent_that_ignores_sigterm_delays_nobody() -> None:
    found = await ignores_term()
    assert found.good, found.seen


async def test_never_two_processes_on_one_session() -> None:
    found = await hung_and_stopped()
    assert found.good, found.seen
