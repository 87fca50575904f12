"""Standing permissions that a person gives or takes without being asked."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import Allowed, GrantScope
from cc_connect.core.turn.effects import Answer, Close, Open
from cc_connect.core.turn.mail import Decided, Granted, Respec, Told
from cc_connect.core.turn.permission import grant_of, written
from cc_connect.core.turn.state import Grant, Reach
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    ALICE,
    EPOCH,
    after,
    asked,
    idle,
    item,
    permission,
    running,
    told_by_agent,
    waiting,
)

BASH, WRITE = Grant("Bash"), Grant("Write")


def test_what_was_granted_beforehand_is_not_asked() -> None:
    c = after(running(), Granted((BASH,)))
    answer = Answer(EPOCH, "r1", Allowed(GrantScope.SESSION))
    assert told_by_agent(c, permission("r1")) == (c, (answer,))


def test_a_grant_leaves_an_open_request_open() -> None:
    c = waiting(running(), asked(permission("r1")))
    assert step(c, Granted((BASH,))) == (replace(c, granted=(BASH,)), ())


def test_a_grant_is_kept_once_and_in_order() -> None:
    c = after(idle(), Granted((BASH, WRITE, BASH)), Granted((BASH,)))
    assert c.granted == (BASH, WRITE)


def test_a_grant_given_by_an_answer_meanwhile_is_not_lost() -> None:
    c = waiting(running(), asked(permission("r1")))
    answer = Decided(asked(permission("r1")).id, Allowed(GrantScope.SESSION), ALICE)
    assert after(c, answer, Granted((WRITE,))).granted == (BASH, WRITE)


def test_an_agent_that_may_know_of_a_taken_grant_is_opened_anew_for_the_next_turn() -> None:
    c = replace(idle(), granted=(BASH, WRITE))
    c, effects = step(c, Granted(taken=(BASH,)))
    assert (c.granted, c.outdated, effects) == ((WRITE,), True, ())
    _, effects = step(c, Told(item(2)))
    kinds = [type(effect) for effect in effects]
    assert kinds.index(Close) < kinds.index(Open)


@pytest.mark.parametrize("mail", [Granted((WRITE,)), Granted(taken=(BASH,)), Granted()])
def test_without_a_loss_the_agent_stays(mail: Granted) -> None:
    assert not after(idle(), mail).outdated


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("Bash", Grant("Bash")),
        (" mcp__git__log ", Grant("mcp__git__log")),
        ("Bash(git status *)", Grant("Bash", "Bash(git status *)")),
        ("Bash()", None),
        ("Bash( )", None),
        ("git status", None),
        ("", None),
    ],
)
def test_grants_as_they_are_written(text: str, grant: Grant | None) -> None:
    assert grant_of(text) == grant
    if grant is not None:
        assert written(grant) == text.strip()


def test_a_grant_that_ends_is_asked_for_each_time() -> None:
    c = after(running(), Granted((replace(BASH, until=5.0),)))
    assert told_by_agent(c, permission("r1")) == (c, (Answer(EPOCH, "r1", Allowed()),))


def test_of_a_grant_that_ends_the_agent_was_not_told() -> None:
    ends = replace(BASH, until=5.0)
    c = after(replace(idle(), granted=(ends, WRITE)), Granted(taken=(ends,)))
    assert (c.granted, c.outdated) == ((WRITE,), False)


def test_another_session_has_the_grants_of_the_project_only() -> None:
    shared = replace(BASH, reach=Reach.PROJECT)
    c = replace(idle(), granted=(WRITE, shared))
    assert after(c, Respec(c.spec, "another")).granted == (shared,)
