"""The fold behind the live message: a bounded picture of a turn, at the same cost per event."""

import sys
from types import FrameType

import pytest

from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    LimitHit,
    Noted,
    PlanUpdated,
    Retrying,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    Unknown,
    UsageSeen,
)
from cc_connect.contract.content import Diff, Step, StepKind, StepState, Todo
from cc_connect.core.display import Detail, Display, display_for
from cc_connect.core.progress import KEPT_STEPS, KEPT_TEXT, Progress, clock_time, note_text
from cc_connect.core.texts import Language

T = "i1"
DONE, RUNNING, FAILED = StepState.DONE, StepState.RUNNING, StepState.FAILED


def taken(*events: AgentEvent, display: Display | None = None) -> Progress:
    progress = Progress(display or Display(), Language.ENGLISH)
    for event in events:
        progress.take(event)
    return progress


def tool(title: str, detail: str = "", state: StepState = RUNNING, depth: int = 0) -> Step:
    return Step(StepKind.TOOL, title, detail, state, depth)


def start(name: str, title: str = "", parent: str | None = None) -> ToolStarted:
    return ToolStarted(T, name, "Bash", title=title, parent=parent)


def thought(title: str, state: StepState = DONE) -> Step:
    return Step(StepKind.THOUGHT, title, state=state)


# --- words ----------------------------------------------------------------------------------------


def test_the_answer_grows() -> None:
    progress = taken()
    assert progress.take(Spoke(T, "Hello", begins=True)) == "Hello"
    assert progress.take(Spoke(T, " you")) == " you"
    assert progress.take(Spoke(T, "Well", begins=True)) == "\n\nWell"
    assert progress.tail() == "Hello you\n\nWell"
    assert progress.text_size == len(progress.tail())
    assert progress.steps() == ()


def test_only_words_add_to_the_answer() -> None:
    progress = taken(Spoke(T, "Hello"))
    others: list[AgentEvent] = [
        Thought(T, "hm"),
        ToolFinished(T, "t1", "out"),
        UsageSeen(T),
        Noted(T, "note"),
        Unknown(T, "new"),
        start("t1"),
    ]
    assert [progress.take(event) for event in others] == [""] * len(others)


def test_words_before_a_tool_are_a_remark_and_the_answer_begins_anew() -> None:
    progress = taken(Spoke(T, " Let me see.\n"), start("t1", "ls"))
    assert progress.steps() == (Step(StepKind.SAID, "Let me see."), tool("Bash(ls)"))
    assert (progress.tail(), progress.text_size) == ("", 0)
    assert progress.take(Spoke(T, "So", begins=True)) == "So"


def test_no_words_before_a_tool_no_remark() -> None:
    assert taken(Spoke(T, " \n"), start("t1")).steps() == (tool("Bash"),)


def test_words_before_the_tool_of_a_sub_agent_stay_the_answer() -> None:
    progress = taken(Spoke(T, "Meanwhile"), start("t2", "ls", parent="t1"))
    assert progress.tail() == "Meanwhile"
    assert progress.steps() == (tool("Bash(ls)", depth=1),)


def test_a_long_remark_is_cut() -> None:
    progress = taken(Spoke(T, "x" * 1000), start("t1"), display=Display(tool_max=10))
    assert progress.steps()[0] == Step(StepKind.SAID, "x" * 9 + "…")


# --- thoughts -------------------------------------------------------------------------------------


def test_a_thought_in_progress_is_the_last_step() -> None:
    progress = taken(Thought(T, "Let me "), Thought(T, "think\nabout it"))
    assert progress.steps() == (thought("Let me think about it", RUNNING),)
    assert progress.total == 0
    assert progress.doing == "Thinking"


@pytest.mark.parametrize(
    "event", [Spoke(T, "So"), start("t1"), Noted(T, "note"), Thought(T, "2", begins=True)]
)
def test_a_thought_is_done_when_something_else_begins(event: AgentEvent) -> None:
    progress = taken(Thought(T, "hm", begins=True), event)
    assert progress.steps()[0] == thought("hm")


@pytest.mark.parametrize("text", ["", " ", "...", " … "])
def test_an_empty_thought_is_none(text: str) -> None:
    assert taken(Thought(T, text)).steps() == ()
    assert taken(Thought(T, text), Spoke(T, "So")).steps() == ()


def test_a_thought_is_cut_and_the_rest_of_it_not_kept() -> None:
    short = Display(thinking_max=10)
    progress = taken(*[Thought(T, "thinking ")] * 1000, display=short)
    assert progress.steps() == (thought("thinking…", RUNNING),)
    assert sum(map(len, progress._thought)) <= 11


def test_a_thought_without_a_limit_is_kept_up_to_the_limit_of_texts() -> None:
    progress = taken(*[Thought(T, "x" * 100)] * 1000, display=Display(thinking_max=0))
    assert len(progress.steps()[0].title) == KEPT_TEXT + 1


def test_thoughts_may_be_hidden_and_still_be_what_it_does() -> None:
    unseen = Display(thinking=False)
    progress = taken(Thought(T, "hm"), Spoke(T, "So"), Thought(T, "hm"), display=unseen)
    assert progress.steps() == ()
    assert progress.doing == "Thinking"


# --- tools ----------------------------------------------------------------------------------------


def test_tools_may_finish_out_of_order() -> None:
    progress = taken(start("t1", "one"), start("t2", "two"), start("t3", "three"))
    progress.take(ToolFinished(T, "t2", " out \n"))
    progress.take(ToolFinished(T, "t1", "bad", failed=True))
    assert progress.steps() == (
        tool("Bash(one)", "bad", FAILED),
        tool("Bash(two)", "out", DONE),
        tool("Bash(three)"),
    )


def test_a_tool_that_finishes_twice_or_never_started_changes_nothing() -> None:
    progress = taken(start("t1"), ToolFinished(T, "t1", "out"))
    before = progress.steps()
    progress.take(ToolFinished(T, "t1", "again", failed=True))
    progress.take(ToolFinished(T, "t9", "out"))
    assert progress.steps() == before


def test_a_tool_that_finishes_when_it_is_not_kept_any_more_changes_nothing() -> None:
    progress = taken(start("t0"), *[Noted(T, f"note {n}") for n in range(KEPT_STEPS)])
    before = progress.steps()
    progress.take(ToolFinished(T, "t0", "out"))
    assert progress.steps() == before


def test_the_right_tool_finishes_after_others_are_not_kept_any_more() -> None:
    progress = taken(*[start(f"t{n}", f"{n}") for n in range(KEPT_STEPS + 7)])
    progress.take(ToolFinished(T, "t7", "first kept"))
    progress.take(ToolFinished(T, f"t{KEPT_STEPS + 6}", "last"))
    assert progress.steps()[0] == tool("Bash(7)", "first kept", DONE)
    assert progress.steps()[-1] == tool(f"Bash({KEPT_STEPS + 6})", "last", DONE)
    assert progress.hidden == 7


def test_what_the_agent_is_doing() -> None:
    progress = taken()
    assert progress.doing == ""
    progress.take(start("t1", "ls\n-l"))
    assert progress.doing == "Bash(ls -l)"
    progress.take(ToolFinished(T, "t1"))
    assert progress.doing == ""
    progress.take(start("t1"))
    progress.take(Spoke(T, "So"))
    assert progress.doing == ""


def test_titles_and_outputs_are_cut() -> None:
    progress = taken(start("t1", "x" * 1000), display=Display(tool_max=10))
    progress.take(ToolFinished(T, "t1", "y" * 1_000_000))
    step = progress.steps()[0]
    assert (len(step.title), step.detail) == (160, "y" * 9 + "…")
    assert len(progress.doing) <= 160


def test_an_output_without_a_limit_is_kept_up_to_the_limit_of_texts() -> None:
    progress = taken(start("t1"), display=Display(tool_max=0))
    progress.take(ToolFinished(T, "t1", "y" * 1_000_000))
    assert len(progress.steps()[0].detail) == KEPT_TEXT + 1


def test_the_latest_change_is_kept() -> None:
    first, second = Diff("a", "-a\n+b", 1, 1), Diff("b", "+c", 1)
    progress = taken(ToolStarted(T, "t1", "Edit", diff=first))
    progress.take(ToolStarted(T, "t2", "Edit", diff=second))
    progress.take(start("t3"))
    assert progress.diff == second


def test_hidden_tools_are_counted_and_nothing_of_them_is_shown() -> None:
    progress = taken(
        Spoke(T, "Let me see."),
        start("t1"),
        ToolFinished(T, "t1", "out"),
        start("t2"),
        display=display_for(Detail.QUIET),
    )
    assert progress.steps() == ()
    assert (progress.total, progress.hidden) == (2, 2)
    assert progress.tail() == ""


# --- notes, figures, plans ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            Retrying(T, 2, 5, 0.5, "overloaded"),
            "The model's service failed (overloaded); attempt 2 of 5 follows",
        ),
        (
            LimitHit(T, "five_hour", rejected=True, resets_at=0),
            "Usage limit five_hour reached; it resets 1970-01-01 00:00 UTC",
        ),
        (
            LimitHit(T, "five_hour", rejected=True),
            "Usage limit five_hour reached; it resets ?",
        ),
        (LimitHit(T, "week", rejected=False, used=0.876), "Usage limit week: 88% used"),
        (LimitHit(T, "week", rejected=False), "Usage limit week: 0% used"),
        (Compacted(T), "The conversation was compacted to save context"),
        (Noted(T, "a hook spoke"), "a hook spoke"),
    ],
)
def test_what_happens_beside_the_words_is_a_note(
    event: Retrying | LimitHit | Compacted | Noted, text: str
) -> None:
    assert note_text(event, Language.ENGLISH) == text
    assert taken(event).steps() == (Step(StepKind.NOTE, text),)
    assert "{" not in note_text(event, Language.CHINESE)


def test_a_note_is_one_line() -> None:
    assert taken(Noted(T, "one\ntwo")).steps() == (Step(StepKind.NOTE, "one two"),)


def test_a_moment_for_people() -> None:
    assert clock_time(1_700_000_000.9) == "2023-11-14 22:13 UTC"
    assert clock_time(None) == "?"


def test_the_latest_figures_and_the_latest_plan_are_kept() -> None:
    todos = (Todo("one"), Todo("two"))
    progress = taken(
        PlanUpdated(T, ()), PlanUpdated(T, todos), UsageSeen(T, "a"), UsageSeen(T, "b")
    )
    assert progress.todos == todos
    assert progress.usage == UsageSeen(T, "b")
    assert progress.total == 0


# --- bounds ---------------------------------------------------------------------------------------


def test_the_latest_steps_are_kept_and_the_others_counted() -> None:
    progress = taken(*[Noted(T, f"note {n}") for n in range(1000)])
    assert len(progress.steps()) == KEPT_STEPS
    assert progress.steps()[-1].title == "note 999"
    assert (progress.total, progress.hidden) == (1000, 1000 - KEPT_STEPS)


@pytest.mark.parametrize("piece", ["x", "word ", "y" * KEPT_TEXT, "z" * (3 * KEPT_TEXT)])
def test_the_end_of_a_long_answer_is_kept(piece: str) -> None:
    count = 4 * KEPT_TEXT // len(piece) + 3
    progress = taken(*[Spoke(T, piece)] * count)
    whole = piece * count
    assert progress.tail() == whole[-KEPT_TEXT:]
    assert progress.text_size == len(whole)
    assert sum(map(len, progress._tail)) <= 2 * KEPT_TEXT


def test_pieces_with_nothing_in_them_are_not_kept() -> None:
    progress = taken(*[Spoke(T, "")] * 1000, Spoke(T, "Hello"), *[Spoke(T, "")] * 1000)
    assert progress.tail() == "Hello"
    assert len(progress._tail) == 1


def test_memory_does_not_grow_with_the_turn() -> None:
    progress = taken()
    sizes = []
    for number in range(5000):
        progress.take(Thought(T, "hm ", begins=not number % 7))
        progress.take(start(f"t{number}", "ls"))
        if number % 3:
            progress.take(ToolFinished(T, f"t{number - 1}", "out"))
        progress.take(Spoke(T, "word "))
        held = len(progress._steps) + len(progress._tools) + len(progress._tail)
        sizes.append(held + len(progress._thought))
    assert max(sizes) <= KEPT_STEPS + 2 * KEPT_STEPS + 2 + 1


def calls(count: int) -> int:
    """How many functions are called, ours and the interpreter's, for a turn of this length."""
    events: list[AgentEvent] = []
    for number in range(count):
        events += [Spoke(T, "x" * 20), Thought(T, "hm ", begins=not number % 7)]
        if not number % 4:
            events += [start(f"t{number}"), ToolFinished(T, f"t{number}", "y" * 600)]
    progress = taken()
    counted = 0

    def count_call(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count_call)
    try:
        for event in events:
            progress.take(event)
    finally:
        sys.setprofile(None)
    return counted


def test_work_grows_with_the_events_and_not_with_their_square() -> None:
    # Few calls tell little about long texts: those are bounded, as the tests above show.
    few, many = calls(500), calls(4000)
    assert many <= 8.5 * few
