"""A turn ends, by the agent or with it; and what the agent said that nobody asked for."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import Failure, Outcome, Prompt, SessionLost, TurnEnded
from cc_connect.core.turn.effects import (
    Begin,
    Close,
    Conclude,
    Open,
    Settle,
    Settled,
    Submit,
    Unprompted,
    Why,
)
from cc_connect.core.turn.mail import FromAgent, Respec, Told
from cc_connect.core.turn.moves import NEEDS_A_PERSON
from cc_connect.core.turn.state import Conversation, Grant, Turn
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    EPOCH,
    SPEC,
    after,
    asked,
    asleep,
    idle,
    item,
    items,
    permission,
    running,
    starting,
    stopped_turn,
    stopping,
    told_by_agent,
    trail,
    turn,
    waiting,
)

BY_AGENT = Why.AGENT

# --- the agent ends the turn ----------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_the_agent_ends_the_turn(outcome: Outcome) -> None:
    assert told_by_agent(running(), TurnEnded("i1", outcome, "done")) == (
        idle(),
        (Conclude(turn(), outcome, BY_AGENT, "done"),),
    )


def test_a_failure_is_told_with_the_words_of_the_agent() -> None:
    event = TurnEnded("i1", Outcome.FAILED, "", Failure.MODEL, "overloaded")
    assert told_by_agent(running(), event) == (
        idle(),
        (Conclude(turn(), Outcome.FAILED, BY_AGENT, "", Failure.MODEL, "overloaded"),),
    )


@pytest.mark.parametrize("outcome", [Outcome.INTERRUPTED, Outcome.FAILED])
def test_a_turn_that_was_asked_to_stop_was_stopped(outcome: Outcome) -> None:
    event = TurnEnded("i1", outcome, "half", Failure.OTHER, "interrupted")
    assert told_by_agent(stopping(), event) == (
        idle(),
        (
            Conclude(
                stopped_turn(),
                Outcome.INTERRUPTED,
                Why.STOPPED,
                "half",
                Failure.OTHER,
                "interrupted",
            ),
        ),
    )


def test_a_turn_that_was_done_before_it_heard_the_stop_is_done() -> None:
    assert told_by_agent(stopping(), TurnEnded("i1", text="all")) == (
        idle(),
        (Conclude(stopped_turn(), Outcome.DONE, BY_AGENT, "all"),),
    )


@pytest.mark.parametrize("name", ["i0", "i2"])
def test_the_end_of_another_turn_changes_nothing(name: str) -> None:
    assert told_by_agent(running(), TurnEnded(name)) == (running(), ())
    assert told_by_agent(idle(), TurnEnded(name)) == (idle(), ())


def test_the_next_item_begins_with_the_same_agent() -> None:
    c = replace(running(), queue=items(2, 3))
    assert told_by_agent(c, TurnEnded("i1")) == (
        replace(running(), turn=turn(2), queue=items(3)),
        (
            Conclude(turn(), Outcome.DONE, BY_AGENT),
            Begin(turn(2)),
            Submit(EPOCH, Prompt("i2", "do it")),
        ),
    )


def test_what_the_turn_still_asks_is_withdrawn_and_the_rest_stays_open() -> None:
    own = asked(permission("r1"))
    other = asked(permission("r2", None), 2, None)
    c = waiting(running(), own, other, asked(permission("r3"), 3))
    assert told_by_agent(c, TurnEnded("i1")) == (
        replace(idle(), pending={"r2": other}, asked=3),
        (
            Settle(own, Settled.WITHDRAWN),
            Settle(asked(permission("r3"), 3), Settled.WITHDRAWN),
            Conclude(turn(), Outcome.DONE, BY_AGENT),
        ),
    )


def test_an_outdated_agent_is_replaced_for_the_next_turn() -> None:
    wish = replace(SPEC, model="big")
    c = after(running(), Told(item(2)), Respec(wish, gently=True))
    assert told_by_agent(c, TurnEnded("i1")) == (
        replace(c, epoch=EPOCH + 1, opened=False, outdated=False, turn=turn(2), queue=()),
        (
            Conclude(turn(), Outcome.DONE, BY_AGENT),
            Begin(turn(2)),
            Close(EPOCH),
            Open(EPOCH + 1, wish),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_an_outdated_agent_without_work_is_replaced_when_there_is_some() -> None:
    wish = replace(SPEC, model="big")
    c = after(running(), Respec(wish, gently=True), FromAgent(EPOCH, TurnEnded("i1")))
    assert c == replace(idle(), spec=wish, outdated=True)
    request = asked(permission(turn=None), 1, None)
    c = waiting(c, request)
    assert step(c, Told(item(2))) == (
        replace(c, epoch=EPOCH + 1, opened=False, outdated=False, turn=turn(2), pending={}),
        (
            Begin(turn(2)),
            Settle(request, Settled.LAPSED),
            Close(EPOCH),
            Open(EPOCH + 1, wish),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


# --- which words are the answer -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reported", "said", "final"),
    [
        (("so ", "it is \n"), "reported", "remark", "so it is"),
        ((" \n",), " reported ", "remark", "reported"),
        ((), "", " remark\n", "remark"),
        ((), " ", "", ""),
    ],
)
def test_the_answer_is_what_was_said_last(
    text: tuple[str, ...], reported: str, said: str, final: str
) -> None:
    spoke = replace(turn(), text=trail(*text), said=trail(said))
    c = replace(running(), turn=spoke)
    assert told_by_agent(c, TurnEnded("i1", text=reported)) == (
        idle(),
        (Conclude(spoke, Outcome.DONE, BY_AGENT, final),),
    )


# --- failures that a person must look at ----------------------------------------------------------


@pytest.mark.parametrize("failure", sorted(NEEDS_A_PERSON))
def test_the_queue_is_held_when_the_next_item_would_only_fail_again(failure: Failure) -> None:
    c = replace(running(), queue=items(2, 3))
    ended = TurnEnded("i1", Outcome.FAILED, "", failure)
    assert told_by_agent(c, ended) == (
        replace(idle(), queue=items(2, 3), held=True),
        (Conclude(turn(), Outcome.FAILED, BY_AGENT, "", failure),),
    )
    assert told_by_agent(c, SessionLost(failure)) == (
        replace(asleep(), queue=items(2, 3), held=True),
        (Conclude(turn(), Outcome.FAILED, Why.LOST, "", failure),),
    )


@pytest.mark.parametrize("failure", sorted(set(Failure) - NEEDS_A_PERSON))
def test_after_other_failures_the_queue_goes_on(failure: Failure) -> None:
    c = replace(running(), queue=items(2))
    after_end, effects = told_by_agent(c, TurnEnded("i1", Outcome.FAILED, "", failure))
    assert (after_end.held, after_end.turn) == (False, turn(2))
    assert Begin(turn(2)) in effects


def test_these_failures_need_a_person() -> None:
    assert {"resume", "missing", "start", "not_signed_in"} == NEEDS_A_PERSON


def test_a_start_that_fails_holds_the_queue_until_the_next_message() -> None:
    c = replace(starting(), queue=items(2))
    c, effects = told_by_agent(c, SessionLost(Failure.START, "no such file"))
    assert (c, effects) == (
        replace(asleep(), queue=items(2), held=True),
        (Conclude(turn(), Outcome.FAILED, Why.LOST, "", Failure.START, "no such file"),),
    )
    assert step(c, Told(item(3))) == (
        replace(c, held=False, epoch=EPOCH + 1, live=True, turn=turn(2), queue=items(3)),
        (Begin(turn(2)), Open(EPOCH + 1, SPEC), Submit(EPOCH + 1, Prompt("i2", "do it"))),
    )


# --- the agent is lost ----------------------------------------------------------------------------


def test_a_turn_fails_when_its_agent_is_lost() -> None:
    spoke = replace(turn(), text=trail("half an answer"))
    c = replace(running(), turn=spoke)
    assert told_by_agent(c, SessionLost(Failure.EXIT, "exit code 1")) == (
        asleep(),
        (Conclude(spoke, Outcome.FAILED, Why.LOST, "half an answer", Failure.EXIT, "exit code 1"),),
    )


def test_an_agent_that_ends_instead_of_stopping_was_stopped() -> None:
    assert told_by_agent(stopping(), SessionLost(Failure.START, "killed")) == (
        asleep(),
        (Conclude(stopped_turn(), Outcome.INTERRUPTED, Why.STOPPED, "", None, "killed"),),
    )


def test_an_agent_that_ends_without_work_is_just_gone() -> None:
    c = replace(idle(), granted=(Grant("Bash"),), outdated=True)
    assert told_by_agent(c, SessionLost()) == (replace(asleep(), granted=c.granted), ())


def test_requests_of_a_lost_agent_are_settled() -> None:
    own, other = asked(permission("r1")), asked(permission("r2", None), 2, None)
    c = waiting(running(), own, other)
    assert told_by_agent(c, SessionLost(Failure.EXIT)) == (
        replace(asleep(), asked=2),
        (
            Settle(own, Settled.WITHDRAWN),
            Conclude(turn(), Outcome.FAILED, Why.LOST, "", Failure.EXIT),
            Settle(other, Settled.LAPSED),
        ),
    )


def test_after_a_loss_the_queue_goes_on_with_another_agent() -> None:
    c = replace(running(), queue=items(2, 3), outdated=True)
    assert told_by_agent(c, SessionLost(Failure.EXIT)) == (
        replace(c, epoch=EPOCH + 1, opened=False, outdated=False, turn=turn(2), queue=items(3)),
        (
            Conclude(turn(), Outcome.FAILED, Why.LOST, "", Failure.EXIT),
            Begin(turn(2)),
            Open(EPOCH + 1, SPEC),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_an_event_after_the_loss_changes_nothing() -> None:
    c, _ = told_by_agent(running(), SessionLost(Failure.EXIT))
    assert told_by_agent(c, TurnEnded("i1")) == (c, ())


# --- words nobody asked for -----------------------------------------------------------------------


def muttering(c: Conversation, *pieces: str) -> Conversation:
    return replace(c, aside=trail(*pieces))


def test_unprompted_words_are_posted_at_their_end() -> None:
    c = muttering(idle(), " The build ", "is green.\n")
    assert told_by_agent(c, TurnEnded(None, text="reported")) == (
        idle(),
        (Unprompted("The build is green."),),
    )


def test_unprompted_words_may_only_be_reported_at_their_end() -> None:
    assert told_by_agent(muttering(idle(), " "), TurnEnded(None, text=" The build is green. ")) == (
        idle(),
        (Unprompted("The build is green."),),
    )


def test_no_unprompted_words_no_post() -> None:
    assert told_by_agent(muttering(idle(), " "), TurnEnded(None, text="\n")) == (idle(), ())
    assert told_by_agent(idle(), TurnEnded(None)) == (idle(), ())


def test_the_end_of_unprompted_words_does_not_end_the_turn() -> None:
    c = muttering(running(), "psst")
    assert told_by_agent(c, TurnEnded(None, Outcome.FAILED)) == (
        running(),
        (Unprompted("psst"),),
    )


@pytest.mark.parametrize(("base", "concluded"), [(idle(), None), (running(), turn())])
def test_unprompted_words_are_posted_when_the_agent_is_lost(
    base: Conversation, concluded: Turn | None
) -> None:
    c = muttering(base, "The build ", "is")
    concluding = (
        (Conclude(concluded, Outcome.FAILED, Why.LOST, "", Failure.EXIT),) if concluded else ()
    )
    assert told_by_agent(c, SessionLost(Failure.EXIT)) == (
        asleep(),
        (Unprompted("The build is"), *concluding),
    )
