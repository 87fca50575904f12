"""What people see and do, and what a bot may ask about itself and others."""

import discord
import pytest

from cc_connect.testing.discord import (
    ChannelKind,
    DiscordTwin,
    Intent,
    ManualClock,
    PersonCannot,
)
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest


async def test_a_transcript_reads_like_the_channel() -> None:
    clock = ManualClock(1_700_000_000)
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        asked = await place.general.say(place.alice, "@cc-connect run it\nplease")
        async with running(twin, place.bot) as bot:
            room = bot.room(place.general.id)
            view = discord.ui.View()
            view.add_item(discord.ui.Button(label="Yes", emoji="👍"))
            view.add_item(discord.ui.Button(label="No", disabled=True))
            clock.advance(61)
            reference = room.get_partial_message(asked.id)
            sent = await room.send("May I?", reference=reference, view=view)
            await sent.edit(content="May I really?")
        await place.general.react(place.alice, place.general.last, "👀")
        assert place.general.transcript() == "\n".join(
            [
                "#general in Workshop",
                "22:13:20 alice: @cc-connect run it",
                "    please",
                "22:14:21 cc-connect [bot] (edited): May I really?",
                f"    (answers alice: <@{place.bot.user.id}> run it...)",
                "    [👍 Yes] [No (disabled)]",
                "    reactions: 👀 1",
            ]
        )


async def test_waiting_for_what_does_not_come_shows_what_did(place: Place) -> None:
    first = await place.general.say(place.alice, "only this")
    with pytest.raises(TimeoutError, match="alice: only this"):
        await place.general.wait_for(lambda m: "that" in m.content, timeout=0.01)
    with pytest.raises(TimeoutError):
        await place.general.wait_for(lambda _: True, timeout=0.01, after=first)


async def test_names_become_mentions_but_not_inside_words(place: Place) -> None:
    said = await place.general.say(place.alice, "@alice me@alice @alicette")
    assert said.content == f"{place.alice.mention} me@alice @alicette"
    called = await place.general.say(place.alice, "hi", mention=place.bot)
    assert called.content == f"{place.bot.user.mention} hi"
    reply = await place.general.say(place.alice, "quiet", reply_to=called, ping=False)
    assert reply.mentions == []


async def test_direct_conversations(place: Place) -> None:
    direct = place.twin.direct(place.alice, place.bot)
    async with running(place.twin, place.bot) as bot:
        await direct.say(place.alice, "psst")
        (heard,) = await bot.hears("message")
        assert isinstance(heard.channel, discord.DMChannel)
        await heard.channel.send("yes?")
        assert [m.content for m in direct.messages] == ["psst", "yes?"]
        user = await bot.fetch_user(place.alice.id)
        channel = await user.create_dm()
        assert channel.id == direct.id
        assert "direct messages" in direct.transcript()


async def test_people_who_take_no_direct_messages(place: Place) -> None:
    stranger = place.twin.add_user("stranger")
    place.alice.refuses_direct = True
    async with running(place.twin, place.bot) as bot:
        for person in (stranger, place.alice):
            user = await bot.fetch_user(person.id)
            with pytest.raises(discord.Forbidden) as refused:
                await user.send("x")
            assert refused.value.code == 50007
    async with raw_rest(place.twin, place.bot) as rest:
        for recipient in ("1", "x", str(place.bot.user.id)):
            body = {"recipient_id": recipient}
            assert (await rest("POST", "/users/@me/channels", json=body))[1]["code"] == 50033


async def test_who_owns_a_bot(place: Place) -> None:
    bob = place.twin.add_user("bob")
    team = place.twin.add_application("ours", owner=place.alice, team=(place.alice, bob))
    place.guild.invite(team)
    async with running(place.twin, place.bot) as bot:
        about = await bot.application_info()
        assert (about.owner.name, about.team) == ("alice", None)
        assert about.flags.gateway_message_content_limited
    async with running(place.twin, team) as bot:
        about = await bot.application_info()
        assert about.team is not None
        assert about.team.owner_id == place.alice.id
        assert [member.name for member in about.team.members] == ["alice", "bob"]


async def test_what_a_bot_may_ask(place: Place) -> None:
    nick = place.twin.add_user("robert", "Robert")
    place.guild.add_member(nick, nick="Bob")
    async with running(place.twin, place.bot) as bot:
        guild = await bot.fetch_guild(place.guild.id)
        assert guild.name == "Workshop"
        member = await guild.fetch_member(nick.id)
        assert (member.display_name, member.global_name) == ("Bob", "Robert")
        with pytest.raises(discord.NotFound) as unknown:
            await guild.fetch_member(1)
        assert unknown.value.code == 10013
        stranger = place.twin.add_user("stranger")
        with pytest.raises(discord.NotFound) as unknown:
            await guild.fetch_member(stranger.id)
        assert unknown.value.code == 10007
        assert {role.name for role in await guild.fetch_roles()} >= {"@everyone", "cc-connect"}
        assert [channel.name for channel in await guild.fetch_channels()] == ["general"]
        assert [g.name async for g in bot.fetch_guilds()] == ["Workshop"]
        assert (await bot.fetch_user(place.alice.id)).name == "alice"
        assert bot.user is not None
        await bot.user.edit(username="renamed")
        assert place.bot.user.name == "renamed"
        await guild.leave()
        await bot.hears("guild_remove")


async def test_the_list_of_members_needs_the_privileged_intent(place: Place) -> None:
    curious = place.twin.add_application("curious", intents_enabled=int(Intent.GUILD_MEMBERS))
    place.guild.invite(curious)
    path = f"/guilds/{place.guild.id}/members"
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("GET", f"{path}?limit=10"))[1]["code"] == 50001
        found = (await rest("GET", f"{path}/search?query=ali"))[1]
        assert [member["user"]["username"] for member in found] == ["alice"]
    async with raw_rest(place.twin, curious) as rest:
        everybody = (await rest("GET", f"{path}?limit=10"))[1]
        assert "alice" in {member["user"]["username"] for member in everybody}
        assert len((await rest("GET", path))[1]) == 1


async def test_channels_come_and_go(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        category = place.guild.add_channel("rooms", ChannelKind.CATEGORY)
        room = place.guild.add_channel("room", parent=category, topic="talk")
        await bot.hears("guild_channel_create", 2)
        seen = bot.room(room.id)
        assert seen.category is not None
        assert (seen.category.name, seen.topic) == ("rooms", "talk")
        place.guild.remove_channel(room)
        await bot.hears("guild_channel_delete")
        assert bot.get_channel(room.id) is None


async def test_requests_are_written_down(place: Place) -> None:
    clock = ManualClock(1_700_000_000)
    async with DiscordTwin(clock=clock) as twin:
        here = furnish(twin)
        async with running(twin, here.bot) as bot:
            sent = await bot.room(here.general.id).send("0")
            for number in range(1, 4):
                clock.advance(1.5)
                await sent.edit(content=str(number))
        edits = twin.requests.edits(here.general.state)
        assert edits.times == [1_700_000_001.5, 1_700_000_003, 1_700_000_004.5]
        assert [edit.body["content"] for edit in edits] == ["1", "2", "3"]
        assert edits[0].application is here.bot
        assert twin.requests.edits(message=here.general.last)[-1] is edits[-1]
        assert "Authorization" not in edits[0].headers
        assert str(edits[:1]).endswith("-> 200")
        assert len(twin.requests.of("GET *", application=here.bot)) >= 2


async def test_people_cannot_do_what_their_client_does_not_offer(place: Place) -> None:
    said = await place.general.say(place.alice, "x")
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob)
    with pytest.raises(ValueError, match="their own"):
        await place.general.edit(bob, said, "y")
    with pytest.raises(PersonCannot):
        await place.twin.press(bob, said, "nothing")
    place.guild.remove_member(bob)
