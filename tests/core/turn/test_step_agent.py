"""What the agent reports while it works: its name, its words, its tools, files and figures."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    FileOffered,
    FileTaken,
    LimitHit,
    ModeChanged,
    Noted,
    Opened,
    PlanUpdated,
    Retrying,
    SessionLost,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    Unknown,
    UsageSeen,
)
from cc_connect.core.turn.effects import Answer, Bind, Hand, Show
from cc_connect.core.turn.mail import FromAgent, Respec, Stop, Told
from cc_connect.core.turn.state import Conversation
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    EPOCH,
    SPEC,
    UNUSED,
    after,
    asleep,
    idle,
    item,
    permission,
    running,
    starting,
    stopping,
    told_by_agent,
    trail,
    turn,
)

# --- the only guard -------------------------------------------------------------------------------

EVENTS: list[AgentEvent] = [
    Opened("a9"),
    Spoke("i1", "hello"),
    ToolStarted("i1", "t1", "Bash"),
    UsageSeen("i1", "big"),
    ModeChanged("plan"),
    permission(),
    FileOffered("i1", "f1", "/p/a"),
    TurnEnded("i1"),
    SessionLost(),
]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("epoch", [EPOCH - 1, EPOCH + 1])
def test_an_event_of_another_epoch_changes_nothing(event: AgentEvent, epoch: int) -> None:
    assert step(running(), FromAgent(epoch, event)) == (running(), ())


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_of_a_session_that_was_closed_changes_nothing(event: AgentEvent) -> None:
    gone = replace(asleep(), turn=turn())
    assert step(gone, FromAgent(EPOCH, event)) == (gone, ())


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_comes_late_after_a_stop_changes_nothing(event: AgentEvent) -> None:
    stopped = after(running(), Told(item(2)), Stop(), Stop())
    assert stopped.epoch == EPOCH + 1
    assert step(stopped, FromAgent(EPOCH, event)) == (stopped, ())


# --- ready ----------------------------------------------------------------------------------------


def test_a_new_session_is_bound_under_the_name_the_agent_gives_it() -> None:
    c = replace(starting(), spec=UNUSED)
    assert told_by_agent(c, Opened("a1")) == (running(), (Bind("a1"),))


def test_a_resumed_session_is_bound_already() -> None:
    assert told_by_agent(starting(), Opened("a1")) == (running(), ())


def test_a_fork_gets_a_name_of_its_own_and_is_not_forked_again() -> None:
    c = replace(starting(), spec=replace(SPEC, fork=True))
    assert told_by_agent(c, Opened("a2")) == (
        replace(running(), spec=replace(SPEC, resume="a2")),
        (Bind("a2"),),
    )


def test_the_agent_may_take_another_name_on_the_way() -> None:
    assert told_by_agent(running(), Opened("a2")) == (
        replace(running(), spec=replace(SPEC, resume="a2")),
        (Bind("a2"),),
    )


def test_a_spec_that_was_changed_meanwhile_names_the_session_too() -> None:
    wish = replace(UNUSED, model="big")
    c = after(replace(starting(), spec=UNUSED), Respec(wish, gently=True))
    assert told_by_agent(c, Opened("a1")) == (
        replace(c, opened=True, spec=replace(wish, resume="a1")),
        (Bind("a1"),),
    )


def test_a_stop_is_polite_once_the_agent_is_ready() -> None:
    c = after(starting(), FromAgent(EPOCH, Opened("a1")), Stop())
    assert c == stopping()


def test_the_agent_may_change_its_mode() -> None:
    assert told_by_agent(running(), ModeChanged("plan")) == (
        replace(running(), spec=replace(SPEC, mode="plan")),
        (),
    )


# --- words ----------------------------------------------------------------------------------------


def speaking(*pieces: str) -> Conversation:
    return replace(running(), turn=replace(turn(), text=trail(*pieces)))


@pytest.mark.parametrize(
    ("said", "event", "text"),
    [
        ((), Spoke("i1", "Hello"), ("Hello",)),
        ((), Spoke("i1", "Hello", begins=True), ("Hello",)),
        (("Hello",), Spoke("i1", " you"), ("Hello", " you")),
        (("Hello",), Spoke("i1", "Well", begins=True), ("Hello", "\n\n", "Well")),
    ],
)
def test_the_answer_grows_by_pieces_and_paragraphs(
    said: tuple[str, ...], event: Spoke, text: tuple[str, ...]
) -> None:
    longer = replace(turn(), text=trail(*text))
    assert told_by_agent(speaking(*said), event) == (
        replace(running(), turn=longer),
        (Show(longer, event),),
    )


def test_words_between_turns_are_gathered_apart() -> None:
    c, effects = told_by_agent(idle(), Spoke(None, "By the way", begins=True))
    assert (c, effects) == (replace(idle(), aside=trail("By the way")), ())
    assert told_by_agent(c, Spoke(None, "and so", begins=True)) == (
        replace(idle(), aside=trail("By the way", "\n\n", "and so")),
        (),
    )


def test_words_between_turns_do_not_mix_with_an_answer() -> None:
    assert told_by_agent(speaking("Hello"), Spoke(None, "psst")) == (
        replace(speaking("Hello"), aside=trail("psst")),
        (),
    )


# --- tools ----------------------------------------------------------------------------------------


def test_a_tool_counts_as_a_step() -> None:
    event = ToolStarted("i1", "t1", "Bash")
    counted = replace(turn(), steps=1)
    assert told_by_agent(running(), event) == (
        replace(running(), turn=counted),
        (Show(counted, event),),
    )
    assert told_by_agent(replace(running(), turn=counted), event)[0].turn == replace(
        turn(), steps=2
    )


def test_words_before_a_tool_are_a_remark() -> None:
    event = ToolStarted("i1", "t1", "Bash")
    remarked = replace(turn(), steps=1, said=trail("Let me see."))
    assert told_by_agent(speaking("Let me see."), event) == (
        replace(running(), turn=remarked),
        (Show(remarked, event),),
    )


def test_a_tool_without_words_before_it_keeps_the_last_remark() -> None:
    event = ToolStarted("i1", "t2", "Bash")
    c = replace(running(), turn=replace(turn(), steps=1, said=trail("Let me see.")))
    assert told_by_agent(c, event)[0].turn == replace(turn(), steps=2, said=trail("Let me see."))


def test_a_tool_of_a_sub_agent_does_not_make_the_answer_a_remark() -> None:
    event = ToolStarted("i1", "t2", "Bash", parent="t1")
    counted = replace(turn(), steps=1, text=trail("Meanwhile"))
    assert told_by_agent(speaking("Meanwhile"), event) == (
        replace(running(), turn=counted),
        (Show(counted, event),),
    )


# --- figures and notes ----------------------------------------------------------------------------


def test_the_latest_figures_of_a_turn_are_kept() -> None:
    first, second = UsageSeen("i1", "big", 1, 2), UsageSeen("i1", "big", 3, 4)
    seen = replace(turn(), usage=first)
    c, effects = told_by_agent(running(), first)
    assert (c, effects) == (replace(running(), turn=seen), (Show(seen, first),))
    seen = replace(turn(), usage=second)
    assert told_by_agent(c, second) == (replace(running(), turn=seen), (Show(seen, second),))


NOTES: list[AgentEvent] = [
    Thought("i1", "hm"),
    ToolFinished("i1", "t1", "out"),
    PlanUpdated("i1", ()),
    LimitHit("i1", "five_hour", rejected=False),
    Retrying("i1", 1, 2, 0.5, "overloaded"),
    Compacted("i1"),
    Noted("i1", "a hook spoke"),
    Unknown("i1", "new"),
]


@pytest.mark.parametrize("event", NOTES)
def test_everything_else_about_a_turn_is_only_shown(event: AgentEvent) -> None:
    assert told_by_agent(running(), event) == (running(), (Show(turn(), event),))


OF_A_TURN = [*NOTES, Spoke("i1", "Hello"), ToolStarted("i1", "t1", "Bash"), UsageSeen("i1", "big")]


@pytest.mark.parametrize("event", OF_A_TURN)
def test_what_belongs_to_another_turn_is_not_shown(event: AgentEvent) -> None:
    other = replace(running(), turn=turn(2))
    assert told_by_agent(other, event) == (other, ())
    assert told_by_agent(idle(), event) == (idle(), ())


NOBODYS: list[AgentEvent] = [
    Thought(None, "hm"),
    ToolStarted(None, "t1", "Bash"),
    ToolFinished(None, "t1"),
    UsageSeen(None, "big"),
    Noted(None, "a hook spoke"),
]


@pytest.mark.parametrize("event", NOBODYS)
def test_what_belongs_to_no_turn_is_not_shown(event: AgentEvent) -> None:
    assert told_by_agent(running(), event) == (running(), ())
    assert told_by_agent(idle(), event) == (idle(), ())


def test_a_resumed_turn_is_known_by_its_new_prompt() -> None:
    resumed = replace(turn(), prompt="fresh")
    c = replace(running(), turn=resumed)
    assert told_by_agent(c, Noted("i1", "old")) == (c, ())
    event = Noted("fresh", "new")
    assert told_by_agent(c, event) == (c, (Show(resumed, event),))


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("c", [running(), idle()], ids=["running", "idle"])
def test_an_offered_file_is_handed_on_and_the_agent_told(c: Conversation) -> None:
    event = FileOffered("i1", "f1", "/p/report.pdf")
    assert told_by_agent(c, event) == (c, (Hand(event), Answer(EPOCH, "f1", FileTaken())))
