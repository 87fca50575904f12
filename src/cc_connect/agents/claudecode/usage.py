"""What a turn costs, added up from the calls of its model and settled by each result. Pure."""

from typing import Any

from cc_connect.agents.claudecode.schema import Frame, integer, mapping, number, string
from cc_connect.contract.agent import UsageSeen

_LARGE_WINDOW = 1_000_000


class UsageBook:
    """Adds up the usage of one turn.

    While a run goes on its calls are counted as they end (`called`). Its result says what it cost
    in all, sub-agents included, and replaces that count (`settled`).
    """

    __slots__ = ("_context", "_cost", "_model", "_run", "_total", "_window")

    def __init__(self) -> None:
        self._model = ""
        self._window = 0
        self._context = 0
        self.start()

    def start(self) -> None:
        """A turn begins: count from zero."""
        self._total = [0, 0, 0, 0]
        self._run = [0, 0, 0, 0]
        self._cost = 0.0

    def model(self, name: str) -> None:
        """The model that answers now."""
        if name and not name.startswith("<"):  # "<synthetic>" is the agent itself speaking
            if name != self._model:
                self._window = _LARGE_WINDOW if "[1m]" in name else 0
            self._model = name

    def called(self, usage: Frame, turn: str | None) -> UsageSeen:
        """A call of the model has ended with this `usage`."""
        figures = _figures(usage)
        self._run = [old + new for old, new in zip(self._run, figures, strict=True)]
        self._context = sum(figures)
        return self._seen(turn)

    def shortened(self, tokens: int) -> None:
        """The memory holds so many tokens now."""
        self._context = tokens

    def settled(self, result: Frame, turn: str | None) -> UsageSeen | None:
        """A run has ended with this `result`; None when it called no model."""
        by_model = mapping(result, "model_usage_since_last_result")
        entries = [entry for entry in by_model.values() if isinstance(entry, dict)]
        if entries:
            self._run = [sum(integer(e, key) for e in entries) for key in _KEYS]
            self._cost += sum(number(e, "costUSD") or 0.0 for e in entries)
        elif mapping(result, "usage"):
            self._run = _figures(mapping(result, "usage"))
        self._window = self._window_of(mapping(result, "modelUsage")) or self._window
        if not any(self._run):
            return None
        self._total = [old + new for old, new in zip(self._total, self._run, strict=True)]
        self._run = [0, 0, 0, 0]
        return self._seen(turn)

    def _seen(self, turn: str | None) -> UsageSeen:
        figures = [old + new for old, new in zip(self._total, self._run, strict=True)]
        return UsageSeen(
            turn=turn,
            model=self._model,
            input_tokens=figures[0],
            output_tokens=figures[1],
            cache_read=figures[2],
            cache_write=figures[3],
            cost=self._cost,
            context_used=self._context,
            context_window=self._window,
        )

    def _window_of(self, by_model: Frame) -> int:
        entry: Any = by_model.get(self._model)
        return integer(entry, "contextWindow") if isinstance(entry, dict) else 0


_KEYS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")


def _figures(usage: Frame) -> list[int]:
    return [
        integer(usage, "input_tokens"),
        integer(usage, "output_tokens"),
        integer(usage, "cache_read_input_tokens"),
        integer(usage, "cache_creation_input_tokens"),
    ]


def model_of(frame: Frame) -> str:
    """Return the model named in the `message` of a frame."""
    return string(mapping(frame, "message"), "model")
