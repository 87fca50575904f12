"""What a turn asked before a restart: kept while it goes on, and one prompt when it asks again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cc_connect.contract.agent import (
    Allowed,
    Fate,
    GrantScope,
    Outcome,
    PlanApproved,
    SessionLost,
    Trace,
    TurnEnded,
)
from cc_connect.core.turn.effects import (
    Answer,
    Ask,
    Conclude,
    Fact,
    Keep,
    Notice,
    Open,
    Settle,
    Settled,
    Submit,
    Why,
)
from cc_connect.core.turn.mail import Decided, OnRestart, Respec, Restarted
from cc_connect.core.turn.permission import asks_the_same
from cc_connect.core.turn.state import Asked, Conversation, Grant, Orphan, Request, restore, save
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    ALICE,
    EPOCH,
    KEY,
    LIMIT,
    LS,
    SPEC,
    after,
    asked,
    asleep,
    permission,
    plan,
    question,
    told_by_agent,
    turn,
    waiting,
)

AGAIN = Restarted(Trace(Fate.PARTIAL), OnRestart.RESUME, "fresh", "go on")


def cut_off(*requests: Request) -> Conversation:
    """Item 1 ran and these were open when the program ended."""
    return waiting(replace(asleep(), turn=turn()), *requests)


def resumed(*requests: Request) -> Conversation:
    """The turn goes on; its agent has asked nothing yet."""
    c, _ = step(cut_off(*requests), AGAIN)
    return replace(c, opened=True)


def test_what_the_turn_asked_stays_open_while_it_goes_on() -> None:
    request = asked(permission())
    c, effects = step(cut_off(request), AGAIN)
    assert (dict(c.pending), c.orphans, c.unanswered) == ({}, (Orphan(request),), (request,))
    assert [type(effect) for effect in effects] == [Notice, Open, Submit]
    assert isinstance(effects[0], Notice)
    assert effects[0].fact is Fact.RESUMED


def test_what_was_asked_between_turns_lapses() -> None:
    mine, other = asked(permission("r1")), asked(permission("r2", turn=None), 2, None)
    c, effects = step(cut_off(mine, other), AGAIN)
    assert c.orphans == (Orphan(mine),)
    assert effects[0] == Settle(other, Settled.LAPSED)
    assert c.unanswered == (mine,)


@pytest.mark.parametrize("what", [permission, question, plan])
def test_the_same_asked_again_is_the_same_request(what: Callable[..., Asked]) -> None:
    event = what("r9", turn="fresh")
    c, effects = told_by_agent(resumed(asked(what("r1"))), event)
    request = asked(event)
    assert effects == (Ask(request, again=True),)
    assert (dict(c.pending), c.orphans, c.asked) == ({"r9": request}, (), 1)
    _, answered = step(c, Decided("tag-1", Allowed(), ALICE))
    assert answered[0] == Answer(EPOCH + 1, "r9", Allowed())


def test_something_else_is_another_request() -> None:
    old = asked(permission())
    event = permission("r9", turn="fresh", tool="Edit")
    c, effects = told_by_agent(resumed(old), event)
    assert effects == (Ask(asked(event, 2)),)
    assert c.orphans == (Orphan(old),)
    assert c.unanswered == (asked(event, 2), old)


@pytest.mark.parametrize("whose", [None, "stale"])
def test_what_is_not_of_the_turn_is_another_request(whose: str | None) -> None:
    old = asked(permission())
    c, effects = told_by_agent(resumed(old), permission("r9", turn=whose))
    assert isinstance(effects[0], Ask)
    assert not effects[0].again
    assert c.orphans == (Orphan(old),)


def test_of_two_equal_ones_each_is_taken_over_once() -> None:
    one, two = asked(permission("r1")), asked(permission("r2"), 2)
    c = resumed(one, two)
    c, first = told_by_agent(c, permission("r8", turn="fresh"))
    c, second = told_by_agent(c, permission("r9", turn="fresh"))
    ids = [effect.request.id for effect in (*first, *second) if isinstance(effect, Ask)]
    assert ids == ["tag-1", "tag-2"]
    assert c.orphans == ()


def test_an_answer_meanwhile_is_kept_and_given_once() -> None:
    request = asked(permission())
    c, effects = step(resumed(request), Decided("tag-1", Allowed(), ALICE))
    assert effects == (Keep(request, Allowed(), ALICE),)
    assert c.unanswered == ()
    assert step(c, Decided("tag-1", Allowed(), ALICE)) == (c, ())
    event = permission("r9", turn="fresh")
    c, effects = told_by_agent(c, event)
    assert effects == (
        Answer(EPOCH + 1, "r9", Allowed()),
        Settle(asked(event), Settled.ANSWERED, ALICE, Allowed()),
    )
    c, effects = told_by_agent(c, permission("r10", turn="fresh"))
    assert effects == (Ask(asked(permission("r10", turn="fresh"), 2)),)


def test_the_others_stay_as_they_are_when_one_is_answered() -> None:
    one, two, three = (asked(permission(f"r{n}", tool=f"T{n}"), n) for n in (1, 2, 3))
    c = after(resumed(one, two, three), Decided("tag-2", Allowed(), ALICE))
    assert c.orphans == (Orphan(one), Orphan(two, Allowed(), ALICE), Orphan(three))
    assert c.unanswered == (one, three)
    c, _ = told_by_agent(c, permission("r9", turn="fresh", tool="T2"))
    assert c.orphans == (Orphan(one), Orphan(three))


def test_a_standing_permission_given_meanwhile_holds_from_then_on() -> None:
    always = Allowed(GrantScope.SESSION)
    c = after(resumed(asked(permission())), Decided("tag-1", always, ALICE))
    assert c.granted == ()
    c, _ = told_by_agent(c, permission("r9", turn="fresh"))
    assert c.granted == (Grant("Bash"),)


def test_what_is_allowed_by_now_is_not_asked_again() -> None:
    c = replace(resumed(asked(permission())), granted=(Grant("Bash"),))
    event = permission("r9", turn="fresh")
    c, effects = told_by_agent(c, event)
    assert effects == (
        Answer(EPOCH + 1, "r9", Allowed(GrantScope.SESSION)),
        Settle(asked(event), Settled.WITHDRAWN),
    )
    assert (c.orphans, dict(c.pending)) == ((), {})


def test_what_is_not_asked_again_lapses_with_the_turn() -> None:
    open_, decided = asked(permission("r1")), asked(permission("r2", tool="Edit"), 2)
    c = after(resumed(open_, decided), Decided("tag-2", Allowed(), ALICE))
    c, effects = told_by_agent(c, TurnEnded("fresh", text="done"))
    assert effects[:2] == (Settle(open_, Settled.LAPSED), Settle(decided, Settled.LAPSED))
    assert c.orphans == ()


def test_it_lapses_once_when_the_agent_is_lost_again() -> None:
    request = asked(permission())
    c, effects = told_by_agent(resumed(request), SessionLost(None, "bye"))
    assert [one for one in effects if isinstance(one, Settle)] == [Settle(request, Settled.LAPSED)]
    assert c.orphans == ()


def test_it_lapses_when_the_agent_is_opened_in_another_way() -> None:
    request = asked(permission())
    c, effects = step(resumed(request), Respec(SPEC))
    assert [one for one in effects if isinstance(one, Settle)] == [Settle(request, Settled.LAPSED)]
    assert c.orphans == ()


def test_a_turn_that_is_over_lapses_them_before_it_ends() -> None:
    request = asked(permission())
    _, effects = step(cut_off(request), replace(AGAIN, trace=Trace(Fate.ANSWERED, "found")))
    assert effects == (
        Settle(request, Settled.LAPSED),
        Conclude(turn(), Outcome.DONE, Why.AGENT, "found"),
    )


def test_a_second_restart_keeps_them_and_the_answers() -> None:
    one, two = asked(permission("r1")), asked(permission("r2", tool="Edit"), 2)
    c = after(resumed(one, two), Decided("tag-1", Allowed(), ALICE))
    c, _ = told_by_agent(c, permission("r5", turn="fresh", tool="Edit"))
    back = restore(KEY, save(c), LIMIT)
    c, _ = step(back, replace(AGAIN, fresh="fresher"))
    again = asked(permission("r5", turn="fresh", tool="Edit"), 2)
    assert c.orphans == (Orphan(one, Allowed(), ALICE), Orphan(again))
    c, effects = told_by_agent(c, permission("r9", turn="fresher"))
    assert effects[0] == Answer(EPOCH + 2, "r9", Allowed())


def test_a_prompt_that_is_sent_again_keeps_them_too() -> None:
    c = replace(cut_off(asked(permission())), spec=replace(SPEC, resume=None))
    c, _ = step(c, AGAIN)
    assert c.orphans == (Orphan(asked(permission())),)
    _, effects = told_by_agent(c, permission("r9", turn="i1"))
    assert effects == (Ask(asked(permission("r9", turn="i1")), again=True),)


def test_an_answer_to_nothing_is_nothing() -> None:
    c = resumed(asked(permission()))
    assert step(c, Decided("tag-9", PlanApproved(), ALICE)) == (c, ())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (permission("r1"), permission("r2", turn="x", suggestions=(LS,)), True),
        (permission(), permission(tool="Edit"), False),
        (permission(), replace(permission(), input={"command": "rm"}), False),
        (question("r1"), question("r2", turn="x"), True),
        (question(), replace(question(), questions=()), False),
        (plan("r1"), plan("r2", turn="x"), True),
        (plan(), replace(plan(), plan="2. do more"), False),
        (plan(), question(), False),
        (question(), permission(), False),
        (permission(), plan(), False),
    ],
)
def test_what_is_the_same(one: Asked, other: Asked, same: bool) -> None:  # noqa: FBT001 - a case
    assert asks_the_same(one, other) is same
