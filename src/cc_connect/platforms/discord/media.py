"""Files that people sent: fetched by their link, or by a fresh one when that has run out."""

from collections.abc import AsyncIterator

import aiohttp

from cc_connect.contract.errors import DeliveryRejected, PlatformUnavailable
from cc_connect.contract.inbound import Media
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.errors import (
    NETWORK_ERRORS,
    SERVER_ERROR,
    TOO_MANY,
    WIRE_ERRORS,
    translated,
)
from cc_connect.platforms.discord.inbound import Handle, link_of
from cc_connect.platforms.discord.rest import Rest, proxy_auth

CHUNK = 64 * 1024
RUN_OUT = frozenset({401, 403, 404, 410})
"""What the file server says to a link that is no longer good."""
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)


async def fetched(media: Media, options: DiscordOptions, rest: Rest | None) -> AsyncIterator[bytes]:
    """The bytes of a file. `rest` is needed for a fresh link only.

    Raises:
        PlatformUnavailable: Try again later.
        DeliveryRejected: The file is gone.
    """
    try:
        handle = Handle.parse(media.id)
    except ValueError:
        raise DeliveryRejected(f"not a file of Discord: {media.id[:40]}") from None
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        try:
            response = await _opened(http, handle, options, rest)
            async with response:
                async for chunk in response.content.iter_chunked(CHUNK):
                    yield chunk
        except NETWORK_ERRORS as error:
            raise PlatformUnavailable(f"the file cannot be fetched just now: {error}") from error


async def _opened(
    http: aiohttp.ClientSession, handle: Handle, options: DiscordOptions, rest: Rest | None
) -> aiohttp.ClientResponse:
    response = await _get(http, handle.url, options)
    if response.status in RUN_OUT:
        response.release()
        response = await _get(http, await _fresh_link(handle, rest), options)
    if response.status == TOO_MANY or response.status >= SERVER_ERROR:
        response.release()
        raise PlatformUnavailable(f"the file server says {response.status}")
    if not response.ok:
        response.release()
        raise DeliveryRejected(f"the file is gone: the file server says {response.status}")
    return response


async def _get(
    http: aiohttp.ClientSession, url: str, options: DiscordOptions
) -> aiohttp.ClientResponse:
    if not url.startswith(("http://", "https://")):
        raise DeliveryRejected("the file has no link")
    return await http.get(url, proxy=options.proxy or None, proxy_auth=proxy_auth(options))


async def _fresh_link(handle: Handle, rest: Rest | None) -> str:
    """Docs: Reference > Signed Attachment CDN URLs: reading the message signs them anew."""
    if rest is None:
        raise PlatformUnavailable("not connected to Discord")
    try:
        data = await rest.look_up(handle.channel, handle.message)
    except WIRE_ERRORS as error:
        raise translated(error) from error
    return link_of(data, handle.attachment)
