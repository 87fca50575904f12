"""The moves that several kinds of mail share: begin a turn, end one, open an agent, go on."""

from dataclasses import replace

from cc_connect.contract.agent import Decision, Failure, Outcome, SessionSpec
from cc_connect.core.trail import Trail, joined
from cc_connect.core.turn.effects import (
    Begin,
    Close,
    Conclude,
    Effect,
    Open,
    Settle,
    Settled,
    Submit,
    Unprompted,
    Why,
)
from cc_connect.core.turn.permission import granted_by
from cc_connect.core.turn.state import Asked, Conversation, Item, Orphan, Turn, joined_items

Step = tuple[Conversation, tuple[Effect, ...]]

NEEDS_A_PERSON = frozenset({Failure.RESUME, Failure.MISSING, Failure.START, Failure.NOT_SIGNED_IN})
"""Failures that the next item of the queue would only repeat."""


def ensure_open(c: Conversation) -> Step:
    """Open an agent session unless a good one is live; the only place that does."""
    closing: tuple[Effect, ...] = ()
    if c.live:
        if not c.outdated:
            return c, ()
        c, closing = close(c)
    c = replace(c, epoch=c.epoch + 1, live=True, opened=False)
    return c, (*closing, Open(c.epoch, _openable(c)))


def _openable(c: Conversation) -> SessionSpec:
    """The spec, without a resume of what may never have come to be.

    An agent that was killed right after it had reported ready may keep nothing of the session that
    we chose the id of; asked to resume it, it would refuse. A driver that finds it does resume it.
    """
    if c.born or c.spec.resume != c.spec.session:
        return c.spec
    return replace(c.spec, resume=None)


def close(c: Conversation) -> Step:
    """End the agent session if one is live; the only place that does."""
    if not c.live:
        return c, ()
    epoch = c.epoch
    c, effects = lapse(c)
    c = replace(c, live=False, opened=False, outdated=False)
    return c, (*effects, Close(epoch))


def begin(c: Conversation, item: Item) -> Step:
    """Start a turn; there must be none."""
    turn = Turn(item=item, prompt=item.id)
    c, opening = ensure_open(replace(c, turn=turn))
    return c, (Begin(turn), *opening, Submit(c.epoch, item.prompt))


def advance(c: Conversation) -> Step:
    """Start the next item of the queue, if there is one and nothing is in its way."""
    if c.turn is not None or c.held or not c.queue:
        return c, ()
    taken = _together(c)
    queue = tuple(item for item in c.queue if item not in taken)
    return begin(replace(c, queue=queue), joined_items(taken))


def _together(c: Conversation) -> tuple[Item, ...]:
    """The first that waits, and what else of this person becomes one turn with it."""
    first, *others = c.queue
    if not c.merge or first.text.startswith("/"):
        return (first,)
    # A command of the agent is one only at the beginning of a prompt.
    mine = (one for one in others if one.author.id == first.author.id)
    return (first, *(one for one in mine if not one.text.startswith("/")))


def conclude(
    c: Conversation,
    turn: Turn,
    outcome: Outcome,
    why: Why,
    *,
    text: str = "",
    failure: Failure | None = None,
    detail: str = "",
) -> Step:
    """End the turn; requests it still waits for are withdrawn. Does not start the next one."""
    waiting = [r for r in c.pending.values() if r.asked.turn == turn.prompt]
    pending = {key: r for key, r in c.pending.items() if r.asked.turn != turn.prompt}
    final = joined(turn.text).strip() or text.strip() or joined(turn.said).strip()
    lost = (Settle(orphan.request, Settled.LAPSED) for orphan in c.orphans)
    c = replace(c, turn=None, pending=pending, orphans=(), held=failure in NEEDS_A_PERSON)
    return c, (
        *(Settle(request, Settled.WITHDRAWN) for request in waiting),
        *lost,
        Conclude(turn, outcome, why, final, failure, detail),
    )


def lapse(c: Conversation) -> Step:
    """The agent is gone: close all open requests, and bring out what it said between turns."""
    gone = (*c.pending.values(), *(orphan.request for orphan in c.orphans))
    settled = tuple(Settle(request, Settled.LAPSED) for request in gone)
    said = joined(c.aside).strip()
    effects: tuple[Effect, ...] = (*settled, Unprompted(said)) if said else settled
    return replace(c, pending={}, orphans=(), aside=Trail()), effects


def orphan(c: Conversation, prompt: str) -> Step:
    """The agent is gone and its turn goes on: what that asked stays open, the rest is closed."""
    kept = (Orphan(request) for request in c.pending.values() if request.asked.turn == prompt)
    orphans = (*c.orphans, *kept)
    pending = {key: r for key, r in c.pending.items() if r.asked.turn != prompt}
    c, effects = lapse(replace(c, pending=pending, orphans=()))
    return replace(c, orphans=orphans), effects


def grant(c: Conversation, asked: Asked, decision: Decision) -> Conversation:
    """Remember the standing permission that an answer gives, if it gives one."""
    given = granted_by(asked, decision)
    if given is None or given in c.granted:
        return c
    return replace(c, granted=(*c.granted, given))
