"""The first or the last part of a text, for places that show a text while it grows."""

from bisect import bisect_left

from cc_connect.core.markdown.measure import Measure, clip, code_points, reach_back
from cc_connect.core.markdown.scan import Fence, Layout, Rank, scan
from cc_connect.core.markdown.seams import word_start
from cc_connect.core.markdown.split import Cutter

_ELLIPSIS = "…"
_LEAST_LIMIT = 16


def head(text: str, limit: int, measure: Measure = code_points) -> str:
    """Return the start of `text` with "…" after it, or all of it when that fits in `limit`.

    It ends where `split` would cut, with fences closed. In fewer than 16 units there is no room
    for such care: then it is the first characters. A limit too small for anything gives "".
    """
    if limit < _LEAST_LIMIT:
        if measure(text) <= limit:
            return text
        room = limit - measure(_ELLIPSIS)
        return clip(text, room, measure) + _ELLIPSIS if room >= 0 else ""
    layout = scan(text, measure)
    whole = _whole(layout, limit)
    if whole is not None:
        return whole
    piece = Cutter(layout, limit - measure("\n" + _ELLIPSIS), keep_whole=False).cut()
    if piece.suffix:
        return f"{piece.rendered}\n{_ELLIPSIS}"
    at_line = piece.text.endswith(("\n", "\r"))
    return piece.text.rstrip() + ("\n" if at_line else "") + _ELLIPSIS


def tail(text: str, limit: int, measure: Measure = code_points) -> str:
    """Return the end of `text` with "…" before it, or all of it when that fits in `limit`.

    It begins with a whole line where that shows at least a quarter of what would fit, with the
    fence or table header that the line stands under. Blank space at the end is dropped. In fewer
    than 16 units it is the last characters. A limit too small for anything gives "".
    """
    text = text.rstrip()
    if limit < _LEAST_LIMIT:
        if measure(text) <= limit:
            return text
        room = limit - measure(_ELLIPSIS)
        start = reach_back(text, 0, len(text), room, measure)
        return _ELLIPSIS + text[start:] if room >= 0 else ""
    layout = scan(text, measure)
    whole = _whole(layout, limit)
    if whole is not None:
        return whole
    marks = Cutter(layout, limit - measure(_ELLIPSIS + "\n"))
    suffix = marks.suffix_at(layout.count)
    room = limit - measure(_ELLIPSIS + "\n") - measure(suffix)
    line = _first_line(layout, marks, room)
    shown = layout.units[layout.count] - layout.units[line]
    partly = _part_of_line(layout, marks, line, room - shown) if shown < room // 4 else ""
    if not partly:
        start = layout.starts[line]
        partly = f"\n{marks.prefix_at(start, line)}{layout.text[start:]}"
    return _ELLIPSIS + partly + suffix


def _whole(layout: Layout, limit: int) -> str | None:
    """Return the text, with its last fence closed, if that fits."""
    if not layout.text:
        return ""
    cutter = Cutter(layout, limit, keep_whole=False)
    piece = cutter.cut()
    return piece.rendered if cutter.done else None


def _first_line(layout: Layout, marks: Cutter, room: int) -> int:
    """Return the first line worth beginning with from which all fits, or the number of lines."""
    earliest = layout.units[layout.count] - room
    line = bisect_left(layout.units, earliest)
    while line < layout.count:
        prefix = layout.measure(marks.prefix_at(layout.starts[line], line))
        fitting = bisect_left(layout.units, earliest + prefix, lo=line)
        if fitting == line and not _begins_badly(layout, line):
            break
        line = max(fitting, line + 1)
    return line


def _begins_badly(layout: Layout, line: int) -> bool:
    """Whether a line is blank, or the mere end of something: of a fence, of a table's header."""
    if layout.ranks[line] != Rank.POOR:
        return layout.text[layout.starts[line] : layout.starts[line + 1]].isspace()
    number = layout.member[line]
    in_fence = number >= 0 and isinstance(layout.regions[number], Fence)
    return line in layout.run_ends or not in_fence


def _part_of_line(layout: Layout, marks: Cutter, below: int, room: int) -> str:
    """Return as much of the line above `below` as fits in `room`, with all that follows, or ""."""
    line = below - 1
    while line > 0 and _begins_badly(layout, line):
        line -= 1
    room -= layout.units[below] - layout.units[line + 1]
    start, stop = layout.starts[line : line + 2]
    prefix = marks.prefix_at(stop - 1, line)
    run_end = layout.run_ends.get(line, 0)
    start = max(start, run_end) if run_end < stop else start
    start = reach_back(layout.text, start, stop, room - layout.measure(prefix), layout.measure)
    if start == stop:
        return ""
    start = word_start(layout.text, start, stop)
    return ("\n" if prefix else "") + prefix + layout.text[start:]
