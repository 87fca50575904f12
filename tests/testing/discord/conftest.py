import importlib
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from cc_connect.testing.discord import (
    Application,
    ChannelHandle,
    DiscordTwin,
    GuildHandle,
    User,
)

with warnings.catch_warnings():  # discord.py 2.7 imports audioop, which Python 3.11 warns of
    warnings.simplefilter("ignore", DeprecationWarning)
    importlib.import_module("discord")


@dataclass(frozen=True)
class Place:
    """One guild with one channel, one person and one invited bot."""

    twin: DiscordTwin
    guild: GuildHandle
    general: ChannelHandle
    alice: User
    bot: Application


def furnish(twin: DiscordTwin) -> Place:
    alice = twin.add_user("alice")
    guild = twin.add_guild("Workshop")
    general = guild.add_channel("general")
    guild.add_member(alice)
    bot = twin.add_application("cc-connect", owner=alice)
    guild.invite(bot)
    return Place(twin, guild, general, alice, bot)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with DiscordTwin() as twin:
        yield furnish(twin)
