"""Discord: a bot in channels, threads and direct messages."""

import warnings

from cc_connect.contract.platform import Platform
from cc_connect.contract.plugin import Checked, PlatformContext, PlatformPlugin
from cc_connect.core.texts import say, spoken
from cc_connect.platforms.discord.config import DiscordOptions

PORTAL = "https://discord.com/developers/applications"


def _build(context: PlatformContext) -> Platform:
    with warnings.catch_warnings():
        # discord.py 2.7 imports audioop, which Python 3.11 and 3.12 warn of.
        warnings.simplefilter("ignore", DeprecationWarning)
        # The library takes a quarter of a second to import, so only a project that has a bot pays.
        from cc_connect.platforms.discord.adapter import DiscordPlatform  # noqa: PLC0415 - as said
    return DiscordPlatform(context)


async def _check(context: PlatformContext, language: str) -> Checked:
    from cc_connect.platforms.discord.check import check  # noqa: PLC0415 - only set-up needs it

    return await check(context, language)


def _guide(language: str) -> str:
    return say(spoken(language), "discord_guide", portal=PORTAL)


plugin = PlatformPlugin(
    name="discord", options=DiscordOptions, build=_build, check=_check, guide=_guide
)
