"""How a session is opened: configuration, then preferences; the identity is neither's."""

from cc_connect.contract.agent import SessionSpec
from cc_connect.core.spec import (
    DETAIL,
    EFFORT,
    FOLDER,
    LANGUAGE,
    MODE,
    MODEL,
    PREFERENCES,
    STYLE,
    Identity,
    resolve,
)

BASE = SessionSpec(
    cwd="/p",
    session="never",
    resume="never",
    fork=True,
    model="small",
    effort="low",
    mode="default",
    instructions="be brief",
    env={"A": "1"},
    attachments="/files",
)


def test_the_configuration_alone() -> None:
    assert resolve(BASE, {}, Identity("s1")) == SessionSpec(
        cwd="/p",
        session="s1",
        model="small",
        effort="low",
        mode="default",
        instructions="be brief",
        env={"A": "1"},
        attachments="/files",
    )


def test_preferences_come_before_the_configuration() -> None:
    wishes = {MODE: "plan", MODEL: "big", EFFORT: "high", FOLDER: "/q"}
    spec = resolve(BASE, wishes, Identity("s1"))
    assert (spec.mode, spec.model, spec.effort, spec.cwd) == ("plan", "big", "high", "/q")
    assert (spec.instructions, spec.env, spec.attachments) == ("be brief", {"A": "1"}, "/files")


def test_an_empty_preference_is_one() -> None:
    assert resolve(BASE, {MODEL: ""}, Identity("s1")).model == ""


def test_preferences_that_only_change_what_is_shown_do_not_matter() -> None:
    shown = {LANGUAGE: "zh", DETAIL: "quiet", STYLE: "card", "unheard of": "x"}
    assert resolve(BASE, shown, Identity("s1")) == resolve(BASE, {}, Identity("s1"))


def test_the_identity_says_which_session() -> None:
    spec = resolve(BASE, {}, Identity("s1", "a1", fork=True))
    assert (spec.session, spec.resume, spec.fork) == ("s1", "a1", True)


def test_these_are_all_preferences() -> None:
    assert len(set(PREFERENCES)) == len(PREFERENCES) == 10
