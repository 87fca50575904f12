"""How a run ended, read from its `result`. Pure.

`subtype` says "success" even when the model's service refused everything: only `is_error` and
`terminal_reason` tell.
"""

from cc_connect.agents.claudecode.schema import Frame, integer, string, strings
from cc_connect.contract.agent import Failure, Outcome, TurnEnded

_UNAUTHORIZED = 401
_TOO_MANY = 429
_TOO_LARGE = 413
_TOO_LONG = frozenset({"prompt_too_long", "image_error"})
_FROM_MODEL = frozenset({"api_error", "model_error"})


def closing(frame: Frame, turn: str | None, *, signed_out: bool, limited: bool) -> TurnEnded:
    """Return what a `result` frame means for the turn.

    Args:
        frame: The result.
        turn: The turn it belongs to.
        signed_out: The agent said before that it is not signed in.
        limited: The agent said before that a usage limit is reached.
    """
    text = string(frame, "result")
    if not frame.get("is_error"):
        return TurnEnded(turn, Outcome.DONE, text)
    if string(frame, "terminal_reason").startswith("aborted"):
        return TurnEnded(turn, Outcome.INTERRUPTED)
    failure = _failure(frame, text, signed_out=signed_out, limited=limited)
    detail = text or "\n".join(strings(frame, "errors"))
    return TurnEnded(turn, Outcome.FAILED, "", failure, detail)


def _failure(frame: Frame, text: str, *, signed_out: bool, limited: bool) -> Failure:
    reason = string(frame, "terminal_reason")
    status = integer(frame, "api_error_status")
    if signed_out or status == _UNAUTHORIZED or "/login" in text:
        return Failure.NOT_SIGNED_IN
    if limited or status == _TOO_MANY:
        return Failure.LIMIT
    if reason in _TOO_LONG or status == _TOO_LARGE:
        return Failure.TOO_LONG
    if reason in _FROM_MODEL or status:
        return Failure.MODEL
    return Failure.OTHER
