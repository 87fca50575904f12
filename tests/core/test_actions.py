"""What buttons carry: it comes back as it was, and nothing forged means anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_connect.core.actions import (
    LONGEST,
    Action,
    AnswerRequest,
    ItemOrder,
    RunCommand,
    decode,
    encode,
)

words = st.text(st.characters(exclude_characters=":"), max_size=20)
lines = st.text(max_size=LONGEST - 3).map(lambda rest: f"/{rest}")
actions = st.one_of(
    st.builds(AnswerRequest, words, words, st.integers(0, 99)),
    st.builds(ItemOrder, words, words),
    st.builds(RunCommand, lines),
)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (AnswerRequest("t-1", "allow"), "a:t-1:allow:0"),
        (AnswerRequest("t-12", "o3", 2), "a:t-12:o3:2"),
        (ItemOrder("0f8b", "steer"), "i:0f8b:steer"),
        (RunCommand("/retry fresh"), "c:/retry fresh"),
        (RunCommand("/model a:b:c"), "c:/model a:b:c"),
    ],
)
def test_what_a_button_carries(action: Action, text: str) -> None:
    # Buttons outlive the program: this spelling must not change.
    assert encode(action) == text
    assert decode(text) == action


@settings(max_examples=200, deadline=None, database=None)
@given(actions)
def test_every_action_comes_back_as_it_was(action: Action) -> None:
    text = encode(action)
    assert len(text) <= LONGEST
    assert decode(text) == action


def test_an_action_may_have_ninety_characters_and_no_more() -> None:
    longest = "/" + "x" * (LONGEST - 3)
    assert len(encode(RunCommand(longest))) == LONGEST == 90
    with pytest.raises(ValueError, match=r"^an action of 91 characters: c:/xxxxxxxxxxxxxxxxx…$"):
        encode(RunCommand(longest + "x"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "a",
        "a:",
        "a:t-1",
        "a:t-1:allow",
        "a:t-1:allow:",
        "a:t-1:allow:x",
        "a:t-1:allow:-1",
        "a:t-1:allow:1.0",
        "a:t-1:allow: 1",
        "a:t-1:allow:²",
        "a:t-1:allow:٣",
        "a:t-1:allow:0:0",
        "A:t-1:allow:0",
        " a:t-1:allow:0",
        "i",
        "i:item",
        "i:item:steer:now",
        "c",
        "c:",
        "c:retry",
        "c: /retry",
        "x:/retry",
        "perm:allow",
        "/retry",
    ],
)
def test_what_is_not_ours_means_nothing(text: str) -> None:
    assert decode(text) is None


@pytest.mark.parametrize(
    "text", ["a:t-1:o1:" + "9" * 5000, "c:/" + "x" * 88, "i:" + "x" * 100 + ":steer"]
)
def test_what_is_longer_than_any_button_means_nothing(text: str) -> None:
    assert decode(text) is None


@settings(max_examples=300, deadline=None, database=None)
@given(st.text() | st.builds("{}:{}".format, st.sampled_from("aic"), st.text(":/0a-")))
def test_no_text_does_harm(text: str) -> None:
    action = decode(text)
    if action is not None:
        assert decode(encode(action)) == action
