"""People ask for something: items start, wait, are handed on, changed, hurried and taken back."""

from dataclasses import replace

import pytest

from cc_connect.contract.agent import Outcome, Prompt, PromptFile
from cc_connect.core.turn.effects import (
    Begin,
    Close,
    Conclude,
    Fact,
    Interrupt,
    Notice,
    Open,
    Steer,
    Submit,
    Why,
)
from cc_connect.core.turn.mail import Edited, Hastened, Told, Withdrawn
from cc_connect.core.turn.state import QUEUE_LIMIT, Busy, Conversation, Phase
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    EPOCH,
    KEY,
    SPEC,
    UNUSED,
    asleep,
    held,
    idle,
    item,
    items,
    new,
    running,
    starting,
    stopping,
    turn,
)

# --- nothing runs ---------------------------------------------------------------------------------


def test_the_first_message_opens_the_agent_and_starts_the_turn() -> None:
    assert step(new(), Told(item())) == (
        replace(new(), epoch=1, live=True, turn=turn()),
        (Begin(turn()), Open(1, UNUSED), Submit(1, Prompt("i1", "do it"))),
    )


def test_a_live_agent_is_used_again() -> None:
    assert step(idle(), Told(item())) == (
        running(),
        (Begin(turn()), Submit(EPOCH, Prompt("i1", "do it"))),
    )


def test_an_agent_that_is_gone_is_opened_again_under_a_new_epoch() -> None:
    assert step(asleep(), Told(item())) == (
        replace(asleep(), epoch=EPOCH + 1, live=True, opened=False, turn=turn()),
        (Begin(turn()), Open(EPOCH + 1, SPEC), Submit(EPOCH + 1, Prompt("i1", "do it"))),
    )


def test_files_go_with_the_prompt() -> None:
    files = (PromptFile("/files/a.png", "a.png"),)
    _, effects = step(idle(), Told(replace(item(), files=files)))
    assert effects[-1] == Submit(EPOCH, Prompt("i1", "do it", files))


@pytest.mark.parametrize("busy", Busy)
def test_how_to_treat_a_busy_agent_does_not_matter_when_it_is_idle(busy: Busy) -> None:
    assert step(idle(), Told(item(), busy)) == step(idle(), Told(item()))


def test_a_new_message_releases_a_held_queue_in_order() -> None:
    assert step(held(), Told(item(4))) == (
        replace(held(), held=False, epoch=EPOCH + 1, live=True, turn=turn(2), queue=items(3, 4)),
        (Begin(turn(2)), Open(EPOCH + 1, SPEC), Submit(EPOCH + 1, Prompt("i2", "do it"))),
    )


def test_a_full_held_queue_takes_one_more_because_one_starts() -> None:
    full = replace(held(), queue=items(2, 3, 4))
    c, effects = step(full, Told(item(5)))
    assert c.queue == items(3, 4, 5)
    assert effects[0] == Begin(turn(2))


# --- a turn runs: wait ----------------------------------------------------------------------------


def test_a_message_waits_while_a_turn_runs() -> None:
    assert step(running(), Told(item(2))) == (
        replace(running(), queue=items(2)),
        (Notice(Fact.QUEUED, item(2), 1),),
    )


def test_messages_wait_in_the_order_they_came() -> None:
    c = replace(running(), queue=items(2))
    assert step(c, Told(item(3))) == (
        replace(c, queue=items(2, 3)),
        (Notice(Fact.QUEUED, item(3), 2),),
    )


@pytest.mark.parametrize("busy", [Busy.QUEUE, Busy.INTERRUPT])
def test_a_full_queue_takes_nothing(busy: Busy) -> None:
    full = replace(running(), queue=items(2, 3, 4))
    assert step(full, Told(item(5), busy)) == (full, (Notice(Fact.QUEUE_FULL, item(5), 3),))


def test_the_last_place_of_the_queue_is_taken() -> None:
    c = replace(running(), queue=items(2, 3))
    assert step(c, Told(item(4))) == (
        replace(c, queue=items(2, 3, 4)),
        (Notice(Fact.QUEUED, item(4), 3),),
    )


def test_a_queue_holds_twenty_unless_told_otherwise() -> None:
    c = Conversation(KEY, "tag", UNUSED, "s0")
    assert c.limit == QUEUE_LIMIT == 20


# --- a turn runs: steer ---------------------------------------------------------------------------


def test_steering_hands_the_message_to_the_running_turn() -> None:
    assert step(running(), Told(item(2, "and this"), Busy.STEER)) == (
        running(),
        (Steer(EPOCH, Prompt("i2", "and this")), Notice(Fact.STEERED, item(2, "and this"))),
    )


def test_steering_needs_no_room_in_the_queue() -> None:
    full = replace(running(), queue=items(2, 3, 4))
    assert step(full, Told(item(5), Busy.STEER)) == (
        full,
        (Steer(EPOCH, Prompt("i5", "do it")), Notice(Fact.STEERED, item(5))),
    )


def test_steering_a_turn_that_is_stopping_waits_instead() -> None:
    assert step(stopping(), Told(item(2), Busy.STEER)) == (
        replace(stopping(), queue=items(2)),
        (Notice(Fact.QUEUED, item(2), 1),),
    )


def test_steering_a_turn_that_is_stopping_needs_room_in_the_queue() -> None:
    full = replace(stopping(), queue=items(2, 3, 4))
    assert step(full, Told(item(5), Busy.STEER)) == (
        full,
        (Notice(Fact.QUEUE_FULL, item(5), 3),),
    )


# --- a turn runs: interrupt -----------------------------------------------------------------------


def test_an_interrupting_message_comes_first_and_stops_the_turn() -> None:
    c = replace(running(), queue=items(2))
    assert step(c, Told(item(3), Busy.INTERRUPT)) == (
        replace(stopping(), queue=items(3, 2)),
        (Notice(Fact.QUEUED, item(3), 1), Interrupt(EPOCH)),
    )


def test_an_interrupting_message_does_not_stop_twice() -> None:
    c = replace(stopping(), queue=items(2))
    assert step(c, Told(item(3), Busy.INTERRUPT)) == (
        replace(c, queue=items(3, 2)),
        (Notice(Fact.QUEUED, item(3), 1),),
    )


def test_an_interrupting_message_ends_an_agent_that_is_still_starting() -> None:
    c = replace(starting(), queue=items(2))
    assert step(c, Told(item(3), Busy.INTERRUPT)) == (
        replace(c, epoch=EPOCH + 1, turn=turn(3), queue=items(2)),
        (
            Notice(Fact.QUEUED, item(3), 1),
            Conclude(turn(), Outcome.INTERRUPTED, Why.STOPPED),
            Close(EPOCH),
            Begin(turn(3)),
            Open(EPOCH + 1, SPEC),
            Submit(EPOCH + 1, Prompt("i3", "do it")),
        ),
    )


# --- the queue is changed -------------------------------------------------------------------------


def test_an_edit_changes_the_waiting_item_in_its_place() -> None:
    c = replace(running(), queue=items(2, 3, 4))
    edited = item(3, "do that")
    assert step(c, Edited("m3", "do that")) == (
        replace(c, queue=(item(2), edited, item(4))),
        (Notice(Fact.EDITED, edited, 2),),
    )


@pytest.mark.parametrize("message", ["m1", "m9"])
def test_an_edit_of_what_does_not_wait_changes_nothing(message: str) -> None:
    c = replace(running(), queue=items(2))
    assert step(c, Edited(message, "do that")) == (c, ())


@pytest.mark.parametrize("mail", [Withdrawn(message="m3"), Withdrawn(item="i3")])
def test_what_waits_can_be_taken_back_by_message_or_by_item(mail: Withdrawn) -> None:
    c = replace(running(), queue=items(2, 3, 4))
    assert step(c, mail) == (
        replace(c, queue=items(2, 4)),
        (Notice(Fact.WITHDRAWN, item(3)),),
    )


@pytest.mark.parametrize("mail", [Withdrawn(message="m1"), Withdrawn(item="i1"), Withdrawn()])
def test_what_runs_cannot_be_taken_back(mail: Withdrawn) -> None:
    c = replace(running(), queue=items(2))
    assert step(c, mail) == (c, ())


def test_no_message_is_not_the_message_of_an_item_that_came_without_one() -> None:
    c = replace(running(), queue=(replace(item(2), message=""),))
    assert step(c, Withdrawn(item="i9")) == (c, ())


# --- waiting items are hurried --------------------------------------------------------------------


def test_a_waiting_item_can_steer_the_running_turn() -> None:
    c = replace(running(), queue=items(2, 3, 4))
    assert step(c, Hastened("i3", Busy.STEER)) == (
        replace(c, queue=items(2, 4)),
        (Steer(EPOCH, Prompt("i3", "do it")), Notice(Fact.STEERED, item(3))),
    )


def test_a_waiting_item_does_not_steer_a_turn_that_is_stopping() -> None:
    c = replace(stopping(), queue=items(2))
    assert step(c, Hastened("i2", Busy.STEER)) == (c, ())


def test_a_waiting_item_can_interrupt_the_running_turn() -> None:
    c = replace(running(), queue=items(2, 3, 4))
    assert step(c, Hastened("i3", Busy.INTERRUPT)) == (
        replace(stopping(), queue=items(3, 2, 4)),
        (Notice(Fact.QUEUED, item(3), 1), Interrupt(EPOCH)),
    )


def test_a_waiting_item_comes_first_when_the_turn_is_stopping_anyway() -> None:
    c = replace(stopping(), queue=items(2, 3))
    assert step(c, Hastened("i3", Busy.INTERRUPT)) == (
        replace(c, queue=items(3, 2)),
        (Notice(Fact.QUEUED, item(3), 1),),
    )


def test_a_waiting_item_that_shall_just_wait_waits() -> None:
    c = replace(running(), queue=items(2, 3))
    assert step(c, Hastened("i3", Busy.QUEUE)) == (c, ())


@pytest.mark.parametrize("busy", [Busy.STEER, Busy.INTERRUPT])
def test_an_item_that_is_not_waiting_cannot_be_hurried(busy: Busy) -> None:
    c = replace(running(), queue=items(2))
    assert step(c, Hastened("i1", busy)) == (c, ())


@pytest.mark.parametrize("busy", [Busy.STEER, Busy.INTERRUPT])
def test_held_items_cannot_be_hurried(busy: Busy) -> None:
    assert step(held(), Hastened("i2", busy)) == (held(), ())


def test_interrupting_keeps_what_the_turn_has_done_so_far() -> None:
    done = replace(turn(), steps=2)
    c, _ = step(replace(running(), turn=done), Told(item(2), Busy.INTERRUPT))
    assert c.turn == replace(done, phase=Phase.STOPPING)
