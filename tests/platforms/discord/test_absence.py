"""Rights that are missing, servers that are gone, and what was said while the bot was away."""

import json
import time

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.contract.errors import (
    CcConnectError,
    DeliveryRejected,
    PlatformUnavailable,
)
from cc_connect.contract.inbound import Pressed, Said
from cc_connect.contract.platform import Kind, Post, React
from cc_connect.platforms.discord.reception import MOST_FAILURES
from cc_connect.testing.discord import BOT, DiscordTwin, ManualClock, Permission
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import QUICK, Place, at, begun, furnish, running, soon


async def test_a_missing_right_is_named_in_the_log_and_in_the_error(place: Place) -> None:
    place.general.deny(place.bot, Permission.SEND_MESSAGES)
    with capture_logs() as logs:
        async with running(place.twin, place.bot) as run:
            await place.general.say(place.alice, "@cc-connect hi")
            await place.general.say(place.alice, "@cc-connect hello?")
            await run.hears(Said, 2)
            with pytest.raises(DeliveryRejected, match="lacks Send Messages"):
                await run.post(place.general, "hello")
    told = [line for line in logs if line["event"] == "discord: a right is missing"]
    assert [(line["right"], line["channel"]) for line in told] == [("Send Messages", "#general")]


async def test_rights_that_would_give_more_are_named_once_at_the_start(place: Place) -> None:
    garden = place.twin.add_guild("Garden")
    garden.invite(place.bot)
    for guild in (place.guild, garden):
        role = next(role for role in guild.state.roles.values() if role.bot is place.bot)
        guild.set_permissions(role, BOT & ~(Permission.ATTACH_FILES | Permission.ADD_REACTIONS))
    with capture_logs() as logs:
        async with running(place.twin, place.bot) as run:
            asked = await place.general.say(place.alice, "@cc-connect hi")
            await run.hears(Said)
            with pytest.raises(DeliveryRejected, match="Add Reactions"):
                await run.platform.deliver(React(at(place.general), str(asked.id), "👀"))
    told = [line for line in logs if "would give more" in line["event"]]
    assert sorted(line["right"] for line in told) == ["Add Reactions", "Attach Files"]
    assert all(line["server"] == "Workshop, Garden" for line in told)
    assert not any("a right is missing" in line["event"] for line in logs)


async def test_a_server_that_throws_the_bot_out(place: Place) -> None:
    garden = place.twin.add_guild("Garden")
    garden.add_member(place.alice)
    garden.invite(place.bot)
    with capture_logs() as logs:
        async with running(place.twin, place.bot) as run:
            place.twin.faults.remove_guild(place.guild, place.bot)
            direct = place.twin.direct(place.alice, place.bot)
            await direct.say(place.alice, "what now?")
            await run.hears(Said)
            with pytest.raises(DeliveryRejected):
                await run.post(place.general, "hello")
    assert any(
        line["event"] == "discord: removed from a server" and line["server"] == "Workshop"
        for line in logs
    )


async def test_an_outage_of_a_server_is_not_a_farewell(place: Place) -> None:
    with capture_logs() as logs:
        async with running(place.twin, place.bot) as run:
            place.twin.faults.outage(place.guild)
            place.twin.faults.recover(place.guild)
            await place.general.say(place.alice, "@cc-connect hi")
            await run.hears(Said)
    assert not any("removed" in line["event"] for line in logs)


async def test_a_server_that_is_down_at_the_start_is_not_waited_for_long(place: Place) -> None:
    place.twin.faults.outage(place.guild)
    async with running(place.twin, place.bot, soon(QUICK, guilds=0.05)) as run:
        place.twin.faults.recover(place.guild)
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)


async def test_messages_from_while_the_program_was_down(place: Place) -> None:
    values: dict[str, str] = {}
    direct = place.twin.direct(place.alice, place.bot)
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await place.general.say(place.alice, "@cc-connect one")
        await direct.say(place.alice, "private one")
        await run.hears(Said, 2)
    for number in range(120):
        await place.general.say(place.alice, f"talk {number}")
    await place.general.say(place.alice, "@cc-connect two")
    await direct.say(place.alice, "private two")
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        heard = await run.host.wait_for(lambda one: one.body == Said("two"))
        assert heard.addressed
        assert heard.address == at(place.general)
        private = await run.host.wait_for(lambda one: one.body == Said("private two"))
        assert private.private
        assert sum(one.addressed for one in run.host.received) == 2


async def test_what_is_old_is_handed_on_as_missed_with_its_time() -> None:
    clock = ManualClock(time.time())
    values: dict[str, str] = {}
    timings = soon(QUICK, now=clock)
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        async with running(twin, place.bot, timings, host=RecordingHost(values=values)) as run:
            await place.general.say(place.alice, "@cc-connect one")
            assert not (await run.hears(Said)).missed
        await place.general.say(place.alice, "@cc-connect old")
        await place.general.say(place.alice, "no name called")
        clock.advance(700)
        await place.general.say(place.alice, "@cc-connect fresh")
        async with running(twin, place.bot, timings, host=RecordingHost(values=values)) as run:
            await run.host.wait_for(lambda one: one.body == Said("fresh"))
            old, fresh = (one for one in run.host.received if one.addressed)
            assert (old.body, old.missed, fresh.missed) == (Said("old"), True, True)
            assert (fresh.sent_at or 0) - (old.sent_at or 0) >= 699


async def test_nothing_is_passed_over_while_the_store_is_full(place: Place) -> None:
    async with running(place.twin, place.bot, soon(QUICK, again=(0.01, 0.02))) as run:
        await place.general.say(place.alice, "@cc-connect one")
        await run.hears(Said)
        run.host.fail(CcConnectError("no room left"), 25)  # more than it tries in one go
        for word in ("two", "three", "four"):
            await place.general.say(place.alice, f"@cc-connect {word}")
        await run.hears(Said, 4)
        words = [one.body.text for one in run.host.received if isinstance(one.body, Said)]
        assert words == ["one", "two", "three", "four"]


async def test_a_message_that_can_never_be_taken_in_does_not_hold_its_channel_for_ever(
    place: Place,
) -> None:
    async with running(place.twin, place.bot, soon(QUICK, again=(0.001,))) as run:
        await place.general.say(place.alice, "@cc-connect one")
        await run.hears(Said)
        run.host.fail(OSError("a fault of ours"), 2 * MOST_FAILURES)
        await place.general.say(place.alice, "@cc-connect two")
        await place.general.say(place.alice, "@cc-connect three")
        assert (await run.hears(Said, 2)).body == Said("three")


async def test_a_press_is_kept_while_the_store_is_full(place: Place) -> None:
    async with running(place.twin, place.bot, soon(QUICK, again=(0.001,))) as run:
        button = Buttons((Button("Go", "c:/go"),))
        ident = await run.post(place.general, "ready?", button)
        run.host.fail(CcConnectError("no room left"), 9)
        shown = next(one for one in place.general.messages if str(one.id) == ident)
        await place.twin.press(place.alice, shown, "Go")
        await run.hears(Pressed)


async def test_nonsense_among_the_saved_values_is_begun_anew(place: Place) -> None:
    host = RecordingHost(values={"cursors": '{"a": ['})
    async with running(place.twin, place.bot, host=host) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)
    assert json.loads(host.values["cursors"])[0][0] == str(place.general.id)


async def test_a_channel_that_is_gone_since_holds_up_nothing(place: Place) -> None:
    values = {"cursors": json.dumps([["1", "2", "3"], [str(place.general.id), "x", "0"]])}
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)


async def test_delivering_before_the_login(place: Place) -> None:
    async with begun(place.twin, place.bot) as run:
        post = Post(at(place.general), (Text("hello"),), "k", Kind.FINAL)
        with pytest.raises(PlatformUnavailable):
            await run.platform.deliver(post)
        assert run.platform.capabilities(at(place.general)).text_limit <= 2000
        await run.signal("connected")
        await run.platform.deliver(post)


async def test_a_missing_right_comes_with_the_invitation(place: Place) -> None:
    role = next(role for role in place.guild.state.roles.values() if role.bot is place.bot)
    place.guild.set_permissions(role, BOT & ~Permission.SEND_MESSAGES_IN_THREADS)
    with capture_logs() as logs:
        async with running(place.twin, place.bot, thread_isolation=True):
            pass
    (told,) = [line for line in logs if line["event"] == "discord: a right is missing"]
    assert told["right"] == "Send Messages in Threads"
    assert f"oauth2/authorize?client_id={place.bot.id}&permissions=" in told["mend"]
    assert "applications.commands" in told["mend"]
