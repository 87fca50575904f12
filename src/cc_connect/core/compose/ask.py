"""Prompts: what the agent asks, and how it was answered."""

import json
from collections.abc import Mapping
from typing import assert_never

from cc_connect.contract.agent import (
    Allowed,
    Answered,
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
)
from cc_connect.contract.content import (
    Block,
    Button,
    Buttons,
    Content,
    Field,
    Form,
    Menu,
    Option,
    Style,
    Text,
)
from cc_connect.core.actions import AnswerRequest, encode
from cc_connect.core.display import cut
from cc_connect.core.markdown import code_block, inline_code
from cc_connect.core.texts import Language, say
from cc_connect.core.turn.effects import Settle, Settled
from cc_connect.core.turn.state import Request

LONGEST_INPUT = 3000
"""Characters of an input that are shown; of a longer one only FOLDED, beside a file with all."""
FOLDED = 1200
UNFOLDED = 20_000
"""Characters that are shown where no file can be sent."""
BUTTON_LABEL = 60
BUTTON_OPTIONS = 4
MOST_SUGGESTIONS = 2

Draft = Mapping[int, tuple[str, ...]]
"""Answers gathered so far, by the place of the question."""


def asking(
    request: Request, language: Language, draft: Draft | None = None, shown: int = LONGEST_INPUT
) -> Content:
    """The prompt that puts a request to people; `shown` characters of a command or an input."""
    match request.asked:
        case PermissionAsked():
            return _permission(request, request.asked, language, shown)
        case QuestionAsked():
            return _questions(request, request.asked, language, draft or {})
        case PlanProposed():
            return _plan(request, request.asked, language)
        case _:
            assert_never(request.asked)


def _action(request: Request, choice: str, part: int = 0) -> str:
    return encode(AnswerRequest(request.id, choice, part))


def long_input(request: Request) -> tuple[str, str] | None:
    """The name and the text of a file for an input that is too long to be shown whole."""
    asked = request.asked
    if not isinstance(asked, PermissionAsked) or asked.diff is not None:
        return None
    command = asked.input.get("command")
    whole = json.dumps(asked.input, ensure_ascii=False, indent=2, default=str)
    if isinstance(command, str) and not _beside(asked):
        return ("command.sh", command) if len(command) > LONGEST_INPUT else None
    return ("input.json", whole) if len(whole) > LONGEST_INPUT else None


def _permission(
    request: Request, asked: PermissionAsked, language: Language, shown: int
) -> Content:
    blocks: list[Block] = [Text(_permission_text(request, asked, language, shown))]
    if asked.diff is not None:
        blocks.append(asked.diff)
    always = [
        Button(
            cut(say(language, "always", what=suggestion.label), BUTTON_LABEL),
            _action(request, "rule", place),
        )
        for place, suggestion in enumerate(asked.suggestions[:MOST_SUGGESTIONS])
    ]
    if not always:
        label = cut(say(language, "always", what=asked.tool), BUTTON_LABEL)
        always = [Button(label, _action(request, "always"))]
    allow = Button(say(language, "allow"), _action(request, "allow"), Style.SUCCESS)
    deny = Button(say(language, "deny"), _action(request, "deny"), Style.DANGER)
    blocks.append(Buttons((allow, *always, deny)))
    return tuple(blocks)


def _permission_text(
    request: Request, asked: PermissionAsked, language: Language, most: int
) -> str:
    tool = inline_code(asked.tool)
    lines = [say(language, "permission", tool=tool, number=request.number)]
    if asked.diff is None:
        lines.append(_input(asked, most))
    elif asked.title:
        lines.append(inline_code(cut(asked.title, LONGEST_INPUT)))
    if asked.reason:
        lines.append(say(language, "permission_reason", reason=asked.reason))
    return "\n\n".join(line for line in lines if line)


def _beside(asked: PermissionAsked) -> dict[str, object]:
    """What an input holds beside a command."""
    return {k: v for k, v in asked.input.items() if k not in {"command", "description"}}


def _input(asked: PermissionAsked, most: int = LONGEST_INPUT) -> str:
    """The input in full where it is what a person must judge: a command, else all of it."""
    command = asked.input.get("command")
    if isinstance(command, str):
        shown = code_block(cut(command, most), "bash")
        more = _beside(asked)
        return f"{shown}\n\n{_json(more, most)}" if more else shown
    if not asked.input:
        return inline_code(asked.title) if asked.title else ""
    return _json(asked.input, most)


def _json(value: Mapping[str, object], most: int) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return code_block(cut(text, most), "json")


def _questions(request: Request, asked: QuestionAsked, language: Language, draft: Draft) -> Content:
    blocks: list[Block] = []
    for part, question in enumerate(asked.questions):
        blocks.append(Text(_question_text(question, language)))
        if part in draft:
            answers = ", ".join(draft[part])
            line = say(language, "draft", question=question.header or "✓", answers=answers)
            blocks.append(Text(line))
        if question.choices:
            blocks.append(_choices(request, question, part))
        blocks.append(_free_answer(request, question, part, language))
    if len(asked.questions) > 1:
        submit = Button(say(language, "submit"), _action(request, "submit"), Style.PRIMARY)
        blocks.append(Buttons((submit,)))
    return tuple(blocks)


def _question_text(question: Question, language: Language) -> str:
    """The question; buttons have no room for descriptions, so those stand here."""
    lines = [say(language, "question", question=f"**{question.text}**")]
    if not _as_menu(question):
        lines += [
            f"- **{choice.label}**: {choice.description}"
            for choice in question.choices
            if choice.description
        ]
    return "\n".join(lines)


def _as_menu(question: Question) -> bool:
    return question.multiple or len(question.choices) > BUTTON_OPTIONS


def _choices(request: Request, question: Question, part: int) -> Block:
    if _as_menu(question):
        options = tuple(
            Option(cut(choice.label, 100), str(number), cut(choice.description, 100))
            for number, choice in enumerate(question.choices)
        )
        placeholder = cut(question.header or question.text, 100)
        return Menu(_action(request, "menu", part), placeholder, options, question.multiple)
    return Buttons(
        tuple(
            Button(cut(choice.label, BUTTON_LABEL), _action(request, f"o{number}", part))
            for number, choice in enumerate(question.choices)
        )
    )


def _free_answer(request: Request, question: Question, part: int, language: Language) -> Form:
    return Form(
        action=_action(request, "text", part),
        label=say(language, "answer_freely" if question.choices else "your_answer"),
        title=cut(question.text, 45),
        fields=(Field("answer", say(language, "your_answer"), multiline=True),),
    )


def _plan(request: Request, asked: PlanProposed, language: Language) -> Content:
    return (
        Text(say(language, "plan", number=request.number) + "\n\n" + asked.plan.strip()),
        Buttons(
            (
                Button(say(language, "plan_go"), _action(request, "go"), Style.SUCCESS),
                Button(say(language, "plan_edits"), _action(request, "edits"), Style.PRIMARY),
            )
        ),
        Form(
            action=_action(request, "keep"),
            label=say(language, "plan_keep"),
            title=say(language, "plan_keep"),
            fields=(
                Field("comment", say(language, "plan_comment"), multiline=True, required=False),
            ),
        ),
    )


def settled(effect: Settle, language: Language) -> Content:
    """The prompt after it was closed: what was asked, without buttons, and how it ended."""
    asked = effect.request.asked
    line = Text(outcome_line(effect, language))
    match asked:
        case PermissionAsked():
            kept: Content = (Text(_input(asked)),) if asked.diff is None else (asked.diff,)
        case QuestionAsked(questions=questions):
            kept = (Text("\n".join(f"❓ **{question.text}**" for question in questions)),)
        case PlanProposed(plan=plan):
            kept = (Text(plan.strip()),)
        case _:
            assert_never(asked)
    return (*kept, line)


def outcome_line(effect: Settle, language: Language) -> str:
    """One line that says how a request ended and by whom."""
    if effect.how is not Settled.ANSWERED or effect.decision is None:
        return say(language, f"settled_{effect.how.value}")
    asked = effect.request.asked
    tool = inline_code(asked.tool) if isinstance(asked, PermissionAsked) else ""
    who = (effect.by.name or effect.by.id) if effect.by else "?"
    return _decision_line(effect.decision, tool, who, language)


def _decision_line(decision: Decision, tool: str, who: str, language: Language) -> str:
    match decision:
        case Allowed(scope=GrantScope.SESSION):
            return say(language, "settled_always", tool=tool, who=who)
        case Allowed() | FileTaken():
            return say(language, "settled_allowed", tool=tool, who=who)
        case Denied(reason=""):
            return say(language, "settled_denied", tool=tool, who=who)
        case Denied(reason=reason):
            return say(language, "settled_denied_reason", tool=tool, who=who, reason=reason)
        case Answered(answers=answers):
            told = "; ".join(", ".join(answer) for answer in answers.values())
            return say(language, "settled_answered", who=who, answers=told)
        case PlanApproved(accept_edits=True):
            return say(language, "settled_plan_edits", who=who)
        case PlanApproved():
            return say(language, "settled_plan_go", who=who)
        case PlanRejected(comment=comment):
            return say(language, "settled_plan_keep", who=who, comment=comment or "…")
        case _:
            assert_never(decision)
