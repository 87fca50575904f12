"""How much of a growing paragraph is settled: whatever comes, it will be drawn as it is now.

A star may become emphasis by a star that is still to come, a bracket a link. So the scan stops
before the first thing that is not complete, and what the parser calls an opener without its closer
is not complete either.
"""

import re
from collections.abc import MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

_ORDINARY = re.compile(r"[^\\`<&!\[\]*_~\n]+")
_TICKS = re.compile(r"`+")
_RUN = re.compile(r"\*+|_+|~+")
_ENTITY = re.compile(r"&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_HALF_ENTITY = re.compile(r"&[#a-z0-9]{0,32}\Z", re.IGNORECASE)
_AUTOLINK = re.compile(
    r"<(?:[a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^<>\x00-\x20]*"
    r"|[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~\-]+@[a-zA-Z0-9.\-]+)>"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9\-]*\s*/?>")
_MAY_OPEN = re.compile(r"<[a-zA-Z0-9/!?.#$%&'*+=^_`{|}~\-]|<\Z")
_PROSE = re.compile(
    r"""[ ]{0,3}(?:
    [^\s`~>*\-_+0-9\#<|=:] | [*_]+[^\s*_] | [-+][^\s\-+:|=] | :[^\s\-|:]
    | [0-9]{1,9}[.)][^\s] | [0-9]+[^0-9.)] | [0-9]{10} | `{1,2}[^`] | ~{1,2}[^~] | \#+[^\s\#]
    | \#{7}
    )""",
    re.VERBOSE,
)
_ROW = re.compile(r"[ \t]*\|")
_BLANKS = re.compile(r"[ \t]*")


def begins_prose(text: str, start: int = 0) -> bool:
    """Whether a line that begins here is prose whatever follows: no list, fence, rule, table."""
    return _PROSE.match(text, start) is not None


class Scan:
    """One look at a paragraph.

    Args:
        text: The paragraph, without blanks at its start, as far as it has come.
        start: Where to begin; all before is settled.
        lines: How many of its lines are known to belong to it; those after may yet be a block.
        before: The character before `start`, as far as it matters to what follows.
    """

    def __init__(
        self, parser: "MarkdownIt", text: str, start: int, lines: int, before: str
    ) -> None:
        self._parser = parser
        self._text = text
        self._start = start
        self._lines = lines
        self._before = before
        self._line = text.count("\n", 0, start)
        self._safe = start

    def settled(self) -> int:
        """Where the settled part ends; never after a blank."""
        if self._line == 0 and self._start == 0 and not self._may_go_on(0):
            return 0
        self._run(self._start, nested=False)
        return self._whole_pairs(self._safe)

    # --- complete things ------------------------------------------------------------------------

    def _run(self, at: int, *, nested: bool) -> int:
        """Pass over complete things; returns where it stopped, or the bracket that ends a label."""
        text = self._text
        while at < len(text):
            if nested and text[at] == "]":
                return at
            after = self._past(at)
            if after == at:
                break
            if not nested:
                words = text[at:after].rstrip() if text[at] not in "\\\n" else text[at:after]
                if words and not words[-1].isspace():
                    self._safe = at + len(words)
            at = after
        return at

    def _past(self, at: int) -> int:
        """Where the thing that begins here ends; the same place when it is not complete."""
        text = self._text
        match text[at]:
            case "\\":
                return self._past_escape(at)
            case "`":
                return self._past_code(at)
            case "<":
                return self._past_tag(at)
            case "&":
                return self._past_entity(at)
            case "!":
                if at + 1 == len(text):
                    return at
                return self._past_label(at, at + 1) if text[at + 1] == "[" else at + 1
            case "[":
                return self._past_label(at, at)
            case "*" | "_" | "~":
                found = _RUN.match(text, at)
                return found.end() if found and found.end() < len(text) else at
            case "\n":
                return self._past_line(at)
            case "]":
                return at + 1
            case _:
                ordinary = _ORDINARY.match(text, at)
                return self._past_words(at, ordinary.end()) if ordinary else at + 1

    def _past_words(self, at: int, end: int) -> int:
        """Without the blanks at the end: a line break may swallow them."""
        words = self._text[at:end].rstrip()
        if not words and end < len(self._text):
            return end
        return at + len(words) if end == len(self._text) else end

    def _past_escape(self, at: int) -> int:
        text = self._text
        if at + 1 == len(text):
            return at
        if text[at + 1] == "\n":
            return self._past_line(at + 1, at)
        return at + 2

    def _past_code(self, at: int) -> int:
        text = self._text
        ticks = _TICKS.match(text, at)
        if ticks is None or ticks.end() == len(text):
            return at
        size = ticks.end() - at
        for closing in _TICKS.finditer(text, ticks.end()):
            if closing.end() == len(text):
                return at
            if closing.end() - closing.start() == size:
                return self._through(at, closing.end())
        return at

    def _through(self, at: int, end: int) -> int:
        """Over something that may go over lines, if all these lines are the paragraph's."""
        line = self._line
        here = self._text.find("\n", at, end)
        while here >= 0:
            if not self._may_go_on(here + 1):
                self._line = line
                return at
            here = self._text.find("\n", here + 1, end)
        return end

    def _past_tag(self, at: int) -> int:
        found = _AUTOLINK.match(self._text, at) or _TAG.match(self._text, at)
        if found:
            return self._through(at, found.end())
        return at if _MAY_OPEN.match(self._text, at) else at + 1

    def _past_entity(self, at: int) -> int:
        found = _ENTITY.match(self._text, at)
        if found:
            return found.end()
        return at if _HALF_ENTITY.match(self._text, at) else at + 1

    def _past_label(self, at: int, bracket: int) -> int:
        """Over `[label](target)`, `![label](target)`, or brackets that stand for themselves."""
        line, text = self._line, self._text
        end = self._run(bracket + 1, nested=True)
        if end + 1 >= len(text) or text[end] != "]":
            self._line = line
            return at
        if text[end + 1] != "(":
            return end + 1
        stop = self._link_end(at)
        if stop <= end or self._through(end, stop) == end:
            self._line = line
            return at
        return stop

    def _link_end(self, at: int) -> int:
        from markdown_it.rules_inline import StateInline, image, link  # noqa: PLC0415 - see plain

        state = StateInline(self._text, self._parser, {}, [])
        state.pos = at
        rule = image if self._text[at] == "!" else link
        return state.pos if rule(state, True) else -1  # noqa: FBT003 - the parser's own form

    # --- lines ----------------------------------------------------------------------------------

    def _past_line(self, at: int, begins: int | None = None) -> int:
        blanks = _BLANKS.match(self._text, at + 1)
        after = blanks.end() if blanks else at + 1
        stay = at if begins is None else begins
        if after == len(self._text) or not self._may_go_on(at + 1):
            return stay
        return after

    def _may_go_on(self, start: int) -> bool:
        """Whether the line that begins here is surely prose of this paragraph; counts it."""
        line = self._line + 1 if start else 0
        text = self._text
        # The head of a table is known as such only by the line below it.
        known = (
            line + 1 < self._lines
            if text[start:].lstrip(" \t")[:1] == "|"
            else (line < self._lines)
        )
        if not known and not begins_prose(text, start):
            return False
        self._line = line
        return True

    # --- pairs ----------------------------------------------------------------------------------

    def _whole_pairs(self, end: int) -> int:
        """The last place up to `end` that no emphasis reaches over and nothing waits before."""
        after = stand_in(self._text[end : end + 1])
        text = self._before + self._text[self._start : end] + after
        shift = self._start - len(self._before)
        openers, pairs = delimiters(self._parser, text)
        cut = min(openers, default=len(text))
        moved = True
        while moved:
            moved = False
            for first, last in pairs:
                if first < cut <= last:
                    cut, moved = first, True
        place = min(cut + shift, end)
        return max(_before_blanks(self._text, place, self._start), self._start)


def _before_blanks(text: str, place: int, start: int) -> int:
    """The end of the last word; a backslash that breaks the line is one of the blanks."""
    while place > start:
        if text[place - 1].isspace():
            place -= 1
            continue
        slashes = place - len(text[:place].rstrip("\\"))
        if text[place : place + 1] != "\n" or slashes % 2 == 0:
            break
        place -= 1
    return place


def delimiters(parser: "MarkdownIt", text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Places of delimiters that wait for their closer, and of those that have found each other."""
    from markdown_it.rules_inline import link_pairs  # noqa: PLC0415 - see plain

    state = _watching()(text, parser, {}, [])
    parser.inline.tokenize(state)
    link_pairs(state)
    places = state.places  # type: ignore[attr-defined]  # of the class made below
    at = [places[id(state.tokens[one.token])] for one in state.delimiters]
    openers = [at[n] for n, one in enumerate(state.delimiters) if one.open and one.end < 0]
    pairs = [(at[n], at[one.end]) for n, one in enumerate(state.delimiters) if one.end >= 0]
    return openers, pairs


@cache
def _watching() -> "type[StateInline]":
    from markdown_it.rules_inline import StateInline  # noqa: PLC0415 - see plain
    from markdown_it.token import Token  # noqa: PLC0415 - the same

    class Watching(StateInline):
        """Remembers where in the text a token was made."""

        def __init__(
            self, src: str, md: "MarkdownIt", env: MutableMapping[str, Any], tokens: list[Token]
        ) -> None:
            super().__init__(src, md, env, tokens)
            self.places: dict[int, int] = {}

        def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
            token = super().push(ttype, tag, nesting)
            self.places[id(token)] = self.pos
            return token

    return Watching


def stand_in(before: str) -> str:
    """A character that matters to what follows as `before` does, and means nothing itself."""
    from markdown_it.common.utils import isMdAsciiPunct, isPunctChar  # noqa: PLC0415 - see plain

    if not before or before.isspace():
        return before
    return "." if isMdAsciiPunct(ord(before)) or isPunctChar(before) else "a"
