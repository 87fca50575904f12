"""How many messages somebody may send: a sliding window, with the clock given by the caller."""

from collections import deque


class Pace:
    """At most `most` messages in any `seconds`; 0 of either means no limit."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def allow(self, now: float) -> bool:
        """Whether one more is in order at this moment; it is counted if so."""
        if not self._most or not self._seconds:
            return True
        while self._times and now - self._times[0] >= self._seconds:
            self._times.popleft()
        if len(self._times) >= self._most:
            return False
        self._times.append(now)
        return True

    @property
    def empty(self) -> bool:
        """Nothing is remembered."""
        return not self._times
