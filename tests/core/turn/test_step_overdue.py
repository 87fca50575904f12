"""A time ran out: silence, the length of a turn, a stop nobody heeds, an agent without work."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import Allowed, Outcome, Prompt
from cc_connect.core.turn.effects import (
    Begin,
    Close,
    Conclude,
    Open,
    Settle,
    Settled,
    Submit,
    Why,
)
from cc_connect.core.turn.mail import Clock, Decided, Overdue
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    ALICE,
    EPOCH,
    SPEC,
    after,
    asked,
    asleep,
    held,
    idle,
    items,
    permission,
    running,
    starting,
    stopped_turn,
    stopping,
    turn,
    waiting,
)

TURN_CLOCKS = [Clock.SILENCE, Clock.TURN, Clock.STOP]


@pytest.mark.parametrize(
    ("clock", "why"), [(Clock.SILENCE, Why.SILENT), (Clock.TURN, Why.TOO_LONG)]
)
def test_a_silent_or_endless_turn_fails_and_its_agent_is_ended(clock: Clock, why: Why) -> None:
    assert step(running(), Overdue(clock, "i1")) == (
        asleep(),
        (Conclude(turn(), Outcome.FAILED, why), Close(EPOCH)),
    )


@pytest.mark.parametrize(
    ("clock", "why"), [(Clock.SILENCE, Why.SILENT), (Clock.TURN, Why.TOO_LONG)]
)
def test_the_queue_goes_on_with_another_agent(clock: Clock, why: Why) -> None:
    c = replace(running(), queue=items(2, 3))
    assert step(c, Overdue(clock, "i1")) == (
        replace(c, epoch=EPOCH + 1, opened=False, turn=turn(2), queue=items(3)),
        (
            Conclude(turn(), Outcome.FAILED, why),
            Close(EPOCH),
            Begin(turn(2)),
            Open(EPOCH + 1, SPEC),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_an_agent_that_never_gets_ready_is_silent_too() -> None:
    _, effects = step(starting(), Overdue(Clock.SILENCE, "i1"))
    assert effects == (Conclude(turn(), Outcome.FAILED, Why.SILENT), Close(EPOCH))


def test_a_person_who_thinks_about_a_prompt_is_not_silence_of_the_agent() -> None:
    c = waiting(running(), asked(permission()))
    assert step(c, Overdue(Clock.SILENCE, "i1")) == (c, ())


def test_after_the_answer_silence_counts_again() -> None:
    c = after(waiting(running(), asked(permission())), Decided("tag-1", Allowed(), ALICE))
    assert step(c, Overdue(Clock.SILENCE, "i1"))[1] == (
        Conclude(turn(), Outcome.FAILED, Why.SILENT),
        Close(EPOCH),
    )


def test_a_turn_that_takes_too_long_ends_even_while_a_request_is_open() -> None:
    c = waiting(running(), asked(permission()))
    assert step(c, Overdue(Clock.TURN, "i1")) == (
        replace(asleep(), asked=1),
        (
            Settle(asked(permission()), Settled.WITHDRAWN),
            Conclude(turn(), Outcome.FAILED, Why.TOO_LONG),
            Close(EPOCH),
        ),
    )


def test_an_agent_that_does_not_heed_a_stop_is_ended() -> None:
    assert step(stopping(), Overdue(Clock.STOP, "i1")) == (
        asleep(),
        (Conclude(stopped_turn(), Outcome.INTERRUPTED, Why.STOPPED), Close(EPOCH)),
    )


def test_the_clock_of_a_stop_means_nothing_to_a_turn_that_goes_on() -> None:
    assert step(running(), Overdue(Clock.STOP, "i1")) == (running(), ())


@pytest.mark.parametrize("clock", TURN_CLOCKS)
def test_the_clock_of_another_turn_means_nothing(clock: Clock) -> None:
    for c in (running(), stopping()):
        assert step(c, Overdue(clock, "i0")) == (c, ())


@pytest.mark.parametrize("clock", TURN_CLOCKS)
def test_the_clock_of_a_turn_means_nothing_when_it_is_over(clock: Clock) -> None:
    assert step(idle(), Overdue(clock, "i1")) == (idle(), ())


@pytest.mark.parametrize("clock", TURN_CLOCKS)
def test_the_clock_is_that_of_the_turn_and_not_of_its_prompt(clock: Clock) -> None:
    resumed = replace(stopping(), turn=replace(stopped_turn(), prompt="fresh"))
    assert step(resumed, Overdue(clock, "fresh")) == (resumed, ())
    assert step(resumed, Overdue(clock, "i1"))[0] == asleep()


# --- an agent without work ------------------------------------------------------------------------


def test_an_agent_without_work_is_closed() -> None:
    assert step(idle(), Overdue(Clock.SESSION, str(EPOCH))) == (asleep(), (Close(EPOCH),))


def test_a_working_agent_is_not_closed_for_having_no_work() -> None:
    assert step(running(), Overdue(Clock.SESSION, str(EPOCH))) == (running(), ())


def test_an_agent_that_waits_for_an_answer_is_not_closed_for_having_no_work() -> None:
    c = waiting(idle(), asked(permission(turn=None), 1, None))
    assert step(c, Overdue(Clock.SESSION, str(EPOCH))) == (c, ())


def test_the_clock_of_an_earlier_agent_does_not_close_this_one() -> None:
    assert step(idle(), Overdue(Clock.SESSION, str(EPOCH - 1))) == (idle(), ())


def test_an_agent_that_is_gone_is_not_closed() -> None:
    assert step(asleep(), Overdue(Clock.SESSION, str(EPOCH))) == (asleep(), ())
    assert step(held(), Overdue(Clock.SESSION, str(EPOCH))) == (held(), ())
