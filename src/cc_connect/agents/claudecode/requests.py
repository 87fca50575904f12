"""Requests of the agent that a person answers: what to ask, and how the answer is spelled. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect.agents.claudecode import steps
from cc_connect.agents.claudecode.schema import Frame, mapping, objects, string, strings
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

QUESTION = "AskUserQuestion"
PLAN = "ExitPlanMode"

_DENIED = "The user does not allow this. Go on without it, or ask what to do instead."
_NOT_ANSWERED = "The user did not want to answer. Go on without an answer, or ask in plain words."
_KEEP_PLANNING = "The user does not approve the plan yet. Stay in plan mode and work on the plan."


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits for its answer."""

    tool: str
    input: Mapping[str, Any]


Asked = PermissionAsked | QuestionAsked | PlanProposed


def read(request: str, body: Frame, turn: str | None, *, cwd: str, plan: str) -> Asked:
    """Return what a `can_use_tool` request asks of a person.

    Args:
        request: Its id.
        body: The `request` object of the frame.
        turn: The turn it belongs to.
        cwd: Where the agent works, for short paths.
        plan: The plan as the model wrote it in its tool call. The request carries the text of the
            plan file, and nothing at all when there is no such file.
    """
    tool = string(body, "tool_name")
    arguments = mapping(body, "input")
    if tool == QUESTION:
        return QuestionAsked(turn, request, _questions(arguments))
    if tool == PLAN:
        return PlanProposed(turn, request, string(arguments, "plan") or plan)
    return PermissionAsked(
        turn=turn,
        request=request,
        tool=tool,
        input=arguments,
        title=steps.title(tool, arguments, cwd) or string(body, "description"),
        reason=string(body, "decision_reason"),
        suggestions=_suggestions(body),
        diff=steps.diff(tool, arguments, cwd),
    )


def reply(pending: Pending, decision: Decision) -> dict[str, Any] | None:
    """Return the response for a decision; None when it answers no request of this kind."""
    match decision:
        case Allowed():
            return _allow(pending.input, _granted(pending, decision))
        case Denied(reason):
            return _deny(reason or (_NOT_ANSWERED if pending.tool == QUESTION else _DENIED))
        case Answered(answers):
            spelled = {question: ", ".join(chosen) for question, chosen in answers.items()}
            return _allow({**pending.input, "answers": spelled}, [])
        case PlanApproved(accept_edits):
            return _allow(pending.input, [_ACCEPT_EDITS] if accept_edits else [])
        case PlanRejected(comment):
            return _deny(f"{_KEEP_PLANNING} {comment}".strip())
        case FileTaken():
            return None


_ACCEPT_EDITS = {"type": "setMode", "mode": "acceptEdits", "destination": "session"}


def _allow(arguments: Mapping[str, Any], updates: list[Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"behavior": "allow", "updatedInput": dict(arguments)}
    if updates:
        response["updatedPermissions"] = updates
    return response


def _deny(message: str) -> dict[str, Any]:
    return {"behavior": "deny", "message": message}


def _granted(pending: Pending, decision: Allowed) -> list[Any]:
    if decision.scope is GrantScope.ONCE:
        return []
    if decision.suggestion is None:
        rule = {"toolName": pending.tool}
        session = {"behavior": "allow", "destination": "session"}
        return [{"type": "addRules", "rules": [rule], **session}]
    try:
        update = json.loads(decision.suggestion.data)
    except ValueError:
        return []
    return [update] if isinstance(update, dict) else []


def _suggestions(body: Frame) -> tuple[Suggestion, ...]:
    # The agent's own destination may be a settings file of the project; a grant given in a chat
    # is for the session and leaves no trace on disk.
    return tuple(
        Suggestion(label, json.dumps({**update, "destination": "session"}, ensure_ascii=False))
        for update in objects(body, "permission_suggestions")
        if (label := _label(update))
    )


def _label(update: Frame) -> str:
    match string(update, "type"):
        case "addRules":
            return ", ".join(_rule(rule) for rule in objects(update, "rules"))
        case "addDirectories":
            return ", ".join(f"{folder}/**" for folder in strings(update, "directories"))
        case "setMode":
            return f"mode {string(update, 'mode')}"
        case _:
            return ""


def _rule(rule: Frame) -> str:
    content = string(rule, "ruleContent")
    name = string(rule, "toolName")
    return f"{name}({content})" if content else name


def _questions(arguments: Frame) -> tuple[Question, ...]:
    return tuple(
        Question(
            text=string(one, "question"),
            header=string(one, "header"),
            choices=tuple(
                Choice(string(option, "label"), string(option, "description"))
                for option in objects(one, "options")
            ),
            multiple=bool(one.get("multiSelect")),
        )
        for one in objects(arguments, "questions")
    )
