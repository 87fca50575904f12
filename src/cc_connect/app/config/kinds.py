"""The types an option can have, read from the annotations of a dataclass.

An options class is a plain dataclass. These annotations are understood:

    str, int, float, bool, pathlib.Path        a Path may begin with `~`
    Literal["a", "b"], a StrEnum               one of some words; case does not matter
    tuple[X, ...]                              a list
    Mapping[str, X]                            a table whose keys are free
    another dataclass                          a table
    X | None                                   a key that may be left out
    str | tuple[str, ...]                      either, told apart by what is written
    object                                     anything, not looked into
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cc_connect.app.config.problems import Where


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text, number or switch; `type` is str, int, float, bool or Path."""

    type: type


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words. `make` turns the word into the value of the field."""

    words: tuple[str, ...]
    make: type


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    item: "Kind"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with known keys."""

    cls: type


@dataclass(frozen=True, slots=True)
class Map:
    """A table with free keys."""

    item: "Kind"


@dataclass(frozen=True, slots=True)
class Either:
    """One of several kinds, told apart by the TOML type of what is written."""

    kinds: "tuple[Kind, ...]"


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value; nothing is checked."""


Kind = Scalar | Choice | Many | Table | Map | Either | Anything


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a table.

    Attributes:
        key: As it is written in TOML.
        name: Of the field.
        meta: The field's metadata; what may stand in it is told in `read`.
    """

    key: str
    name: str
    kind: Kind
    meta: Mapping[str, Any]
    default: object = MISSING

    @property
    def required(self) -> bool:
        """Whether the key has to be there."""
        return self.default is MISSING

    @property
    def built(self) -> bool:
        """Whether setting the key has an effect yet."""
        return bool(self.meta.get("built", True))

    @property
    def secret(self) -> bool:
        """Whether the value must never be shown."""
        return bool(self.meta.get("secret", False))

    @property
    def former(self) -> tuple[str, ...]:
        """Older names of the key."""
        names = self.meta.get("renamed", ())
        return (names,) if isinstance(names, str) else tuple(names)


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of an options class.

    Attributes:
        where: Name of the field, if any, that takes the place the table was read at.
        planned: Keys that are known but have no field yet.
        former: The entries by their older names.
    """

    entries: Mapping[str, Entry]
    where: str | None
    planned: frozenset[str]
    former: Mapping[str, Entry]


def layout(cls: type) -> Layout:
    """What can stand in the table that fills an options class.

    Raises:
        TypeError: The class is no dataclass, or a field has a type that is not understood. That is
            a mistake in the program, not in a configuration.
    """
    known = _LAYOUTS.get(cls)
    if known is None:
        known = _LAYOUTS[cls] = _layout(cls)
    return known


_LAYOUTS: dict[type, Layout] = {}


def _layout(cls: type) -> Layout:
    if not is_dataclass(cls):
        raise TypeError(f"{cls.__qualname__} is not a dataclass")
    hints = get_type_hints(cls)
    entries: dict[str, Entry] = {}
    where = None
    for field in fields(cls):
        hint = hints[field.name]
        if hint is Where:
            where = field.name
            continue
        if not field.init or field.metadata.get("internal"):
            continue
        default = field.default
        if field.default_factory is not MISSING:
            default = field.default_factory()
        key = str(field.metadata.get("key", field.name))
        entries[key] = Entry(key, field.name, kind_of(hint), field.metadata, default)
    planned = frozenset(getattr(cls, "planned", ()))
    former = {name: entry for entry in entries.values() for name in entry.former}
    return Layout(entries, where, planned, former)


def kind_of(hint: object) -> Kind:
    """The kind of value that an annotation stands for.

    Raises:
        TypeError: The annotation is not understood.
    """
    if isinstance(hint, type) and get_origin(hint) is None:
        return _kind_of_class(hint)
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin is Literal:
            if all(isinstance(word, str) for word in arguments):
                return Choice(arguments, str)
        case origin if origin is tuple and arguments[1:] == (...,):
            return Many(kind_of(arguments[0]))
        case origin if origin in (Mapping, dict) and arguments[0] is str:
            return Map(kind_of(arguments[1]))
        case origin if origin in (Union, UnionType):
            kinds = tuple(kind_of(part) for part in arguments if part is not NoneType)
            return kinds[0] if len(kinds) == 1 else Either(kinds)
        case _:
            pass
    raise TypeError(f"an option cannot have the type {hint}")


def _kind_of_class(hint: type) -> Kind:
    if issubclass(hint, StrEnum):
        return Choice(tuple(member.value for member in hint), hint)
    if hint in (str, int, float, bool, Path):
        return Scalar(hint)
    if hint is object:
        return Anything()
    if is_dataclass(hint):
        return Table(hint)
    raise TypeError(f"an option cannot have the type {hint.__qualname__}")


_SCALAR_NAMES: Mapping[type, str] = {
    str: "text",
    Path: "a path (text)",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def expected(kind: Kind) -> str:
    """What a person is told to write."""
    match kind:
        case Scalar(cls):
            return _SCALAR_NAMES[cls]
        case Choice(words):
            return "one of " + ", ".join(f'"{word}"' for word in words if word)
        case Many(Table() | Map()):
            return "a list of tables"
        case Many(item):
            return f"a list of {_plural(item)}"
        case Table() | Map():
            return "a table"
        case Either(kinds):
            return " or ".join(expected(one) for one in kinds)
        case Anything():
            return "any value"


def _plural(kind: Kind) -> str:
    match kind:
        case Scalar(cls) if cls is str or cls is Path:
            return "texts"
        case Scalar(cls) if cls is int or cls is float:
            return "numbers"
        case Choice(words):
            return "these words: " + ", ".join(f'"{word}"' for word in words)
        case _:
            return "values"


def found(value: object) -> str:
    """What a person has written, by its TOML type; never the value itself."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number with a fraction"
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return "a date or time"
