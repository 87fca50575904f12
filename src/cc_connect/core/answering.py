"""Answers to requests: from a pressed button, a filled form or typed words to a decision."""

from collections.abc import Mapping
from typing import assert_never

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Decision,
    Denied,
    GrantScope,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    Question,
    QuestionAsked,
)
from cc_connect.core.actions import AnswerRequest
from cc_connect.core.turn.state import Asked
from cc_connect.core.words import Word

MOST_DIGITS = 3
"""Of a number that can mean an option; people and forged buttons can send any number of them."""

Answers = dict[int, tuple[str, ...]]
"""Answers gathered so far, by the place of the question."""


def pressed(asked: Asked, action: AnswerRequest) -> Decision | None:
    """What a button of a permission or plan prompt decides; None if it decides nothing."""
    match asked, action.choice:
        case PermissionAsked(), "allow":
            return Allowed()
        case PermissionAsked(), "always":
            return Allowed(GrantScope.SESSION)
        case PermissionAsked(suggestions=suggestions), "rule" if action.part < len(suggestions):
            return Allowed(GrantScope.SESSION, suggestions[action.part])
        case PermissionAsked(), "deny":
            return Denied()
        case PlanProposed(), "go":
            return PlanApproved()
        case PlanProposed(), "edits":
            return PlanApproved(accept_edits=True)
        case _:
            return None


def submitted(asked: Asked, values: Mapping[str, str]) -> Decision | None:
    """What a filled form of a plan prompt decides."""
    if isinstance(asked, PlanProposed):
        return PlanRejected(values.get("comment", "").strip())
    return None


def gathered(
    asked: QuestionAsked, action: AnswerRequest, values: tuple[str, ...], text: str, so_far: Answers
) -> Answers:
    """The answers after one more button, menu choice or form; the same when it says nothing."""
    if action.part >= len(asked.questions):
        return so_far
    question = asked.questions[action.part]
    answer: tuple[str, ...]
    if action.choice == "text":
        answer = (text.strip(),) if text.strip() else ()
    elif action.choice == "menu":
        answer = _labels(question, values)
    else:
        answer = _labels(question, (action.choice.removeprefix("o"),))
    return {**so_far, action.part: answer} if answer else so_far


def _labels(question: Question, places: tuple[str, ...]) -> tuple[str, ...]:
    numbers = [_number(place) for place in places]
    return tuple(
        question.choices[number].label
        for number in numbers
        if number is not None and number < len(question.choices)
    )


def _number(text: str) -> int | None:
    short = len(text) <= MOST_DIGITS
    return int(text) if short and text.isascii() and text.isdigit() else None


def complete(asked: QuestionAsked, answers: Answers) -> Answered | None:
    """The decision once every question has an answer."""
    if any(part not in answers for part in range(len(asked.questions))):
        return None
    return Answered({question.text: answers[part] for part, question in enumerate(asked.questions)})


def typed_answers(asked: QuestionAsked, text: str) -> Mapping[str, tuple[str, ...]]:
    """What typed words answer: numbers of options ("2", "1,3") or free text.

    With several questions each line answers one; a text of fewer lines answers the rest too.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()] or [text.strip()]
    answers = {}
    for place, question in enumerate(asked.questions):
        line = lines[min(place, len(lines) - 1)] if len(asked.questions) > 1 else text.strip()
        answers[question.text] = _typed(question, line)
    return answers


def _typed(question: Question, line: str) -> tuple[str, ...]:
    parts = [part.strip() for part in line.replace("\uff0c", ",").split(",")]
    places = [number for part in parts if (number := _number(part))]
    if places and len(places) == len(parts):
        labels = _labels(question, tuple(str(place - 1) for place in places))
        if len(labels) == len(places) and (question.multiple or len(labels) == 1):
            return labels
    exact = {choice.label.lower(): choice.label for choice in question.choices}
    return (exact.get(line.lower(), line),)


def numbered(asked: Asked, text: str) -> Decision | None:
    """What a bare number decides, in the order in which the options were listed."""
    if not (text.isascii() and text.isdigit()) or len(text) > 2:  # noqa: PLR2004 - two digits
        return None
    place = int(text) - 1
    decisions: tuple[Decision, ...]
    match asked:
        case QuestionAsked(questions=(question,)):
            labels = _labels(question, (str(place),))
            return Answered({question.text: labels}) if labels else None
        case QuestionAsked():
            return None
        case PermissionAsked(suggestions=suggestions):
            rules = [Allowed(GrantScope.SESSION, each) for each in suggestions[:2]]
            decisions = (Allowed(), *(rules or [Allowed(GrantScope.SESSION)]), Denied())
        case PlanProposed():
            decisions = (PlanApproved(), PlanApproved(accept_edits=True))
        case _:
            assert_never(asked)
    return decisions[place] if 0 <= place < len(decisions) else None


def worded(asked: Asked, word: Word) -> Decision | None:
    """What a bare word decides; a question is never answered by one."""
    match asked, word:
        case PermissionAsked(), Word.ALLOW:
            return Allowed()
        case PermissionAsked(), Word.ALLOW_ALL:
            return Allowed(GrantScope.SESSION)
        case PermissionAsked(), Word.DENY:
            return Denied()
        case PlanProposed(), Word.ALLOW:
            return PlanApproved()
        case PlanProposed(), Word.ALLOW_ALL:
            return PlanApproved(accept_edits=True)
        case PlanProposed(), Word.DENY:
            return PlanRejected()
        case _:
            return None
