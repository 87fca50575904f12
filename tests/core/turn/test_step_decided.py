"""The agent asks, people answer: which request, who, what it grants, and when nobody does."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Decision,
    Denied,
    GrantScope,
    PlanApproved,
    PlanRejected,
    RequestWithdrawn,
    Suggestion,
)
from cc_connect.core.turn.effects import Answer, Ask, Settle, Settled
from cc_connect.core.turn.mail import Clock, Decided, Overdue
from cc_connect.core.turn.permission import covering, granted_by
from cc_connect.core.turn.state import Asked, Grant
from cc_connect.core.turn.step import NO_ANSWER, step
from tests.core.turn.build import (
    ALICE,
    BOB,
    EPOCH,
    GIT,
    LS,
    after,
    asked,
    idle,
    permission,
    plan,
    question,
    running,
    told_by_agent,
    waiting,
)

EVERYTHING: list[Asked] = [permission(), question(), plan()]
FOR_GOOD = Allowed(GrantScope.SESSION)

# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", EVERYTHING)
def test_what_the_agent_asks_is_put_to_people(what: Asked) -> None:
    assert told_by_agent(running(), what) == (
        waiting(running(), asked(what)),
        (Ask(asked(what)),),
    )


def test_two_permissions_asked_at_once_are_two_requests() -> None:
    first, second = permission("r1"), permission("r2", tool="Write")
    c, _ = told_by_agent(running(), first)
    assert told_by_agent(c, second) == (
        waiting(running(), asked(first), asked(second, 2)),
        (Ask(asked(second, 2)),),
    )


def test_the_same_request_asked_twice_is_one_request() -> None:
    c, _ = told_by_agent(running(), permission())
    assert told_by_agent(c, permission()) == (c, ())


def test_numbers_are_never_used_again() -> None:
    c = after(waiting(running(), asked(permission())), Decided("tag-1", Allowed(), ALICE))
    _, effects = told_by_agent(c, permission("r2"))
    assert effects == (Ask(asked(permission("r2"), 2)),)


@pytest.mark.parametrize("turn", [None, "i0"])
def test_what_no_running_turn_asks_has_no_requester(turn: str | None) -> None:
    request = asked(permission(turn=turn), 1, None)
    assert told_by_agent(running(), request.asked) == (
        waiting(running(), request),
        (Ask(request),),
    )
    assert told_by_agent(idle(), request.asked) == (waiting(idle(), request), (Ask(request),))


def test_a_request_the_agent_withdraws_is_settled() -> None:
    kept = asked(permission("r1"))
    c = waiting(running(), kept, asked(permission("r2"), 2))
    assert told_by_agent(c, RequestWithdrawn("i1", "r2")) == (
        replace(c, pending={"r1": kept}),
        (Settle(asked(permission("r2"), 2), Settled.WITHDRAWN),),
    )


def test_withdrawing_what_is_not_open_changes_nothing() -> None:
    c = waiting(running(), asked(permission("r1")))
    assert told_by_agent(c, RequestWithdrawn("i1", "r9")) == (c, ())


# --- answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "decision"),
    [
        (permission(), Allowed()),
        (permission(), Denied("no")),
        (question(), Answered({"Which?": ("Red",)})),
        (plan(), PlanApproved(accept_edits=True)),
        (plan(), PlanRejected("shorter")),
    ],
)
def test_an_answer_goes_to_the_agent_and_closes_the_request(
    what: Asked, decision: Decision
) -> None:
    c = waiting(running(), asked(what))
    assert step(c, Decided("tag-1", decision, BOB)) == (
        replace(c, pending={}),
        (
            Answer(EPOCH, "r1", decision),
            Settle(asked(what), Settled.ANSWERED, BOB, decision),
        ),
    )


def test_an_answer_goes_to_the_request_it_was_given_for() -> None:
    first, second = asked(permission("r1")), asked(permission("r2"), 2)
    c = waiting(running(), first, second)
    assert step(c, Decided("tag-2", Denied(), ALICE)) == (
        replace(c, pending={"r1": first}),
        (Answer(EPOCH, "r2", Denied()), Settle(second, Settled.ANSWERED, ALICE, Denied())),
    )
    assert step(c, Decided("tag-1", Denied(), ALICE)) == (
        replace(c, pending={"r2": second}),
        (Answer(EPOCH, "r1", Denied()), Settle(first, Settled.ANSWERED, ALICE, Denied())),
    )


@pytest.mark.parametrize("request_id", ["tag-2", "r1", "other-1", ""])
def test_an_answer_to_what_is_not_open_changes_nothing(request_id: str) -> None:
    c = waiting(running(), asked(permission()))
    assert step(c, Decided(request_id, FOR_GOOD, ALICE)) == (c, ())


def test_a_second_answer_comes_too_late() -> None:
    c = after(waiting(running(), asked(permission())), Decided("tag-1", Denied(), ALICE))
    assert step(c, Decided("tag-1", FOR_GOOD, BOB)) == (c, ())


# --- nobody answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "decision"),
    [
        (permission(), Denied(NO_ANSWER)),
        (question(), Denied(NO_ANSWER)),
        (plan(), PlanRejected(NO_ANSWER)),
    ],
)
def test_what_nobody_answers_is_answered_with_no(what: Asked, decision: Decision) -> None:
    other = asked(permission("r2"), 2)
    c = waiting(running(), asked(what), other)
    assert step(c, Overdue(Clock.REQUEST, "tag-1")) == (
        replace(c, pending={"r2": other}),
        (Answer(EPOCH, "r1", decision), Settle(asked(what), Settled.EXPIRED)),
    )


def test_the_agent_reads_why_nobody_answered() -> None:
    assert NO_ANSWER == "Nobody answered in time."


def test_what_was_answered_does_not_expire() -> None:
    c = after(waiting(running(), asked(permission())), Decided("tag-1", Allowed(), ALICE))
    assert step(c, Overdue(Clock.REQUEST, "tag-1")) == (c, ())


# --- standing permissions -------------------------------------------------------------------------


def test_allowing_a_tool_for_the_session_is_remembered() -> None:
    c = waiting(running(), asked(permission()))
    assert step(c, Decided("tag-1", FOR_GOOD, ALICE)) == (
        replace(c, pending={}, granted=(Grant("Bash"),)),
        (
            Answer(EPOCH, "r1", FOR_GOOD),
            Settle(asked(permission()), Settled.ANSWERED, ALICE, FOR_GOOD),
        ),
    )


def test_grants_add_up_and_none_is_kept_twice() -> None:
    c = replace(
        waiting(running(), asked(permission("r1")), asked(permission("r2"), 2)),
        granted=(Grant("Read"),),
    )
    rule = Allowed(GrantScope.SESSION, LS)
    c = after(c, Decided("tag-1", rule, ALICE))
    assert c.granted == (Grant("Read"), Grant("Bash", "Bash(ls *)"))
    assert after(c, Decided("tag-2", rule, ALICE)).granted == c.granted


def test_a_granted_tool_is_not_asked_about_again() -> None:
    c = replace(running(), granted=(Grant("Bash"),))
    assert told_by_agent(c, permission(suggestions=(LS,))) == (
        c,
        (Answer(EPOCH, "r1", FOR_GOOD),),
    )


def test_a_granted_rule_is_not_asked_about_again() -> None:
    c = replace(running(), granted=(Grant("Bash", LS.label),))
    assert told_by_agent(c, permission(suggestions=(GIT, LS))) == (
        c,
        (Answer(EPOCH, "r1", Allowed(GrantScope.SESSION, LS)),),
    )


@pytest.mark.parametrize(
    "what",
    [
        permission(),
        permission(suggestions=(GIT,)),
        permission(tool="Write"),
        permission(tool="Write", suggestions=(LS,)),
    ],
)
def test_a_granted_rule_covers_nothing_else(what: Asked) -> None:
    c = replace(running(), granted=(Grant("Bash", LS.label),))
    _, effects = told_by_agent(c, what)
    assert effects == (Ask(asked(what)),)


def test_questions_and_plans_are_never_covered() -> None:
    everything = (Grant("Bash"), Grant("AskUserQuestion"), Grant("ExitPlanMode"), Grant(""))
    c = replace(running(), granted=everything)
    for what in (question(), plan()):
        assert told_by_agent(c, what)[1] == (Ask(asked(what)),)
        assert covering(everything, what) is None


@pytest.mark.parametrize(
    ("what", "decision"),
    [
        (permission(), Allowed()),
        (permission(), Allowed(GrantScope.ONCE, LS)),
        (permission(), Denied()),
        (question(), FOR_GOOD),
        (plan(), FOR_GOOD),
        (plan(), PlanApproved(accept_edits=True)),
    ],
)
def test_nothing_else_grants_anything(what: Asked, decision: Decision) -> None:
    assert granted_by(what, decision) is None
    c = after(waiting(running(), asked(what)), Decided("tag-1", decision, ALICE))
    assert c.granted == ()


def test_a_rule_without_a_name_grants_nothing() -> None:
    # An empty rule would be the whole tool; somebody who allows a rule has not allowed that.
    assert granted_by(permission(), Allowed(GrantScope.SESSION, Suggestion("", "{}"))) is None
