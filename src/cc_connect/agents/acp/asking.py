"""What an agent asks a person, and how the answer is spelled. Pure.

A permission comes with options of its own; only their *kind* says what they mean (`allow_once`,
`allow_always`, `reject_once`, `reject_always`). Ids and order differ by agent and version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_connect.agents.acp.tools import ToolRun
from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Choice,
    Decision,
    Denied,
    FileTaken,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    Question,
    QuestionAsked,
    Suggestion,
)
from cc_connect.core.frames import Frame, mapping, objects, string, strings

CANCELLED = {"outcome": {"outcome": "cancelled"}}
"""The answer to a permission whose turn was interrupted."""

ALLOW = ("allow_once", "allow_always")
REJECT = ("reject_once", "reject_always")

_PLAN_KIND = "switch_mode"
_YES, _NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer a permission."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that is asked for, or a plan that waits for approval."""

    tool: str
    run: str
    options: tuple[Option, ...]
    plan: bool = False

    def first(self, kinds: tuple[str, ...]) -> Option | None:
        """The first option of the first of these kinds that is offered."""
        return next((one for kind in kinds for one in self.options if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Form:
    """Questions; `fields` holds, for the text of each one, its name and schema."""

    fields: Mapping[str, tuple[str, Frame]] = field(default_factory=dict)
    own_words: frozenset[str] = frozenset()


Pending = Permission | Form


def permission(params: Frame, run: ToolRun) -> Permission:
    """Read the parameters of `session/request_permission`."""
    options = tuple(
        Option(string(one, "optionId"), string(one, "kind"), string(one, "name"))
        for one in objects(params, "options")
    )
    return Permission(run.tool, run.id, options, run.kind == _PLAN_KIND)


def asked(request: str, pending: Permission, run: ToolRun, frame: Frame) -> Any:  # noqa: ANN401 - one of two events
    """The event for a permission or a plan."""
    if pending.plan:
        return PlanProposed(run.turn, request, _plan(frame) or run.title)
    suggestions = tuple(
        Suggestion(one.name, one.id) for one in pending.options if one.kind == "allow_always"
    )
    return PermissionAsked(
        turn=run.turn,
        request=request,
        tool=run.tool,
        input=run.input,
        title=run.line,
        suggestions=suggestions,
        diff=run.diff,
    )


def _plan(call: Frame) -> str:
    texts = [string(mapping(block, "content"), "text") for block in objects(call, "content")]
    return string(mapping(call, "rawInput"), "plan") or "\n\n".join(filter(None, texts))


def reply(pending: Pending, decision: Decision) -> dict[str, Any] | None:
    """The result for a decision; None when it answers no request of this kind."""
    if isinstance(pending, Form):
        return _filled(pending, decision)
    match decision:
        case Allowed(suggestion=Suggestion(data=wanted)):
            named = next((one for one in pending.options if one.id == wanted), None)
            return _selected(named or pending.first(ALLOW))
        case Allowed():
            return _selected(pending.first(ALLOW))
        case PlanApproved(accept_edits=True):
            return _selected(_accepting(pending) or pending.first(ALLOW))
        case PlanApproved():
            return _selected(pending.first(ALLOW))
        case Denied() | PlanRejected():
            return _selected(pending.first(REJECT))
        case Answered() | FileTaken():
            return None


def _selected(option: Option | None) -> dict[str, Any]:
    # Without an option of the wanted kind nothing is allowed.
    if option is None:
        return CANCELLED
    return {"outcome": {"outcome": "selected", "optionId": option.id}}


def _accepting(pending: Permission) -> Option | None:
    """The option of a plan that also lets file edits run."""
    for one in pending.options:
        words = f"{one.id} {one.name}".lower()
        if one.kind in ALLOW and "accept" in words and "edit" in words:
            return one
    return None


# --- forms ------------------------------------------------------------------------------------


def form(request: str, params: Frame, turn: str | None) -> tuple[Form, QuestionAsked] | None:
    """Read an `elicitation/create`; None when it is none that can be shown as questions."""
    properties = mapping(mapping(params, "requestedSchema"), "properties")
    fields = {name: value for name, value in properties.items() if isinstance(value, dict)}
    own_words = frozenset(
        name for name in fields if name.removesuffix("_custom") in fields.keys() - {name}
    )
    shown = {name: schema for name, schema in fields.items() if name not in own_words}
    if string(params, "mode") not in ("", "form") or not shown:
        return None
    message = string(params, "message")
    questions, keys = [], {}
    for name, schema in shown.items():
        titled = string(schema, "description") or string(schema, "title") or name
        text = message if message and len(shown) == 1 else titled
        questions.append(_question(text, schema))
        keys[text] = (name, schema)
    asked_all = QuestionAsked(turn, request, tuple(questions))
    return Form(keys, own_words), asked_all


def _question(text: str, schema: Frame) -> Question:
    header = string(schema, "title")
    many = schema.get("type") == "array"
    choices = tuple(Choice(label, detail) for _, label, detail in _choices(schema))
    return Question(text, "" if header == text else header, choices, many)


def _choices(schema: Frame) -> list[tuple[object, str, str]]:
    """Value, label and description of each choice."""
    if schema.get("type") == "boolean":
        return [(True, _YES, ""), (False, _NO, "")]
    holder = mapping(schema, "items") if schema.get("type") == "array" else schema
    told = objects(holder, "oneOf") or objects(holder, "anyOf")
    if not told:
        return [(value, value, "") for value in strings(holder, "enum")]
    return [_choice(one) for one in told]


def _choice(one: Frame) -> tuple[object, str, str]:
    value = string(one, "const")
    title = string(one, "title")
    detail = string(one, "description")
    if title.startswith(f"{value} — "):  # the label, and what it means after a dash
        return value, value, detail or title.removeprefix(f"{value} — ")
    return value, title or value, detail


def _filled(pending: Form, decision: Decision) -> dict[str, Any] | None:
    if isinstance(decision, Denied):
        return {"action": "decline"}
    if not isinstance(decision, Answered):
        return None
    content: dict[str, Any] = {}
    for text, chosen in decision.answers.items():
        if text in pending.fields and chosen:
            name, schema = pending.fields[text]
            _fill(content, name, schema, chosen, own_words=f"{name}_custom" in pending.own_words)
    return {"action": "accept", "content": content}


def _fill(
    content: dict[str, Any], name: str, schema: Frame, chosen: tuple[str, ...], *, own_words: bool
) -> None:
    values = {label: value for value, label, _ in _choices(schema)}
    known = [values[one] for one in chosen if one in values]
    free = [one for one in chosen if one not in values]
    if free and own_words:
        content[f"{name}_custom"] = ", ".join(free)
        free = []
    answers = [*known, *free]
    if not answers:
        return
    match schema.get("type"):
        case "array":
            content[name] = answers
        case "number" | "integer":
            content[name] = _number(str(answers[0]))
        case _:
            content[name] = answers[0]


def _number(text: str) -> float | int | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value
