"""Threads: started by bots and people, joined, archived, locked."""

import discord
import pytest

from cc_connect.testing.discord import (
    ApiError,
    ChannelKind,
    DiscordTwin,
    ManualClock,
    MessageKind,
    Permission,
    Refusal,
)
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest


async def test_a_bot_starts_a_thread_from_a_message(place: Place) -> None:
    asked = await place.general.say(place.alice, "please work")
    async with running(place.twin, place.bot) as bot:
        message = await bot.room(place.general.id).fetch_message(asked.id)
        thread = await message.create_thread(name="work", auto_archive_duration=1440)
        assert thread.id == asked.id
        (created,) = await bot.hears("thread_create")
        assert created.id == thread.id
        await thread.send("on it")
        (place_of_work,) = place.general.threads
        told = await place_of_work.wait_for(lambda m: m.content == "on it")
        assert place_of_work.messages[0].kind is MessageKind.THREAD_STARTER
        assert asked.thread is place_of_work.state
        await place_of_work.say(place.alice, "good")
        await bot.hears("message", 3)
        assert bot.texts() == ["", "on it", "good"]
        with pytest.raises(discord.HTTPException) as refused:
            await message.create_thread(name="again")
        assert refused.value.code == 160004
        fetched = await bot.fetch_channel(thread.id)
        assert isinstance(fetched, discord.Thread)
        assert (fetched.message_count, fetched.total_message_sent) == (2, 2)
        assert fetched.me is not None
        assert told.channel.parent is place.general.state
        assert "thread: work" in place.general.transcript()


async def test_a_thread_on_its_own(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        await room.create_thread(name="open", type=discord.ChannelType.public_thread)
        assert place.general.last.kind is MessageKind.THREAD_CREATED
        assert "(started a thread: open)" in place.general.transcript()
        with pytest.raises(discord.Forbidden) as refused:
            await room.create_thread(name="secret")
        assert refused.value.code == 50013


async def test_a_thread_of_people_is_told_and_joined(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        thread = await place.general.start_thread(place.alice, "idea")
        (created,) = await bot.hears("thread_create")
        assert created.name == "idea"
        assert created.me is None
        await created.join()
        await bot.hears("thread_join")
        assert place.bot.user.id in _members(thread.state)
        await created.leave()
        assert place.bot.user.id not in _members(thread.state)
        await created.add_user(discord.Object(place.alice.id))
        members = await created.fetch_members()
        assert [member.id for member in members] == [place.alice.id]


def _members(channel: object) -> set[int]:
    state = getattr(channel, "thread", None)
    assert state is not None
    return set(state.members)


async def test_a_private_thread_is_seen_by_its_members_only(place: Place) -> None:
    secret = await place.general.start_thread(place.alice, "secret", private=True)
    async with raw_rest(place.twin, place.bot) as rest:
        status, body, _ = await rest("GET", f"/channels/{secret.id}")
        assert (status, body["code"]) == (403, 50001)
        await secret.join(place.bot.user)
        assert (await rest("GET", f"/channels/{secret.id}"))[0] == 200


async def test_archiving_waking_and_locking() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            thread = await place.general.start_thread(place.alice, "idea")
            said = await thread.say(place.bot.user, "mine")
            await bot.hears("message", 2)
            await thread.change_thread(place.alice, archived=True)
            (_, after) = await bot.hears("thread_update")
            assert after.archived
            path = f"/channels/{thread.id}/messages/{said.id}"
            async with raw_rest(twin, place.bot) as rest:
                status, body, _ = await rest("PATCH", path, json={"content": "x"})
                assert (status, body["code"]) == (400, 50083)
                status, body, _ = await rest("PUT", f"{path}/reactions/👍/@me")
                assert body["code"] == 50083
                listed = (await rest("GET", f"/guilds/{place.guild.id}/threads/active"))[1]
                assert listed["threads"] == []
                parent = f"/channels/{place.general.id}/threads/archived/public"
                listed = (await rest("GET", parent))[1]
                assert [each["name"] for each in listed["threads"]] == ["idea"]
            await thread.say(place.alice, "awake again")
            assert thread.state.thread is not None
            assert not thread.state.thread.archived
            place.general.allow(place.alice, Permission.MANAGE_THREADS)
            await thread.change_thread(place.alice, locked=True)
            async with raw_rest(twin, place.bot) as rest:
                status, body, _ = await rest(
                    "POST", f"/channels/{thread.id}/messages", json={"content": "x"}
                )
                assert (status, body["code"]) == (403, 160005)
                status, body, _ = await rest(
                    "PATCH", f"/channels/{thread.id}", json={"name": "mine now"}
                )
                assert (status, body["code"]) == (403, 50013)


async def test_a_bot_changes_its_own_thread(place: Place) -> None:
    asked = await place.general.say(place.alice, "please work")
    async with running(place.twin, place.bot) as bot:
        message = await bot.room(place.general.id).fetch_message(asked.id)
        thread = await message.create_thread(name="work")
        await thread.edit(name="better")
        await thread.edit(archived=True)
        assert place.general.threads[0].name == "better"
        await thread.edit(archived=False)
        with pytest.raises(discord.Forbidden):
            await thread.delete()
        place.general.allow(place.bot, Permission.MANAGE_THREADS)
        await thread.delete()
        assert place.general.threads == []


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "n" * 101}, {"name": "n", "auto_archive_duration": 7}]
)
async def test_threads_that_are_refused(place: Place, body: dict[str, object]) -> None:
    said = await place.general.say(place.alice, "x")
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{place.general.id}/messages/{said.id}/threads"
        status, answer, _ = await rest("POST", path, json=body)
        assert (status, answer["code"]) == (400, 50035)


async def test_no_threads_in_threads_or_direct_talk(place: Place) -> None:
    thread = await place.general.start_thread(place.alice, "idea")
    said = await thread.say(place.alice, "x")
    direct = place.twin.direct(place.alice, place.bot)
    for channel, message in ((thread, said), (direct, await direct.say(place.alice, "x"))):
        with pytest.raises(ApiError) as refused:
            await channel.start_thread(place.alice, "deeper", message=message)
        assert refused.value.refusal is Refusal.WRONG_CHANNEL_TYPE


async def test_without_the_right_to_start_threads(place: Place) -> None:
    place.general.deny(place.bot, Permission.CREATE_PUBLIC_THREADS)
    said = await place.general.say(place.alice, "x")
    async with running(place.twin, place.bot) as bot:
        message = await bot.room(place.general.id).fetch_message(said.id)
        with pytest.raises(discord.Forbidden) as refused:
            await message.create_thread(name="no")
        assert refused.value.code == 50013


async def test_a_post_in_a_forum(place: Place) -> None:
    forum_place = place.guild.add_channel("ideas", ChannelKind.FORUM)
    async with running(place.twin, place.bot) as bot:
        forum = bot.get_channel(forum_place.id)
        assert isinstance(forum, discord.ForumChannel)
        made = await forum.create_thread(name="first", content="words")
        assert made.message.content == "words"
        assert made.thread.id == made.message.id
        assert [thread.name for thread in forum_place.threads] == ["first"]
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{forum_place.id}/messages"
        status, body, _ = await rest("POST", path, json={"content": "x"})
        assert (status, body["code"]) == (400, 50008)


async def test_a_thread_can_be_waited_for(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def open_thread(message: discord.Message) -> None:
            if message.content == "go":
                await message.create_thread(name="work")

        bot.on("message", open_thread)
        await place.general.say(place.alice, "go")
        thread = await place.general.wait_for_thread()
        assert (thread.name, thread.state.kind) == ("work", ChannelKind.PUBLIC_THREAD)
