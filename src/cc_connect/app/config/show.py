"""What a configuration says, key by key, with the place each value comes from; secrets left out.

Values are shown as they are written: `${NAME}` stays `${NAME}`, so nothing of the environment can
get into a terminal, a screenshot or a report of a bug.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path

from cc_connect.app.config.kinds import Entry, Kind, Many, Map, Table, layout
from cc_connect.app.config.locate import Keys, Places
from cc_connect.app.config.models import Config
from cc_connect.app.config.problems import Source, Where
from cc_connect.app.config.shown import without_login

HIDDEN = '"***"'
DEFAULT = "default"
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_TABLES_OF_SECRETS = frozenset({"env"})

OptionClasses = Mapping[tuple[str, str], type]
"""Options classes of plug-ins, by `("agent" or "platforms", type)`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One key that is set, or its default.

    Attributes:
        path: As in messages: `projects[0].agent.options.mode`.
        value: As TOML would have it; a secret is `"***"`.
        origin: `config.toml:12`, or `default`.
    """

    path: str
    value: str
    origin: str


def rows(
    data: Mapping[str, object],
    places: Places,
    file: str,
    classes: OptionClasses,
    *,
    defaults: bool = False,
) -> Iterator[Row]:
    """Every key of a file, in the order in which docs/config.md tells them.

    Args:
        data: The parsed file, nothing replaced.
        places: Where its keys stand.
        file: Its name.
        classes: The options of the plug-ins that are named.
        defaults: Keys that are not set as well, where their tables are there.
    """
    yield from _Walk(places, file, classes, defaults=defaults).table(Config, data, ())


class _Walk:
    def __init__(
        self, places: Places, file: str, classes: OptionClasses, *, defaults: bool
    ) -> None:
        self._places = places
        self._file = file
        self._classes = classes
        self._defaults = defaults

    def table(self, cls: type, data: Mapping[str, object], keys: Keys) -> Iterator[Row]:
        plan = layout(cls)
        for key, entry in plan.entries.items():
            if key in data:
                yield from self._value(entry, data[key], (*keys, key), data)
            elif self._defaults and not entry.required and not is_dataclass(entry.default):
                yield Row(_path((*keys, key)), _default(entry), DEFAULT)
        for key, value in data.items():
            if key not in plan.entries:
                yield from self._stranger(value, (*keys, key))

    def _value(
        self, entry: Entry, value: object, keys: Keys, around: Mapping[str, object]
    ) -> Iterator[Row]:
        cls = self._options(keys, around)
        secret = entry.secret or entry.key in _TABLES_OF_SECRETS
        match value:
            case Mapping() if cls is not None:
                yield from self.table(cls, value, keys)
            case Mapping() if entry.key == "options":
                for key, inner in value.items():
                    yield from self._stranger(inner, (*keys, key))
            case _:
                yield from self._of_kind(entry.kind, value, keys, secret=secret)

    def _of_kind(self, kind: Kind, value: object, keys: Keys, *, secret: bool) -> Iterator[Row]:
        match kind, value:
            case Table(cls), Mapping():
                yield from self.table(cls, value, keys)
            case Many(inner), list() if isinstance(inner, Table | Map):
                for index, element in enumerate(value):
                    yield from self._of_kind(inner, element, (*keys, index), secret=secret)
            case Map(inner), Mapping():
                for key, element in value.items():
                    yield from self._of_kind(inner, element, (*keys, key), secret=secret)
            case _:
                # What is not of its kind may be anything, a table with secrets in a wrong place.
                odd = isinstance(kind, Table | Map) or _has_tables(value)
                yield self._row(keys, value, secret=secret or odd)

    def _stranger(self, value: object, keys: Keys) -> Iterator[Row]:
        """A key that nobody reads (yet): whether it is a secret is not known, so texts are."""
        match value:
            case Mapping():
                for key, inner in value.items():
                    yield from self._stranger(inner, (*keys, key))
            case _:
                yield self._row(keys, value, secret=not isinstance(value, bool | int | float))

    def _row(self, keys: Keys, value: object, *, secret: bool) -> Row:
        return Row(_path(keys), _hidden(value) if secret else _shown(value), self._origin(keys))

    def _origin(self, keys: Keys) -> str:
        spot = self._places.find(keys)
        return f"{self._file}:{spot.line}" if spot else self._file

    def _options(self, keys: Keys, around: Mapping[str, object]) -> type | None:
        match keys:
            case ("projects", int(), "agent" as kind, "options"):
                pass
            case ("projects", int(), "platforms" as kind, int(), "options"):
                pass
            case _:
                return None
        return self._classes.get((kind, str(around.get("type", ""))))


def _has_tables(value: object) -> bool:
    match value:
        case Mapping():
            return True
        case list():
            return any(_has_tables(one) for one in value)
        case _:
            return False


def _path(keys: Keys) -> str:
    return str(Where(Source(), keys))


def _hidden(value: object) -> str:
    """A reference is no secret, and nothing is none either."""
    if value in ("", [], {}) or (isinstance(value, str) and _REFERENCE.fullmatch(value)):
        return _shown(value)
    return HIDDEN


def _shown(value: object) -> str:
    """On one line, safe for a terminal."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | Path():
            return json.dumps(without_login(str(value), "***"), ensure_ascii=False)
        case list() | tuple():
            return "[" + ", ".join(_shown(one) for one in value) + "]"
        case Mapping():
            inner = (f"{json.dumps(key)} = {_shown(one)}" for key, one in value.items())
            return "{ " + ", ".join(inner) + " }" if value else "{}"
        case _:
            return str(value)


def _default(entry: Entry) -> str:
    return "(none)" if entry.default is None else _shown(entry.default)
