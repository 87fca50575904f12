"""Read a Markdown text line by line: where it may be cut, how gladly, and what is open there.

This is a reader for *cutting*, not a full CommonMark parser. Where renderers differ it reads what
the writer meant: a fence may open at any indent, and one opened inside a list item is closed by a
matching line of any smaller indent, although strict CommonMark would take the first for indented
code and would end the list item at the second and open another fence.
"""

from array import array
from dataclasses import dataclass, replace
from enum import IntEnum

from cc_connect.core.markdown import lines
from cc_connect.core.markdown.lines import Lead
from cc_connect.core.markdown.measure import Measure

_INFO_KEPT = 20
"""A longer info string is cut to its first word: it is repeated in every piece of the fence."""
_OVERINDENT = 3
"""A closing line indented further than this beyond the opening one is content."""


class Rank(IntEnum):
    """How good it is to cut before a line; a higher one wins."""

    POOR = 0  # tears a table from its header, leaves an empty fence behind
    LINE = 1
    ROW = 2  # before a table row, or after a blank line inside a fence
    ITEM = 3  # before a heading or a list item
    BLANK = 4  # before the blank line that ends a paragraph: the next piece begins with it
    PARAGRAPH = 5


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block. Lines are counted from 0; `last` is the first line after it.

    Attributes:
        first: Line of the opening run.
        last: Line after the closing run, or the number of lines when it is never closed.
        before: Line of the heading that stands directly above, else `first`.
        closed: Whether its last line is a closing run.
        lead: What a line inside begins with: quote marks and indent.
        mark: The opening run.
        info: The info string, shortened for repeating.
        quotes: How many quote marks each of its lines carries.
        indent: Columns before the opening run, after the quote marks.
    """

    first: int
    last: int
    before: int
    closed: bool
    lead: str
    mark: str
    info: str
    quotes: int
    indent: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header row, the delimiter row under it, then the rows up to line `last`."""

    first: int
    last: int
    before: int
    quotes: int


Region = Fence | Table


@dataclass(frozen=True, slots=True)
class Sham:
    """A line whose first characters alone would pass for a line of a fence, but which is none.

    Cut at or before `until`, the piece ends in what a reader takes for an opening (`closing` is
    what closes it again) or, inside a fence, for the closing line (`closing` is empty).
    """

    until: int
    closing: str


@dataclass(frozen=True, slots=True)
class Layout:
    """All that cutting needs to know of a text.

    Line `i` is `text[starts[i]:starts[i + 1]]`, `units[i]` is the size of all before it, `ranks[i]`
    says how good a cut before it is, and `member[i]` is the index in `regions` of the fence or
    table it belongs to, or -1. The three first have an entry more than there are lines, for the
    end of the text; `member` has one too, which names a fence that is never closed.
    """

    text: str
    measure: Measure
    starts: "array[int]"
    units: "array[int]"
    ranks: bytearray
    member: "array[int]"
    regions: list[Region]
    run_ends: dict[int, int]
    shams: dict[int, Sham]

    @property
    def count(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1


def scan(text: str, measure: Measure) -> Layout:
    """Read the text once; every line is measured once."""
    return _Scanner(text, measure).layout()


@dataclass(frozen=True, slots=True)
class _Header:
    """A line that may turn out to head a table: its quote marks, and the heading above it."""

    quotes: int
    before: int


class _Scanner:
    def __init__(self, text: str, measure: Measure) -> None:
        self.text = text
        self.measure = measure
        self.starts = array("q", [0])
        self.units = array("q", [0])
        self.ranks = bytearray()
        self.member = array("q")
        self.regions: list[Region] = []
        self.run_ends: dict[int, int] = {}
        self.shams: dict[int, Sham] = {}
        self.open: Region | None = None
        self.heading: int | None = None  # the last line with content, when that is a heading
        self.after_block = False
        self.after_blank = True
        self.paragraph = False  # the line before is one of running text
        self.header: _Header | None = None  # the line before, when it may head a table

    @property
    def line(self) -> int:
        """Number of the line being read."""
        return len(self.ranks)

    def layout(self) -> Layout:
        for found in lines.LINE.finditer(self.text):
            start, end = found.span()
            if start < end:
                self._read(start, end)
                self.starts.append(end)
                self.units.append(self.units[-1] + self.measure(self.text[start:end]))
        self.member.append(len(self.regions) - 1 if isinstance(self.open, Fence) else -1)
        self._end_region(closed=False)
        self.ranks.append(Rank.PARAGRAPH)
        return Layout(
            text=self.text,
            measure=self.measure,
            starts=self.starts,
            units=self.units,
            ranks=self.ranks,
            member=self.member,
            regions=self.regions,
            run_ends=self.run_ends,
            shams=self.shams,
        )

    def _read(self, start: int, end: int) -> None:
        if isinstance(self.open, Fence):
            inside = lines.after_quotes(self.text, start, end, self.open.quotes)
            if inside is not None:
                self._read_inside(self.open, inside, end)
                return
            self._end_region(closed=False)
        lead = lines.lead_of(self.text, start, end)
        if not lead.listed and lines.blank_from(self.text, lead.end, end):
            self._read_blank()
        else:
            self._read_content(lead, end)

    def _read_inside(self, fence: Fence, start: int, end: int) -> None:
        content, indent = lines.indent_from(self.text, start, end)
        run = lines.run_at(self.text, content, end)
        closing = run.startswith(fence.mark) and indent <= fence.indent + _OVERINDENT
        after_run = content + len(run)
        if closing and lines.blank_from(self.text, after_run, end):
            self.run_ends[self.line] = after_run
            self._add(Rank.POOR)
            self._end_region(closed=True)
            return
        if closing:
            until, _ = lines.indent_from(self.text, after_run, end)
            self.run_ends[self.line] = after_run
            self.shams[self.line] = Sham(until, "")
        blank = lines.blank_from(self.text, content, end)
        if self.line == fence.first + 1:
            self._add(Rank.POOR)
        else:
            self._add(Rank.ROW if self.after_blank and not blank else Rank.LINE)
        self.after_blank = blank

    def _read_blank(self) -> None:
        if isinstance(self.open, Table):
            self._end_region(closed=True)
        self._add(Rank.BLANK)
        self.after_blank, self.paragraph, self.header = True, False, None

    def _read_content(self, lead: Lead, end: int) -> None:
        if self._opens_fence(lead, end):
            return
        text, heading = self.text, lines.is_heading(self.text, lead.end, end)
        underline = self.paragraph and lines.is_underline(text, lead.end, end)
        piped = text.find("|", lead.end, end) >= 0
        if isinstance(self.open, Table):
            if piped and not heading and not lead.listed and lead.quotes == self.open.quotes:
                self._add(Rank.ROW if self.line > self.open.first + 2 else Rank.POOR)
                return
            self._end_region(closed=True)
        if piped and self._opens_table(lead, end):
            return
        self._add(Rank.POOR if underline else self._rank(structural=heading or lead.listed))
        above = self.line - 1 if self.heading is None else self.heading
        self.heading = self.line - 1 if heading else self.line - 2 if underline else None
        self.after_blank = False
        self.paragraph = not (heading or underline)
        self.header = _Header(lead.quotes, above) if piped and self.paragraph else None

    def _rank(self, *, structural: bool) -> Rank:
        if self.heading is not None:
            return Rank.LINE  # a heading goes with what it heads
        if self.after_blank or self.after_block:
            return Rank.PARAGRAPH
        return Rank.ITEM if structural else Rank.LINE

    def _opens_fence(self, lead: Lead, end: int) -> bool:
        run = lines.run_at(self.text, lead.end, end)
        if not run:
            return False
        after_run = lead.end + len(run)
        self.run_ends[self.line] = after_run
        backtick = self.text.find("`", after_run, end) if run[0] == "`" else -1
        if backtick >= 0:
            self.shams[self.line] = Sham(backtick, lead.continued + run)
            return False
        self._end_region(closed=True)
        fence = Fence(
            first=self.line,
            last=self.line,
            before=self.line if self.heading is None else self.heading,
            closed=False,
            lead=lead.continued,
            mark=run,
            info=_short_info(self.text, after_run, end),
            quotes=lead.quotes,
            indent=lead.indent,
        )
        self._begin_region(fence)
        self._add(Rank.PARAGRAPH if self.heading is None else Rank.LINE)
        self.heading, self.after_blank = None, False
        return True

    def _opens_table(self, lead: Lead, end: int) -> bool:
        """Take the line for the delimiter row under the line before, if they begin a table."""
        header = self.header
        if header is None or header.quotes != lead.quotes or lead.listed:
            return False
        if not lines.is_delimiter_row(self.text, lead.end, end):
            return False
        first = self.line - 1
        self._begin_region(Table(first, first, header.before, header.quotes))
        self.member[first] = len(self.regions) - 1
        self.ranks[first] = Rank.PARAGRAPH if header.before == first else Rank.LINE
        self._add(Rank.POOR)
        return True

    def _add(self, rank: Rank) -> None:
        self.ranks.append(rank)
        self.member.append(len(self.regions) - 1 if self.open else -1)
        self.after_block = False

    def _begin_region(self, region: Region) -> None:
        self.regions.append(region)
        self.open = region
        self.header = None

    def _end_region(self, *, closed: bool) -> None:
        if self.open is None:
            return
        if isinstance(self.open, Fence):
            self.regions[-1] = replace(self.open, last=self.line, closed=closed)
        else:
            self.regions[-1] = replace(self.open, last=self.line)
        self.open = None
        self.after_block = True
        self.after_blank, self.paragraph = False, False


def _short_info(text: str, start: int, end: int) -> str:
    """Return the info string, its first word, or nothing, whichever is short enough first."""
    start, _ = lines.indent_from(text, start, end)
    head = text[start : min(end, start + _INFO_KEPT + 2)].splitlines()[:1]
    info = head[0].rstrip() if head else ""
    if len(info) > _INFO_KEPT:
        info = info.split(maxsplit=1)[0]
    fit = len(info) <= _INFO_KEPT and not info.startswith("~")  # "~~~ ~~~" is three and a word
    return info if fit else ""
