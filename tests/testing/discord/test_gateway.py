"""The gateway: who gets in, what is told, and how a lost connection goes on."""

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest

from cc_connect.testing.discord import DiscordTwin, Intent, ManualClock
from tests.testing.discord.bots import Bot, chat_intents, point_at, running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import RawGateway, raw_gateway, raw_rest

CHAT = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES | Intent.MESSAGE_CONTENT)


async def test_discord_py_gets_ready_with_its_guilds(place: Place) -> None:
    other = place.twin.add_guild("Garden")
    other.invite(place.bot)
    place.twin.add_guild("Elsewhere")
    async with running(place.twin, place.bot) as bot:
        assert {guild.name for guild in bot.guilds} == {"Workshop", "Garden"}
        assert bot.user is not None
        assert bot.user.id == place.bot.user.id
        assert bot.get_guild(place.guild.id) is not None
        assert place.twin.is_online(place.bot)
        connect = next(note for note in place.twin.gateway_log if note.kind == "connect")
        assert "compress=z" in str(connect.data)  # zlib, or zstd where its library is installed
    await place.twin.until_true(lambda: not place.twin.is_online(place.bot))
    goodbye = place.twin.gateway_log[-1]
    assert (goodbye.kind, goodbye.data) == ("disconnect", 4000)  # what discord.py really sends


async def test_ids_carry_their_time_and_events_their_number(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        ready, guild = await gateway.receive(), await gateway.receive()
        said = await place.general.say(place.alice, "one")
        heard = await gateway.receive()
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert (guild["t"], guild["s"]) == ("GUILD_CREATE", 2)
        assert (heard["t"], heard["s"]) == ("MESSAGE_CREATE", 3)
        assert int(heard["d"]["id"]) == said.id
        made = discord.utils.snowflake_time(said.id).timestamp()
        assert abs(made - said.sent_at) < 0.01


async def test_a_wrong_token_is_refused_at_the_door_of_rest(place: Place) -> None:
    point_at(place.twin)
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()
    assert place.twin.requests[-1].status == 401


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"token": "wrong", "intents": 1}, 4004),
        ({"intents": 1 << 40}, 4013),
        ({"intents": -1}, 4013),
        ({"intents": None}, 4013),
        ({"intents": int(Intent.GUILD_PRESENCES)}, 4014),
        ({"intents": 1, "shard": [2, 2]}, 4010),
    ],
)
async def test_an_identify_that_is_refused(
    place: Place, data: dict[str, object], code: int
) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.send(2, {"token": place.bot.token, "properties": {}, **data})
        assert await gateway.receive() == code


async def test_discord_py_says_which_privileged_intent_it_lacks(place: Place) -> None:
    intents = chat_intents()
    intents.members = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(place.twin, place.bot, intents):
            pass
    assert place.twin.gateway_log[-1].kind == "disconnect"
    assert place.twin.gateway_count("refused") == 1


@pytest.mark.parametrize(
    ("query", "code"), [("?v=6&encoding=json", 4012), ("?v=10&encoding=etf", 4002)]
)
async def test_a_url_that_is_refused(place: Place, query: str, code: int) -> None:
    async with raw_gateway(place.twin, query) as gateway:
        assert await gateway.receive() == code


async def test_frames_that_end_the_connection(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.send(3, {})
        assert await gateway.receive() == 4003
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.send(77, {})
        assert await gateway.receive() == 4001
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.socket.send_str("{" + "x" * 5000)
        assert await gateway.receive() == 4002
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        assert await gateway.until("nothing") == 4005


async def test_too_many_commands_end_the_connection(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        for _ in range(121):
            await gateway.send(1, None)
        while isinstance(frame := await gateway.receive(), dict):
            assert frame["op"] == 11
        assert frame == 4008


async def test_heartbeats_are_answered_and_missed() -> None:
    async with DiscordTwin(heartbeat=0.05, grace=0.2) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            await twin.until_true(lambda: twin.gateway_count("heartbeat", place.bot) > 3)
            assert bot.latency < 5
        async with raw_gateway(twin) as gateway:
            hello = await gateway.receive()
            assert hello["d"]["heartbeat_interval"] == 50
            assert await gateway.receive() == 4000


async def test_an_asked_for_heartbeat_comes_at_once(place: Place) -> None:
    async with running(place.twin, place.bot):
        before = place.twin.gateway_count("heartbeat")
        place.twin.faults.request_heartbeat()
        await place.twin.until_true(lambda: place.twin.gateway_count("heartbeat") > before)


@pytest.mark.parametrize(
    "query", ["?v=10&encoding=json", "?v=10&encoding=json&compress=zlib-stream"]
)
async def test_a_payload_of_many_megabytes_passes(place: Place, query: str) -> None:
    for number in range(2000):
        place.guild.add_channel(f"channel-{number}", topic="x" * 1000)
    async with raw_gateway(place.twin, query) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        created = await gateway.until("GUILD_CREATE")
        assert len(created["d"]["channels"]) == 2001


async def test_a_compression_nobody_knows_is_refused(place: Place) -> None:
    with pytest.raises(Exception, match="400"):
        async with raw_gateway(place.twin, "?v=10&compress=lzma"):
            pass


# Intents


async def test_content_needs_its_intent_but_for_mentions_and_direct_talk(place: Place) -> None:
    intents = chat_intents()
    intents.message_content = False
    async with running(place.twin, place.bot, intents) as bot:
        await place.general.say(place.alice, "secret")
        await place.general.say(place.alice, "@cc-connect public")
        await place.twin.direct(place.alice, place.bot).say(place.alice, "private")
        await bot.hears("message", 3)
        assert bot.texts() == ["", f"<@{place.bot.user.id}> public", "private"]


async def test_rest_obeys_the_switch_of_the_portal(place: Place) -> None:
    poor = place.twin.add_application("poor", intents_enabled=0)
    place.guild.invite(poor)
    said = await place.general.say(place.alice, "secret")
    path = f"/channels/{place.general.id}/messages/{said.id}"
    async with raw_rest(place.twin, poor) as rest:
        assert (await rest("GET", path))[1]["content"] == ""
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("GET", path))[1]["content"] == "secret"


async def test_without_the_intent_an_event_does_not_come(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, int(Intent.DIRECT_MESSAGES))
        assert (await gateway.receive())["t"] == "READY"
        await place.general.say(place.alice, "in the guild")
        await place.twin.direct(place.alice, place.bot).say(place.alice, "direct")
        heard = await gateway.receive()
        assert (heard["t"], heard["d"]["content"]) == ("MESSAGE_CREATE", "direct")


async def test_members_are_told_to_those_who_may_know(place: Place) -> None:
    for number in range(3):
        place.guild.add_member(place.twin.add_user(f"member-{number}"))
    curious = place.twin.add_application(
        "curious", intents_enabled=int(Intent.GUILD_MEMBERS | Intent.MESSAGE_CONTENT)
    )
    place.guild.invite(curious)
    intents = chat_intents()
    intents.members = True
    async with running(place.twin, curious, intents) as bot:
        guild = bot.get_guild(place.guild.id)
        assert guild is not None
        assert guild.chunked
        assert {"alice", "member-2", "curious"} <= {member.name for member in guild.members}
        place.guild.add_member(place.twin.add_user("late"))
        (late,) = await bot.hears("member_join")
        assert late.name == "late"
        found = await guild.query_members("member-", limit=5)
        assert len(found) == 3
    async with running(place.twin, place.bot) as bot:
        guild = bot.get_guild(place.guild.id)
        assert guild is not None
        assert [member.name for member in guild.members] == ["cc-connect"]


# Going on after a break


async def test_what_was_missed_is_replayed_on_resume(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await place.general.say(place.alice, "before")
        await bot.hears("message")
        place.twin.faults.hold_events()
        place.twin.faults.drop_sockets()
        await place.twin.until_true(lambda: not place.twin.is_online(place.bot))
        place.twin.faults.release_events()
        await place.general.say(place.alice, "meanwhile")
        await bot.hears("resumed")
        await place.general.say(place.alice, "after")
        await bot.hears("message", 3)
        assert bot.texts() == ["before", "meanwhile", "after"]
        resume = next(note for note in place.twin.gateway_log if note.kind == "resume")
        assert isinstance(resume.data, dict)
        assert resume.data["path"] == "/resume"
        assert place.twin.gateway_count("identify") == 1


@pytest.mark.parametrize("way", ["abort", "reset", "code", "opcode 7", "opcode 9"])
async def test_discord_py_resumes_after_any_break(place: Place, way: str) -> None:
    faults = place.twin.faults
    async with running(place.twin, place.bot) as bot:
        match way:
            case "abort":
                faults.drop_sockets()
            case "reset":
                faults.drop_sockets(place.bot, reset=True)
            case "code":
                faults.close_sockets(4000)
            case "opcode 7":
                faults.reconnect()
            case _:
                faults.invalidate_sessions(resumable=True)
        await bot.hears("resumed")
        await place.general.say(place.alice, "still there?")
        await bot.hears("message")
        assert place.twin.gateway_count("identify") == 1


@pytest.fixture
async def lost(place: Place) -> AsyncIterator[RawGateway]:
    """A connection whose session was opened by another one that is gone."""
    async with raw_gateway(place.twin) as first:
        await first.receive()
        await first.identify(place.bot, CHAT)
        await first.until("GUILD_CREATE")
        await first.socket.close(code=4000)
    await place.twin.until_true(lambda: not place.twin.is_online(place.bot))
    async with raw_gateway(place.twin, path="resume") as second:
        await second.receive()
        yield second


def resume(place: Place, sequence: int, **more: object) -> dict[str, object]:
    (session,) = place.twin.sessions(place.bot)
    return {"token": place.bot.token, "session_id": session.id, "seq": sequence, **more}


async def test_resume_replays_from_a_number_on(place: Place, lost: RawGateway) -> None:
    await place.general.say(place.alice, "missed")
    await lost.send(6, resume(place, 2))
    missed, done = await lost.receive(), await lost.receive()
    assert (missed["s"], missed["d"]["content"]) == (3, "missed")
    assert (done["t"], done["s"]) == ("RESUMED", 4)


async def test_resumes_that_fail(place: Place, lost: RawGateway) -> None:
    await lost.send(6, resume(place, 1, session_id="nonsense"))
    frame = await lost.receive()
    assert (frame["op"], frame["d"]) == (9, False)
    await lost.send(6, resume(place, 99))
    assert await lost.receive() == 4007


async def test_a_resume_with_a_wrong_token(place: Place, lost: RawGateway) -> None:
    await lost.send(6, resume(place, 1, token="wrong"))
    assert await lost.receive() == 4004


async def test_a_session_is_kept_for_some_time_only() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock, session_life=180) as twin:
        place = furnish(twin)
        async with raw_gateway(twin) as gateway:
            await gateway.receive()
            await gateway.identify(place.bot, CHAT)
            await gateway.receive()
            data = resume(place, 1)
            await gateway.socket.close(code=4000)
        await twin.until_true(lambda: not twin.is_online(place.bot))
        clock.advance(181)
        async with raw_gateway(twin) as gateway:
            await gateway.receive()
            await gateway.send(6, data)
            assert (await gateway.receive())["op"] == 9


async def test_a_goodbye_with_1000_ends_the_session(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.receive()
        await gateway.socket.close(code=1000)
    await place.twin.until_true(lambda: place.twin.sessions() == [])


async def test_a_server_that_never_resumes(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.never_resume()
        place.twin.faults.drop_sockets()
        await bot.hears("ready", 2)
        assert place.twin.gateway_count("identify") == 2
        await place.general.say(place.alice, "hello again")
        await bot.hears("message")


async def test_a_reset_token_ends_the_bot(place: Place) -> None:
    point_at(place.twin)
    bot = Bot()
    task = asyncio.create_task(bot.start(place.bot.token))
    await bot.hears("ready")
    fresh = place.twin.faults.reset_token(place.bot)
    with pytest.raises(discord.ConnectionClosed) as closed:
        await task
    assert closed.value.code == 4004
    await bot.close()
    assert fresh == place.bot.token
    async with running(place.twin, place.bot):
        pass


async def test_a_bot_is_invited_and_thrown_out_while_it_runs(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        garden = place.twin.add_guild("Garden")
        garden.add_channel("roses")
        garden.invite(place.bot)
        (joined,) = await bot.hears("guild_join")
        assert [channel.name for channel in joined.channels] == ["roses"]
        place.twin.faults.remove_guild(garden, place.bot)
        (left,) = await bot.hears("guild_remove")
        assert left.name == "Garden"


async def test_an_outage_of_a_guild(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.outage(place.guild)
        await bot.hears("guild_unavailable")
        place.twin.faults.recover(place.guild)
        await bot.hears("guild_available", 2)


async def test_several_bots_at_once(place: Place) -> None:
    second = place.twin.add_application("second")
    place.guild.invite(second)
    async with (
        running(place.twin, place.bot) as one,
        running(place.twin, second) as two,
    ):
        await place.general.say(place.alice, "both of you")
        await one.hears("message")
        await two.hears("message")
        await one.room(place.general.id).send("I am one")
        (heard,) = await two.hears("message", 2)
        assert heard.author.id == place.bot.user.id
        assert heard.author.bot
