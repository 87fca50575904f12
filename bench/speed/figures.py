"""What is printed: a row with medians and ranges, and whether the bar is held."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        seen: What was seen, with median and range.
        owed: What is owed; "" where the line only tells.
        held: Whether that is the case.
    """

    what: str
    seen: str
    owed: str = ""
    held: bool = True

    @property
    def columns(self) -> tuple[str, str, str, str]:
        verdict = ("ok" if self.held else "NOT") if self.owed else ""
        return (verdict, self.what, self.seen, self.owed)


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """The median, and the range it comes from."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
