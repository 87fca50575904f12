"""Where a key stands in a TOML text: line and column, for messages a person can act on.

`tomllib` gives the values but no places. This scanner gives the places but no values; it is lenient
about everything that does not move a place, because `tomllib` judges the text anyway. It runs first
and refuses what is nested too deeply: `tomllib` answers a thousand brackets with a RecursionError,
and needs minutes for one key of some ten thousand dotted parts.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Keys = tuple[str | int, ...]
"""The way to a value: names of keys, and indexes (from 0) of list elements."""

MAX_DEPTH = 40
"""Most steps on the way to a value; the deepest option we know of needs eight."""

_MAX_ELEMENTS = 1000
"""Elements of a list whose places are kept; of half a million numbers the list's own has to do."""

_WS = re.compile(r"[ \t]*+")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+")
_REST_OF_LINE = re.compile(r"[^\n]*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*+"')
_LITERAL = re.compile(r"'[^'\n]*+'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*+'{3,5}", re.DOTALL)
_PLAIN = re.compile(r"[^,\[\]{}#\n\"'=]++")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text. Both figures count from 1; a column is a character, not a byte."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One `key = value` or one `[header]`: offsets of its first character and past its last."""

    start: int
    end: int
    header: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where the keys of a text stand.

    Attributes:
        statements: Every statement in order, as well as it can be told apart.
        open_at: Offset of a text or bracket that is never closed.
        too_deep: Offset where the nesting passes `MAX_DEPTH`; scanning stopped there.
    """

    starts: tuple[int, ...] = (0,)
    offsets: Mapping[Keys, int] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    open_at: int | None = None
    too_deep: int | None = None

    def spot(self, offset: int) -> Spot:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return Spot(line, offset - self.starts[line - 1] + 1)

    def find(self, keys: Keys) -> Spot | None:
        """Where a key stands; for one that is not written, the nearest table around it.

        Returns:
            None when not even a table around it is written (a key missing at the top).
        """
        for length in range(len(keys), 0, -1):
            offset = self.offsets.get(keys[:length])
            if offset is not None:
                return self.spot(offset)
        return None

    def statement_at(self, line: int) -> Statement | None:
        """The statement that a line belongs to, or the last one before it."""
        found = None
        for statement in self.statements:
            if self.spot(statement.start).line > line:
                break
            found = statement
        return found


def scan(text: str) -> Places:
    """Find the place of every key. Any text is taken; nothing is raised; time is linear.

    Args:
        text: As `normal` gives it.
    """
    scanner = _Scanner(text)
    too_deep = None
    try:
        statements = tuple(scanner.statements())
    except _TooDeep as stop:
        too_deep = stop.offset
        statements = ()
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    return Places(starts, scanner.offsets, statements, scanner.open_at, too_deep)


def normal(text: str) -> str:
    """The text as `scan` and `tomllib` both count it: no byte order mark, no carriage returns."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


class _TooDeep(Exception):
    """A jump out of the recursion; becomes `Places.too_deep`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _Lost(Exception):
    """This statement cannot be followed any further; the next one may."""


class _Scanner:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.offsets: dict[Keys, int] = {}
        self.counts: dict[Keys, int] = {}
        self.table: Keys = ()
        self.open_at: int | None = None
        self.muted = False

    def statements(self) -> Iterator[Statement]:
        """Read statement after statement, noting the places of keys on the way."""
        while True:
            self._skip(_SPACE)
            if self.pos >= len(self.text):
                return
            start = self.pos
            self.muted = False
            header = self.text.startswith("[", start)
            try:
                if header:
                    self._header()
                else:
                    self._assignment(self.table)
            except _Lost:
                pass
            self._skip(_REST_OF_LINE)
            yield Statement(start, self.pos, header)

    def _header(self) -> None:
        many = self.text.startswith("[[", self.pos)
        self.pos += 2 if many else 1
        parts = self._key(0)
        keys: Keys = ()
        for part, offset in parts[:-1]:
            keys = self._inside((*keys, part), offset)
        part, offset = parts[-1]
        keys = (*keys, part)
        if many:
            index = self.counts.get(keys, 0)
            self.counts[keys] = index + 1
            self._note(keys, offset, again=False)
            keys = (*keys, index)
            self._note(keys, offset)
        else:
            keys = self._inside(keys, offset)
            self._note(keys, offset)
        self.table = keys

    def _inside(self, keys: Keys, offset: int) -> Keys:
        """Step into the last element when the key is a list of tables."""
        self._note(keys, offset, again=False)
        count = self.counts.get(keys)
        return keys if count is None else (*keys, count - 1)

    def _assignment(self, table: Keys) -> None:
        parts = self._key(len(table))
        keys = table
        for part, offset in parts:
            keys = (*keys, part)
            self._note(keys, offset, again=False)
        self._skip(_WS)
        if not self._take("="):
            raise _Lost
        self._skip(_WS)
        self._value(keys)

    def _key(self, depth: int) -> list[tuple[str, int]]:
        """Read a dotted key; at least one part."""
        parts: list[tuple[str, int]] = []
        while True:
            self._skip(_WS)
            offset = self.pos
            parts.append((self._part(), offset))
            if depth + len(parts) > MAX_DEPTH:
                raise _TooDeep(offset)
            self._skip(_WS)
            if not self._take("."):
                return parts

    def _part(self) -> str:
        quoted = self._match(_BASIC) or self._match(_LITERAL)
        if quoted is None:
            bare = self._match(_BARE)
            if bare is None:
                raise _Lost
            return bare
        return _unquoted(quoted) if "\\" in quoted else quoted[1:-1]

    def _value(self, keys: Keys) -> None:
        if len(keys) > MAX_DEPTH:
            raise _TooDeep(self.pos)
        first = self.text[self.pos : self.pos + 1]
        match first:
            case "[":
                self._array(keys)
            case "{":
                self._inline(keys)
            case '"' | "'":
                self._string()
            case _:
                self._skip(_PLAIN)

    def _array(self, keys: Keys) -> None:
        opened = self.pos
        muted = self.muted
        self.pos += 1
        index = 0
        while not self._closed("]", opened):
            before = self.pos
            self.muted = muted or index >= _MAX_ELEMENTS
            self._note((*keys, index), before)
            self._value((*keys, index))
            self._followed(before, opened)
            index += 1
        self.muted = muted

    def _inline(self, keys: Keys) -> None:
        opened = self.pos
        self.pos += 1
        while not self._closed("}", opened):
            before = self.pos
            self._assignment(keys)
            self._followed(before, opened)

    def _closed(self, bracket: str, opened: int) -> bool:
        self._skip(_SPACE)
        if self.pos >= len(self.text):
            self._never_closed(opened)
        return self._take(bracket)

    def _followed(self, before: int, opened: int) -> None:
        """Pass the comma after an element; without any progress the bracket is beyond us."""
        self._skip(_SPACE)
        self._take(",")
        if self.pos == before:
            self._never_closed(opened)

    def _string(self) -> None:
        opened = self.pos
        long = self.text[opened : opened + 3]
        match long:
            case '"""':
                found = self._match(_LONG_BASIC)
            case "'''":
                found = self._match(_LONG_LITERAL)
            case _:
                found = self._match(_BASIC) or self._match(_LITERAL)
        if found is None:
            self._never_closed(opened)

    def _never_closed(self, opened: int) -> None:
        if self.open_at is None:
            self.open_at = opened
        raise _Lost

    def _note(self, keys: Keys, offset: int, *, again: bool = True) -> None:
        if not self.muted and (again or keys not in self.offsets):
            self.offsets[keys] = offset

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.pos)
        if found is not None:
            self.pos = found.end()

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.pos)
        if found is None:
            return None
        self.pos = found.end()
        return found.group()

    def _take(self, character: str) -> bool:
        if not self.text.startswith(character, self.pos):
            return False
        self.pos += 1
        return True


def _unquoted(quoted: str) -> str:
    """The name that a quoted key with escapes stands for, as `tomllib` would say it."""
    try:
        name = tomllib.loads(f"{quoted} = 0")
    except ValueError:
        raise _Lost from None
    return next(iter(name))
