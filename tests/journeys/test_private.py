"""What concerns one person only is seen by that person only."""

import pytest

from tests.journeys.chat import BOB
from tests.journeys.on_discord import DiscordChat
from tests.journeys.test_permissions import asked

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_press_that_does_not_count_is_told_to_who_pressed_alone(
    channel: DiscordChat,
) -> None:
    prompt = await asked(channel, "of alice")
    await channel.press(prompt, "Allow", by=BOB)
    await channel.sees("Only Alice or an admin can answer this", by=BOB)
    channel.sees_none("can answer this")
    await channel.press(prompt, "Allow")
    await channel.sees("End: did of alice")
    channel.sees_none("can answer this")
