"""Cut a long Markdown text into pieces that each stand on their own."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import assert_never

from cc_connect.core.markdown.lines import after_quotes, lead_of, seems_fence
from cc_connect.core.markdown.measure import Measure, code_points, reach, whole_characters
from cc_connect.core.markdown.scan import Fence, Layout, Rank, Sham, Table, scan
from cc_connect.core.markdown.seams import seam

_LEAST_ROOM = 4
"""Units a piece must have left for its own text; the largest single character takes 4 bytes."""
_LEAD_KEPT = 20
"""Quote marks of a line cut in the middle are repeated when their lead is no longer than this."""

_NOTHING = "\u200b"
"""A blank without width: what follows it does not begin the line, so it cannot pass for a fence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: `text` is a slice of it, `prefix` and `suffix` were added around."""

    prefix: str
    text: str
    suffix: str

    @property
    def rendered(self) -> str:
        """What to send."""
        return self.prefix + self.text + self.suffix

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see; many platforms refuse such a message."""
        return not self.text.strip()


def split(text: str, limit: int, measure: Measure = code_points) -> list[Piece]:
    """Cut `text` into pieces whose rendered size is at most `limit`, in the unit of `measure`.

    The texts of the pieces, joined, are exactly `text`; an empty text has no pieces. A fence that
    goes on over a cut is closed at the end of one piece and opened again in the next, and the
    header of a table is repeated. Where the limit is too tight for that (the marks would take
    three quarters of it) the pieces stay bare. Work and output grow linearly with the text.

    Raises:
        ValueError: A single character is larger than the limit.
    """
    cutter = Cutter(scan(text, measure), limit)
    pieces = []
    while not cutter.done:
        pieces.append(cutter.cut())
    return pieces


@dataclass(frozen=True, slots=True)
class _Marks:
    """What one fence or table adds to the pieces it goes on over: all empty when nothing fits."""

    opening: str = ""
    lead: str = ""
    closing: str = ""
    closing_size: int = 0


@dataclass(frozen=True, slots=True)
class _End:
    """Where a piece ends: position, its line, the size of all text before it, what to add."""

    position: int
    line: int
    used: int
    suffix: str


class Cutter:
    """Takes one piece after the other from the front of a text.

    Args:
        layout: The text, read by `scan`.
        limit: The most units a piece may have.
        keep_whole: Whether a fence or table that fits in the next piece is left for it, even
            when this one becomes short.
    """

    def __init__(self, layout: Layout, limit: int, *, keep_whole: bool = True) -> None:
        self._layout = layout
        self._limit = limit
        self._keep_whole = keep_whole
        self._newline_size = layout.measure("\n")
        self._marks: dict[int, _Marks] = {}
        self._position = 0
        self._line = 0
        self._used = 0

    @property
    def done(self) -> bool:
        """Whether the whole text was taken."""
        return self._position == len(self._layout.text)

    def cut(self) -> Piece:
        """Take the next piece; not to be called when `done`."""
        prefix = self.prefix_at(self._position, self._line)
        end = self._end(self._limit - self._layout.measure(prefix))
        if end is None:
            prefix, end = "", self._bare_end()
        piece = Piece(prefix, self._layout.text[self._position : end.position], end.suffix)
        self._position, self._line, self._used = end.position, end.line, end.used
        return piece

    def prefix_at(self, position: int, line: int) -> str:
        """Return what has to stand before the text from `position`, which is in `line`."""
        layout = self._layout
        if position > layout.starts[line]:
            number = self._open_after(line)
            marks = self._marks_of(number) if number >= 0 else _Marks()
            prefix = marks.opening + marks.lead or self._quote_lead(position, line)
            fence = seems_fence(layout.text, position, position + self._limit)
            return prefix + _NOTHING if fence else prefix
        number = self._open_before(line)
        return self._marks_of(number).opening if number >= 0 else ""

    def suffix_at(self, line: int) -> str:
        """Return what has to stand after the text when it ends before this line."""
        number = self._open_after(line - 1)
        closing = self._marks_of(number).closing if number >= 0 else ""
        return "\n" + closing if closing and not self._ends_line(line) else closing

    # Where a piece ends

    def _end(self, room: int) -> _End | None:
        layout = self._layout
        last = bisect_right(layout.units, self._used + room, lo=self._line) - 1
        if last == layout.count and self._fits(last, room):
            return self._border(last)
        half = bisect_left(layout.units, self._used + room // 2, lo=self._line)
        return (
            self._before_region(last, room)
            or self._best_border(half, last, room)
            or self._latest_end(last, room)
        )

    def _before_region(self, last: int, room: int) -> _End | None:
        """End before the fence or table that does not fit any more but does in the next piece."""
        layout = self._layout
        number = layout.member[last]
        if number < 0 or not self._keep_whole:
            return None
        region = layout.regions[number]
        stop = layout.units[region.last] + self._closing_size(region.last)
        for line in (region.before, region.first):
            fits_next = stop - layout.units[line] <= self._limit
            if line > self._line and fits_next and self._fits(line, room):
                return self._border(line)
        return None

    def _best_border(self, first: int, last: int, room: int) -> _End | None:
        """End before the line in `first`..`last` with the best rank, the latest of these."""
        best, best_rank = -1, -1
        for line in range(last, max(first, self._line + 1) - 1, -1):
            rank = self._layout.ranks[line]
            if rank > best_rank and self._fits(line, room):
                best, best_rank = line, rank
                if rank == Rank.PARAGRAPH:
                    break
        if best_rank == Rank.POOR:
            best = self._before_poor(best, room)
        return self._border(best) if best >= 0 else None

    def _before_poor(self, line: int, room: int) -> int:
        """Return the next better border above, if not much room is lost by it, else this one.

        So a fence does not begin at the end of a piece with nothing in it because its first line
        of code is very long, nor does a table with nothing but its header.
        """
        layout, above = self._layout, line - 1
        while above > self._line and layout.ranks[above] == Rank.POOR:
            above -= 1
        enough = above > self._line and layout.units[above] - self._used >= room // 4
        return above if enough and self._fits(above, room) else line

    def _latest_end(self, last: int, room: int) -> _End | None:
        """End inside the line that is too long, or at the latest border that leaves room."""
        line = min(last, self._layout.count - 1)
        while (end := self._midway_end(line, room)) is None and line > self._line:
            if self._fits(line, room):
                return self._border(line)
            line -= 1
        return end

    def _midway_end(self, line: int, room: int) -> _End | None:
        """End inside the line, if at least half of the room is used then."""
        layout = self._layout
        low = max(layout.starts[line], self._position)
        room -= max(layout.units[line], self._used) - self._used + self._reserve(line)
        high = reach(layout.text, low, layout.starts[line + 1], room, layout.measure)
        floor = max(low + 1, self._floor(line))
        bottom = max(floor, self._position + (high - self._position) // 2)
        cut = seam(layout.text, bottom, high, self._position) if bottom <= high else low
        if cut < floor:
            return None
        closing = self._closing_midway(line, cut)
        return _End(cut, line, self._used_at(cut, line), "\n" + closing if closing else "")

    def _floor(self, line: int) -> int:
        """Return the first place in the line where a cut does not change what the line is."""
        layout = self._layout
        start, end = layout.starts[line : line + 2]
        number = self._open_after(line)
        region = layout.regions[number] if number >= 0 else None
        if isinstance(region, Fence):
            content = after_quotes(layout.text, start, end, region.quotes) or start
        else:
            lead = lead_of(layout.text, start, min(end, start + self._limit))
            content = start + lead.text.rfind(">") + 1
        return max(content, layout.run_ends.get(line, start))

    def _bare_end(self) -> _End:
        """End after as much as fits, where nothing better is possible."""
        layout = self._layout
        stop = layout.starts[self._line + 1]
        cut = reach(layout.text, self._position, stop, self._limit, layout.measure)
        if cut == self._position:
            raise ValueError(f"no character fits in a limit of {self._limit} units")
        if cut < stop:
            cut = whole_characters(layout.text, cut, self._position)
        return _End(cut, self._line + (cut == stop), self._used_at(cut, self._line), "")

    def _border(self, line: int) -> _End:
        layout = self._layout
        return _End(layout.starts[line], line, layout.units[line], self.suffix_at(line))

    def _used_at(self, cut: int, line: int) -> int:
        layout = self._layout
        begun = max(layout.starts[line], self._position)
        return max(layout.units[line], self._used) + layout.measure(layout.text[begun:cut])

    # What a piece needs around it

    def _open_before(self, line: int) -> int:
        """Return the number of the fence or table that goes on over this border, or -1."""
        number = self._layout.member[line]
        if number < 0:
            return -1
        region = self._layout.regions[number]
        head = 2 if isinstance(region, Table) else 1
        return number if line >= region.first + head else -1

    def _open_after(self, line: int) -> int:
        """Return the number of the fence that is open after this line or a cut in it, or -1."""
        number = self._layout.member[line]
        region = self._layout.regions[number] if number >= 0 else None
        if not isinstance(region, Fence):
            return -1
        return -1 if region.closed and line == region.last - 1 else number

    def _fits(self, line: int, room: int) -> bool:
        return self._layout.units[line] - self._used + self._closing_size(line) <= room

    def _closing_size(self, line: int) -> int:
        """Return the size of `suffix_at` this line."""
        number = self._open_after(line - 1)
        size = self._marks_of(number).closing_size if number >= 0 else 0
        if size and not self._ends_line(line):
            size += self._newline_size
        return size

    def _ends_line(self, line: int) -> bool:
        """Whether the text before this border ends in a line break: only the last may not."""
        return self._layout.text[self._layout.starts[line] - 1] in "\r\n"

    def _closing_midway(self, line: int, cut: int) -> str:
        """Return the closing marks of what is open when the line ends at `cut`."""
        sham = self._sham_in(line)
        if sham is not None and cut <= sham.until:
            return self._sham_closing(sham)
        number = self._open_after(line)
        return self._marks_of(number).closing if number >= 0 else ""

    def _reserve(self, line: int) -> int:
        """Return the most that is added where the line is cut in the middle."""
        sham = self._sham_in(line)
        closing = self._sham_closing(sham) if sham else ""
        if closing:
            return self._layout.measure(closing) + self._newline_size
        number = self._open_after(line)
        size = self._marks_of(number).closing_size if number >= 0 else 0
        return size + self._newline_size if size else 0

    def _sham_in(self, line: int) -> Sham | None:
        """Return what the line pretends to be, if this piece holds the run that does it."""
        begun = self._position > self._layout.starts[line]
        return None if begun else self._layout.shams.get(line)

    def _sham_closing(self, sham: Sham) -> str:
        most = self._limit // 2
        fits = len(sham.closing) <= most  # first: it may be as long as the text
        return sham.closing if fits and self._layout.measure(sham.closing) <= most else ""

    def _quote_lead(self, position: int, line: int) -> str:
        layout = self._layout
        start = layout.starts[line]
        lead = lead_of(layout.text, start, min(start + _LEAD_KEPT + 1, layout.starts[line + 1]))
        short = len(lead.text) <= _LEAD_KEPT and position >= lead.end
        if not (lead.quotes and short):
            return ""
        repeated = lead.continued
        return repeated if layout.measure(repeated) <= self._limit // 4 else ""

    def _marks_of(self, number: int) -> _Marks:
        if number not in self._marks:
            region = self._layout.regions[number]
            match region:
                case Fence():
                    self._marks[number] = self._fence_marks(region)
                case Table():
                    self._marks[number] = self._table_marks(region)
                case _:
                    assert_never(region)
        return self._marks[number]

    def _fence_marks(self, fence: Fence) -> _Marks:
        """Choose marks that leave half of a piece for its text; without the info, a quarter."""
        measure, limit = self._layout.measure, self._limit
        closing = fence.lead + fence.mark
        for info, share in ((fence.info, 2), ("", 4)):
            opening = f"{fence.lead}{fence.mark}{info}\n"
            taken = measure(f"{opening}{fence.lead}\n{closing}")
            if limit - taken >= max(limit // share, _LEAST_ROOM):
                return _Marks(opening, fence.lead, closing, measure(closing))
        return _Marks()

    def _table_marks(self, table: Table) -> _Marks:
        layout = self._layout
        start, second, stop = layout.starts[table.first : table.first + 3]
        if layout.units[table.first + 2] - layout.units[table.first] > self._limit // 4:
            return _Marks()
        lead = lead_of(layout.text, start, second)
        return _Marks(opening=lead.continued + layout.text[lead.end : stop])
