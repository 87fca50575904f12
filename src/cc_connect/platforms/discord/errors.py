"""What went wrong, in the words of the contract."""

import asyncio

import aiohttp
import discord

from cc_connect.contract.errors import (
    DeliveryRejected,
    MessageGone,
    PlatformAuthFailed,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)

UNAUTHORIZED, TIMEOUT, TOO_MANY, SERVER_ERROR = 401, 408, 429, 500
UNKNOWN_MESSAGE = 10008
THREAD_ARCHIVED = 50083
THREAD_EXISTS = 160004
NO_HISTORY_TO_REPLY = 160002
INVALID_FORM = 50035
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
"""Docs: Opcodes and Status Codes > JSON Error Codes."""
LONG_PAUSE = 60.0
"""Seconds of rest when the network in front of Discord shuts us out without saying for how long."""

PORTAL = "https://discord.com/developers/applications"
TOKEN_REFUSED = (
    f"the token is refused: reset it at {PORTAL} (your application > Bot > Reset Token) and put "
    "the new one into the configuration"
)
INTENT_REFUSED = (
    f"Message Content Intent is off: turn it on at {PORTAL} (your application > Bot > Privileged "
    "Gateway Intents) and start again"
)

SHARDS_REFUSED = (
    "Discord wants this bot on several connections (it is in more than 2,500 servers), which "
    "cc-connect does not make yet: use a bot of your own for your servers"
)

NETWORK_ERRORS = (OSError, aiohttp.ClientError, asyncio.TimeoutError)
WIRE_ERRORS = (discord.DiscordException, *NETWORK_ERRORS)
"""Everything a call to Discord may raise when Discord or the way to it is to blame."""


def translated(error: Exception) -> PlatformError:
    """The failure of a call (one of WIRE_ERRORS) as the contract knows it."""
    match error:
        case PlatformError():
            return error
        case discord.LoginFailure():
            return PlatformAuthFailed(TOKEN_REFUSED)
        case discord.RateLimited(retry_after=seconds):
            return RateLimited("a limit of Discord is used up", seconds)
        case discord.HTTPException():
            return _of_answer(error)
        case _:
            return PlatformUnavailable(f"Discord is not reachable: {_told(error)}")


def _of_answer(error: discord.HTTPException) -> PlatformError:
    told = f"Discord says {error.status}: {error.text or 'nothing more'}"
    if error.code == UNKNOWN_MESSAGE:
        return MessageGone(told)
    if error.status == UNAUTHORIZED and not error.code:
        return PlatformAuthFailed(TOKEN_REFUSED)
    if error.status == TOO_MANY:
        return RateLimited(told, _retry_after(error))
    if error.status >= SERVER_ERROR or error.status == TIMEOUT:
        return PlatformUnavailable(told)
    return DeliveryRejected(told)


def _retry_after(error: discord.HTTPException) -> float:
    """Seconds from the header: the answer has no body when the network before Discord speaks."""
    headers = getattr(error.response, "headers", {})
    try:
        return max(1.0, float(headers.get("Retry-After", LONG_PAUSE)))
    except ValueError:
        return LONG_PAUSE


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def of_close(code: int) -> PlatformError:
    """A close of the gateway after which it makes no sense to go on with this session.

    Docs: Opcodes and Status Codes > Gateway Close Event Codes.
    """
    match code:
        case 4004:
            return PlatformAuthFailed(TOKEN_REFUSED)
        case 4013 | 4014:
            return PlatformAuthFailed(INTENT_REFUSED)
        case 4011:
            return PlatformAuthFailed(SHARDS_REFUSED)
        case _:
            return PlatformUnavailable(f"the gateway closed the connection with {code}")
