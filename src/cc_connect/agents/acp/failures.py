"""What an error of the agent means, and how a turn ended. Pure.

The protocol has one code for "not signed in" (-32000). Everything else is -32603 with the words of
the model's service somewhere, so the words are looked at; what they do not tell is a failure of the
model.
"""

import re

from cc_connect.agents.acp.wire import AUTH_REQUIRED, RpcError
from cc_connect.contract.agent import Failure, Outcome, TurnEnded

_SIGNED_OUT = re.compile(
    r"\b401\b|unauthori[sz]ed|authentication required|not (?:signed|logged) in|invalid api key"
    r"|api key (?:not valid|is missing)|please (?:log|sign) in",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"\b429\b|rate.?limit|quota|usage limit|too many requests", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"\b413\b|context (?:length|window)|prompt is too long|maximum context", re.IGNORECASE
)

_STOPPED = {
    "max_tokens": "The model stopped at its limit of tokens for one answer.",
    "max_turn_requests": "The agent stopped at its limit of steps for one turn.",
    "refusal": "The model refused to go on.",
}


def failure_of(error: RpcError) -> Failure:
    """Why a prompt was answered with an error."""
    if error.code == AUTH_REQUIRED or _SIGNED_OUT.search(error.text):
        return Failure.NOT_SIGNED_IN
    return failure_in(error.text)


def failure_in(text: str) -> Failure:
    """Why it failed, as far as its words tell."""
    if _SIGNED_OUT.search(text):
        return Failure.NOT_SIGNED_IN
    if _LIMIT.search(text):
        return Failure.LIMIT
    if _TOO_LONG.search(text):
        return Failure.TOO_LONG
    return Failure.MODEL


def stopped(turn: str, reason: str, *, interrupted: bool, refused: bool) -> TurnEnded:
    """The end of a turn with this `stopReason`.

    Some agents answer `cancelled` when a person has refused a tool; that is no interruption.
    """
    if reason == "cancelled":
        done = refused and not interrupted
        return TurnEnded(turn, Outcome.DONE if done else Outcome.INTERRUPTED)
    if reason in _STOPPED:
        return TurnEnded(turn, Outcome.FAILED, "", Failure.OTHER, _STOPPED[reason])
    return TurnEnded(turn)
