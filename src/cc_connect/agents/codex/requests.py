"""Requests of Codex that a person answers: what to ask, and how the answer is spelled. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_connect.agents.codex import forms, items
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
    PlanRejected,
    Question,
    QuestionAsked,
)
from cc_connect.core.frames import Frame, mapping, objects, string

COMMAND = "item/commandExecution/requestApproval"
CHANGE = "item/fileChange/requestApproval"
RIGHTS = "item/permissions/requestApproval"
INPUT = "item/tool/requestUserInput"
FORM = "mcpServer/elicitation/request"
TOOL = "item/tool/call"

Asked = PermissionAsked | QuestionAsked


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits for its answer.

    Attributes:
        id: Its JSON-RPC id as it came: a number that may be 0, or a text.
        method: What it asks.
        params: Its parameters.
        turn: The turn it belongs to.
        native: Codex's id of that turn.
        fields: For a form, which question fills which field.
    """

    id: Any
    method: str
    params: Frame
    turn: str | None
    native: str
    fields: Mapping[str, forms.Field] = field(default_factory=dict)


def read(pending: Pending, request: str, item: Frame, cwd: str) -> tuple[Pending, Asked] | None:
    """Return what a request asks of a person; None when it is none for a person.

    Args:
        pending: The request.
        request: What it is called from now on.
        item: The item it is about, as far as it is known.
        cwd: Where the agent works, for short paths.
    """
    params = pending.params
    match pending.method:
        case "item/commandExecution/requestApproval":
            return pending, _command(pending, request, item)
        case "item/fileChange/requestApproval":
            diffs = [items.diff_of(change, cwd) for _, change in items.parts(item)]
            shown = items.joined(diffs)
            title = (shown.path if shown else "") or string(params, "grantRoot")
            reason = string(params, "reason")
            return pending, PermissionAsked(
                pending.turn, request, items.EDIT, dict(item), title, reason, diff=shown
            )
        case "item/permissions/requestApproval":
            wanted = mapping(params, "permissions")
            title = ", ".join(forms.flat(wanted)) or "more rights"
            reason = string(params, "reason")
            return pending, PermissionAsked(
                pending.turn, request, "Permissions", dict(wanted), title, reason
            )
        case "item/tool/requestUserInput":
            questions = tuple(_question(one) for one in objects(params, "questions"))
            return pending, QuestionAsked(pending.turn, request, questions)
        case "mcpServer/elicitation/request":
            return _elicited(pending, request)
        case _:
            return None


def reply(pending: Pending, decision: Decision) -> dict[str, Any] | None:
    """Return the result for a decision; None when it answers no request of this kind."""
    match decision:
        case Allowed(scope):
            return _allowed(pending, session=scope is GrantScope.SESSION)
        case Denied():
            return _denied(pending)
        case Answered(answers):
            return _answered(pending, answers)
        case PlanApproved() | PlanRejected() | FileTaken():
            return None


def _allowed(pending: Pending, *, session: bool) -> dict[str, Any]:
    match pending.method:
        case "item/permissions/requestApproval":
            granted = dict(mapping(pending.params, "permissions"))
            return {"permissions": granted, "scope": "session" if session else "turn"}
        case "mcpServer/elicitation/request":
            return {"action": "accept", "content": {}}
        case _:
            return {"decision": "acceptForSession" if session else "accept"}


def _denied(pending: Pending) -> dict[str, Any]:
    match pending.method:
        case "item/permissions/requestApproval":
            return {"permissions": {}, "scope": "turn"}
        case "mcpServer/elicitation/request":
            return {"action": "decline"}
        case "item/tool/requestUserInput":
            return {"answers": {}}
        case _:
            return {"decision": "decline"}


def _answered(pending: Pending, answers: Mapping[str, tuple[str, ...]]) -> dict[str, Any] | None:
    match pending.method:
        case "item/tool/requestUserInput":
            named = {string(q, "question"): string(q, "id") for q in _questions(pending.params)}
            told = {
                named[text]: {"answers": list(chosen)}
                for text, chosen in answers.items()
                if text in named
            }
            return {"answers": told}
        case "mcpServer/elicitation/request":
            return {"action": "accept", "content": forms.filled(pending.fields, answers)}
        case _:
            return None


def _command(pending: Pending, request: str, item: Frame) -> PermissionAsked:
    params = pending.params
    command = items.plain_command(string(params, "command") or string(item, "command"))
    where = string(mapping(params, "networkApprovalContext"), "host")
    # A rule that Codex proposes would be written into the person's own rules; a grant given in a
    # chat is for the session and leaves no trace on disk, so none is offered.
    return PermissionAsked(
        turn=pending.turn,
        request=request,
        tool="Network" if where else items.SHELL,
        input={"command": command, "cwd": string(params, "cwd")},
        title=where or command,
        reason=string(params, "reason"),
    )


def _questions(params: Frame) -> list[Frame]:
    return list(objects(params, "questions"))


def _question(one: Frame) -> Question:
    choices = tuple(
        Choice(string(option, "label"), string(option, "description"))
        for option in objects(one, "options")
    )
    return Question(string(one, "question"), string(one, "header"), choices)


def _elicited(pending: Pending, request: str) -> tuple[Pending, Asked]:
    params = pending.params
    server, message = string(params, "serverName"), string(params, "message")
    fields = forms.fields(mapping(params, "requestedSchema"), message)
    if not fields:  # nothing to fill in: whether it may go on, or a page to open
        title = " ".join(filter(None, (message, string(params, "url"))))
        tool = f"MCP {server}".strip()
        return pending, PermissionAsked(pending.turn, request, tool, title=title)
    filled = Pending(pending.id, pending.method, params, pending.turn, pending.native, dict(fields))
    questions = tuple(forms.question(text, one) for text, one in fields.items())
    return filled, QuestionAsked(pending.turn, request, questions)
