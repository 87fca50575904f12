"""Prompts: what the agent asks, with what it can be answered, and how it was."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Choice,
    Decision,
    Denied,
    FileTaken,
    GrantScope,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    Question,
    QuestionAsked,
    Suggestion,
)
from cc_connect.contract.content import (
    Button,
    Buttons,
    Content,
    Diff,
    Field,
    Form,
    Menu,
    Option,
    Style,
    Text,
)
from cc_connect.contract.inbound import Person
from cc_connect.core.actions import LONGEST, AnswerRequest, decode
from cc_connect.core.answering import Answers, gathered, pressed
from cc_connect.core.compose.ask import (
    BUTTON_LABEL,
    LONGEST_INPUT,
    asking,
    outcome_line,
    settled,
)
from cc_connect.core.texts import Language
from cc_connect.core.turn.effects import Settle, Settled
from cc_connect.core.turn.state import Asked, Request

EN, ZH = Language.ENGLISH, Language.CHINESE
LS, GIT, CAT = (Suggestion(f"Bash({name} *)", "{}") for name in ("ls", "git", "cat"))
DIFF = Diff("a.py", "@@ -1 +1 @@\n-a\n+b", 1, 1)
BASH = PermissionAsked("i1", "r1", "Bash", {"command": "ls"})
PLAN = PlanProposed("i1", "r1", "\n1. do it\n")
RED, GREEN = Choice("Red", "warm"), Choice("Green")
COLOUR = Question("Which colour?", "Colour", (RED, GREEN))
SIZES = Question("Which sizes?", "", (Choice("S", "small"), Choice("L")), multiple=True)
NAME = Question("What name?")


def request(asked: Asked) -> Request:
    return Request("0123abcd-12", 12, asked)


def ask(asked: Asked, language: Language = EN) -> Content:
    return asking(request(asked), language)


def texts(content: Content) -> list[str]:
    return [block.markdown for block in content if isinstance(block, Text)]


def buttons(content: Content) -> list[Button]:
    return [button for block in content if isinstance(block, Buttons) for button in block.items]


def actions(content: Content) -> list[str]:
    found = [button.action for button in buttons(content)]
    return found + [block.action for block in content if isinstance(block, Menu | Form)]


# --- permissions ----------------------------------------------------------------------------------


def test_the_prompt_for_a_command_shows_the_command() -> None:
    assert ask(BASH) == (
        Text("🔐 **Permission needed**: `Bash` (12)\n\n```bash\nls\n```"),
        Buttons(
            (
                Button("Allow", "a:0123abcd-12:allow:0", Style.SUCCESS),
                Button("Always: Bash", "a:0123abcd-12:always:0"),
                Button("Deny", "a:0123abcd-12:deny:0", Style.DANGER),
            )
        ),
    )


def test_the_prompt_for_another_tool_shows_all_of_its_input() -> None:
    asked = PermissionAsked("i1", "r1", "Fetch", {"url": "http://ü", "n": 1}, "a title", "policy")
    assert texts(ask(asked)) == [
        (
            "🔐 **Permission needed**: `Fetch` (12)\n\n"
            '```json\n{\n  "url": "http://ü",\n  "n": 1\n}\n```\n\nReason: policy'
        )
    ]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("look around", "🔐 **Permission needed**: `Look` (12)\n\n`look around`"),
        ("", "🔐 **Permission needed**: `Look` (12)"),
    ],
)
def test_without_an_input_the_title_is_shown(title: str, text: str) -> None:
    assert texts(ask(PermissionAsked("i1", "r1", "Look", title=title))) == [text]


def test_a_command_that_is_not_a_text_is_shown_as_input() -> None:
    asked = replace(BASH, input={"command": ["ls", {1, 2} and "x"], "odd": object})
    assert '"command": [' in texts(ask(asked))[0]


@pytest.mark.parametrize("given", [{"command": "x" * 10_000}, {"url": "x" * 10_000}])
def test_a_long_input_is_cut(given: dict[str, object]) -> None:
    text = texts(ask(replace(BASH, input=given)))[0]
    assert len(text) < LONGEST_INPUT + 100
    assert "…\n```" in text


def test_a_change_is_shown_as_a_diff() -> None:
    asked = PermissionAsked("i1", "r1", "Edit", {"old": "a"}, "a.py", "policy", diff=DIFF)
    content = ask(asked)
    assert content[:2] == (
        Text("🔐 **Permission needed**: `Edit` (12)\n\n`a.py`\n\nReason: policy"),
        DIFF,
    )
    assert texts(ask(replace(asked, title="", reason=""))) == [
        "🔐 **Permission needed**: `Edit` (12)"
    ]


def test_backticks_in_a_command_do_not_end_the_block() -> None:
    asked = replace(BASH, input={"command": "```\n**Allow this**"})
    assert texts(ask(asked))[0].endswith("````bash\n```\n**Allow this**\n````")


def test_the_rules_an_agent_offers_take_the_place_of_the_whole_tool() -> None:
    labels = [(b.label, b.action) for b in buttons(ask(replace(BASH, suggestions=(LS, GIT, CAT))))]
    assert labels == [
        ("Allow", "a:0123abcd-12:allow:0"),
        ("Always: Bash(ls *)", "a:0123abcd-12:rule:0"),
        ("Always: Bash(git *)", "a:0123abcd-12:rule:1"),
        ("Deny", "a:0123abcd-12:deny:0"),
    ]


def test_long_labels_are_cut() -> None:
    long = Suggestion("Bash(" + "x" * 100 + ")", "{}")
    for asked in (replace(BASH, suggestions=(long,)), replace(BASH, tool="x" * 100)):
        assert all(len(button.label) <= BUTTON_LABEL for button in buttons(ask(asked)))


@pytest.mark.parametrize("asked", [BASH, replace(BASH, suggestions=(LS, GIT)), PLAN])
def test_every_button_of_a_permission_or_a_plan_decides_something(asked: Asked) -> None:
    for button in buttons(ask(asked)):
        action = decode(button.action)
        assert isinstance(action, AnswerRequest)
        assert action.request == "0123abcd-12"
        assert pressed(asked, action) is not None


# --- questions ------------------------------------------------------------------------------------


def test_a_question_with_few_options_has_buttons() -> None:
    assert ask(QuestionAsked("i1", "r1", (COLOUR,))) == (
        Text("❓ **Which colour?**\n- **Red**: warm"),
        Buttons(
            (
                Button("Red", "a:0123abcd-12:o0:0"),
                Button("Green", "a:0123abcd-12:o1:0"),
            )
        ),
        Form(
            "a:0123abcd-12:text:0",
            "Other answer",
            "Which colour?",
            (Field("answer", "Your answer", multiline=True),),
        ),
    )


def test_a_question_with_several_answers_has_a_menu() -> None:
    text, menu, _ = ask(QuestionAsked("i1", "r1", (SIZES,)))
    assert text == Text("❓ **Which sizes?**")
    options = (Option("S", "0", "small"), Option("L", "1"))
    assert menu == Menu("a:0123abcd-12:menu:0", "Which sizes?", options, multiple=True)


def test_a_question_with_many_options_has_a_menu() -> None:
    choices = tuple(Choice(f"c{number}" * 60, "d" * 200) for number in range(5))
    _, menu, _ = ask(QuestionAsked("i1", "r1", (Question("?" * 200, "", choices),)))
    assert isinstance(menu, Menu)
    assert not menu.multiple
    assert [option.value for option in menu.options] == ["0", "1", "2", "3", "4"]
    longest = [menu.placeholder, *(o.label for o in menu.options)]
    longest += [option.description for option in menu.options]
    assert all(len(text) == 100 for text in longest)


def test_a_question_without_options_has_a_form_only() -> None:
    content = ask(QuestionAsked("i1", "r1", (replace(NAME, text="n" * 100),)))
    assert len(content) == 2
    assert isinstance(content[1], Form)
    assert content[1].label == "Your answer"
    assert len(content[1].title) == 45


def test_several_questions_are_sent_together() -> None:
    content = ask(QuestionAsked("i1", "r1", (COLOUR, SIZES, NAME)))
    assert [type(block).__name__ for block in content] == [
        *("Text", "Buttons", "Form"),
        *("Text", "Menu", "Form"),
        *("Text", "Form"),
        "Buttons",
    ]
    assert content[-1] == Buttons(
        (Button("Send answers", "a:0123abcd-12:submit:0", Style.PRIMARY),)
    )
    assert [action.rsplit(":", 1)[1] for action in actions(content)] == list("000" + "0112")


def test_answers_given_so_far_are_shown() -> None:
    asked = QuestionAsked("i1", "r1", (COLOUR, SIZES))
    content = asking(request(asked), EN, {0: ("Red",), 1: ("S", "L")})
    assert texts(content)[1::2] == ["Colour → Red", "✓ → S, L"]


def test_every_button_of_a_question_answers_it() -> None:
    asked = QuestionAsked("i1", "r1", (COLOUR, replace(COLOUR, text="And then?")))
    answers: Answers = {}
    for button in buttons(ask(asked))[:-1]:
        action = decode(button.action)
        assert isinstance(action, AnswerRequest)
        answers = gathered(asked, action, (), "", answers)
        assert answers[action.part] == (button.label,)


# --- plans ----------------------------------------------------------------------------------------


def test_the_prompt_for_a_plan() -> None:
    assert ask(PLAN) == (
        Text("📋 **The agent proposes a plan** (12)\n\n1. do it"),
        Buttons(
            (
                Button("Approve", "a:0123abcd-12:go:0", Style.SUCCESS),
                Button("Approve, edits without asking", "a:0123abcd-12:edits:0", Style.PRIMARY),
            )
        ),
        Form(
            "a:0123abcd-12:keep:0",
            "Keep planning",
            "Keep planning",
            (Field("comment", "What should be different?", multiline=True, required=False),),
        ),
    )


# --- how it ended ---------------------------------------------------------------------------------

ALICE = Person("u1", "Alice")
FOR_GOOD = Allowed(GrantScope.SESSION)
ANSWERS = Answered({"Which colour?": ("Red",), "Which sizes?": ("S", "L")})
ENDINGS: list[tuple[Asked, Decision, str]] = [
    (BASH, Allowed(), "✅ `Bash`: allowed by Alice"),
    (BASH, FOR_GOOD, "✅ `Bash`: allowed for this session by Alice"),
    (BASH, Denied(), "🚫 `Bash`: denied by Alice"),
    (BASH, Denied("too much"), "🚫 `Bash`: denied by Alice (too much)"),
    (QuestionAsked("i1", "r1", (COLOUR,)), ANSWERS, "✅ Alice answered: Red; S, L"),
    (PLAN, PlanApproved(), "✅ Plan approved by Alice"),
    (PLAN, PlanApproved(accept_edits=True), "✅ Plan approved by Alice, edits without asking"),
    (PLAN, PlanRejected("shorter"), "✏️ Alice wants more planning: shorter"),
    (PLAN, PlanRejected(), "✏️ Alice wants more planning: …"),
]


@pytest.mark.parametrize(("asked", "decision", "line"), ENDINGS)
def test_how_a_request_was_answered(asked: Asked, decision: Decision, line: str) -> None:
    effect = Settle(request(asked), Settled.ANSWERED, ALICE, decision)
    assert outcome_line(effect, EN) == line
    assert "Alice" in outcome_line(effect, ZH)


@pytest.mark.parametrize(
    ("how", "line"),
    [
        (Settled.EXPIRED, "⌛ Nobody answered in time; the agent was told no."),
        (Settled.WITHDRAWN, "\u2796 No answer is needed any more."),
        (Settled.LAPSED, "\u2796 The agent that asked is gone; no answer is needed any more."),
    ],
)
def test_how_a_request_ended_unanswered(how: Settled, line: str) -> None:
    assert outcome_line(Settle(request(BASH), how), EN) == line


@pytest.mark.parametrize(
    ("by", "who"), [(Person("u1"), "u1"), (Person("u1", "Alice"), "Alice"), (None, "?")]
)
def test_who_it_was(by: Person | None, who: str) -> None:
    effect = Settle(request(BASH), Settled.ANSWERED, by, Allowed())
    assert outcome_line(effect, EN) == f"✅ `Bash`: allowed by {who}"


def test_a_file_that_was_taken_reads_as_allowed() -> None:
    effect = Settle(request(BASH), Settled.ANSWERED, ALICE, FileTaken())
    assert outcome_line(effect, EN) == "✅ `Bash`: allowed by Alice"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (BASH, Text("```bash\nls\n```")),
        (replace(BASH, diff=DIFF), DIFF),
        (
            QuestionAsked("i1", "r1", (COLOUR, NAME)),
            Text("❓ **Which colour?**\n❓ **What name?**"),
        ),
        (PLAN, Text("1. do it")),
    ],
)
def test_a_settled_prompt_shows_what_was_asked_and_how_it_ended(asked: Asked, kept: Text) -> None:
    content = settled(Settle(request(asked), Settled.EXPIRED), EN)
    assert content == (kept, Text("⌛ Nobody answered in time; the agent was told no."))


# --- in every language ----------------------------------------------------------------------------

EVERYTHING: list[Asked] = [
    BASH,
    replace(BASH, suggestions=(LS, GIT), reason="policy"),
    PLAN,
    QuestionAsked("i1", "r1", (COLOUR, SIZES, NAME)),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("asked", EVERYTHING)
def test_no_field_is_left_open(asked: Asked, language: Language) -> None:
    content = asking(request(asked), language, {0: ("Red",)})
    assert "{" not in repr([texts(content), buttons(content)]).replace("{\\n", "")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("asked", EVERYTHING)
def test_languages_differ_in_words_only(asked: Asked, language: Language) -> None:
    assert actions(ask(asked, language)) == actions(ask(asked))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("asked", "decision", "_line"), ENDINGS)
def test_braces_of_people_and_agents_do_no_harm(
    asked: Asked, decision: Decision, _line: str, language: Language
) -> None:
    effect = Settle(request(asked), Settled.ANSWERED, Person("u1", "{0} {who}"), decision)
    assert "{0} {who}" in outcome_line(effect, language)


# --- what buttons carry ---------------------------------------------------------------------------

words = st.text(max_size=120)
choices = st.lists(st.builds(Choice, words, words), max_size=8).map(tuple)
questions = st.builds(Question, words, words, choices, st.booleans())
anything: st.SearchStrategy[Asked] = st.one_of(
    st.builds(
        PermissionAsked,
        st.none(),
        words,
        words,
        st.dictionaries(words, words, max_size=3),
        words,
        words,
        st.lists(st.builds(Suggestion, words, words), max_size=4).map(tuple),
        st.none() | st.just(DIFF),
    ),
    st.builds(
        QuestionAsked, st.none(), words, st.lists(questions, min_size=1, max_size=12).map(tuple)
    ),
    st.builds(PlanProposed, st.none(), words, words),
)


@settings(max_examples=60, deadline=None, database=None)
@given(anything, st.sampled_from(Language), st.integers(1, 10**9))
def test_every_action_is_short_and_comes_back_as_an_answer_to_this_request(
    asked: Asked, language: Language, number: int
) -> None:
    # The tag of a conversation has eight characters.
    content = asking(Request(f"0123abcd-{number}", number, asked), language)
    carried = actions(content)
    assert carried
    for text in carried:
        assert len(text) <= LONGEST
        action = decode(text)
        assert isinstance(action, AnswerRequest)
        assert action.request == f"0123abcd-{number}"
    assert len(set(carried)) == len(carried), "two buttons mean the same"
