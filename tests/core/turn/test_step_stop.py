"""A turn is stopped, or the agent is wanted in another way."""

from dataclasses import replace

from cc_connect.contract.agent import Outcome, Prompt, SessionSpec
from cc_connect.core.turn.effects import (
    Begin,
    Close,
    Conclude,
    Interrupt,
    Open,
    Settle,
    Settled,
    Submit,
    Unprompted,
    Why,
)
from cc_connect.core.turn.mail import Respec, Stop
from cc_connect.core.turn.state import Grant
from cc_connect.core.turn.step import step
from tests.core.turn.build import (
    ALICE,
    EPOCH,
    SPEC,
    asked,
    asleep,
    held,
    idle,
    item,
    items,
    permission,
    running,
    starting,
    stopped_turn,
    stopping,
    trail,
    turn,
    waiting,
)

ELSEWHERE = SessionSpec(cwd="/q", session="s0", resume="a1", model="big")

# --- stop -----------------------------------------------------------------------------------------


def test_a_stop_asks_the_agent_politely() -> None:
    assert step(running(), Stop(ALICE)) == (stopping(), (Interrupt(EPOCH),))


def test_a_stop_leaves_the_queue_and_the_open_requests_alone() -> None:
    c = replace(waiting(running(), asked(permission())), queue=items(2))
    after, effects = step(c, Stop(ALICE))
    assert (after.queue, after.pending) == (c.queue, c.pending)
    assert effects == (Interrupt(EPOCH),)


def test_a_stop_asked_twice_ends_the_agent() -> None:
    spoke = replace(stopped_turn(), text=trail("so ", "far "))
    c = replace(stopping(), turn=spoke)
    assert step(c, Stop(ALICE)) == (
        replace(c, turn=None, live=False, opened=False),
        (Conclude(spoke, Outcome.INTERRUPTED, Why.STOPPED, "so far"), Close(EPOCH)),
    )


def test_a_stop_during_the_start_ends_the_agent_at_once() -> None:
    assert step(starting(), Stop(ALICE)) == (
        replace(starting(), turn=None, live=False),
        (Conclude(turn(), Outcome.INTERRUPTED, Why.STOPPED), Close(EPOCH)),
    )


def test_a_hard_stop_withdraws_the_requests_of_the_turn_and_lapses_the_others() -> None:
    own, other = asked(permission("r1")), asked(permission("r2", None), 2, None)
    c = waiting(stopping(), own, other)
    assert step(c, Stop(ALICE)) == (
        replace(c, turn=None, live=False, opened=False, pending={}),
        (
            Settle(own, Settled.WITHDRAWN),
            Conclude(stopped_turn(), Outcome.INTERRUPTED, Why.STOPPED),
            Settle(other, Settled.LAPSED),
            Close(EPOCH),
        ),
    )


def test_after_a_hard_stop_the_next_item_gets_another_agent() -> None:
    c = replace(stopping(), queue=items(2, 3))
    assert step(c, Stop(ALICE)) == (
        replace(c, epoch=EPOCH + 1, opened=False, turn=turn(2), queue=items(3)),
        (
            Conclude(stopped_turn(), Outcome.INTERRUPTED, Why.STOPPED),
            Close(EPOCH),
            Begin(turn(2)),
            Open(EPOCH + 1, SPEC),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_there_is_nothing_to_stop_between_turns() -> None:
    assert step(idle(), Stop(ALICE)) == (idle(), ())
    assert step(held(), Stop(ALICE)) == (held(), ())


# --- another way ----------------------------------------------------------------------------------


def test_another_spec_closes_an_idle_agent_and_opens_none() -> None:
    assert step(idle(), Respec(ELSEWHERE)) == (
        replace(asleep(), spec=ELSEWHERE),
        (Close(EPOCH),),
    )


def test_another_spec_without_an_agent_is_just_kept() -> None:
    assert step(asleep(), Respec(ELSEWHERE)) == (replace(asleep(), spec=ELSEWHERE), ())


def test_another_spec_lapses_what_was_asked_and_brings_out_what_was_said_between_turns() -> None:
    request = asked(permission("r1", None), 1, None)
    c = replace(waiting(idle(), request), aside=trail("by the way"))
    assert step(c, Respec(ELSEWHERE)) == (
        replace(asleep(), spec=ELSEWHERE, asked=1),
        (Settle(request, Settled.LAPSED), Unprompted("by the way"), Close(EPOCH)),
    )


def test_another_spec_concludes_the_running_turn_and_goes_on_with_the_queue() -> None:
    c = replace(waiting(running(), asked(permission())), queue=items(2, 3))
    assert step(c, Respec(ELSEWHERE)) == (
        replace(
            c,
            spec=ELSEWHERE,
            epoch=EPOCH + 1,
            opened=False,
            turn=turn(2),
            queue=items(3),
            pending={},
        ),
        (
            Settle(asked(permission()), Settled.WITHDRAWN),
            Conclude(turn(), Outcome.INTERRUPTED, Why.CHANGED),
            Close(EPOCH),
            Begin(turn(2)),
            Open(EPOCH + 1, ELSEWHERE),
            Submit(EPOCH + 1, Prompt("i2", "do it")),
        ),
    )


def test_another_spec_does_not_release_a_held_queue() -> None:
    assert step(held(), Respec(ELSEWHERE)) == (replace(held(), spec=ELSEWHERE), ())


def test_gently_the_running_turn_goes_on_and_the_agent_counts_as_outdated() -> None:
    c = replace(running(), queue=items(2))
    assert step(c, Respec(ELSEWHERE, gently=True)) == (
        replace(c, spec=ELSEWHERE, outdated=True),
        (),
    )


def test_gently_without_a_running_turn_is_as_usual() -> None:
    assert step(idle(), Respec(ELSEWHERE, gently=True)) == step(idle(), Respec(ELSEWHERE))


def test_a_turn_that_has_no_agent_yet_is_not_outdated_by_a_gentle_change() -> None:
    restored = replace(asleep(), turn=turn())
    assert step(restored, Respec(ELSEWHERE, gently=True)) == (
        replace(restored, spec=ELSEWHERE),
        (),
    )


def test_grants_stay_with_their_session() -> None:
    granted = (Grant("Bash"),)
    c = replace(asleep(), granted=granted)
    assert step(c, Respec(ELSEWHERE))[0].granted == granted
    assert step(c, Respec(ELSEWHERE, "s0"))[0].granted == granted


def test_another_session_has_no_grants() -> None:
    c = replace(asleep(), granted=(Grant("Bash"),))
    assert step(c, Respec(ELSEWHERE, "s1")) == (
        replace(c, spec=ELSEWHERE, session="s1", granted=()),
        (),
    )


def test_a_hard_change_of_an_outdated_agent_starts_the_queue_with_a_good_one() -> None:
    c = replace(running(), outdated=True, queue=(item(2),))
    after, effects = step(c, Respec(ELSEWHERE))
    assert not after.outdated
    assert effects[-2] == Open(EPOCH + 1, ELSEWHERE)
