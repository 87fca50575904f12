"""What a turn costs, and how near the limits are. Pure."""

from collections.abc import Iterator

from cc_connect.contract.agent import LimitHit, UsageSeen
from cc_connect.core.frames import Frame, integer, mapping, number, string

_KEYS = ("inputTokens", "outputTokens", "cachedInputTokens", "cacheWriteInputTokens")
_NEAR = 80
"""Percent of a limit from which on it is worth a word."""
_FULL = 100
_DAY, _HOUR = 24 * 60, 60


class UsageBook:
    """Codex counts the tokens of the whole thread; a turn costs what came since it began."""

    __slots__ = ("_before", "_said", "_total", "model")

    def __init__(self, model: str) -> None:
        self.model = model
        self._before = [0, 0, 0, 0]
        self._total = [0, 0, 0, 0]
        self._said: dict[str, int] = {}

    def start(self) -> None:
        """A turn begins."""
        self._before = list(self._total)

    def seen(self, usage: Frame, turn: str | None) -> UsageSeen:
        """The thread has used this much by now."""
        total, last = mapping(usage, "total"), mapping(usage, "last")
        self._total = [integer(total, key) for key in _KEYS]
        spent = [max(0, new - old) for new, old in zip(self._total, self._before, strict=True)]
        read, output, cached, written = spent
        return UsageSeen(
            turn=turn,
            model=self.model,
            input_tokens=max(0, read - cached - written),
            output_tokens=output,
            cache_read=cached,
            cache_write=written,
            context_used=integer(last, "totalTokens"),
            context_window=integer(usage, "modelContextWindow"),
        )

    def limits(self, snapshot: Frame, turn: str | None) -> Iterator[LimitHit]:
        """Give what is worth a word about the limits: each window once a level."""
        rejected = bool(string(snapshot, "rateLimitReachedType"))
        for window in ("primary", "secondary"):
            told = mapping(snapshot, window)
            if not told:
                continue
            used = integer(told, "usedPercent")
            level = _FULL if rejected and used >= _FULL else used // 10 * 10
            if used < _NEAR or self._said.get(window, 0) >= level:
                if used < _NEAR:
                    self._said.pop(window, None)
                continue
            self._said[window] = level
            yield LimitHit(turn, _window(told), used >= _FULL, number(told, "resetsAt"), used / 100)


def _window(told: Frame) -> str:
    minutes = integer(told, "windowDurationMins")
    if minutes >= _DAY:
        return f"{minutes // _DAY} d"
    return f"{minutes // _HOUR} h" if minutes >= _HOUR else f"{minutes} min"
