"""Discord: a bot in channels, threads and direct messages."""

import warnings

from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import PlatformContext, PlatformPlugin
from cc_connect.platforms.discord.config import DiscordOptions


def _build(context: PlatformContext) -> Platform:
    with warnings.catch_warnings():
        # discord.py 2.7 imports audioop, which Python 3.11 and 3.12 warn of.
        warnings.simplefilter("ignore", DeprecationWarning)
        # The library takes a quarter of a second to import, so only a project that has a bot pays.
        from cc_connect.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415 - as said
    return DiscordPlatform(context)


plugin = PlatformPlugin(name="discord", options=DiscordOptions, build=_build)
