"""What the running program counts about itself, for `/metrics`; a restart begins at 0."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of the buckets, in seconds."""


@dataclass(slots=True)
class Histogram:
    """Durations, counted in buckets; the last bucket has no upper bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one; a clock that was set back counts as no time."""
        seconds = max(0.0, seconds)
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


@dataclass(slots=True)
class Figures:
    """Counted since the start.

    Attributes:
        turns: Ended turns, by (project, outcome).
        inbound: Seconds from a message to its hand-over to the agent, for those that found no turn
            running: what this program adds on the way in.
        outbound: Seconds from a post being written down to the platform's receipt, for those that
            were delivered at the first try: what it adds on the way out, the platform included.
        connections: How often each platform instance has connected; all but the first are
            reconnects.
    """

    turns: Counter[tuple[str, str]] = field(default_factory=Counter)
    inbound: Histogram = field(default_factory=Histogram)
    outbound: Histogram = field(default_factory=Histogram)
    connections: Counter[str] = field(default_factory=Counter)
