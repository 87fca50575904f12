"""The program was started again: what becomes of the turn that ran, of requests, of the queue."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import Fate, Outcome, PermissionAsked, Prompt, Trace, TurnEnded
from cc_connect.core.turn.effects import (
    Begin,
    Conclude,
    Effect,
    Fact,
    Notice,
    Open,
    Settle,
    Settled,
    Submit,
    Why,
)
from cc_connect.core.turn.mail import OnRestart, Restarted
from cc_connect.core.turn.state import (
    QUEUE_LIMIT,
    Conversation,
    Grant,
    Saved,
    Turn,
    restore,
    save,
)
from cc_connect.core.turn.step import MOST_RESUMES, step
from tests.core.turn.build import (
    EPOCH,
    KEY,
    LIMIT,
    SPEC,
    UNUSED,
    After,
    asked,
    asleep,
    held,
    item,
    items,
    permission,
    running,
    told_by_agent,
    trail,
    turn,
    waiting,
)

GO_ON = "go on"


def restarted(fate: Fate | None, policy: OnRestart = OnRestart.RESUME) -> Restarted:
    trace = None if fate is None else Trace(fate, "found")
    return Restarted(trace, policy, "fresh", GO_ON)


def restored(resumes: int = 0, prompt: str = "i1") -> Conversation:
    """Item 1 ran when the program ended."""
    return replace(asleep(), turn=replace(turn(), prompt=prompt, resumes=resumes))


def again(c: Conversation, taken_up: Turn, prompt: Prompt, fact: Fact) -> After:
    """The turn goes on with this prompt in a new agent."""
    return (
        replace(c, epoch=EPOCH + 1, live=True, turn=taken_up),
        (Notice(fact, item()), Open(EPOCH + 1, c.spec), Submit(EPOCH + 1, prompt)),
    )


def over(c: Conversation, outcome: Outcome, why: Why, text: str = "") -> After:
    """The turn is over, and nothing waits."""
    assert c.turn is not None
    return replace(c, turn=None), (Conclude(c.turn, outcome, why, text),)


# --- a turn ran -----------------------------------------------------------------------------------


def test_a_prompt_that_never_arrived_is_sent_again_as_it_was() -> None:
    taken_up = replace(turn(), resumes=1)
    assert step(restored(), restarted(Fate.ABSENT)) == again(
        restored(), taken_up, Prompt("i1", "do it"), Fact.RESUBMITTED
    )


@pytest.mark.parametrize("fate", [Fate.PARTIAL, Fate.UNKNOWN, None])
def test_a_turn_that_was_cut_off_is_asked_to_go_on(fate: Fate | None) -> None:
    taken_up = replace(turn(), resumes=1, prompt="fresh")
    assert step(restored(), restarted(fate)) == again(
        restored(), taken_up, Prompt("fresh", GO_ON), Fact.RESUMED
    )


@pytest.mark.parametrize("fate", [Fate.ABSENT, Fate.PARTIAL, Fate.UNKNOWN, None])
def test_without_a_session_to_go_on_in_the_prompt_is_sent_again(fate: Fate | None) -> None:
    c = replace(restored(), spec=UNUSED)
    assert step(c, restarted(fate)) == again(
        c, replace(turn(), resumes=1), Prompt("i1", "do it"), Fact.RESUBMITTED
    )


def test_without_a_session_a_call_to_go_on_becomes_the_prompt_again() -> None:
    c = replace(restored(1, "fresh0"), spec=UNUSED)
    assert step(c, restarted(Fate.PARTIAL)) == again(
        c, replace(turn(), resumes=2), Prompt("i1", "do it"), Fact.RESUBMITTED
    )


@pytest.mark.parametrize("policy", OnRestart)
@pytest.mark.parametrize("resumes", [0, 1, 2, 3])
def test_an_answer_that_was_finished_meanwhile_is_given(policy: OnRestart, resumes: int) -> None:
    c = restored(resumes)
    assert step(c, restarted(Fate.ANSWERED, policy)) == over(c, Outcome.DONE, Why.AGENT, "found")


@pytest.mark.parametrize("fate", [Fate.ABSENT, Fate.PARTIAL, Fate.UNKNOWN, None])
@pytest.mark.parametrize("resumes", [0, 2])
def test_by_policy_people_are_told_instead(fate: Fate | None, resumes: int) -> None:
    c = restored(resumes)
    assert step(c, restarted(fate, OnRestart.NOTIFY)) == over(c, Outcome.INTERRUPTED, Why.RESTART)


@pytest.mark.parametrize("fate", [Fate.ABSENT, Fate.PARTIAL, Fate.UNKNOWN, None])
@pytest.mark.parametrize("resumes", [2, 3])
def test_a_third_resume_is_refused(fate: Fate | None, resumes: int) -> None:
    c = restored(resumes, "fresh0")
    assert step(c, restarted(fate)) == over(c, Outcome.INTERRUPTED, Why.CRASHES)


def test_a_second_resume_is_tried() -> None:
    assert MOST_RESUMES == 2
    c = restored(1, "fresh0")
    assert step(c, restarted(Fate.PARTIAL)) == again(
        c, replace(turn(), resumes=2, prompt="fresh"), Prompt("fresh", GO_ON), Fact.RESUMED
    )


def test_a_call_to_go_on_that_never_arrived_is_made_again_and_not_the_whole_prompt() -> None:
    # The agent has the prompt of the item already and has worked on it.
    c = restored(1, "fresh0")
    assert step(c, restarted(Fate.ABSENT)) == again(
        c, replace(turn(), resumes=2, prompt="fresh"), Prompt("fresh", GO_ON), Fact.RESUMED
    )


def test_a_call_to_go_on_has_no_files() -> None:
    _, effects = step(restored(), restarted(Fate.PARTIAL))
    assert effects[-1] == Submit(EPOCH + 1, Prompt("fresh", GO_ON, ()))


def test_the_policy_is_to_resume_and_nothing_is_known_unless_told_otherwise() -> None:
    assert Restarted() == Restarted(None, OnRestart.RESUME, "", "")


def test_a_turn_that_is_over_lets_the_next_one_begin() -> None:
    c = replace(restored(), queue=items(2, 3))
    assert step(c, restarted(Fate.ANSWERED)) == (
        replace(c, epoch=EPOCH + 1, live=True, turn=turn(2), queue=items(3)),
        (
            Conclude(turn(), Outcome.DONE, Why.AGENT, "found"),
            Begin(turn(2)),
            Open(EPOCH + 1, SPEC),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_a_turn_that_is_resumed_keeps_the_others_waiting() -> None:
    c = replace(restored(), queue=items(2))
    assert step(c, restarted(Fate.PARTIAL))[0].queue == items(2)


def test_a_resumed_turn_ends_under_its_new_prompt() -> None:
    c, _ = step(restored(), restarted(Fate.PARTIAL))
    assert told_by_agent(c, TurnEnded("i1")) == (c, ())
    resumed = replace(turn(), resumes=1, prompt="fresh")
    assert told_by_agent(c, TurnEnded("fresh", text="done")) == (
        replace(c, turn=None),
        (Conclude(resumed, Outcome.DONE, Why.AGENT, "done"),),
    )


def test_what_a_turn_asked_before_the_restart_is_settled_first() -> None:
    c = waiting(restored(), asked(permission()))
    assert step(c, restarted(Fate.ANSWERED)) == (
        replace(c, turn=None, pending={}),
        (
            Settle(asked(permission()), Settled.LAPSED),
            Conclude(turn(), Outcome.DONE, Why.AGENT, "found"),
        ),
    )


# --- nothing ran ----------------------------------------------------------------------------------


def test_nothing_happens_when_nothing_ran_and_nothing_waits() -> None:
    assert step(asleep(), restarted(None)) == (asleep(), ())


def test_what_was_asked_between_turns_is_settled() -> None:
    request = asked(permission(turn=None), 1, None)
    c = waiting(asleep(), request)
    assert step(c, restarted(None)) == (
        replace(c, pending={}),
        (Settle(request, Settled.LAPSED),),
    )


def test_the_queue_goes_on() -> None:
    c = replace(asleep(), queue=items(2, 3))
    assert step(c, restarted(None)) == (
        replace(c, epoch=EPOCH + 1, live=True, turn=turn(2), queue=items(3)),
        (Begin(turn(2)), Open(EPOCH + 1, SPEC), Submit(EPOCH + 1, Prompt("i2", "do it"))),
    )


def test_a_held_queue_stays_held() -> None:
    assert step(held(), restarted(None)) == (held(), ())


# --- what is kept over a restart ------------------------------------------------------------------


def full() -> Conversation:
    """A conversation in which everything is the case that can be."""
    c = waiting(running(), asked(permission("r1")), asked(permission("r2"), 2))
    return replace(
        c,
        turn=replace(turn(), prompt="fresh", resumes=1, text=trail("so"), said=trail("x"), steps=3),
        queue=items(2, 3),
        held=True,
        granted=(Grant("Bash"), Grant("Read", "rule")),
        aside=trail("by the way"),
        outdated=True,
    )


def test_what_is_saved_is_what_must_outlive_the_program() -> None:
    assert save(full()) == Saved(
        tag="tag",
        spec=SPEC,
        session="s0",
        epoch=EPOCH,
        turn=item(),
        prompt="fresh",
        resumes=1,
        queue=items(2, 3),
        held=True,
        pending=(asked(permission("r1")), asked(permission("r2"), 2)),
        asked=2,
        granted=(Grant("Bash"), Grant("Read", "rule")),
        born=True,
    )


def test_between_turns_there_is_no_turn_to_save() -> None:
    saved = save(asleep())
    assert (saved.turn, saved.prompt, saved.resumes) == (None, "", 0)
    assert restore(KEY, saved, LIMIT) == asleep()


def test_what_comes_back_has_no_agent_and_nothing_of_the_answer() -> None:
    c = full()
    assert restore(KEY, save(c), LIMIT) == replace(
        c,
        live=False,
        opened=False,
        outdated=False,
        turn=replace(turn(), prompt="fresh", resumes=1),
        aside=trail(),
    )


def test_the_limit_of_the_queue_is_not_saved() -> None:
    assert restore(KEY, save(full())).limit == QUEUE_LIMIT


def test_requests_come_back_under_the_names_the_agent_gave_them() -> None:
    pending = restore(KEY, save(full())).pending
    assert list(pending) == ["r1", "r2"]
    assert isinstance(pending["r2"].asked, PermissionAsked)


def test_only_one_conclusion_comes_of_a_turn_over_a_restart() -> None:
    c, first = step(restore(KEY, save(running()), LIMIT), restarted(Fate.PARTIAL))
    c, second = told_by_agent(c, TurnEnded("fresh", text="done"))
    effects: tuple[Effect, ...] = (*first, *second)
    assert sum(isinstance(effect, Conclude) for effect in effects) == 1
