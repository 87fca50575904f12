"""From a pressed button, a filled form or typed words to a decision."""

import pytest

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Choice,
    Decision,
    Denied,
    GrantScope,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    Question,
    QuestionAsked,
    Suggestion,
)
from cc_connect.core.actions import AnswerRequest
from cc_connect.core.answering import (
    Answers,
    complete,
    gathered,
    numbered,
    pressed,
    submitted,
    typed_answers,
    worded,
)
from cc_connect.core.turn.state import Asked
from cc_connect.core.words import Word

LS, GIT, CAT = (Suggestion(f"Bash({name} *)", "{}") for name in ("ls", "git", "cat"))
PLAIN = PermissionAsked("i1", "r1", "Bash")
RULED = PermissionAsked("i1", "r1", "Bash", suggestions=(LS, GIT, CAT))
PLAN = PlanProposed("i1", "r1", "1. do it")
COLOUR = Question("Which colour?", choices=(Choice("Red"), Choice("Green"), Choice("Blue")))
SIZES = Question("Which sizes?", choices=(Choice("S"), Choice("M"), Choice("L")), multiple=True)
NAME = Question("What name?")
ONE = QuestionAsked("i1", "r1", (COLOUR,))
MANY = QuestionAsked("i1", "r1", (SIZES,))
FREE = QuestionAsked("i1", "r1", (NAME,))
THREE = QuestionAsked("i1", "r1", (COLOUR, SIZES, NAME))
FOR_GOOD = Allowed(GrantScope.SESSION)
EDITS = PlanApproved(accept_edits=True)


def press(choice: str, part: int = 0) -> AnswerRequest:
    return AnswerRequest("tag-1", choice, part)


# --- buttons of permissions and plans -------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "action", "decision"),
    [
        (PLAIN, press("allow"), Allowed()),
        (PLAIN, press("always"), FOR_GOOD),
        (PLAIN, press("deny"), Denied()),
        (RULED, press("rule"), Allowed(GrantScope.SESSION, LS)),
        (RULED, press("rule", 1), Allowed(GrantScope.SESSION, GIT)),
        (RULED, press("rule", 2), Allowed(GrantScope.SESSION, CAT)),
        (RULED, press("rule", 3), None),
        (PLAIN, press("rule"), None),
        (PLAIN, press("go"), None),
        (PLAIN, press(""), None),
        (PLAN, press("go"), PlanApproved()),
        (PLAN, press("edits"), EDITS),
        (PLAN, press("allow"), None),
        (PLAN, press("keep"), None),
        (ONE, press("allow"), None),
        (ONE, press("o0"), None),
    ],
)
def test_what_a_button_decides(
    asked: Asked, action: AnswerRequest, decision: Decision | None
) -> None:
    assert pressed(asked, action) == decision


@pytest.mark.parametrize(
    ("asked", "values", "decision"),
    [
        (PLAN, {"comment": " shorter \n"}, PlanRejected("shorter")),
        (PLAN, {}, PlanRejected("")),
        (PLAIN, {"comment": "shorter"}, None),
        (ONE, {"answer": "Red"}, None),
    ],
)
def test_what_a_form_decides(
    asked: Asked, values: dict[str, str], decision: Decision | None
) -> None:
    assert submitted(asked, values) == decision


# --- questions, part by part ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "values", "text", "answers"),
    [
        (press("o0"), (), "", {0: ("Red",)}),
        (press("o2"), (), "", {0: ("Blue",)}),
        (press("menu", 1), ("0", "2"), "", {1: ("S", "L")}),
        (press("menu", 1), ("2", "7", "x", "0"), "", {1: ("L", "S")}),
        (press("text", 2), (), " Rex \n", {2: ("Rex",)}),
        (press("text", 0), (), "Purple", {0: ("Purple",)}),
    ],
)
def test_an_answer_to_one_question(
    action: AnswerRequest, values: tuple[str, ...], text: str, answers: Answers
) -> None:
    assert gathered(THREE, action, values, text, {}) == answers
    kept: Answers = {1: ("M",), 5: ("kept",)}
    assert gathered(THREE, action, values, text, kept) == kept | answers


@pytest.mark.parametrize(
    ("action", "values", "text"),
    [
        (press("o3"), (), ""),
        (press("o-1"), (), ""),
        (press("o"), (), ""),
        (press("ox"), (), ""),
        (press("o²"), (), ""),
        (press("o" + "9" * 5000), (), ""),
        (press("submit"), (), ""),
        (press("o0", 3), (), ""),
        (press("o0", 99), (), ""),
        (press("menu", 1), (), ""),
        (press("menu", 1), ("3", "-1", "", "٣", "9" * 5000), ""),
        (press("text", 2), (), " \n"),
    ],
)
def test_what_says_nothing_changes_nothing(
    action: AnswerRequest, values: tuple[str, ...], text: str
) -> None:
    kept: Answers = {0: ("Red",)}
    assert gathered(THREE, action, values, text, kept) == kept


def test_the_decision_comes_when_every_question_has_an_answer() -> None:
    answers: Answers = {0: ("Red",), 1: ("S", "L")}
    assert complete(THREE, answers) is None
    assert complete(THREE, answers | {2: ("Rex",)}) == Answered(
        {"Which colour?": ("Red",), "Which sizes?": ("S", "L"), "What name?": ("Rex",)}
    )


# --- typed answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        (ONE, "2", ("Green",)),
        (ONE, " 2 \n", ("Green",)),
        (ONE, "02", ("Green",)),
        (ONE, "green", ("Green",)),
        (ONE, "Light green", ("Light green",)),
        (ONE, "0", ("0",)),
        (ONE, "4", ("4",)),
        (ONE, "1,2", ("1,2",)),
        (ONE, "²", ("²",)),
        (ONE, "first line\nsecond", ("first line\nsecond",)),
        (MANY, "1,3", ("S", "L")),
        (MANY, "3 , 1", ("L", "S")),
        (MANY, "1，3", ("S", "L")),  # noqa: RUF001 - what people type
        (MANY, "2", ("M",)),
        (MANY, "1,4", ("1,4",)),
        (MANY, "1,0", ("1,0",)),
        (MANY, "1,", ("1,",)),
        (MANY, "1 and 3", ("1 and 3",)),
        (FREE, "1", ("1",)),
        (FREE, "Rex", ("Rex",)),
    ],
)
def test_typed_words_answer_one_question(
    asked: QuestionAsked, text: str, answer: tuple[str, ...]
) -> None:
    assert typed_answers(asked, text) == {asked.questions[0].text: answer}


def test_a_number_of_any_length_does_no_harm() -> None:
    text = "9" * 5000
    assert typed_answers(ONE, text) == {"Which colour?": (text,)}


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("1\n1,3\nRex", (("Red",), ("S", "L"), ("Rex",))),
        ("\n1\n\n 2 \nRex\n", (("Red",), ("M",), ("Rex",))),
        ("1\n2", (("Red",), ("M",), ("2",))),
        ("2", (("Green",), ("M",), ("2",))),
        ("1\n1\nRex\nmore", (("Red",), ("S",), ("Rex",))),
        ("", (("",), ("",), ("",))),
    ],
)
def test_each_line_answers_one_of_several_questions(
    text: str, answers: tuple[tuple[str, ...], ...]
) -> None:
    questions = [question.text for question in THREE.questions]
    assert typed_answers(THREE, text) == dict(zip(questions, answers, strict=True))


# --- bare numbers and words -----------------------------------------------------------------------

RULES = [
    Allowed(),
    Allowed(GrantScope.SESSION, LS),
    Allowed(GrantScope.SESSION, GIT),
    Denied(),
]


@pytest.mark.parametrize(
    ("asked", "decisions"),
    [
        (PLAIN, [Allowed(), FOR_GOOD, Denied()]),
        (RULED, RULES),
        (PLAN, [PlanApproved(), EDITS]),
        (ONE, [Answered({"Which colour?": (label,)}) for label in ("Red", "Green", "Blue")]),
        (FREE, []),
        (THREE, []),
    ],
)
def test_a_bare_number_means_the_option_listed_there(
    asked: Asked, decisions: list[Decision]
) -> None:
    given = [numbered(asked, str(place)) for place in range(1, len(decisions) + 3)]
    assert given == [*decisions, None, None]
    assert numbered(asked, "0") is None


@pytest.mark.parametrize("text", ["", "x", "1.", "-1", "1 2", "²", "٣", "100", "001", "9" * 5000])
def test_what_is_not_a_bare_number_decides_nothing(text: str) -> None:
    for asked in (PLAIN, RULED, PLAN, ONE):
        assert numbered(asked, text) is None


@pytest.mark.parametrize(
    ("asked", "word", "decision"),
    [
        (PLAIN, Word.ALLOW, Allowed()),
        (RULED, Word.ALLOW_ALL, FOR_GOOD),
        (PLAIN, Word.DENY, Denied()),
        (PLAN, Word.ALLOW, PlanApproved()),
        (PLAN, Word.ALLOW_ALL, EDITS),
        (PLAN, Word.DENY, PlanRejected()),
        (ONE, Word.ALLOW, None),
        (ONE, Word.ALLOW_ALL, None),
        (ONE, Word.DENY, None),
    ],
)
def test_what_a_bare_word_decides(asked: Asked, word: Word, decision: Decision | None) -> None:
    assert worded(asked, word) == decision
