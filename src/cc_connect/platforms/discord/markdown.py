"""CommonMark as Discord draws it: its Markdown has no tables and no headings below the third level.

Tables become code blocks with aligned columns, deeper headings bold lines. Nothing here makes a
text longer than it may be: what does not fit stays as it came.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto

_FENCE = re.compile(r"[-*+>\d.) \t]*+(`{3,}+|~{3,}+)")
_ROW = re.compile(r"\s*+\|.*\|\s*+")
_RULE = re.compile(r"\s*+\|?(?:\s*+:?-++:?\s*+\|)++(?:\s*+:?-++:?\s*+)?+")
_DEEP_HEADING = re.compile(r"#{4,6}\s+(.+?)\s*#*")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_DRESS = re.compile(r"\*\*|__|`")


class _Kind(Enum):
    PROSE = auto()
    CODE = auto()
    TABLE = auto()


def adapted(markdown: str, limit: int) -> str:
    """The text as Discord can draw it, in at most `limit` characters if it fitted before."""
    runs = list(_runs(markdown.split("\n")))
    aligned = "\n".join(line for kind, lines in runs for line in _drawn(kind, lines))
    if len(aligned) <= limit:
        return aligned
    fenced = "\n".join(line for kind, lines in runs for line in _fenced(kind, lines))
    return fenced if len(fenced) <= limit else markdown


def _runs(lines: list[str]) -> Iterator[tuple[_Kind, list[str]]]:
    at = 0
    while at < len(lines):
        rows = _table_at(lines, at)
        if rows:
            yield _Kind.TABLE, lines[at : at + rows]
            at += rows
            continue
        mark = _FENCE.match(lines[at])
        if mark is None:
            yield _Kind.PROSE, [lines[at]]
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not _closes(lines[end], mark.group(1)):
            end += 1
        yield _Kind.CODE, lines[at : end + 1]
        at = end + 1


def _closes(line: str, mark: str) -> bool:
    bare = line.strip().lstrip("> ")
    return bare.startswith(mark) and not bare.strip(mark[0])


def _table_at(lines: list[str], at: int) -> int:
    """How many lines of a table begin here; 0 when none does."""
    if at + 1 >= len(lines) or not _ROW.fullmatch(lines[at]) or not _RULE.fullmatch(lines[at + 1]):
        return 0
    rows = 2
    while at + rows < len(lines) and _ROW.fullmatch(lines[at + rows]):
        rows += 1
    return rows


def _drawn(kind: _Kind, lines: list[str]) -> Iterator[str]:
    match kind:
        case _Kind.TABLE:
            yield "```"
            yield from _aligned([_cells(line) for place, line in enumerate(lines) if place != 1])
            yield "```"
        case _Kind.CODE:
            yield from lines
        case _Kind.PROSE:
            for line in lines:
                heading = _DEEP_HEADING.fullmatch(line)
                yield f"**{_DRESS.sub('', heading.group(1))}**" if heading else line


def _fenced(kind: _Kind, lines: list[str]) -> Iterator[str]:
    """Like `_drawn`, but tables keep their rows as they are."""
    if kind is _Kind.TABLE:
        yield from ("```", *lines, "```")
    else:
        yield from _drawn(kind, lines)


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    cells = (cell.strip().replace("\\|", "|") for cell in _CELL_BREAK.split(bare))
    return [_DRESS.sub("", cell) for cell in cells]


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    columns = max(len(row) for row in rows)
    full = [row + [""] * (columns - len(row)) for row in rows]
    widths = [max(_width(row[column]) for row in full) for column in range(columns)]
    full.insert(1, ["─" * width for width in widths])
    for row in full:
        pairs = zip(row, widths, strict=True)
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in pairs).rstrip()


def _width(text: str) -> int:
    """Columns in a font of fixed width: Chinese and emoji take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
