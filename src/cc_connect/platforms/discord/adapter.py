"""The Discord adapter: a login at a time, rebuilt from nothing when it ends."""

from collections.abc import AsyncIterator
from dataclasses import replace

from cc_connect.contract.errors import (
    PlatformAuthFailed,
    PlatformError,
    PlatformUnavailable,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Media
from cc_connect.contract.platform import Capabilities, Intent, PlatformHost, Receipt
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.errors import WIRE_ERRORS, translated
from cc_connect.platforms.discord.link import Link
from cc_connect.platforms.discord.media import fetched
from cc_connect.platforms.discord.once import Once
from cc_connect.platforms.discord.rights import Standing, capabilities
from cc_connect.platforms.discord.timings import Timings


class DiscordPlatform:
    """One Discord bot. Several may live in one process, each with addresses of its own."""

    def __init__(self, context: PlatformContext, timings: Timings | None = None) -> None:
        options = context.options
        if not isinstance(options, DiscordOptions):
            raise TypeError(f"options of another plug-in: {type(options).__name__}")
        self._instance = context.instance
        self._options = options
        self._timings = timings or Timings()
        self._once = Once()
        self._link: Link | None = None

    def capabilities(self, to: Address) -> Capabilities:
        """What the bot can do there, by the rights it has in that channel."""
        link = self._link
        standing = link.places.standing(to.thread or to.chat) if link else Standing()
        around = (
            link.places.around(to) if link else tuple(each for each in (to.thread, to.chat) if each)
        )
        mode = self._options.assigned(around).mode
        can = capabilities(standing, self._options.progress_style)
        interval = link.delivery.crowd.interval if link and link.delivery else can.edit_interval
        return replace(can, mode=mode, edit_interval=interval)

    async def run(self, host: PlatformHost) -> None:
        """Sign in and listen until cancelled.

        Raises:
            PlatformUnavailable: Discord cannot be reached; call again for a fresh login.
            PlatformAuthFailed: The token or an intent is refused; the text says what to do.
        """
        self._link = Link(self._instance, self._options, host, self._timings, self._once)
        try:
            await self._link.hold()
        except WIRE_ERRORS as error:
            raise _for_host(translated(error)) from error
        finally:
            self._link = None

    async def deliver(self, intent: Intent) -> Receipt:
        """Do what an intent says. Raises PlatformError as the contract has it."""
        link = self._link
        if link is None or link.delivery is None:
            raise PlatformUnavailable("not signed in to Discord")
        try:
            return await link.delivery.deliver(intent)
        except RuntimeError as error:
            if not link.client.is_closed():
                raise
            # The login ended while this waited for its turn: aiohttp has no better word for it.
            raise PlatformUnavailable("the connection to Discord was closed") from error

    def fetch(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file somebody sent; works while the bot is not connected, too."""
        link = self._link
        ready = link is not None and link.delivery is not None
        return fetched(media, self._options, link.rest if link and ready else None)


def _for_host(error: PlatformError) -> PlatformError:
    """What `run` may raise: the credentials are wrong, or Discord is not reachable just now."""
    if isinstance(error, PlatformAuthFailed | PlatformUnavailable):
        return error
    return PlatformUnavailable(str(error))
