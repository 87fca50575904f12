"""Threads: those of the bot, those of people, and one for every conversation."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.content import Button, Buttons, Text
from cc_connect.contract.inbound import Edited, Pressed, Said
from cc_connect.contract.platform import Amend, Kind, React
from cc_connect.testing.discord import BOT, ChannelKind, DiscordTwin, Permission, RateLimits, Window
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import QUICK, Place, at, furnish, running, soon


async def test_a_first_message_opens_a_thread_and_the_talk_goes_on_there(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        asked = await place.general.say(place.alice, "@cc-connect fix   the tests\nplease")
        heard = await run.hears(Said)
        thread = await place.general.wait_for_thread()
        assert thread.name == "fix the tests please"
        assert heard.address == at(thread)
        await run.post(heard.address, "on it", reply_to=heard.id)
        answer = await thread.wait_for(lambda m: m.content == "on it")
        assert answer.reference is None  # the question stands in the channel, not in the thread
        await thread.say(place.alice, "and hurry")  # no mention needed here
        further = await run.hears(Said, 2)
        assert further.addressed
        assert further.address == heard.address
        react = React(heard.address, heard.id, "👀")
        await run.platform.deliver(react)
        assert set(asked.reactions) == {"👀"}
        await place.general.edit(place.alice, asked, "@cc-connect fix one test")
        assert (await run.hears(Edited)).address == heard.address


async def test_every_conversation_gets_a_thread_of_its_own(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        await place.general.say(place.alice, "@cc-connect one")
        await place.general.say(place.alice, "not for the bot")
        await place.general.say(place.alice, "@cc-connect")
        await run.hears(Said, 3)
        assert [thread.name for thread in place.general.threads] == ["one", "cc Alice"]


async def test_a_message_that_has_a_thread_already_goes_there(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        place.twin.faults.hold_events()
        asked = await place.general.say(place.alice, "@cc-connect hi")
        mine = await place.general.start_thread(place.alice, "mine", message=asked)
        place.twin.faults.release_events()
        heard = await run.hears(Said)
        assert heard.address == at(mine)
        assert [thread.name for thread in place.general.threads] == ["mine"]


async def test_in_a_thread_of_people_the_bot_must_be_called(place: Place) -> None:
    theirs = await place.general.start_thread(place.alice, "theirs")
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        await theirs.say(place.alice, "just talking")
        await theirs.say(place.alice, "@cc-connect help")
        first, second = await run.hears(Said), await run.hears(Said, 2)
        assert (first.addressed, second.addressed) == (False, True)
        assert second.address == at(theirs)
        assert len(place.general.threads) == 1


async def test_direct_messages_have_no_threads(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        direct = place.twin.direct(place.alice, place.bot)
        await direct.say(place.alice, "hi")
        assert (await run.hears(Said)).address == at(direct)


async def test_without_the_right_the_channel_is_used_and_one_line_says_why(place: Place) -> None:
    place.general.deny(place.bot, Permission.CREATE_PUBLIC_THREADS)
    with capture_logs() as logs:
        async with running(place.twin, place.bot, thread_isolation=True) as run:
            await place.general.say(place.alice, "@cc-connect one")
            await place.general.say(place.alice, "@cc-connect two")
            heard = await run.hears(Said, 2)
            assert heard.address == at(place.general)
            await run.post(heard.address, "here then")
    told = [line for line in logs if "no thread can be opened" in line["event"]]
    assert len(told) == 1
    assert told[0]["channel"] == "#general"
    assert "Create Public Threads" in told[0]["reason"]
    assert len(place.twin.requests.of("POST *threads")) == 0


@pytest.mark.parametrize("status", [400, 503])
async def test_where_threads_cannot_be_the_channel_is_used(place: Place, status: int) -> None:
    body = {"code": 50024, "message": "Cannot execute action on this channel type"}
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        place.twin.faults.next_status(status, route="POST *threads", body=body)
        await place.general.say(place.alice, "@cc-connect hi")
        assert (await run.hears(Said)).address == at(place.general)


async def test_a_thread_in_the_archive_is_woken_for_an_edit(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        heard = await run.hears(Said)
        message = await run.post(heard.address, "one")
        thread = await place.general.wait_for_thread()
        await thread.change_thread(place.bot.user, archived=True)
        await run.platform.deliver(Amend(heard.address, message, (Text("two"),), Kind.PROMPT))
        await thread.wait_for(lambda m: m.content == "two")


async def test_a_thread_the_bot_does_not_know_is_looked_up(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        place.twin.faults.lose_events("THREAD_CREATE")
        theirs = await place.general.start_thread(place.alice, "theirs")
        await theirs.say(place.alice, "@cc-connect hi")
        assert (await run.hears(Said)).address == at(theirs)


async def test_a_button_in_a_thread_comes_from_the_thread(place: Place) -> None:
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        heard = await run.hears(Said)
        await run.post(heard.address, "sure?", Buttons((Button("Yes", "c:/yes"),)))
        thread = await place.general.wait_for_thread()
        question = await thread.wait_for(lambda m: m.content == "sure?")
        await place.twin.press(place.alice, question, "Yes")
        assert (await run.hears(Pressed)).address == heard.address


async def test_rights_for_threads_are_asked_for_at_the_start(place: Place) -> None:
    role = next(role for role in place.guild.state.roles.values() if role.bot is place.bot)
    place.guild.set_permissions(role, BOT & ~Permission.CREATE_PUBLIC_THREADS)
    with capture_logs() as logs:
        async with running(place.twin, place.bot, thread_isolation=True):
            pass
    missing = [line["right"] for line in logs if "right is missing" in line["event"]]
    assert missing == ["Create Public Threads"]


async def test_many_threads_at_once_within_the_limits_of_discord() -> None:
    """Fifty in five minutes: the library must not take the long window for a long wait."""
    limits = RateLimits({"POST /channels/{channel}/messages/{message}/threads": Window(50, 300.0)})
    async with DiscordTwin(limits=limits) as twin:
        place = furnish(twin)
        async with running(twin, place.bot, thread_isolation=True) as run:
            rooms = [place.guild.add_channel(f"room-{number}") for number in range(4)]
            for number in range(3):
                for room in rooms:
                    await room.say(place.alice, f"@cc-connect {number}")
            await run.hears(Said, 12)
            assert [len(room.threads) for room in rooms] == [3, 3, 3, 3]


async def test_a_thread_that_takes_too_long_is_not_waited_for(place: Place) -> None:
    timings = soon(QUICK, thread=0.02)
    async with running(place.twin, place.bot, timings, thread_isolation=True) as run:
        place.twin.faults.delay(0.3, route="POST *threads")
        await place.general.say(place.alice, "@cc-connect hi")
        assert (await run.hears(Said)).address == at(place.general)


async def test_a_thread_it_was_called_into_is_its_own_from_then_on(place: Place) -> None:
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob)
    theirs = await place.general.start_thread(place.alice, "theirs")
    values: dict[str, str] = {}
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await theirs.say(place.alice, "@cc-connect help")
        await run.hears(Said)
        await theirs.say(bob, "I have a question, too")
        assert (await run.hears(Said, 2)).addressed
    async with running(place.twin, place.bot, host=RecordingHost(values=values)) as run:
        await theirs.say(bob, "and another")
        assert (await run.hears(Said)).addressed


async def test_a_stranger_gets_no_thread_and_makes_none_the_bots(place: Place) -> None:
    theirs = await place.general.start_thread(place.alice, "theirs")
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        run.host.strangers.add(str(place.alice.id))
        await place.general.say(place.alice, "@cc-connect let me in")
        await theirs.say(place.alice, "@cc-connect let me in")
        await theirs.say(place.alice, "still there?")
        heard = [await run.hears(Said, count) for count in (1, 2, 3)]
        assert [one.addressed for one in heard] == [True, True, False]
        assert heard[0].address == at(place.general)
        assert [thread.name for thread in place.general.threads] == ["theirs"]


async def test_a_post_of_a_forum_is_a_conversation(place: Place) -> None:
    forum = place.guild.add_channel("ideas", kind=ChannelKind.FORUM)
    async with running(place.twin, place.bot, thread_isolation=True) as run:
        post = await forum.start_post(place.alice, "Dark mode", "@cc-connect what would it take?")
        heard = await run.hears(Said)
        assert heard.address == at(post)
        await run.post(heard.address, "Two days", reply_to=heard.id, kind=Kind.FINAL)
        assert post.last.content == "Two days"
        await post.say(place.alice, "go on")
        assert (await run.hears(Said, 2)).addressed


async def test_other_bots_are_heard_only_when_listed_and_not_for_ever(place: Place) -> None:
    listed, other = place.twin.add_application("listed"), place.twin.add_application("other")
    for bot in (listed, other):
        place.guild.invite(bot)
    listened: dict[str, Any] = {
        "bots": (str(listed.user.id),),
        "bot_hops": 2,
        "group_reply_all": True,
    }
    async with running(place.twin, place.bot, QUICK, **listened) as run:
        await place.general.say(other.user, "@cc-connect hello")
        await place.general.say(listed.user, "not for you")
        for count in range(3):
            await place.general.say(listed.user, f"@cc-connect {count}")
        await place.general.say(place.alice, "enough")
        await place.general.say(listed.user, "@cc-connect again")
        last = await run.hears(Said, 4)
        heard = [one for one in run.host.received if one.addressed]
        assert [one.body.text for one in heard if isinstance(one.body, Said)] == [
            *("0", "enough", "again")
        ]
        assert last is heard[-1]
