"""Commands that answer what the agent asks, for chats without buttons and for people who type."""

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Decision,
    Denied,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    QuestionAsked,
)
from cc_connect.contract.command import CommandOption, CommandSpec, Outcome
from cc_connect.core.answering import typed_answers
from cc_connect.core.command_line import usage
from cc_connect.core.desk import Call, Command, Desk, Screen, screen
from cc_connect.core.texts import say
from cc_connect.core.turn.state import Request


def _chosen(desk: Desk, number: str, *, questions: bool) -> Request | Screen:
    """The request that is meant: the one with the number, or the only one open."""
    facts = desk.facts()
    pending = [
        request
        for request in facts.pending
        if isinstance(request.asked, QuestionAsked) == questions
    ]
    if number:
        pending = [request for request in pending if str(request.number) == number]
    if not pending:
        return screen(say(facts.language, "none_open"))
    if len(pending) > 1:
        numbers = ", ".join(str(request.number) for request in pending)
        return screen(say(facts.language, "several_open", numbers=numbers))
    request = pending[0]
    if not desk.may_answer(request):
        who = request.requester.name if request.requester else "?"
        return screen(say(facts.language, "not_yours", who=who))
    return request


def _decide(desk: Desk, number: str, decision: Decision, plan: Decision) -> Screen:
    chosen = _chosen(desk, number, questions=False)
    if isinstance(chosen, Screen):
        return chosen
    match chosen.asked:
        case PermissionAsked():
            desk.decide(chosen, decision)
        case PlanProposed():
            desk.decide(chosen, plan)
        case QuestionAsked():
            pass
    return Screen()


async def _approve(call: Call, desk: Desk) -> Screen:
    return _decide(desk, call.get("number"), Allowed(), PlanApproved())


async def _deny(call: Call, desk: Desk) -> Screen:
    number, _, reason = call.rest.partition(" ")
    if not (number.isascii() and number.isdigit()):
        number, reason = "", call.rest
    reason = reason.strip()
    return _decide(desk, number, Denied(reason), PlanRejected(reason))


async def _answer(call: Call, desk: Desk) -> Screen:
    language = desk.facts().language
    text = call.get("text")
    if not text:
        return screen(say(language, "usage", usage=usage(ANSWER)))
    chosen = _chosen(desk, "", questions=True)
    if isinstance(chosen, Screen):
        return chosen
    if isinstance(chosen.asked, QuestionAsked):
        desk.decide(chosen, Answered(typed_answers(chosen.asked, text)))
    return Screen()


ANSWER = CommandSpec(
    "answer",
    "cmd_answer",
    options=(CommandOption("text", "text", required=True, rest=True),),
    outcome=Outcome.SIGN,
)

ANSWERS = (
    Command(
        CommandSpec(
            "approve",
            "cmd_approve",
            options=(CommandOption("number", "number", number=True),),
            outcome=Outcome.SIGN,
        ),
        _approve,
    ),
    Command(
        CommandSpec(
            "deny",
            "cmd_deny",
            options=(
                CommandOption("number", "number", number=True),
                CommandOption("why", "why", rest=True),
            ),
            outcome=Outcome.SIGN,
        ),
        _deny,
    ),
    Command(ANSWER, _answer),
)
