"""The whole program, killed and cut off: a short run of `python -m bench.faults`."""

from bench.faults.kills import kill_in_every_phase
from bench.faults.rows import (
    burst,
    dropped_between_pieces,
    dropped_while_answering,
    killed_with_a_queue,
    told_to_stop,
)


async def test_nothing_is_lost_said_twice_or_stuck_after_a_kill_in_any_phase() -> None:
    found = await kill_in_every_phase(kills=1, turns=10, channels=4)
    assert not any(found.zeros), str(found)
    assert all(tally.kills for tally in found.tallies.values()), str(found)


async def test_a_turn_and_its_queue_outlive_a_kill() -> None:
    found = await killed_with_a_queue()
    assert found.good, found.seen


async def test_people_are_told_of_the_end_and_no_process_is_left() -> None:
    found = await told_to_stop()
    assert found.good, found.seen


async def test_what_is_said_while_the_chat_is_gone_arrives() -> None:
    found = await dropped_while_answering()
    assert found.good, found.seen


async def test_pieces_of_an_answer_survive_lost_requests() -> None:
    found = await dropped_between_pieces()
    assert found.good, found.seen


async def test_a_burst_reaches_the_agent_in_order() -> None:
    found = await burst()
    assert found.good, found.seen
