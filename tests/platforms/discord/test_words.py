"""What people write, and how it reaches the host."""

import asyncio

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.errors import DeliveryRejected
from cc_connect.contract.inbound import Edited, Inbound, Media, Quoted, Recalled, Said
from cc_connect.contract.platform import Platform
from cc_connect.testing.discord import CHAT, PEOPLE, DiscordTwin, File, ManualClock
from cc_connect.testing.platform import RecordingHost
from tests.platforms.discord.bench import QUICK, Place, at, running


def spoken(heard: Inbound) -> str:
    assert isinstance(heard.body, Said)
    return heard.body.text


async def test_a_direct_message(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        direct = place.twin.direct(place.alice, place.bot)
        said = await direct.say(place.alice, "hello")
        heard = await run.hears(Said)
        assert heard.id == str(said.id)
        assert heard.address == at(direct)
        assert heard.private
        assert heard.addressed
        assert heard.body == Said("hello")
        assert (heard.sender.id, heard.sender.name) == (str(place.alice.id), "Alice")
        assert heard.sender.owner
        assert heard.sent_at is not None
        assert abs(heard.sent_at - said.sent_at) < 0.01
        await run.post(direct, "hi there")
        assert (await direct.wait_for(lambda m: m.content == "hi there")).author is place.bot.user


async def test_a_mention_in_a_channel(place: Place) -> None:
    bob = place.twin.add_user("bob")
    role = place.guild.add_role("builders")
    place.guild.add_member(bob, role, nick="Bobby")
    async with running(place.twin, place.bot) as run:
        await place.general.say(bob, "what a day")
        await place.general.say(bob, "hey @cc-connect  please look")
        first, second = await run.hears(Said), await run.hears(Said, 2)
        assert (first.addressed, second.addressed) == (False, True)
        assert spoken(second) == "hey please look"
        assert second.address == at(place.general)
        assert not second.private
        assert second.sender.name == "Bobby"
        assert str(role.id) in second.sender.roles
        assert not second.sender.owner


async def test_the_role_of_the_bot_calls_it(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        role = next(role for role in place.guild.state.roles.values() if role.bot is place.bot)
        await place.general.say(place.alice, f"<@&{role.id}> /new")
        heard = await run.hears(Said)
        assert heard.addressed
        assert spoken(heard) == "/new"


@pytest.mark.parametrize("wanted", [True, False])
async def test_everyone_calls_it_only_where_that_is_wanted(place: Place, *, wanted: bool) -> None:
    anyone = place.guild.add_role("loud", PEOPLE | 1 << 17)
    place.guild.give_role(place.alice, anyone)
    async with running(place.twin, place.bot, respond_to_at_everyone_and_here=wanted) as run:
        await place.general.say(place.alice, "@everyone wake up")
        heard = await run.hears(Said)
        assert heard.addressed is wanted
        assert spoken(heard) == ("wake up" if wanted else "@everyone wake up")


async def test_every_message_counts_where_that_is_wanted(place: Place) -> None:
    async with running(place.twin, place.bot, group_reply_all=True) as run:
        await place.general.say(place.alice, "no name called")
        assert (await run.hears(Said)).addressed
    async with running(place.twin, place.bot, group_reply_all_guilds=("1", "2")) as run:
        await place.general.say(place.alice, "another server is meant")
        assert not (await run.hears(Said)).addressed


async def test_bots_and_system_messages_are_not_people(place: Place) -> None:
    other = place.twin.add_application("other")
    place.guild.invite(other)
    async with running(place.twin, place.bot) as run:
        await place.general.say(other.user, "@cc-connect do it")
        await run.post(place.general, "my own words")
        await place.general.start_thread(place.alice, "a thread")  # a system message tells of it
        await place.general.say(place.alice, "@cc-connect hello")
        assert spoken(await run.hears(Said)) == "hello"
        assert len(run.host.received) == 1


async def test_an_answer_to_a_message_quotes_it(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        mine = await run.post(place.general, "shall I?")
        asked = await place.general.wait_for(lambda m: str(m.id) == mine)
        await place.general.say(place.alice, "yes", reply_to=asked)
        heard = await run.hears(Said)
        assert heard.addressed  # the ping of the reply calls the bot
        assert heard.reply_to == mine
        assert heard.body == Said("yes", quoted=Quoted("cc-connect", "shall I?"))
        await place.general.say(place.alice, "no", reply_to=asked, ping=False)
        assert not (await run.hears(Said, 2)).addressed


async def fetched(media: Media, platform: Platform) -> bytes:
    return b"".join([chunk async for chunk in platform.fetch(media)])


async def test_files_come_with_the_words_and_with_what_is_answered(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        picture = File("cat.png", b"\x89PNG")
        first = await place.general.say(place.alice, "look", attachments=[picture])
        notes = File("notes.txt", b"x" * 100_000, content_type="text/plain; charset=utf-8")
        await place.general.say(
            place.alice, "@cc-connect and this", attachments=[notes], reply_to=first
        )
        heard = await run.hears(Said, 2)
        assert isinstance(heard.body, Said)
        quoted, own = heard.body.media
        assert (quoted.name, quoted.mime, quoted.size) == ("cat.png", "image/png", 4)
        assert (own.name, own.mime, own.voice) == ("notes.txt", "text/plain", False)
        assert await fetched(quoted, run.platform) == b"\x89PNG"
        assert await fetched(own, run.platform) == b"x" * 100_000


async def test_a_link_that_ran_out_is_renewed_and_a_file_that_is_gone_is_told() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock) as twin:
        alice = twin.add_user("alice")
        guild = twin.add_guild("Workshop")
        general = guild.add_channel("general")
        guild.add_member(alice)
        bot = twin.add_application("cc-connect", owner=alice)
        guild.invite(bot)
        async with running(twin, bot) as run:
            said = await general.say(alice, "@cc-connect", attachments=[File("a.txt", b"abc")])
            heard = await run.hears(Said)
            assert isinstance(heard.body, Said)
            (media,) = heard.body.media
            clock.advance(25 * 3600)
            assert await fetched(media, run.platform) == b"abc"
            clock.advance(25 * 3600)
            await general.delete(said)
            with pytest.raises(DeliveryRejected):
                await fetched(media, run.platform)
            with pytest.raises(DeliveryRejected):
                await fetched(Media("nonsense", "a"), run.platform)


async def test_edits_and_deletions(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        said = await place.general.say(place.alice, "@cc-connect fix the tests")
        await run.hears(Said)
        await place.general.edit(place.alice, said, "@cc-connect fix the test")
        edited = await run.hears(Edited)
        assert edited.body == Edited(str(said.id), "fix the test")
        assert edited.addressed
        assert edited.sender.id == str(place.alice.id)
        await place.general.edit(place.alice, said, "@cc-connect fix")
        assert (await run.hears(Edited, 2)).id != edited.id
        await place.general.delete(said)
        recalled = await run.hears(Recalled)
        assert recalled.body == Recalled(str(said.id))
        assert recalled.sender == edited.sender
        assert recalled.address == at(place.general)
        assert recalled.addressed


async def test_a_preview_of_a_link_is_no_edit(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        said = await place.general.say(place.alice, "@cc-connect see https://example.org")
        await run.hears(Said)
        (session,) = place.twin.sessions(place.bot)
        partial = {"id": str(said.id), "channel_id": str(place.general.id), "embeds": [{}]}
        session.dispatch("MESSAGE_UPDATE", partial)
        await place.general.say(place.alice, "@cc-connect next")
        await run.hears(Said, 2)
        assert not any(isinstance(one.body, Edited) for one in run.host.received)


async def test_a_message_delivered_twice_is_heard_once(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.duplicate_events("MESSAGE_CREATE")
        await place.general.say(place.alice, "@cc-connect one")
        await place.general.say(place.alice, "@cc-connect two")
        await run.hears(Said, 2)
        assert [spoken(one) for one in run.host.received] == ["one", "two"]


async def test_messages_of_a_channel_keep_their_order_while_the_store_is_slow(
    place: Place,
) -> None:
    host = RecordingHost()
    async with running(place.twin, place.bot, host=host) as run:
        host.hold()
        direct = place.twin.direct(place.alice, place.bot)
        for number in range(5):
            await place.general.say(place.alice, f"@cc-connect {number}")
        await direct.say(place.alice, "elsewhere")
        await host.pulse.until(lambda: len(host.offered) == 2 or None, 5.0)
        assert {one.address.chat for one in host.offered} == {
            str(place.general.id),
            str(direct.id),
        }
        host.release()
        await run.hears(Said, 6)
        here = [one for one in host.received if one.address == at(place.general)]
        assert [spoken(one) for one in here] == ["0", "1", "2", "3", "4"]


async def test_what_cannot_be_stored_is_handed_over_again(place: Place) -> None:
    host = RecordingHost()
    async with running(place.twin, place.bot, host=host) as run:
        host.fail(OSError("disk full"), times=2)
        await place.general.say(place.alice, "@cc-connect keep me")
        assert spoken(await run.hears(Said)) == "keep me"
        assert len(host.offered) == 3
        host.fail(OSError("disk full"), times=len(QUICK.again) + 1)
        with capture_logs() as logs:
            await place.general.say(place.alice, "@cc-connect not yet")
            await place.general.say(place.alice, "@cc-connect next")
            assert spoken(await run.hears(Said, 2)) == "not yet"  # read again; nothing passes it
            assert spoken(await run.hears(Said, 3)) == "next"
        assert any("not stored; tried again" in line["event"] for line in logs)


async def test_the_admins_of_a_team_own_the_bot(place: Place) -> None:
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob)
    bot = place.twin.add_application("team-bot", owner=place.alice, team=(bob,))
    place.guild.invite(bot)
    async with running(place.twin, bot) as run:
        for person in (place.alice, bob):
            await place.general.say(person, "@team-bot hi")
        await run.hears(Said, 2)
        assert [one.sender.owner for one in run.host.received] == [True, True]


async def test_without_the_owner_the_bot_works_all_the_same(place: Place) -> None:
    place.twin.faults.next_status(404, route="GET /oauth2/applications/@me")
    async with running(place.twin, place.bot) as run:
        await place.general.say(place.alice, "@cc-connect hi")
        assert not (await run.hears(Said)).sender.owner


async def test_two_bots_on_two_servers_of_the_protocol_in_one_process(place: Place) -> None:
    async with DiscordTwin() as twin:
        eve = twin.add_user("eve")
        guild = twin.add_guild("Elsewhere")
        room = guild.add_channel("room")
        guild.add_member(eve)
        second = twin.add_application("second", owner=eve, intents_enabled=CHAT)
        guild.invite(second)
        async with (
            running(place.twin, place.bot) as here,
            running(twin, second, instance="discord-2") as there,
        ):
            await place.general.say(place.alice, "@cc-connect one")
            await room.say(eve, "@second two")
            assert spoken(await here.hears(Said)) == "one"
            heard = await there.hears(Said)
            assert spoken(heard) == "two"
            assert heard.address == at(room, "discord-2")
            await asyncio.gather(
                here.post(place.general, "from one"), there.post(at(room, "discord-2"), "from two")
            )
            assert place.general.last.content == "from one"
            assert room.last.content == "from two"


async def test_stickers_polls_and_what_is_forwarded_are_named(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        (session,) = place.twin.sessions(place.bot)
        direct = place.twin.direct(place.alice, place.bot)
        poll = {
            "question": {"text": "Which database?"},
            "answers": [{"poll_media": {"text": "SQLite"}}, {"poll_media": {"text": "Postgres"}}],
        }
        snapshot = {"message": {"content": "It broke", "sticker_items": [{"name": "Wave"}]}}
        reference = {"type": 1, "channel_id": "5", "message_id": "6"}
        contents: list[dict[str, object]] = [
            {"content": "hi", "sticker_items": [{"id": "1", "name": "Wave", "format_type": 1}]},
            {"poll": poll},
            {"message_snapshots": [snapshot], "message_reference": reference},
        ]
        author = {"id": str(place.alice.id), "username": "alice"}
        for number, content in enumerate(contents):
            data = {"id": str(9000 + number), "channel_id": str(direct.id), "author": author}
            session.dispatch("MESSAGE_CREATE", {"type": 0, "content": "", **data, **content})
        heard = [(await run.hears(Said, count)).body for count in (1, 2, 3)]
        assert heard[0] == Said("hi\n[sticker: Wave]")
        assert heard[1] == Said("[poll: Which database? SQLite / Postgres]")
        quoted = Quoted("somebody (forwarded)", "It broke\n[sticker: Wave]")
        assert heard[2] == Said("", (), quoted)
