"""A text that grows on the page: finished Markdown blocks are drawn once, the open end again.

Cost is linear in the length of the text, however small the pieces: a piece is looked at once, a
finished block is drawn once, and the open end is drawn anew only while it is short. A long open end
(a code block, a paragraph without an end) is sent piece by piece as plain text.

The final message replaces the whole text, so a rough edge here (a link whose target is defined
further down) lasts no longer than the turn.
"""

import re
from dataclasses import dataclass, field

from cc_connect.platforms.web.markdown import code_block, to_html
from cc_connect.platforms.web.wire import Extended

SHORT_TAIL = 2_000
"""Characters up to which the open end is drawn as Markdown every time it is looked at."""

LONG_BLOCK = 50_000
"""Characters from which a block is shown as it came while the answer grows."""

_FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})(.*)$")
_NESTED_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_LIST = re.compile(r"^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s")


@dataclass(slots=True)
class Cursor:
    """How far one page has seen one growing text."""

    blocks: int = 0
    version: int = 0
    begun: int = 0
    mode: str = ""
    number: int = -1
    lines: int = 0
    parts: int = 0
    characters: int = 0


@dataclass(slots=True)
class GrowingText:
    """The text of one stream, cut into finished blocks and an open end.

    The open end is kept in the pieces it came in, so that a page can be sent only what is new.
    """

    length: int = 0
    _finished: list[str] = field(default_factory=list)
    _drawn: dict[str, list[str]] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _open_length: int = 0
    _number: int = 0
    _line: list[str] = field(default_factory=list)
    _line_length: int = 0
    _fence: str = ""
    _nested: str = ""
    _listed: bool = False
    _blank: bool = False
    _version: int = 0
    _begun: int = 0

    def feed(self, text: str, at: int) -> None:
        """Take a piece that begins `at` characters into the text.

        A piece at 0 begins the text anew. Otherwise what is there already is left out, and where a
        piece is missing, an ellipsis stands.
        """
        if at == 0 and self.length:
            self._begin_anew()
        elif at < self.length:
            text = text[self.length - at :]
        elif at > self.length:
            self._take("\n\n…\n\n")
            self.length = at
        if text:
            self.length += len(text)
            self._take(text)

    def _begin_anew(self) -> None:
        self.length = 0
        self._begun += 1
        self._version += 1
        for pieces in (self._finished, self._open, self._line):
            pieces.clear()
        self._drawn.clear()
        self._open_length = self._line_length = 0
        self._number += 1
        self._fence = self._nested = ""
        self._listed = self._blank = False

    def _take(self, text: str) -> None:
        self._version += 1
        *ended, rest = text.split("\n")
        for part in ended:
            self._line.append(part)
            line = "".join(self._line)
            self._line.clear()
            self._line_length = 0
            self._end_line(line)
        if rest:
            self._line.append(rest)
            self._line_length += len(rest)

    def _end_line(self, line: str) -> None:
        if self._fence:
            self._keep(line)
            if _closes(line, self._fence):
                self._fence = ""
                self._finish()
        elif self._nested:
            self._keep(line)
            if _closes(line, self._nested):
                self._nested = ""
        elif line.strip():
            self._begin_line(line)
        elif self._open:
            self._keep(line)
            self._blank = self._listed
            if not self._listed:
                self._finish()

    def _begin_line(self, line: str) -> None:
        listed = bool(_LIST.match(line))
        indented = line.startswith((" ", "\t"))
        if self._listed and self._blank and not listed and not indented:
            self._finish()
        self._blank = False
        fence = None if self._listed and indented else _FENCE.match(line)
        if fence and not (fence[2][0] == "`" and "`" in fence[3]):
            self._finish()
            self._fence = fence[2]
            self._keep(line)
        elif _HEADING.match(line):
            self._finish()
            self._keep(line)
            self._finish()
        else:
            if not self._open:
                self._listed = listed
            elif self._listed and (nested := _NESTED_FENCE.match(line)):
                self._nested = nested[1]
            self._keep(line)

    def _keep(self, line: str) -> None:
        self._open.append(line + "\n")
        self._open_length += len(line) + 1

    def _finish(self) -> None:
        self._listed = self._blank = False
        if self._open:
            self._finished.append("".join(self._open))
            self._open.clear()
            self._open_length = 0
            self._number += 1

    def since(self, cursor: Cursor, stream: str, copy_label: str) -> Extended | None:
        """What a page has to be told, or None when it knows all; moves its cursor."""
        if cursor.version == self._version:
            return None
        cursor.version = self._version
        if cursor.begun != self._begun:
            cursor.begun, cursor.blocks, cursor.mode = self._begun, 0, ""
        first = cursor.blocks
        blocks = tuple(self._draw(copy_label)[first:])
        cursor.blocks = len(self._finished)
        mode = self._mode()
        if mode == "html":
            cursor.mode = mode
            tail = "".join((*self._open, *self._line))
            return Extended(stream, first, blocks, to_html(tail, copy_label) if tail else "", mode)
        add = cursor.mode == mode and cursor.number == self._number
        if not add:
            cursor.mode, cursor.number = mode, self._number
            cursor.lines, cursor.parts, cursor.characters = int(mode == "code"), 0, 0
        return Extended(stream, first, blocks, self._news(cursor), mode, add)

    def _mode(self) -> str:
        if self._fence:
            return "code"
        return "html" if self._open_length + self._line_length <= SHORT_TAIL else "text"

    def _news(self, cursor: Cursor) -> str:
        """The open end after the cursor: of the line it stands in, and all lines after that."""
        if cursor.lines < len(self._open):
            half, *whole = self._open[cursor.lines :]
            news = "".join((half[cursor.characters :], *whole, *self._line))
            cursor.lines, cursor.characters = len(self._open), self._line_length
        else:
            news = "".join(self._line[cursor.parts :])
            cursor.characters += len(news)
        cursor.parts = len(self._line)
        return news

    def _draw(self, copy_label: str) -> list[str]:
        drawn = self._drawn.setdefault(copy_label, [])
        drawn.extend(_finished(text, copy_label) for text in self._finished[len(drawn) :])
        return drawn


def _finished(text: str, copy_label: str) -> str:
    if len(text) <= LONG_BLOCK:
        return to_html(text, copy_label)
    return code_block(text, "", copy_label)  # nobody reads it; the loop must not stand still


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return bare.startswith(fence) and not bare.strip(fence[0])
