from collections.abc import AsyncIterator

import pytest

from cc_connect.testing.discord import DiscordTwin
from tests.platforms.discord.bench import Place, furnish


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with DiscordTwin() as twin:
        yield furnish(twin)
