"""What an agent's events do to a conversation. The caller has checked that they are not stale."""

from dataclasses import replace
from typing import assert_never

from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    FileOffered,
    FileTaken,
    LimitHit,
    ModeChanged,
    Noted,
    Opened,
    Outcome,
    PermissionAsked,
    PlanProposed,
    PlanUpdated,
    QuestionAsked,
    RequestWithdrawn,
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
from cc_connect.core.trail import Trail, joined
from cc_connect.core.turn.effects import (
    Answer,
    Ask,
    Bind,
    Effect,
    Hand,
    Settle,
    Settled,
    Show,
    Unprompted,
    Why,
)
from cc_connect.core.turn.moves import Step, advance, conclude, grant, lapse
from cc_connect.core.turn.permission import asks_the_same, covering
from cc_connect.core.turn.state import Asked, Conversation, Orphan, Phase, Request, Turn


def from_agent(c: Conversation, event: AgentEvent) -> Step:
    """Take in one event of the live session."""
    match event:
        case Opened():
            return _opened(c, event)
        case Spoke():
            return _spoke(c, event)
        case ToolStarted():
            return _tool_started(c, event)
        case UsageSeen():
            turn = _turn_of(c, event.turn)
            if turn is None:
                return c, ()
            turn = replace(turn, usage=event)
            return replace(c, turn=turn), (Show(turn, event),)
        case (
            Thought()
            | ToolFinished()
            | PlanUpdated()
            | LimitHit()
            | Retrying()
            | Compacted()
            | Noted()
            | Unknown()
        ):
            turn = _turn_of(c, event.turn)
            return c, (() if turn is None else (Show(turn, event),))
        case ModeChanged(mode):
            return replace(c, spec=replace(c.spec, mode=mode)), ()
        case PermissionAsked() | QuestionAsked() | PlanProposed():
            return _asked(c, event)
        case RequestWithdrawn():
            return _withdrawn(c, event.request)
        case FileOffered():
            return c, (Hand(event), Answer(c.epoch, event.request, FileTaken()))
        case TurnEnded():
            return _turn_ended(c, event)
        case SessionLost():
            return _lost(c, event)
        case _:
            assert_never(event)


def _turn_of(c: Conversation, turn: str | None) -> Turn | None:
    """The running turn, if that is what the event belongs to."""
    return c.turn if c.turn is not None and c.turn.prompt == turn else None


def _opened(c: Conversation, event: Opened) -> Step:
    # A spec that was changed meanwhile (`outdated`) still names the same session.
    changed = c.spec.resume != event.session
    c = replace(c, opened=True, spec=replace(c.spec, resume=event.session, fork=False))
    return c, ((Bind(event.session),) if changed else ())


def _spoke(c: Conversation, event: Spoke) -> Step:
    if event.turn is None:
        return replace(c, aside=_longer(c.aside, event)), ()
    turn = _turn_of(c, event.turn)
    if turn is None:
        return c, ()
    turn = replace(turn, text=_longer(turn.text, event))
    return replace(c, turn=turn), (Show(turn, event),)


def _longer(text: Trail[str], event: Spoke) -> Trail[str]:
    if event.begins and len(text):
        text = text.plus("\n\n")
    return text.plus(event.text)


def _tool_started(c: Conversation, event: ToolStarted) -> Step:
    turn = _turn_of(c, event.turn)
    if turn is None:
        return c, ()
    turn = replace(turn, steps=turn.steps + 1)
    if event.parent is None and len(turn.text):
        # Text before a tool is a remark on the way; the answer is what follows the last tool.
        turn = replace(turn, said=turn.text, text=Trail())
    return replace(c, turn=turn), (Show(turn, event),)


def _asked(c: Conversation, event: Asked) -> Step:
    if event.request in c.pending:
        return c, ()
    turn = _turn_of(c, event.turn)
    known = (one for one in c.orphans if asks_the_same(one.request.asked, event))
    waiting = next(known, None) if turn is not None else None
    if waiting is not None:
        return _asked_again(c, event, waiting)
    standing = covering(c.granted, event)
    if standing is not None:
        return c, (Answer(c.epoch, event.request, standing),)
    number = c.asked + 1
    request = Request(
        id=f"{c.tag}-{number}",
        number=number,
        asked=event,
        requester=turn.item.author if turn else None,
    )
    c = replace(c, asked=number, pending={**c.pending, event.request: request})
    return c, (Ask(request),)


def _asked_again(c: Conversation, event: Asked, waiting: Orphan) -> Step:
    """The turn asks after a restart what it had asked before: the request is the same one."""
    c = replace(c, orphans=tuple(one for one in c.orphans if one is not waiting))
    request = replace(waiting.request, asked=event)
    if waiting.decision is not None:
        return grant(c, event, waiting.decision), (
            Answer(c.epoch, event.request, waiting.decision),
            Settle(request, Settled.ANSWERED, waiting.by, waiting.decision),
        )
    standing = covering(c.granted, event)
    if standing is not None:
        answer = Answer(c.epoch, event.request, standing)
        return c, (answer, Settle(request, Settled.WITHDRAWN))
    c = replace(c, pending={**c.pending, event.request: request})
    return c, (Ask(request, again=True),)


def _withdrawn(c: Conversation, agent_request: str) -> Step:
    request = c.pending.get(agent_request)
    if request is None:
        return c, ()
    pending = {key: other for key, other in c.pending.items() if other is not request}
    return replace(c, pending=pending), (Settle(request, Settled.WITHDRAWN),)


def _turn_ended(c: Conversation, event: TurnEnded) -> Step:
    if event.turn is None:
        return _aside_ended(c, event.text)
    turn = _turn_of(c, event.turn)
    if turn is None:
        return c, ()
    c = replace(c, born=True)
    outcome, why = event.outcome, Why.AGENT
    if turn.phase is Phase.STOPPING and outcome is not Outcome.DONE:
        outcome, why = Outcome.INTERRUPTED, Why.STOPPED
    c, effects = conclude(
        c, turn, outcome, why, text=event.text, failure=event.failure, detail=event.detail
    )
    c, following = advance(c)
    return c, (*effects, *following)


def _aside_ended(c: Conversation, text: str) -> Step:
    text = joined(c.aside).strip() or text.strip()
    c = replace(c, aside=Trail())
    return c, ((Unprompted(text),) if text else ())


def _lost(c: Conversation, event: SessionLost) -> Step:
    c, effects = _aside_ended(c, "")
    turn = c.turn
    if turn is not None:
        stopping = turn.phase is Phase.STOPPING
        c, concluding = conclude(
            c,
            turn,
            Outcome.INTERRUPTED if stopping else Outcome.FAILED,
            Why.STOPPED if stopping else Why.LOST,
            failure=None if stopping else event.failure,
            detail=event.detail,
        )
        effects = (*effects, *concluding)
    c, lapsed = lapse(c)
    c, following = advance(replace(c, live=False, opened=False, outdated=False))
    return c, _in_order(effects, lapsed, following)


def _in_order(*groups: tuple[Effect, ...]) -> tuple[Effect, ...]:
    return tuple(effect for group in groups for effect in group)
