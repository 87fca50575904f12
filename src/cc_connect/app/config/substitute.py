"""`${NAME}` in texts: replaced by a variable of the environment.

Every text at any depth is looked at, also one with more around the placeholder. `$NAME` without
braces is left alone, and what a variable holds is not looked at again. In shell text a name that is
not set stays as it is, because the shell may well know it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cc_connect.app.config.locate import Keys

_NOT_SET = "the environment variable {} is not set"
_NOT_TEXT = "the environment variable {} does not hold text (it is not UTF-8)"
_ROOM = 8 * 1024 * 1024
"""Most characters that the environment may add: a file of 1 MiB could name PATH 170,000 times."""

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Unset:
    """Stands for a text that names a variable which is not set; its problem is reported apart."""

    def __repr__(self) -> str:
        return "<unset>"


UNSET: Final = Unset()


@dataclass(slots=True)
class Substituted:
    """A configuration with its placeholders replaced.

    Attributes:
        data: A copy of the tables; a text that could not be completed is `UNSET`.
        from_env: Where values of the environment went.
        problems: Where a variable cannot be used, and what to say about it (never its value).
    """

    data: dict[str, object] = field(default_factory=dict)
    from_env: set[Keys] = field(default_factory=set)
    problems: list[tuple[Keys, str]] = field(default_factory=list)


def substitute(
    data: Mapping[str, object], environ: Mapping[str, str], is_shell: Callable[[Keys], bool]
) -> Substituted:
    """Replace the placeholders in all texts of a parsed configuration.

    Args:
        data: Tables as `tomllib` gives them; not deeper than `locate.MAX_DEPTH`.
        environ: The variables.
        is_shell: Whether the text at a place is a command line for a shell.
    """
    found = Substituted()
    room = _ROOM

    def walk(value: object, keys: Keys) -> object:
        match value:
            case str():
                return text(value, keys) if "${" in value else value
            case dict():
                return {key: walk(inner, (*keys, key)) for key, inner in value.items()}
            case list():
                return [walk(inner, (*keys, index)) for index, inner in enumerate(value)]
            case _:
                return value

    def text(value: str, keys: Keys) -> str | Unset:
        nonlocal room
        names = _PLACEHOLDER.findall(value)
        known = [name for name in names if name in environ]
        wrong = [] if is_shell(keys) else [_NOT_SET.format(n) for n in names if n not in environ]
        wrong += [_NOT_TEXT.format(name) for name in known if not _is_text(environ[name])]
        room -= sum(len(environ[name]) for name in known)
        if room < 0:
            wrong.append("the values of the environment are too long here")
        if wrong:
            found.problems += [(keys, message) for message in dict.fromkeys(wrong)]
            return UNSET
        if known:
            found.from_env.add(keys)
        return _PLACEHOLDER.sub(lambda match: environ.get(match[1], match[0]), value)

    found.data = {key: walk(value, (key,)) for key, value in data.items()}
    return found


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
