"""The whole program on Discord: what was said hours ago while it was down."""

import time

from bench.faults.town import Town, until
from cc_connect.testing.discord import DiscordTwin, ManualClock


async def test_what_was_said_hours_ago_is_asked_about_and_run_on_a_press() -> None:
    twin = DiscordTwin(clock=ManualClock(time.time() - 3 * 3600 - 60))
    async with Town(1, twin=twin) as town:
        (room,) = town.channels
        await town.program.start()
        assert not await town.answered(await town.say(room))
        await town.program.end()
        names = [await town.say(room) for _ in range(2)]
        await town.restart()
        assert await until(lambda: bool(town.seen(room, "2 messages came while I was away")))
        await town.program.end()  # the question is older than this run of the program
        await town.restart()
        (asked,) = town.seen(room, "2 messages came while I was away")
        assert "3 h ago" in asked.content
        assert not any(town.times_told(name) for name in names)
        await town.twin.press(town.alice, asked, "Run all")
        assert not await town.answered(*names)
        assert [town.times_told(name) for name in names] == [1, 1]
