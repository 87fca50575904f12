"""What a turn costs, from the two places in which agents tell it. Pure."""

from cc_connect.contract.agent import UsageSeen
from cc_connect.core.frames import Frame, integer, mapping, number, string


class UsageBook:
    """Figures of the running turn; those of the context and the cost are of the session."""

    __slots__ = ("_cost", "_cost_before", "_size", "_used", "model")

    def __init__(self) -> None:
        self.model = ""
        self._used = self._size = 0
        self._cost = self._cost_before = 0.0

    def start(self) -> None:
        """A turn begins."""
        self._cost_before = self._cost

    def update(self, told: Frame, turn: str | None) -> UsageSeen:
        """Take in a `usage_update`: how full the context is, what the session has cost."""
        self._used = integer(told, "used")
        self._size = integer(told, "size") or self._size
        cost = mapping(told, "cost")
        if string(cost, "currency") in ("", "USD"):
            self._cost = number(cost, "amount") or self._cost
        return self._seen(turn)

    def settle(self, result: Frame, turn: str | None) -> UsageSeen | None:
        """Take in the result of a prompt; None when it tells no figures."""
        usage = mapping(result, "usage")
        if usage:
            return self._seen(
                turn,
                integer(usage, "inputTokens"),
                integer(usage, "outputTokens"),
                integer(usage, "cachedReadTokens"),
                integer(usage, "cachedWriteTokens"),
            )
        # Not in the protocol: Gemini's way.
        tokens = mapping(mapping(mapping(result, "_meta"), "quota"), "token_count")
        if tokens:
            sent, said = integer(tokens, "input_tokens"), integer(tokens, "output_tokens")
            return self._seen(turn, sent, said)
        return None

    def _seen(
        self, turn: str | None, sent: int = 0, said: int = 0, read: int = 0, written: int = 0
    ) -> UsageSeen:
        return UsageSeen(
            turn=turn,
            model=self.model,
            input_tokens=sent,
            output_tokens=said,
            cache_read=read,
            cache_write=written,
            cost=max(0.0, self._cost - self._cost_before),
            context_used=self._used,
            context_window=self._size,
        )
