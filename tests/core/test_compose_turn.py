"""The live message of a turn, its end, and what is said about the queue."""

import uuid
from dataclasses import replace

import pytest

from cc_connect.contract.agent import (
    Failure,
    Noted,
    Outcome,
    PlanUpdated,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    UsageSeen,
)
from cc_connect.contract.content import (
    Button,
    Buttons,
    Footer,
    Step,
    StepKind,
    Steps,
    StepState,
    Style,
    Text,
    Todo,
    Todos,
)
from cc_connect.contract.platform import ProgressStyle
from cc_connect.core.actions import LONGEST, ItemOrder, decode
from cc_connect.core.compose.turn import (
    SHOWN_STEPS,
    Limits,
    amount,
    elapsed,
    ending,
    finished,
    footer,
    legacy_lines,
    live,
    noticed,
    silent,
    style_streams,
)
from cc_connect.core.display import Display
from cc_connect.core.progress import Progress
from cc_connect.core.texts import Language
from cc_connect.core.turn.effects import Conclude, Fact, Notice, Why
from cc_connect.core.turn.state import Turn
from tests.core.turn.build import item, trail, turn

EN, ZH = Language.ENGLISH, Language.CHINESE
T = "i1"
LIMITS = Limits(30, 1.5, "agent login")
STOP = Buttons((Button("Stop", "c:/stop", Style.DANGER),))
USAGE = UsageSeen(T, "big", 12_345, 678, cost=0.1234, context_used=50, context_window=200)


def picture(
    *events: Spoke | Thought | ToolStarted | ToolFinished | PlanUpdated | Noted,
) -> Progress:
    progress = Progress(Display(), EN)
    for event in events:
        progress.take(event)
    return progress


def conclude(
    outcome: Outcome = Outcome.DONE,
    why: Why = Why.AGENT,
    text: str = "",
    failure: Failure | None = None,
    detail: str = "",
) -> Conclude:
    return Conclude(replace(turn(), steps=3), outcome, why, text, failure, detail)


# --- the live message -----------------------------------------------------------------------------


def test_a_turn_of_which_nothing_is_seen_yet() -> None:
    assert live(picture(), EN, 3.9, streams=False) == (Footer("⏳ Working · 3 s"), STOP)


def test_everything_that_is_seen_of_a_turn() -> None:
    progress = picture(
        ToolStarted(T, "t1", "Bash", title="ls"),
        PlanUpdated(T, (Todo("one"),)),
        Spoke(T, " So far\n"),
        Thought(T, "hm"),
    )
    steps = Steps(
        (
            Step(StepKind.TOOL, "Bash(ls)", state=StepState.RUNNING),
            Step(StepKind.THOUGHT, "hm", state=StepState.RUNNING),
        )
    )
    assert live(progress, EN, 61, streams=False) == (
        steps,
        Todos((Todo("one"),)),
        Text("So far"),
        Footer("⏳ Thinking · 1 min 1 s"),
        STOP,
    )
    assert Text("So far") not in live(progress, EN, 61, streams=True)


def test_the_latest_steps_are_shown_and_the_others_counted() -> None:
    progress = picture(*[Noted(T, f"note {n}") for n in range(100)])
    steps = live(progress, EN, 0, streams=False)[0]
    assert isinstance(steps, Steps)
    assert len(steps.items) == SHOWN_STEPS
    assert steps.items[-1].title == "note 99"
    assert steps.hidden == 100 - SHOWN_STEPS


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min 0 s"), (61.5, "1 min 1 s"), (7325, "122 min 5 s")],
)
def test_a_duration_for_people(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


# --- the live message afterwards ------------------------------------------------------------------


def test_without_steps_nothing_is_kept_of_the_live_message() -> None:
    assert finished(picture(Spoke(T, "Hello")), conclude(), EN, 5) is None


def test_what_was_still_running_failed_but_for_thoughts() -> None:
    progress = picture(
        ToolStarted(T, "t1", "Bash"),
        ToolStarted(T, "t2", "Bash"),
        ToolFinished(T, "t1", "out"),
        Thought(T, "hm"),
    )
    assert finished(progress, conclude(Outcome.INTERRUPTED), EN, 5) == (
        Steps(
            (
                Step(StepKind.TOOL, "Bash", "out", StepState.DONE),
                Step(StepKind.TOOL, "Bash", "", StepState.FAILED),
                Step(StepKind.THOUGHT, "hm"),
            )
        ),
        Footer("Stopped after 5 s · steps: 3"),
    )


def test_a_step_keeps_its_depth() -> None:
    progress = picture(ToolStarted(T, "t2", "Bash", parent="t1"))
    content = finished(progress, conclude(), EN, 5)
    assert content is not None
    assert content[0] == Steps((Step(StepKind.TOOL, "Bash", "", StepState.FAILED, 1),))


def test_a_plan_alone_is_kept() -> None:
    progress = picture(PlanUpdated(T, (Todo("one"),)))
    assert finished(progress, conclude(), EN, 5) == (
        Todos((Todo("one"),)),
        Footer("Done in 5 s · steps: 3"),
    )


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome.DONE, "Done in 5 s · steps: 1"),
        (Outcome.INTERRUPTED, "Stopped after 5 s · steps: 1"),
        (Outcome.FAILED, "Failed after 5 s · steps: 1"),
    ],
)
def test_how_the_turn_ended_and_how_long_it_took(outcome: Outcome, line: str) -> None:
    ended = replace(conclude(outcome), turn=turn())
    content = finished(picture(Noted(T, "note")), ended, EN, 5)
    assert content is not None
    assert content[-1] == Footer(line)


def test_steps_that_are_not_shown_afterwards_are_counted() -> None:
    content = finished(picture(*[Noted(T, "note")] * 100), conclude(), EN, 5)
    assert content is not None
    assert isinstance(content[0], Steps)
    assert content[0].hidden == 100 - SHOWN_STEPS


def test_the_lines_of_the_legacy_style() -> None:
    steps = (
        Step(StepKind.THOUGHT, "hm"),
        Step(StepKind.TOOL, "Bash(ls)", "out"),
        Step(StepKind.SAID, "Let me see."),
        Step(StepKind.NOTE, "note", "more of it"),
    )
    assert legacy_lines(steps, EN) == "🤔 Thinking...\n🔧 Tool: Bash(ls)\nLet me see.\nmore of it"
    assert legacy_lines((), EN) == ""


def test_only_the_legacy_style_does_not_show_the_answer_growing() -> None:
    assert [style for style in ProgressStyle if not style_streams(style)] == [ProgressStyle.LEGACY]


# --- silence --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("NO_REPLY", None),
        (" no_reply\n", None),
        ("Done.\nNO_REPLY", "Done."),
        ("Done. **NO_REPLY", "Done."),
        ("Done. no_reply ", "Done."),
        ("** NO_REPLY", None),
        ("xNO_REPLY", "xNO_REPLY"),
        ("NO_REPLY, he said", "NO_REPLY, he said"),
        (" Hello ", "Hello"),
        ("", ""),
    ],
)
def test_the_sign_of_silence(text: str, kept: str | None) -> None:
    assert silent(text) == kept


# --- endings --------------------------------------------------------------------------------------


def text_of(effect: Conclude, language: Language = EN) -> list[str]:
    content = ending(effect, language, Display(), "/p", LIMITS)
    assert content is not None
    return [block.markdown for block in content if isinstance(block, Text)]


def test_a_good_end_is_the_answer() -> None:
    assert ending(conclude(text="Hello"), EN, Display(), "/p", LIMITS) == (Text("Hello"),)


def test_a_good_end_has_small_print() -> None:
    done = replace(conclude(text="Hello"), turn=replace(turn(), usage=USAGE))
    assert ending(done, EN, Display(), "/p", LIMITS) == (
        Text("Hello"),
        Footer("big · in 12.3k · out 678 · ctx 25% · $0.1234 · /p"),
    )


def test_a_good_end_without_a_word_says_so() -> None:
    assert text_of(conclude()) == ["The agent ended its turn without a word."]


def test_an_agent_that_asks_for_silence_gets_it() -> None:
    assert ending(conclude(text="NO_REPLY"), EN, Display(), "/p", LIMITS) is None
    assert text_of(conclude(text="Done. NO_REPLY")) == ["Done."]


@pytest.mark.parametrize(
    ("outcome", "why", "text"),
    [
        (
            Outcome.INTERRUPTED,
            Why.STOPPED,
            "⏹ Stopped. The session stays; your next message goes on from here.",
        ),
        (Outcome.INTERRUPTED, Why.CHANGED, "⏹ Stopped, because the session was changed."),
        (
            Outcome.FAILED,
            Why.SILENT,
            (
                "❌ The agent has said nothing for 30 minutes, so I ended it. "
                "Your next message starts it again."
            ),
        ),
        (
            Outcome.FAILED,
            Why.TOO_LONG,
            (
                "❌ The turn took longer than 1.5 minutes, so I ended it. "
                "Your next message starts the agent again."
            ),
        ),
        (
            Outcome.INTERRUPTED,
            Why.RESTART,
            "⏹ I was restarted while the agent was working. Send a message to go on.",
        ),
        (
            Outcome.INTERRUPTED,
            Why.CRASHES,
            (
                "⏹ I was restarted several times during this turn and do not try it again. "
                "Send it once more if you still want it."
            ),
        ),
        (Outcome.INTERRUPTED, Why.AGENT, "⏹ The turn was interrupted."),
        (Outcome.FAILED, Why.AGENT, "❌ The turn failed: it gave no reason"),
        (
            Outcome.FAILED,
            Why.LOST,
            (
                "❌ The agent ended in the middle of the turn (it gave no reason). "
                "Your next message starts it again."
            ),
        ),
    ],
)
def test_every_reason_has_its_words(outcome: Outcome, why: Why, text: str) -> None:
    assert text_of(conclude(outcome, why)) == [text]
    assert text_of(conclude(outcome, why, "Half an answer.")) == ["Half an answer.", text]


@pytest.mark.parametrize("why", [Why.AGENT, Why.LOST])
@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_its_words(why: Why, failure: Failure) -> None:
    ended = conclude(Outcome.FAILED, why, "", failure, " exit code 1\n")
    (text,) = text_of(ended)
    assert "exit code 1" in text
    others = [text_of(replace(ended, failure=other)) for other in Failure if other is not failure]
    assert [text] not in others


def test_what_the_model_reports_as_text_is_not_said_twice() -> None:
    ended = conclude(Outcome.FAILED, Why.AGENT, "overloaded", Failure.MODEL, "overloaded")
    assert text_of(ended) == [
        (
            "❌ The model's service answered with an error: overloaded\n"
            "Send your message again to retry."
        )
    ]


def test_who_is_not_signed_in_is_told_how() -> None:
    (text,) = text_of(conclude(Outcome.FAILED, Why.AGENT, "", Failure.NOT_SIGNED_IN, "no key"))
    assert "`agent login`" in text


def test_a_lost_session_can_be_tried_again_or_begun_anew() -> None:
    ended = conclude(Outcome.FAILED, Why.LOST, "", Failure.RESUME, "unknown id")
    content = ending(ended, EN, Display(), "/p", LIMITS)
    assert content is not None
    assert content[-1] == Buttons(
        (Button("Retry", "c:/retry", Style.PRIMARY), Button("Start fresh", "c:/retry fresh"))
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("failure", [None, *Failure])
def test_no_ending_has_a_field_left_open(
    failure: Failure | None, outcome: Outcome, why: Why, language: Language
) -> None:
    for detail in ("", "exit code 1"):
        shown = "".join(text_of(conclude(outcome, why, "", failure, detail), language))
        assert shown.strip()
        assert "{" not in shown
        assert "}" not in shown


@pytest.mark.parametrize("language", Language)
def test_braces_of_an_agent_do_no_harm(language: Language) -> None:
    ended = conclude(Outcome.FAILED, Why.LOST, "{text}", Failure.EXIT, "{0} {detail}")
    assert text_of(ended, language)[0] == "{text}"
    assert "{0} {detail}" in text_of(ended, language)[1]


# --- small print ----------------------------------------------------------------------------------


def with_usage(usage: UsageSeen | None) -> Turn:
    return replace(turn(), usage=usage, text=trail("Hello"))


@pytest.mark.parametrize(
    ("usage", "display", "text"),
    [
        (USAGE, Display(), "big · in 12.3k · out 678 · ctx 25% · $0.1234 · /p"),
        (USAGE, Display(footer_folder=False), "big · in 12.3k · out 678 · ctx 25% · $0.1234"),
        (USAGE, Display(footer_context=False), "big · in 12.3k · out 678 · $0.1234 · /p"),
        (USAGE, Display(footer=False), ""),
        (None, Display(), ""),
        (UsageSeen(T), Display(), ""),
        (UsageSeen(T, "big"), Display(), "big · /p"),
        (UsageSeen(T, output_tokens=1), Display(), "in 0 · out 1 · /p"),
        (UsageSeen(T, input_tokens=1), Display(), "in 1 · out 0 · /p"),
        (UsageSeen(T, cost=1.0), Display(), "$1.00 · /p"),
        (UsageSeen(T, cost=0.99999), Display(), "$1.0000 · /p"),
        (UsageSeen(T, context_used=1, context_window=0), Display(), ""),
    ],
)
def test_the_small_print(usage: UsageSeen | None, display: Display, text: str) -> None:
    assert footer(with_usage(usage), display, "/p") == text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0k"), (12_345, "12.3k"), (1_000_000, "1.0M")],
)
def test_numbers_of_tokens_are_short(tokens: int, text: str) -> None:
    assert amount(tokens) == text


# --- the queue ------------------------------------------------------------------------------------


def test_a_queued_message_can_be_hurried_or_removed() -> None:
    queued = replace(item(2), id=str(uuid.UUID(int=2**128 - 1)))
    content = noticed(Notice(Fact.QUEUED, queued, 4), EN)
    assert content[0] == Text("📬 Queued as number 4; it runs when the current turn ends.")
    assert isinstance(content[1], Buttons)
    orders = [decode(button.action) for button in content[1].items]
    assert orders == [
        ItemOrder(queued.id, "steer"),
        ItemOrder(queued.id, "interrupt"),
        ItemOrder(queued.id, "remove"),
    ]
    assert all(len(button.action) <= LONGEST for button in content[1].items)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("fact", Fact)
def test_every_fact_has_its_words(fact: Fact, language: Language) -> None:
    text, *others = noticed(Notice(fact, item(), 7), language)
    assert isinstance(text, Text)
    assert text.markdown
    assert "{" not in text.markdown
    assert bool(others) == (fact is Fact.QUEUED)


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_live_message(language: Language) -> None:
    content = live(picture(Noted(T, "note")), language, 3, streams=False)
    assert "{" not in repr(content)
    assert "{" not in repr(finished(picture(Noted(T, "note")), conclude(), language, 3))
