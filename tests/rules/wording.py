"""Finds which texts of a catalogue a program says, by reading its sources."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.rules.reading import ROOT

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SCRIPT_CALL = re.compile(r"(?<![\w.])say\(")
_QUOTED = re.compile(r"""(["'`])((?:(?!\1).)*)\1""")


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a text is said.

    Attributes:
        where: File and line.
        keys: The keys it says; all of them must exist.
        fields: Names of the fields it gives; None when that cannot be told.
    """

    where: str
    keys: frozenset[str]
    fields: frozenset[str] | None


@dataclass(slots=True)
class Found:
    """What was found in some sources.

    Attributes:
        uses: Places with a known key.
        perhaps: Words that may be keys: they stand near a place with a key that is computed.
        riddles: Places whose key nobody can tell.
    """

    uses: list[Use] = field(default_factory=list)
    perhaps: set[str] = field(default_factory=set)
    riddles: list[str] = field(default_factory=list)

    def keys(self) -> set[str]:
        """Every key that must exist."""
        return {key for use in self.uses for key in use.keys}


@dataclass(frozen=True, slots=True)
class Sink:
    """A function that is given a key.

    Attributes:
        name: The function, or a method with a dot before its name.
        at: Which argument the key is, without `self`.
        endings: What is added to the key; several for a text with a singular and a plural.
    """

    name: str
    at: int
    endings: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the texts of one catalogue are asked for.

    Attributes:
        sinks: The functions that say them.
        patterns: A key with a gap, such as `failed_{}` -> what can fill the gap.
        attributes: A key that is an attribute of something -> all values it can have.
    """

    sinks: tuple[Sink, ...]
    patterns: Mapping[str, Iterable[str]] = field(default_factory=dict)
    attributes: Mapping[str, Callable[[], Iterable[str]]] = field(default_factory=dict)


@cache
def parsed(path: Path) -> ast.Module:
    """A module, every node knowing its parent as `.parent`."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined] # our own mark
    return tree


def shown(path: Path) -> str:
    """A path as a person at the top of the repository would type it."""
    return str(path.relative_to(ROOT) if ROOT in path.parents else path)


def python(wording: Wording, paths: Iterable[Path]) -> Found:
    """What Python modules say. A function that hands its own argument on is a sink as well."""
    files, found = list(paths), Found()
    done: set[Sink] = set()
    waiting = list(wording.sinks)
    while waiting:
        sink = waiting.pop()
        if sink not in done:
            done.add(sink)
            waiting += _follow(sink, wording, files, found)
    return found


@cache
def _calls(path: Path) -> dict[str, list[ast.Call]]:
    """The calls of a module, by what is called."""
    calls: dict[str, list[ast.Call]] = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            calls.setdefault(_called(node), []).append(node)
    return calls


def _follow(sink: Sink, wording: Wording, files: list[Path], found: Found) -> Iterator[Sink]:
    for path in files:
        for call in _calls(path).get(sink.name, ()):
            if len(call.args) <= sink.at or any(map(_starred, call.args[: sink.at + 1])):
                continue
            reader = _Reader(wording, sink, f"{shown(path)}:{call.lineno}", call, found)
            reader.take(call.args[sink.at])
            yield from reader.handed_on


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return f".{name}"
        case _:
            return ""


def _starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


class _Reader:
    """Reads the key of one call."""

    def __init__(
        self, wording: Wording, sink: Sink, where: str, call: ast.Call, found: Found
    ) -> None:
        self._wording, self._sink, self._where = wording, sink, where
        self._call, self._found = call, found
        self.handed_on: list[Sink] = []

    def take(self, key: ast.expr) -> None:
        match key:
            case ast.Constant(value=str(text)):
                self._use({text})
            case ast.IfExp(body=yes, orelse=no):
                self.take(yes)
                self.take(no)
            case ast.JoinedStr() if (gap := _with_gap(key)) in self._wording.patterns:
                self._use({gap.format(filling) for filling in self._wording.patterns[gap]})
            case ast.Name(id=name):
                self._name(name)
            case _ if (values := self._attribute(key)) is not None:
                self._use(set(values))
            case _:
                self._guess()

    def _attribute(self, key: ast.expr) -> Iterable[str] | None:
        dotted = ast.unparse(key)
        for ending, values in self._wording.attributes.items():
            if f".{dotted}".endswith(f".{ending}"):
                return values()
        return None

    def _name(self, name: str) -> None:
        function = _enclosing(self._call)
        if function is not None and not isinstance(function, ast.Lambda):
            names = [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]
            if name in names:
                dot = "." if isinstance(getattr(function, "parent", None), ast.ClassDef) else ""
                wrapper = Sink(dot + function.name, names.index(name), self._sink.endings)
                self.handed_on.append(wrapper)
                return
        self._guess()

    def _guess(self) -> None:
        """The key is computed: the words of the function, or of the module, are candidates."""
        function = _enclosing(self._call)
        words = _words(function) if function is not None else set()
        if not words:
            self._found.riddles.append(self._where)
        self._found.perhaps |= {word + end for word in words for end in self._sink.endings}

    def _use(self, keys: set[str]) -> None:
        given = {one.arg for one in self._call.keywords}
        known = None if None in given or self._sink.endings != ("",) else given
        fields = None if known is None else frozenset(name for name in known if name)
        all_keys = frozenset(key + end for key in keys for end in self._sink.endings)
        self._found.uses.append(Use(self._where, all_keys, fields))


def _with_gap(text: ast.JoinedStr) -> str:
    """An f-string with `{}` for what is not known."""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values
    )


def _enclosing(node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
    above: ast.AST | None = getattr(node, "parent", None)
    while above is not None and not isinstance(above, _FUNCTIONS):
        above = getattr(above, "parent", None)
    return above


def _words(node: ast.AST) -> set[str]:
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {text for text in constants if isinstance(text, str) and text.isidentifier()}


def arguments_of(name: str, at: int, paths: Iterable[Path]) -> set[str]:
    """The texts that stand as an argument of a function or class, by place."""
    return {
        argument.value
        for path in paths
        for call in _calls(path).get(name, ())
        for argument in call.args[at : at + 1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def scripts(patterns: Mapping[str, Iterable[str]], paths: Iterable[Path]) -> Found:
    """What scripts and templates say, by `say(...)`."""
    found = Found()
    for path in paths:
        text = path.read_text("utf-8")
        quoted = {word for _, word in _QUOTED.findall(text)}
        for match in _SCRIPT_CALL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            where = f"{shown(path)}:{line}"
            key, fields = _arguments(text, match.end())
            _take_script(key, fields, where, patterns, found)
            if not _QUOTED.search(key):
                found.perhaps |= quoted
    return found


def _take_script(
    key: str, fields: str, where: str, patterns: Mapping[str, Iterable[str]], found: Found
) -> None:
    given = frozenset(re.findall(r"\w+", fields))
    chosen = key.partition("?")[2] or key  # of `a === "x" ? "yes" : "no"` only what is said
    for _, word in _QUOTED.findall(chosen):
        gap = re.sub(r"\$\{[^}]*\}", "{}", word)
        if gap == word:
            found.uses.append(Use(where, frozenset({word}), given))
        elif gap in patterns:
            keys = frozenset(gap.format(filling) for filling in patterns[gap])
            found.uses.append(Use(where, keys, None))
        else:
            found.riddles.append(where)


def _arguments(text: str, begin: int) -> tuple[str, str]:
    """The first argument of a call and the rest, from after its bracket."""
    depth, comma, at = 1, -1, begin
    while depth:
        letter = text[at]
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 1 and comma < 0:
            comma = at
        at += 1
    end = at - 1
    return (text[begin:end], "") if comma < 0 else (text[begin:comma], text[comma + 1 : end])
