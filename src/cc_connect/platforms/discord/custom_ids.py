"""What the components of a message carry: the action word for word, sometimes with a mark before.

A mark tells the button of a form from a plain one, and two components with the same action from
each other, for Discord refuses a message in which an id stands twice.
"""

import re

LIMIT = 100
"""Docs: Component Reference > Custom ID."""
_MARKED = re.compile(r"~(f?)(\d*)~")


def custom_id(action: str, *, form: bool = False, number: int = 0) -> str:
    """The id of a component; `number` makes it another one for the same action."""
    if not form and not number and not action.startswith("~"):
        return action
    return f"~{'f' if form else ''}{number or ''}~{action}"


def action_of(written: str) -> str:
    """The action that an id carries."""
    mark = _MARKED.match(written)
    return written[mark.end() :] if mark else written


def opens_form(written: str) -> bool:
    """Whether it is the id of a button behind which a form waits."""
    mark = _MARKED.match(written)
    return bool(mark and mark.group(1))
