"""A session that may never have come to be is not resumed; one that surely did is."""

from dataclasses import replace

from cc_connect.contract.agent import Opened, Outcome, SessionLost, SessionSpec, TurnEnded
from cc_connect.core.turn.effects import Open
from cc_connect.core.turn.mail import FromAgent, Respec, Told
from cc_connect.core.turn.state import Conversation
from cc_connect.core.turn.step import step
from tests.core.turn.build import item, new


def _opened(c: Conversation) -> SessionSpec:
    _, effects = step(c, Told(item(9)))
    return next(effect.spec for effect in effects if isinstance(effect, Open))


def _lost_before_an_answer() -> Conversation:
    c, _ = step(new(), Told(item(1)))
    c, _ = step(c, FromAgent(c.epoch, Opened("s0")))
    c, _ = step(c, FromAgent(c.epoch, SessionLost()))
    return c


def test_a_session_lost_before_its_first_answer_is_opened_as_new() -> None:
    c = _lost_before_an_answer()
    assert c.spec.resume == "s0"
    assert not c.born
    assert _opened(c).resume is None


def test_a_session_that_answered_is_resumed() -> None:
    c, _ = step(new(), Told(item(1)))
    c, _ = step(c, FromAgent(c.epoch, Opened("s0")))
    c, _ = step(c, FromAgent(c.epoch, TurnEnded("i1", Outcome.DONE, "yes")))
    c, _ = step(c, FromAgent(c.epoch, SessionLost()))
    assert c.born
    assert _opened(c).resume == "s0"


def test_a_session_under_an_id_of_the_agents_own_is_resumed() -> None:
    c = replace(_lost_before_an_answer(), spec=SessionSpec(cwd="/p", session="s0", resume="a1"))
    assert _opened(c).resume == "a1"


def test_another_session_is_born_if_it_has_something_to_resume() -> None:
    c = _lost_before_an_answer()
    old, _ = step(c, Respec(SessionSpec(cwd="/p", session="s1", resume="s1"), "s1"))
    assert _opened(old).resume == "s1"
    fresh, _ = step(old, Respec(SessionSpec(cwd="/p", session="s2"), "s2"))
    assert not fresh.born
