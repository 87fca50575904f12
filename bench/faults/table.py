"""What is printed: one line a fault, and at the end whether every zero is a zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault: what this program owes, what was seen, and whether that is the same."""

    fault: str
    seen: str
    good: bool
    reference: str = ""
    """What the program did that this one is measured against; "" where nobody has looked."""


def columns(rows: Iterable[Sequence[object]]) -> str:
    """Rows of text with their columns below each other."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def outcomes(found: Iterable[Outcome]) -> str:
    """A table of outcomes."""
    found = tuple(found)
    if not any(one.reference for one in found):
        return columns([("ok" if one.good else "BAD", one.fault, one.seen) for one in found])
    head = ("", "fault", "the reference program", "this program")
    rows = (("ok" if one.good else "BAD", one.fault, one.reference, one.seen) for one in found)
    return columns([head, *rows])
