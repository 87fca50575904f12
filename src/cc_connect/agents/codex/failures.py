"""Why a turn of Codex failed, from its `codexErrorInfo`. Pure."""

from collections.abc import Mapping

from cc_connect.contract.agent import Failure
from cc_connect.core.frames import Frame, integer, mapping, string

_UNAUTHORIZED = 401
_TOO_MANY = 429

_KINDS: Mapping[str, Failure] = {
    "contextWindowExceeded": Failure.TOO_LONG,
    "sessionBudgetExceeded": Failure.LIMIT,
    "usageLimitExceeded": Failure.LIMIT,
    "rateLimitExceeded": Failure.LIMIT,
    "unauthorized": Failure.NOT_SIGNED_IN,
    "serverOverloaded": Failure.MODEL,
    "flexUnavailable": Failure.MODEL,
    "modelNotFound": Failure.MODEL,
    "policyCapacityUnavailable": Failure.MODEL,
    "cyberPolicy": Failure.MODEL,
    "misalignmentPolicyViolation": Failure.MODEL,
    "internalServerError": Failure.MODEL,
    "badRequest": Failure.MODEL,
}


def failure(error: Frame) -> Failure:
    """Return what kind of failure a `TurnError` is.

    `codexErrorInfo` is a word, or an object of one key that may hold the status of the service.
    """
    told = error.get("codexErrorInfo")
    if isinstance(told, str):
        return _KINDS.get(told, Failure.OTHER)
    if not isinstance(told, dict):
        return Failure.OTHER
    status = max((integer(mapping(told, kind), "httpStatusCode") for kind in told), default=0)
    if status == _UNAUTHORIZED:
        return Failure.NOT_SIGNED_IN
    if status == _TOO_MANY:
        return Failure.LIMIT
    return Failure.MODEL


def words(error: Frame) -> str:
    """Return what the agent says about it."""
    message, more = string(error, "message"), string(error, "additionalDetails")
    if more and more not in message:
        return f"{message} ({more})" if message else more
    return message or "no reason given"
