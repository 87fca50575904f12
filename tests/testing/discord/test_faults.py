"""Faults: each does what it says, and discord.py meets it as it would in the world."""

import asyncio

import aiohttp
import discord
import pytest

from cc_connect.testing.discord import DiscordTwin
from tests.testing.discord.bots import Bot, point_at, running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_gateway, raw_rest

POST = "POST /channels/{channel}/messages"
CHAT = 37377


# The REST API


async def test_errors_before_and_after_a_request_is_carried_out(place: Place) -> None:
    path = f"/channels/{place.general.id}/messages"
    async with raw_rest(place.twin, place.bot) as rest:
        place.twin.faults.next_status(503, route=POST)
        status, body, _ = await rest("POST", path, json={"content": "lost"})
        assert (status, body) == (503, {"message": "503: injected", "code": 0})
        place.twin.faults.next_status(500, times=2, route=POST, after=True)
        assert (await rest("POST", path, json={"content": "kept"}))[0] == 500
        assert (await rest("GET", "/users/@me"))[0] == 200
    assert [m.content for m in place.general.messages] == ["kept"]
    lost, kept = place.twin.requests.of(POST)
    assert (lost.status, lost.performed, lost.injected) == (503, False, "503")
    assert (kept.status, kept.performed, kept.injected) == (500, True, "500")
    assert str(kept).endswith("-> 500")


async def test_a_nonce_saves_from_saying_twice_what_was_answered_with_an_error(
    place: Place,
) -> None:
    path = f"/channels/{place.general.id}/messages"
    place.twin.faults.next_status(502, route=POST, after=True)
    async with raw_rest(place.twin, place.bot) as rest:
        body = {"content": "once", "nonce": "n", "enforce_nonce": True}
        assert (await rest("POST", path, json=body))[0] == 502
        assert (await rest("POST", path, json=body))[0] == 200
    assert [m.content for m in place.general.messages] == ["once"]


@pytest.mark.parametrize("how", ["before", "before, reset", "after", "after, reset"])
async def test_a_connection_cut_in_place_of_an_answer(place: Place, how: str) -> None:
    after, reset = "after" in how, "reset" in how
    path = f"/channels/{place.general.id}/messages"
    place.twin.faults.drop_requests(route=POST, after=after, reset=reset)
    async with raw_rest(place.twin, place.bot) as rest:
        with pytest.raises((aiohttp.ClientError, OSError)):
            await rest("POST", path, json={"content": "x"})
    assert len(place.general.messages) == int(after)
    assert place.twin.requests[-1].status is None
    assert place.twin.requests[-1].performed is after


async def test_a_slow_answer(place: Place) -> None:
    place.twin.faults.delay(0.05, route="GET /users/@me")
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("GET", "/users/@me"))[0] == 200
        assert place.twin.requests[-1].injected == "delayed"


async def test_discord_py_reports_a_server_error(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.next_status(503, route=POST)
        with pytest.raises(discord.DiscordServerError):
            await bot.room(place.general.id).send("x")


async def test_faults_can_be_taken_back(place: Place) -> None:
    faults = place.twin.faults
    faults.next_status(500, times=99)
    faults.refuse_gateway()
    faults.never_resume()
    faults.hold_events()
    faults.lose_events(times=9)
    faults.heal()
    async with running(place.twin, place.bot) as bot:
        await place.general.say(place.alice, "x")
        await bot.hears("message")


# Events


async def test_an_event_that_comes_twice(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.duplicate_events("MESSAGE_CREATE")
        said = await place.general.say(place.alice, "once")
        (again,) = await bot.hears("message", 2)
        assert again.id == said.id


async def test_events_out_of_order(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        place.twin.faults.swap_events("MESSAGE_CREATE")
        said = await place.general.say(place.alice, "one")
        await place.general.edit(place.alice, said, "two")
        first, second = await gateway.receive(), await gateway.receive()
        assert [first["t"], second["t"]] == ["MESSAGE_UPDATE", "MESSAGE_CREATE"]
        assert [first["s"], second["s"]] == [3, 4]


async def test_an_event_that_is_lost_can_still_be_fetched(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.lose_events("MESSAGE_CREATE")
        await place.general.say(place.alice, "lost")
        await place.general.say(place.alice, "heard")
        await bot.hears("message")
        assert bot.texts() == ["heard"]
        history = [m.content async for m in bot.room(place.general.id).history()]
        assert history == ["heard", "lost"]


async def test_a_malformed_event_kills_discord_py(place: Place) -> None:
    """The reason why the adapter has to watch over its client."""
    point_at(place.twin)
    bot = Bot()
    task = asyncio.create_task(bot.start(place.bot.token))
    await bot.hears("ready")
    place.twin.faults.malformed_event()
    with pytest.raises((KeyError, TypeError, ValueError)):
        await task
    await bot.close()


async def test_a_frame_that_is_no_json(place: Place) -> None:
    point_at(place.twin)
    bot = Bot()
    task = asyncio.create_task(bot.start(place.bot.token))
    await bot.hears("ready")
    place.twin.faults.raw_frame("this is no JSON", place.bot)
    with pytest.raises(ValueError, match="Expecting value"):
        await task
    await bot.close()


# Connections


async def test_a_half_open_connection_is_left_by_discord_py() -> None:
    async with DiscordTwin(heartbeat=0.1) as twin:
        place = furnish(twin)
        async with running(twin, place.bot, heartbeat_timeout=0.5) as bot:
            twin.faults.silence(place.bot)
            await place.general.say(place.alice, "into the void")
            await bot.hears("resumed")
            await bot.hears("message")
            assert bot.texts() == ["into the void"]


async def test_a_deaf_connection_does_not_even_say_goodbye(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        place.twin.faults.silence(deaf=True)
        await gateway.send(1, None)
        await place.general.say(place.alice, "unheard")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await gateway.receive()
        place.twin.faults.drop_sockets()


async def test_new_connections_that_hang(place: Place) -> None:
    place.twin.faults.silence_new()
    async with raw_gateway(place.twin) as gateway:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await gateway.receive()
    place.twin.faults.silence_new(on=False)
    async with raw_gateway(place.twin) as gateway:
        assert (await gateway.receive())["op"] == 10


async def test_a_gateway_that_is_not_there(place: Place) -> None:
    place.twin.faults.refuse_gateway(503, times=1)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with raw_gateway(place.twin):
            pass
    async with raw_gateway(place.twin) as gateway:
        assert (await gateway.receive())["op"] == 10


async def test_a_slow_reader(place: Place) -> None:
    place.twin.faults.slow_reader(0.02)
    async with running(place.twin, place.bot) as bot:
        await place.general.say(place.alice, "x")
        await bot.hears("message")


async def test_a_client_that_does_not_read_holds_up_nobody(place: Place) -> None:
    second = place.twin.add_application("second")
    place.guild.invite(second)
    async with raw_gateway(place.twin) as lazy, running(place.twin, second) as bot:
        await lazy.receive()
        await lazy.identify(place.bot, CHAT)
        await place.twin.until_true(lambda: place.twin.is_online(place.bot))
        for _ in range(300):  # more than the buffers of a socket take
            await place.general.say(place.alice, "x" * 2000 + "\U0001f600" * 2000)
        await bot.hears("message", 300)


async def test_a_session_that_is_declared_dead(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.invalidate_sessions()
        await bot.hears("ready", 2)
        assert place.twin.gateway_count("resume") == 0
        place.twin.faults.forget_sessions()
        place.twin.faults.drop_sockets()
        await bot.hears("ready", 3)
        assert place.twin.gateway_count("resume") == 1


# The twin's own mistakes


async def forward_something(twin: DiscordTwin) -> None:
    place = furnish(twin)
    said = await place.general.say(place.alice, "x")
    async with running(twin, place.bot) as bot:
        room = bot.room(place.general.id)
        message = await room.fetch_message(said.id)
        with pytest.raises(discord.HTTPException) as refused:
            await message.forward(room)
        assert refused.value.status == 501


async def test_what_the_twin_does_not_play_is_not_hidden() -> None:
    twin = DiscordTwin()
    await twin.__aenter__()
    await forward_something(twin)
    with pytest.raises(ExceptionGroup, match="the twin itself failed"):
        await twin.__aexit__(None, None, None)
