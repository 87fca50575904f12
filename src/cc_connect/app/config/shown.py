"""The configuration as it is in force, for people: what is not as by default, without secrets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

from cc_connect.app.config.models import Config, ProjectConfig

HIDDEN = '"•••"'
SUSPICIOUS = ("token", "secret", "password", "api_key", "apikey", "authorization")
"""Parts of names whose values are hidden even when nobody marked them as secret."""
_LOGIN = re.compile(r"://[^/@\s]+@")
LEFT_OUT = frozenset({"where", "projects", "settings"})


def shown(config: Config, project: ProjectConfig) -> str:
    """The shared part and one project, one line a key; `a.b = value`, lists by their place."""
    lines = [*_lines("", config), *_lines("projects.", project)]
    return "\n".join(lines)


def without_login(text: str, mark: str = "•••") -> str:
    """The text, with `mark` for the name and password in an address."""
    return _LOGIN.sub(f"://{mark}@", text)


def _lines(before: str, table: Any) -> Iterator[str]:  # noqa: ANN401 - any table of the models
    for entry in fields(table):
        if entry.name in LEFT_OUT:
            continue
        value = getattr(table, entry.name)
        if entry.name == "options":
            # As the plug-in read them: only that says what is secret.
            value = getattr(table, "settings", None)
        if value is None or value == _default(entry):
            continue
        name = f"{before}{entry.name}"
        secret = entry.metadata.get("secret") or _suspicious(entry.name)
        yield from _value(name, value, secret=bool(secret))


def _default(entry: Field[Any]) -> object:
    if entry.default is not MISSING:
        return entry.default
    return entry.default_factory() if entry.default_factory is not MISSING else MISSING


def _suspicious(name: str) -> bool:
    return any(part in name.lower() for part in SUSPICIOUS)


def _value(name: str, value: Any, *, secret: bool) -> Iterator[str]:  # noqa: ANN401 - see above
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _value(f"{name}.{key}", one, secret=secret or _suspicious(str(key)))
    elif is_dataclass(value):
        yield from _lines(f"{name}.", value)
    elif isinstance(value, tuple) and any(is_dataclass(one) for one in value):
        for place, one in enumerate(value, 1):
            yield from _lines(f"{name}.{place}.", one)
    elif secret and value:
        yield f"{name} = {HIDDEN}"
    else:
        yield f"{name} = {_written(value)}"


def _written(value: Any) -> str:  # noqa: ANN401 - see above
    match value:
        case bool():
            return str(value).lower()
        case tuple() | frozenset():
            return f"[{', '.join(_written(one) for one in value)}]"
        case int() | float():
            return str(value)
        case Enum():
            return f'"{value.value}"'
        case PurePath() | str():
            return f'"{without_login(str(value))}"'
        case _:
            return HIDDEN
