"""Files to the person: a call of its own, whose recipient Weibo knows by the token."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import DeliveryRejected, PlatformUnavailable, RateLimited
from cc_connect.platforms.weibo.config import WeiboOptions
from cc_connect.platforms.weibo.connection import TOKEN_STATUSES, TokenRefused
from cc_connect.platforms.weibo.timings import Timings
from cc_connect.platforms.weibo.token import RETRYABLE, TOO_MANY, Token, retry_after, told

UPLOAD_LIMIT = 20 * 1024 * 1024
"""Largest body the vendor's simulator takes."""
_PAUSE = 5.0


async def send_file(
    session: aiohttp.ClientSession,
    options: WeiboOptions,
    token: Token,
    file: Attachment,
    timings: Timings,
) -> str:
    """Send a file; returns the id of its message.

    Raises:
        TokenRefused, RateLimited, PlatformUnavailable: Not now.
        DeliveryRejected: Never.
    """
    try:
        data = await asyncio.to_thread(Path(file.path).read_bytes)
    except OSError as error:
        raise DeliveryRejected(f"{file.name} cannot be read: {error.strerror}") from None
    where = urlsplit(options.token_endpoint)._replace(path="/open/dm/send_file", query="")
    try:
        async with session.post(
            where.geturl(),
            params={"token": token.value, "fileName": file.name},
            data=data,
            headers={"Content-Type": "application/octet-stream"},
            proxy=options.proxy or None,
            timeout=aiohttp.ClientTimeout(total=timings.upload),
        ) as answer:
            wait = retry_after(answer.headers.get("Retry-After"))
            body = await _json(answer)
            return _message(answer.status, wait, body, file.name)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise PlatformUnavailable(f"{file.name} was not sent: {told(error)}") from None


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        body = await answer.json(content_type=None)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(status: int, wait: float, body: dict[str, Any], name: str) -> str:
    if status in TOKEN_STATUSES or body.get("code") in {4002, 4003, 4004}:
        raise TokenRefused(f"{name} was not sent: the token is not good")
    if status == TOO_MANY:
        raise RateLimited(f"{name} was not sent: too many calls", wait or _PAUSE)
    if status in RETRYABLE:
        raise PlatformUnavailable(f"{name} was not sent: status {status}")
    match body:
        case {"code": 0, "data": {"fid": int(), "message_id": str(message)}} if message:
            return message
        case _:
            said = str(body.get("message") or body.get("error") or "")[:200]
            raise DeliveryRejected(f"Weibo does not take {name}: status {status} {said}".rstrip())
