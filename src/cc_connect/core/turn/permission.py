"""Standing permissions: what an answer grants, what a grant covers, and how it is written."""

import re

from cc_connect.contract.agent import (
    Allowed,
    Decision,
    GrantScope,
    PermissionAsked,
    PlanProposed,
    QuestionAsked,
)
from cc_connect.core.turn.state import Asked, Grant

_WRITTEN = re.compile(r"([A-Za-z_][\w.-]*)(\(\s*[^\s()].*\))?")


def grant_of(text: str) -> Grant | None:
    """The grant a person means: a tool (`Bash`) or a rule (`Bash(git status *)`)."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    tool, rule = found.groups()
    return Grant(tool, found.group() if rule else "")


def written(grant: Grant) -> str:
    """A grant as people write it."""
    return grant.rule or grant.tool


def granted_by(asked: Asked, decision: Decision) -> Grant | None:
    """The standing permission that this answer gives, if it gives one."""
    if not isinstance(asked, PermissionAsked):
        return None
    if not isinstance(decision, Allowed) or decision.scope is not GrantScope.SESSION:
        return None
    if decision.suggestion is None:
        return Grant(asked.tool)
    # A rule without a name must not become the grant of the whole tool.
    rule = decision.suggestion.label
    return Grant(asked.tool, rule) if rule else None


def asks_the_same(one: Asked, other: Asked) -> bool:
    """Whether an answer to one of them answers the other."""
    match one, other:
        case PermissionAsked(), PermissionAsked():
            return (one.tool, dict(one.input)) == (other.tool, dict(other.input))
        case QuestionAsked(), QuestionAsked():
            return one.questions == other.questions
        case PlanProposed(), PlanProposed():
            return one.plan == other.plan
        case _:
            return False


def covering(granted: tuple[Grant, ...], asked: Asked) -> Allowed | None:
    """The answer that a standing permission gives to this request, if one covers it.

    Questions and plans are never covered: only a person answers them.
    """
    if not isinstance(asked, PermissionAsked):
        return None
    whole = _given(granted, asked.tool, "")
    if whole is not None:
        return Allowed(_scope(whole))
    for suggestion in asked.suggestions:
        # Only a rule about this very tool. A mode or a folder was granted to the agent, which may
        # ask because that was not enough.
        rule = suggestion.label.startswith(f"{asked.tool}(")
        given = _given(granted, asked.tool, suggestion.label) if rule else None
        if given is not None:
            return Allowed(_scope(given), suggestion)
    return None


def _given(granted: tuple[Grant, ...], tool: str, rule: str) -> Grant | None:
    return next((one for one in granted if (one.tool, one.rule) == (tool, rule)), None)


def _scope(grant: Grant) -> GrantScope:
    """One that ends must be asked for each time: the agent itself would never ask again."""
    return GrantScope.SESSION if grant.until is None else GrantScope.ONCE
