"""Templates of a person's own commands: `{{1}}`, `{{2:default}}`, `{{2*}}`, `{{args}}`."""

import re
from collections.abc import Callable

_PLACE = re.compile(r"\{\{\s*(?:(args)|([1-9][0-9]?)(\*)?)\s*(?::([^{}]*))?\}\}")


def has_places(template: str) -> bool:
    """Whether there is anything to fill in."""
    return _PLACE.search(template) is not None


def filled(template: str, rest: str, put: Callable[[str], str] = str) -> str:
    """The template with the words of `rest` in their places.

    `{{1}}` is the first word, `{{2*}}` everything from the second on, `{{args}}` everything; what
    is missing is the default behind the colon, or nothing. `put` says how a value is written.
    """
    words = rest.split()

    def value(found: re.Match[str]) -> str:
        everything, number, onward, default = found.groups()
        if everything:
            given = rest.strip()
        elif onward:
            given = " ".join(words[int(number) - 1 :])
        else:
            given = words[int(number) - 1] if int(number) <= len(words) else ""
        return put(given or (default or "").strip())

    return _PLACE.sub(value, template)
