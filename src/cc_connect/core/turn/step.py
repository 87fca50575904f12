"""`step`: what a conversation becomes, and what is to be done, when something happens to it."""

from dataclasses import replace
from typing import assert_never

from cc_connect.contract.agent import (
    Decision,
    Denied,
    Fate,
    Outcome,
    PermissionAsked,
    PlanProposed,
    PlanRejected,
    Prompt,
    QuestionAsked,
    Trace,
)
from cc_connect.core.turn.agent_events import from_agent
from cc_connect.core.turn.effects import (
    Answer,
    Effect,
    Fact,
    Interrupt,
    Keep,
    Notice,
    Settle,
    Settled,
    Steer,
    Submit,
    Why,
)
from cc_connect.core.turn.mail import (
    Clock,
    Decided,
    Edited,
    FromAgent,
    Granted,
    Hastened,
    Mail,
    OnRestart,
    Overdue,
    Respec,
    Restarted,
    Stop,
    Told,
    Withdrawn,
)
from cc_connect.core.turn.moves import (
    Step,
    advance,
    close,
    conclude,
    ensure_open,
    grant,
    lapse,
    orphan,
)
from cc_connect.core.turn.state import Asked, Busy, Conversation, Item, Phase, Reach, Request, Turn

MOST_RESUMES = 2
"""A turn that was taken up this often after a crash is not taken up again."""


def step(c: Conversation, mail: Mail) -> Step:
    """The whole life of a conversation. Pure: same input, same output, nothing else.

    Returns:
        The next conversation, and what is to be done in this order.
    """
    match mail:
        case Told(item, busy):
            return _told(c, item, busy)
        case Edited(message, text):
            return _edited(c, message, text)
        case Withdrawn(message, item):
            return _withdrawn(c, message, item)
        case Hastened(item, busy):
            return _hastened(c, item, busy)
        case Decided():
            return _decided(c, mail)
        case FromAgent(epoch, event):
            # The only guard against events of a session that is over; there is no other.
            if not c.live or epoch != c.epoch:
                return c, ()
            return from_agent(c, event)
        case Stop():
            return _stop(c)
        case Respec():
            return _respec(c, mail)
        case Granted():
            return _granted(c, mail), ()
        case Overdue():
            return _overdue(c, mail)
        case Restarted():
            return _restarted(c, mail)
        case _:
            assert_never(mail)


def _told(c: Conversation, item: Item, busy: Busy) -> Step:
    turn = c.turn
    if turn is None:
        # What was held back while the agent could not be started comes first: order is kept.
        return advance(replace(c, queue=(*c.queue, item), held=False))
    if len(c.queue) >= c.limit and busy is not Busy.STEER:
        return c, (Notice(Fact.QUEUE_FULL, item, len(c.queue)),)
    if busy is Busy.STEER and turn.phase is Phase.RUNNING:
        return c, _steer(c, item)
    if busy is Busy.INTERRUPT:
        return _interrupt_for(replace(c, queue=(item, *c.queue)), turn, item)
    return _queued(c, item)


def _queued(c: Conversation, item: Item) -> Step:
    if len(c.queue) >= c.limit:
        return c, (Notice(Fact.QUEUE_FULL, item, len(c.queue)),)
    queue = (*c.queue, item)
    return replace(c, queue=queue), (Notice(Fact.QUEUED, item, len(queue)),)


def _steer(c: Conversation, item: Item) -> tuple[Effect, ...]:
    return (Steer(c.epoch, item.prompt), Notice(Fact.STEERED, item))


def _interrupt_for(c: Conversation, turn: Turn, item: Item) -> Step:
    """Stop the turn so that `item`, already first in the queue, comes next."""
    notice = Notice(Fact.QUEUED, item, 1)
    if turn.phase is Phase.STOPPING:
        return c, (notice,)
    c, effects = _stop(c)
    return c, (notice, *effects)


def _edited(c: Conversation, message: str, text: str) -> Step:
    for place, item in enumerate(c.queue):
        if message in {part.message for part in item.parts}:
            changed = replace(item, text=text)
            queue = (*c.queue[:place], changed, *c.queue[place + 1 :])
            return replace(c, queue=queue), (Notice(Fact.EDITED, changed, place + 1),)
    return c, ()


def _withdrawn(c: Conversation, message: str, item_id: str) -> Step:
    for item in c.queue:
        if item.id == item_id or (message and item.message == message):
            queue = tuple(other for other in c.queue if other is not item)
            return replace(c, queue=queue), (Notice(Fact.WITHDRAWN, item),)
    return c, ()


def _hastened(c: Conversation, item_id: str, busy: Busy) -> Step:
    item = next((item for item in c.queue if item.id == item_id), None)
    if item is None or c.turn is None:
        return c, ()
    others = tuple(other for other in c.queue if other is not item)
    if busy is Busy.INTERRUPT:
        return _interrupt_for(replace(c, queue=(item, *others)), c.turn, item)
    if busy is Busy.STEER and c.turn.phase is Phase.RUNNING:
        return replace(c, queue=others), _steer(c, item)
    return c, ()


def _decided(c: Conversation, mail: Decided) -> Step:
    request = next((r for r in c.pending.values() if r.id == mail.request), None)
    if request is None:
        return _kept(c, mail)
    c = grant(replace(c, pending=_without(c, request)), request.asked, mail.decision)
    return c, (
        Answer(c.epoch, request.asked.request, mail.decision),
        Settle(request, Settled.ANSWERED, mail.by, mail.decision),
    )


def _kept(c: Conversation, mail: Decided) -> Step:
    """Keep an answer for an agent that is gone and will perhaps ask the same again."""
    for place, one in enumerate(c.orphans):
        if one.request.id == mail.request and one.decision is None:
            decided = replace(one, decision=mail.decision, by=mail.by)
            orphans = (*c.orphans[:place], decided, *c.orphans[place + 1 :])
            return replace(c, orphans=orphans), (Keep(one.request, mail.decision, mail.by),)
    return c, ()


def _without(c: Conversation, request: Request) -> dict[str, Request]:
    return {key: other for key, other in c.pending.items() if other is not request}


def _stop(c: Conversation) -> Step:
    turn = c.turn
    if turn is None:
        return c, ()
    if not c.opened or turn.phase is Phase.STOPPING:
        # Nothing to be polite to: it is still starting, or it was asked before.
        return _end(c, turn, Outcome.INTERRUPTED, Why.STOPPED)
    c = replace(c, turn=replace(turn, phase=Phase.STOPPING))
    return c, (Interrupt(c.epoch),)


def _end(c: Conversation, turn: Turn, outcome: Outcome, why: Why) -> Step:
    """End the turn without waiting for the agent, and the agent with it."""
    c, effects = conclude(c, turn, outcome, why)
    c, closing = close(c)
    c, following = advance(c)
    return c, (*effects, *closing, *following)


def _respec(c: Conversation, mail: Respec) -> Step:
    effects: tuple[Effect, ...] = ()
    if mail.gently and c.turn is not None:
        return replace(c, spec=mail.spec, outdated=c.live), ()
    if c.turn is not None:
        c, effects = conclude(c, c.turn, Outcome.INTERRUPTED, Why.CHANGED)
    c, closing = close(c)
    c = replace(c, spec=mail.spec)
    if mail.session is not None and mail.session != c.session:
        born = mail.spec.resume is not None
        granted = tuple(grant for grant in c.granted if grant.reach is Reach.PROJECT)
        c = replace(c, session=mail.session, granted=granted, born=born)
    c, following = advance(c)
    return c, (*effects, *closing, *following)


def _granted(c: Conversation, mail: Granted) -> Conversation:
    kept = tuple(grant for grant in c.granted if grant not in mail.taken)
    new = tuple(grant for grant in mail.given if grant not in kept)
    # The agent was told itself not to ask again, and only a new process of it forgets that.
    told = any(grant.until is None for grant in c.granted if grant in mail.taken)
    outdated = c.outdated or (c.live and told)
    return replace(c, granted=(*kept, *dict.fromkeys(new)), outdated=outdated)


def _overdue(c: Conversation, mail: Overdue) -> Step:
    turn = c.turn
    match mail.clock:
        case Clock.REQUEST:
            return _expired(c, mail.subject)
        case Clock.SESSION:
            if turn is None and not c.pending and mail.subject == str(c.epoch):
                return close(c)
            return c, ()
        case Clock.SILENCE:
            # A person thinking about a prompt is not silence of the agent.
            if turn is None or turn.id != mail.subject or c.pending:
                return c, ()
            return _end(c, turn, Outcome.FAILED, Why.SILENT)
        case Clock.TURN:
            if turn is None or turn.id != mail.subject:
                return c, ()
            return _end(c, turn, Outcome.FAILED, Why.TOO_LONG)
        case Clock.STOP:
            if turn is None or turn.id != mail.subject or turn.phase is not Phase.STOPPING:
                return c, ()
            return _end(c, turn, Outcome.INTERRUPTED, Why.STOPPED)
        case _:
            assert_never(mail.clock)


def _expired(c: Conversation, request_id: str) -> Step:
    request = next((r for r in c.pending.values() if r.id == request_id), None)
    if request is None:
        return c, ()
    c = replace(c, pending=_without(c, request))
    return c, (
        Answer(c.epoch, request.asked.request, _no_answer(request.asked)),
        Settle(request, Settled.EXPIRED),
    )


NO_ANSWER = "Nobody answered in time."


def _no_answer(asked: Asked) -> Decision:
    match asked:
        case PermissionAsked() | QuestionAsked():
            return Denied(NO_ANSWER)
        case PlanProposed():
            return PlanRejected(NO_ANSWER)
        case _:
            assert_never(asked)


def _restarted(c: Conversation, mail: Restarted) -> Step:
    if c.turn is not None:
        return _taken_up(c, c.turn, mail)
    c, lapsed = lapse(c)
    c, effects = advance(c)
    return c, (*lapsed, *effects)


def _taken_up(c: Conversation, turn: Turn, mail: Restarted) -> Step:
    """Decide what becomes of the turn that ran when the program ended."""
    trace = mail.trace or Trace(Fate.UNKNOWN)
    if trace.fate is Fate.ANSWERED:
        return _over(c, turn, Outcome.DONE, Why.AGENT, trace.text)
    if mail.policy is OnRestart.NOTIFY:
        return _over(c, turn, Outcome.INTERRUPTED, Why.RESTART)
    if turn.resumes >= MOST_RESUMES:
        return _over(c, turn, Outcome.INTERRUPTED, Why.CRASHES)
    # A call to go on that never arrived says nothing about the item's own prompt, which did.
    unheard = trace.fate is Fate.ABSENT and turn.prompt == turn.id
    if unheard or c.spec.resume is None:
        # The agent never got it: the very same prompt, under the very same id.
        return _submit_again(c, turn, turn.item.prompt, Fact.RESUBMITTED)
    return _submit_again(c, turn, Prompt(mail.fresh, mail.go_on), Fact.RESUMED)


def _over(c: Conversation, turn: Turn, outcome: Outcome, why: Why, text: str = "") -> Step:
    c, lapsed = lapse(c)
    c, effects = conclude(c, turn, outcome, why, text=text)
    c, following = advance(c)
    return c, (*lapsed, *effects, *following)


def _submit_again(c: Conversation, turn: Turn, prompt: Prompt, fact: Fact) -> Step:
    c, lapsed = orphan(c, turn.prompt)
    turn = replace(turn, resumes=turn.resumes + 1, prompt=prompt.id)
    c, opening = ensure_open(replace(c, turn=turn))
    return c, (*lapsed, Notice(fact, turn.item), *opening, Submit(c.epoch, prompt))
