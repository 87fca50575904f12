"""Reading a TOML table into a dataclass, with every mistake noted and none raised.

The options of a plug-in are a plain dataclass in its own floor, so that it imports nothing of this
package. The types that a field may have are listed in `kinds`. What a type cannot say stands in the
field's metadata, under these keys:

    doc       One line for docs/config.md.
    built     False: known, but without effect yet; setting it gives a warning.
    essential True, with built=False: setting it is an error, because to go on without it would be
              unsafe (an agent that should run as another user, for example).
    secret    True: the value is never shown. Give the field `repr=False` too.
    min, max  Bounds of a number, both allowed.
    nonempty  True: a list or table must have an element. (A required text never may be empty.)
    starts    Texts, one of which the value must begin with: ("http://", "https://").
    csv       True, for tuple[str, ...]: "a, b" is read like ["a", "b"]; numbers become text.
    renamed   Older name(s) of the key: still read, with a warning that tells the new one.
    key       How the key is written, when that cannot be a Python name.
    spelled   Other spellings of words of a Literal or StrEnum: {"edit": "acceptEdits"}.
    choices   The usual words of a text. Another one is taken too, with a warning.
    forgiving True, for a word: an unknown one is a warning and the default holds.
    zero      True, for a number: 0 is the same as leaving the key out.
    number    True, for a text: a number is taken too (ids are often written without quotes).
    digits    True, for a whole number: digits in quotes are taken too.
    internal  True: not an option, left at its default.
    default   How the default is told in docs/config.md, when the value itself says too little.

An empty text is the same as leaving the key out. A value that comes wholly or partly from the
environment (which only has text) may stand for a number or a switch.

A class variable `planned`, a frozenset of keys, names those that are known but have no field yet.
What concerns several keys together goes into a method `check(self)` of the class, which yields
`(key, message)` or `(key, message, hint)`; the key "" is the table itself, and a tuple leads to a
key further in. It may find defaults in the place of values that were refused. A field of the type
`Where` receives the place the table was read at. A ValueError of `__post_init__` is a problem of
the table.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Options:
        token: str = field(repr=False, metadata={"doc": "Token of the bot.", "secret": True})
        allow_from: tuple[str, ...] = field(default=(), metadata={"doc": "...", "csv": True})
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING
from pathlib import Path
from typing import Any, TypeVar

from cc_connect.app.config.kinds import (
    Anything,
    Choice,
    Either,
    Entry,
    Kind,
    Many,
    Map,
    Scalar,
    Table,
    expected,
    found,
    layout,
)
from cc_connect.app.config.locate import Keys
from cc_connect.app.config.problems import IS_MISSING, Problems, Where, quoted
from cc_connect.app.config.substitute import UNSET

T = TypeVar("T")

Complaint = tuple[str | Keys, str] | tuple[str | Keys, str, str]
"""What `check` yields: the key (or the way to it), what is wrong, and perhaps what to do."""

_BAD = object()
_INT_LIMIT = 2**63
_MOST_OF_A_LIST = 10
"""Wrong elements of one list that are told; more would only hide other mistakes."""

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_table(
    cls: type[T],
    table: Mapping[str, object],
    where: Where,
    problems: Problems,
    known: Collection[str] = (),
) -> T | None:
    """Read a table into an options class.

    Args:
        cls: A dataclass as described above.
        table: As `tomllib` gives it, placeholders replaced.
        where: The place of the table; problems are told from there.
        problems: Takes everything that is wrong.
        known: Keys that are no mistake although the class does not have them yet: a warning.

    Returns:
        None when the table has an error; warnings do not count.

    Raises:
        TypeError: The class itself cannot be used (a type that is not understood).
    """
    before = problems.errors
    result = draft(cls, table, where, problems, known)
    return result if problems.errors == before and not problems.failed(where) else None


def draft(
    cls: type[T],
    table: Mapping[str, object],
    where: Where,
    problems: Problems,
    known: Collection[str] = (),
) -> T | None:
    """Like `read_table`, but gives what could be read, mistakes replaced by defaults.

    Returns:
        None only when the class itself refuses the values.
    """
    plan = layout(cls)
    table = _current_names(plan.former, plan.entries, table, where, problems)
    values: dict[str, Any] = {}
    for key, entry in plan.entries.items():
        if key in table:
            value = _option(entry, table[key], where.at(key), problems)
        else:
            value = entry.default
            if entry.required:
                problems.error(where.at(key), IS_MISSING, _describe(entry))
        values[entry.name] = _settled(entry, value, where)
    _strangers(table, plan.entries, where, problems, plan.planned | frozenset(known))
    if plan.where:
        values[plan.where] = where
    try:
        result = cls(**values)
    except ValueError as refusal:
        problems.error(where, str(refusal))
        return None
    _cross_check(result, where, problems)
    for key, entry in plan.entries.items():
        if key in table and not entry.built and _says_something(table[key]):
            _remark(entry, where.at(key), problems)
    return result


def _remark(entry: Entry, where: Where, problems: Problems) -> None:
    """Tell that a key has no effect yet."""
    if entry.meta.get("essential"):
        problems.error(where, "is known, but not built yet, and must not be passed over")
    else:
        problems.warn(where, "is known, but not built yet: it has no effect")


def _current_names(
    former: Mapping[str, Entry],
    entries: Mapping[str, Entry],
    table: Mapping[str, object],
    where: Where,
    problems: Problems,
) -> Mapping[str, object]:
    """Give older names of keys their new ones."""
    old = [key for key in table if key in former and key not in entries]
    if not old:
        return table
    renamed = dict(table)
    for key in old:
        new = former[key].key
        problems.warn(where.at(key), f"this key is now called {quoted(new)}")
        value = renamed.pop(key)
        if new not in table:
            renamed[new] = value
    return renamed


def _describe(entry: Entry) -> str:
    return f"it has to be {expected(entry.kind)}"


def _settled(entry: Entry, value: object, where: Where) -> object:
    """The value of a field: as read, or the default, or something neutral if it is required."""
    if value is _BAD or value is MISSING:
        value = entry.default
    if value is MISSING:
        value = _neutral(entry.kind, where.at(entry.key))
    if isinstance(value, Path):
        return _at_home(value, where)
    return value


def _neutral(kind: Kind, where: Where) -> object:
    match kind:
        case Scalar(cls):
            return cls()
        case Choice(words, make):
            return make(words[0])
        case Many():
            return ()
        case Table(cls):
            return draft(cls, {}, where, Problems())
        case Map():
            return {}
        case Either(kinds):
            return _neutral(kinds[0], where)
        case Anything():
            return None


def _at_home(path: Path, where: Where) -> Path:
    return where.source.home.joinpath(*path.parts[1:]) if path.parts[:1] == ("~",) else path


def _strangers(
    table: Mapping[str, object],
    entries: Mapping[str, Entry],
    where: Where,
    problems: Problems,
    known: frozenset[str],
) -> None:
    names = known.union(entries)
    for key in table:
        if key in entries:
            continue
        place = where.at(key)
        if key in known:
            problems.warn(place, "is known, but not built yet: it has no effect")
            continue
        table_of_it = where.source.elsewhere.get(key)
        hint = f"it belongs to {table_of_it}" if table_of_it else problems.guess(key, names)
        problems.error(place, "unknown key", hint)


def _cross_check(result: object, where: Where, problems: Problems) -> None:
    check = getattr(result, "check", None)
    if check is None:
        return
    complaints: Iterable[Complaint] = check()
    for key, message, *hint in complaints:
        keys = key if isinstance(key, tuple) else (key,)
        place = where if key == "" else where.at(*keys)
        if key == "" or not problems.failed(place):
            problems.error(place, message, *hint)


def _option(entry: Entry, value: object, where: Where, problems: Problems) -> object:
    """The value of one key, or `_BAD`; MISSING when it says nothing."""
    if value == "" and type(value) is str and _is_text(entry.kind):
        if entry.required:
            problems.error(where, "must not be empty")
            return _BAD
        return MISSING
    if value == 0 and entry.meta.get("zero") and type(value) is int:
        return MISSING
    result = _convert(entry.kind, value, _At(entry, where, problems))
    if entry.meta.get("nonempty") and result in ((), {}) and not problems.failed(where):
        problems.error(where, "must not be empty", _describe(entry))
        return _BAD
    return result


def _is_text(kind: Kind) -> bool:
    match kind:
        case Choice():
            return True
        case Scalar(cls):
            return cls is str or cls is Path
        case Either(kinds):
            return any(_is_text(one) for one in kinds)
        case _:
            return False


def _says_something(value: object) -> bool:
    """Whether a value asks for anything: `enabled = false` and empty values do not."""
    match value:
        case {"enabled": False}:
            return False
        case Mapping():
            return any(_says_something(inner) for inner in value.values())
        case list():
            return any(_says_something(inner) for inner in value)
        case _:
            return bool(value)


class _At:
    """What a conversion needs to know besides the value."""

    __slots__ = ("entry", "problems", "where")

    def __init__(self, entry: Entry, where: Where, problems: Problems) -> None:
        self.entry = entry
        self.where = where
        self.problems = problems

    def inner(self, key: str | int) -> "_At":
        return _At(self.entry, self.where.at(key), self.problems)

    @property
    def hidden(self) -> bool:
        return self.entry.secret or self.where.from_env

    def bad(self, message: str, hint: str = "") -> object:
        self.problems.error(self.where, message, hint)
        return _BAD


def _convert(kind: Kind, value: object, at: _At) -> object:
    if isinstance(kind, Anything):
        return value
    if value is UNSET:
        return _BAD
    match kind:
        case Either(kinds):
            return _either(kinds, value, at)
        case Scalar(cls):
            return _scalar(cls, value, at)
        case Choice():
            return _choice(kind, value, at)
        case Many(item):
            return _many(item, value, at)
        case Map(item):
            return _map(item, value, at)
        case Table(cls):
            if not isinstance(value, Mapping):
                return _mismatch(kind, value, at)
            result: object = draft(cls, value, at.where, at.problems)
            return _BAD if result is None else result


def _mismatch(kind: Kind, value: object, at: _At) -> object:
    hint = ""
    match kind, value:
        case Many(Table() | Map()), Mapping():
            hint = f"write [[{_name(at.where)}]] with two brackets"
        case ((Scalar() | Choice()), (int() | float())) if _is_text(kind):
            hint = "put it in quotes"
        case Scalar(), str():
            hint = "leave the quotes out"
        case _:
            pass
    return at.bad(f"has to be {expected(kind)}, found {found(value)}", hint)


def _name(where: Where) -> str:
    return ".".join(key for key in where.keys if isinstance(key, str))


def _either(kinds: tuple[Kind, ...], value: object, at: _At) -> object:
    for kind in kinds:
        if _fits(kind, value):
            return _convert(kind, value, at)
    return _mismatch(Either(kinds), value, at)


def _fits(kind: Kind, value: object) -> bool:
    """Whether the TOML type of a value is one that the kind takes."""
    match kind:
        case Scalar(cls) if cls is int or cls is float:
            return isinstance(value, int | cls) and not isinstance(value, bool)
        case Scalar(cls) if cls is bool:
            return isinstance(value, bool)
        case Scalar() | Choice():
            return isinstance(value, str)
        case Many():
            return isinstance(value, list)
        case Map() | Table():
            return isinstance(value, Mapping)
        case _:
            return True


def _scalar(cls: type, value: object, at: _At) -> object:
    if cls is str or cls is Path:
        return _text(cls, value, at)
    if isinstance(value, str) and (
        at.where.from_env or (cls is int and at.entry.meta.get("digits"))
    ):
        return _from_text(cls, value, at)
    if not _fits(Scalar(cls), value):
        return _mismatch(Scalar(cls), value, at)
    return value if cls is bool else _number(cls, value, at)


def _text(cls: type, value: object, at: _At) -> object:
    numbers = at.entry.meta.get("number") or at.entry.meta.get("csv")
    if numbers and isinstance(value, int) and not isinstance(value, bool):
        checked = _number(int, value, at)
        return checked if checked is _BAD else str(value)
    if not isinstance(value, str):
        return _mismatch(Scalar(cls), value, at)
    starts = at.entry.meta.get("starts", ())
    if starts and not value.startswith(tuple(starts)):
        return at.bad("has to begin with " + " or ".join(quoted(start) for start in starts))
    if cls is Path:
        return at.bad("is not a path") if "\0" in value else Path(value)
    _warn_of_an_odd_word(value, at)
    return value


def _warn_of_an_odd_word(value: str, at: _At) -> None:
    words = at.entry.meta.get("choices", ())
    if not words or _loose(value) in map(_loose, words):
        return
    usual = ", ".join(quoted(word) for word in words if word)
    subject = "the value" if at.hidden else quoted(value)
    hint = "" if at.hidden else at.problems.guess(value, words)
    at.problems.warn(at.where, f"{subject} is none of the usual {usual}", hint)


def _loose(word: str) -> str:
    return word.strip().casefold().replace("-", "").replace("_", "")


def _from_text(cls: type, value: str, at: _At) -> object:
    """A number or switch out of text that the environment gave, or that a person quoted."""
    try:
        parsed = _FLAGS[value.strip().casefold()] if cls is bool else cls(value)
    except (KeyError, ValueError):
        return at.bad(f"has to be {expected(Scalar(cls))}, the value given is not")
    return parsed if cls is bool else _number(cls, parsed, at)


def _number(cls: type, value: Any, at: _At) -> object:  # noqa: ANN401 - an int or a float
    if isinstance(value, int) and not -_INT_LIMIT <= value < _INT_LIMIT:
        return at.bad("this number is too large")
    if not math.isfinite(value):
        return at.bad("has to be a finite number")
    low, high = at.entry.meta.get("min"), at.entry.meta.get("max")
    saw = "" if at.hidden else f", found {value}"
    if low is not None and value < low:
        return at.bad(f"has to be at least {low}{saw}")
    if high is not None and value > high:
        return at.bad(f"has to be at most {high}{saw}")
    return cls(value)


def _choice(kind: Choice, value: object, at: _At) -> object:
    if not isinstance(value, str):
        return _mismatch(kind, value, at)
    spelled = {word.casefold(): word for word in kind.words}
    for other, word in at.entry.meta.get("spelled", {}).items():
        spelled.setdefault(other.casefold(), word)
    word = spelled.get(value.strip().casefold())
    if word is not None:
        return kind.make(word)
    allowed = ", ".join(quoted(one) for one in kind.words if one)
    subject = "the value" if at.hidden else quoted(value)
    hint = "" if at.hidden else at.problems.guess(value, kind.words)
    if at.entry.meta.get("forgiving"):
        at.problems.warn(at.where, f"{subject} is not one of {allowed}: the default holds", hint)
        return MISSING
    return at.bad(f"{subject} is not one of {allowed}", hint)


def _many(item: Kind, value: object, at: _At) -> object:
    if at.entry.meta.get("csv") and not isinstance(value, list):
        if isinstance(value, str):
            return tuple(part for raw in value.split(",") if (part := raw.strip()))
        if not isinstance(value, int) or isinstance(value, bool):
            return at.bad(f'has to be a list of texts or "a,b", found {found(value)}')
        value = [value]
    if not isinstance(value, list):
        return _mismatch(Many(item), value, at)
    items: list[object] = []
    refused = 0
    for index, one in enumerate(value):
        result = _convert(item, one, at.inner(index))
        refused += result is _BAD
        items.append(result)
        if refused == _MOST_OF_A_LIST and isinstance(item, Scalar | Choice):
            break
    return tuple(one for one in items if one is not _BAD and one is not MISSING)


def _map(item: Kind, value: object, at: _At) -> object:
    if not isinstance(value, Mapping):
        return _mismatch(Map(item), value, at)
    items = {key: _convert(item, one, at.inner(key)) for key, one in value.items()}
    return {key: one for key, one in items.items() if one is not _BAD and one is not MISSING}
