"""What is met rarely, but has to be right when it is."""

import zlib

import aiohttp
import discord
import pytest
from discord import ui

from cc_connect.testing.discord import (
    ApiError,
    DiscordTwin,
    File,
    ManualClock,
    Permission,
    Refusal,
)
from cc_connect.testing.discord.clock import Snowflakes, iso, made_at
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_gateway, raw_rest

CHAT = 37377


def test_a_clock_only_moves_forward() -> None:
    clock = ManualClock(1_700_000_000)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
    assert iso(clock()) == "2023-11-14T22:13:20.000000+00:00"


def test_ids_stay_unique_while_time_stands_still() -> None:
    clock = ManualClock(1_700_000_000)
    ids = Snowflakes(clock)
    taken = [ids.take() for _ in range(10_000)]
    assert taken == sorted(set(taken))
    assert made_at(taken[0]) == 1_700_000_000
    assert made_at(taken[-1]) == 1_700_000_000.002
    assert discord.utils.snowflake_time(taken[0]).timestamp() == 1_700_000_000


async def test_the_addresses_of_the_gateway(place: Place) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("GET", "/gateway"))[1]["url"] + "/" == place.twin.gateway_url
        _, before, _ = await rest("GET", "/gateway/bot")
        async with raw_gateway(place.twin) as gateway:
            await gateway.receive()
            await gateway.identify(place.bot, CHAT)
            await gateway.receive()
        _, after, _ = await rest("GET", "/gateway/bot")
        assert (before["shards"], before["session_start_limit"]["remaining"]) == (1, 1000)
        assert after["session_start_limit"]["remaining"] == 999


async def test_a_server_that_goes_dark_and_comes_back(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway, raw_rest(place.twin, place.bot) as rest:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        assert (await rest("GET", "/users/@me"))[0] == 200
        await place.twin.go_dark()
        assert not isinstance(await gateway.receive(), dict)
        with pytest.raises(aiohttp.ClientError):
            await rest("GET", "/users/@me")
        with pytest.raises(aiohttp.ClientError):
            async with raw_gateway(place.twin):
                pass
        await place.twin.come_back()
        assert (await rest("GET", "/users/@me"))[0] == 200
        async with raw_gateway(place.twin) as again:
            assert (await again.receive())["op"] == 10


async def test_a_heartbeat_frees_what_it_confirms(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        (session,) = place.twin.sessions(place.bot)
        data = {"token": place.bot.token, "session_id": session.id}
        await gateway.send(1, 2)
        assert (await gateway.receive())["op"] == 11
        assert len(session.sent) == 0
        await gateway.send(3, {"status": "idle", "activities": [], "afk": False, "since": None})
        await gateway.send(4, {"guild_id": str(place.guild.id), "channel_id": None})
        await place.twin.until_true(lambda: place.twin.gateway_count("voice") == 1)
        assert place.twin.gateway_count("presence") == 1
        await gateway.socket.close(code=4000)
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.send(6, {**data, "seq": 1})
        assert (await gateway.receive())["op"] == 9
        await gateway.send(6, {**data, "seq": 2})
        assert (await gateway.receive())["t"] == "RESUMED"
        async with raw_gateway(place.twin) as thief:
            await thief.receive()
            await thief.send(6, {**data, "seq": 3})
            assert (await thief.receive())["t"] == "RESUMED"
            assert await gateway.receive() == 4000


async def test_frames_in_the_wrong_shape(place: Place) -> None:
    for op in (2, 6):
        async with raw_gateway(place.twin) as gateway:
            await gateway.receive()
            await gateway.send(op, "not an object")
            assert await gateway.receive() == 4002
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        await gateway.send(6, {})
        assert await gateway.receive() == 4005


async def test_members_asked_for_by_id_and_of_strange_guilds(place: Place) -> None:
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, CHAT)
        await gateway.until("GUILD_CREATE")
        await gateway.send(8, {"guild_id": "1", "query": "", "limit": 0})
        guild = str(place.guild.id)
        await gateway.send(8, {"guild_id": guild, "user_ids": str(place.alice.id), "limit": 1})
        (found,) = (await gateway.until("GUILD_MEMBERS_CHUNK"))["d"]["members"]
        assert found["user"]["username"] == "alice"
        await gateway.send(8, {"guild_id": guild, "query": "", "limit": 0})
        assert (await gateway.until("GUILD_MEMBERS_CHUNK"))["d"]["members"] == []


async def test_shards_share_the_guilds(place: Place) -> None:
    async with raw_gateway(place.twin) as first, raw_gateway(place.twin) as second:
        for number, gateway in enumerate((first, second)):
            await gateway.receive()
            await gateway.identify(place.bot, CHAT, shard=[number, 2])
            assert (await gateway.receive())["d"]["shard"] == [number, 2]
            await gateway.receive()
        await place.general.say(place.alice, "guild")
        await place.twin.direct(place.alice, place.bot).say(place.alice, "direct")
        mine = (first, second)[(place.guild.id >> 22) % 2]
        assert (await mine.until("MESSAGE_CREATE"))["d"]["content"] == "guild"
        assert (await first.until("MESSAGE_CREATE"))["d"]["content"] == "direct"


async def test_held_events_come_in_order(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.hold_events()
        for word in ("one", "two"):
            await place.general.say(place.alice, word)
        place.twin.faults.release_events()
        await bot.hears("message", 2)
        assert bot.texts() == ["one", "two"]


async def test_compression_is_one_stream_of_a_connection(place: Place) -> None:
    url = f"{place.twin.gateway_url}?v=10&encoding=json&compress=zlib-stream"
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        first = await socket.receive_bytes()
        assert first.endswith(b"\x00\x00\xff\xff")
        stream = zlib.decompressobj()
        assert b"heartbeat_interval" in stream.decompress(first)
        await socket.send_json({"op": 1, "d": None})
        second = await socket.receive_bytes()
        assert b'"op": 11' in stream.decompress(second)


async def test_zstd_is_refused_without_its_library(place: Place) -> None:
    zstd = pytest.importorskip("zstandard") if _has_zstd() else None
    url = f"{place.twin.gateway_url}?v=10&encoding=json&compress=zstd-stream"
    async with aiohttp.ClientSession() as http:
        if zstd is None:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(url)
            return
        async with http.ws_connect(url) as socket:
            stream = zstd.ZstdDecompressor().decompressobj()
            assert b"heartbeat_interval" in stream.decompress(await socket.receive_bytes())


def _has_zstd() -> bool:
    try:
        __import__("zstandard")
    except ImportError:
        return False
    return True


async def test_the_bodies_of_requests(place: Place) -> None:
    path = f"/channels/{place.general.id}/messages"
    odd: list[tuple[dict[str, object], str]] = [
        ({"content": "x", "flags": "many"}, "flags"),
        ({"content": "x", "nonce": [1]}, "nonce"),
        ({"content": "x", "allowed_mentions": {"parse": ["cats"]}}, "allowed_mentions"),
        ({"content": "x", "allowed_mentions": {"users": [1] * 101}}, "allowed_mentions"),
        ({"content": "x", "attachments": [{"id": 0}] * 11}, "attachments"),
    ]
    async with raw_rest(place.twin, place.bot) as rest:
        for body, wrong in odd:
            status, answer, _ = await rest("POST", path, json=body)
            assert (status, list(answer["errors"])) == (400, [wrong])
        status, sent, _ = await rest("POST", path, json={"content": 5, "components": None})
        assert (status, sent["content"]) == (200, "5")
        form = aiohttp.FormData()
        form.add_field("payload_json", '{"content": "with a file"}')
        form.add_field("file", b"x", filename="x.bin")
        status, sent, _ = await rest("POST", path, data=form)
        assert (status, sent["attachments"][0]["filename"]) == (200, "x.bin")
        assert sent["attachments"][0]["content_type"] == "application/octet-stream"


async def test_attachments_of_people_keep_their_kind(place: Place) -> None:
    said = await place.general.say(
        place.alice, attachments=[File("voice", b"x", content_type="audio/ogg")]
    )
    assert said.attachments[0].content_type == "audio/ogg"


async def test_who_manages_messages_may_hide_their_embeds(place: Place) -> None:
    said = await place.general.say(place.alice, "https://example.org")
    path = f"/channels/{place.general.id}/messages/{said.id}"
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("PATCH", path, json={"flags": 4}))[1]["code"] == 50005
        place.general.allow(place.bot, Permission.MANAGE_MESSAGES)
        assert (await rest("PATCH", path, json={"flags": 4}))[0] == 200
        assert said.flags == 4


async def test_system_messages_stay(place: Place) -> None:
    said = await place.general.say(place.alice, "x")
    thread = await place.general.start_thread(place.alice, "idea", message=said)
    starter = thread.messages[0]
    path = f"/channels/{thread.id}/messages"
    async with raw_rest(place.twin, place.bot) as rest:
        status, body, _ = await rest("DELETE", f"{path}/{starter.id}")
        assert (status, body["code"]) == (403, 50021)
        reference = {"message_id": str(starter.id)}
        status, body, _ = await rest(
            "POST", path, json={"content": "x", "message_reference": reference}
        )
        assert (status, list(body["errors"])) == (400, ["message_reference"])
        direct = place.twin.direct(place.alice, place.bot)
        status, body, _ = await rest(
            "POST", f"/channels/{direct.id}/messages/bulk-delete", json={"messages": ["1", "2"]}
        )
        assert (status, body["code"]) == (400, 50024)


async def test_reactions_of_others_and_of_one_kind(place: Place) -> None:
    said = await place.general.say(place.alice, "x")
    for emoji in ("👍", "👎", "party:123456789012345678"):
        await place.general.react(place.alice, said, emoji)
    path = f"/channels/{place.general.id}/messages/{said.id}/reactions"
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("DELETE", f"{path}/👍/{place.alice.id}"))[1]["code"] == 50013
        place.general.allow(place.bot, Permission.MANAGE_MESSAGES)
        assert (await rest("DELETE", f"{path}/👍/{place.alice.id}"))[0] == 204
        assert (await rest("DELETE", f"{path}/👎"))[0] == 204
        assert list(said.reactions) == ["party:123456789012345678"]
        assert (await rest("GET", f"{path}/👍"))[1]["code"] == 10014
        assert (await rest("DELETE", f"{path}/👍/@me"))[0] == 204
    for number in range(19):
        await place.general.react(place.alice, said, chr(0x1F600 + number))
    with pytest.raises(ApiError) as refused:
        await place.general.react(place.alice, said, "👍")
    assert refused.value.refusal is Refusal.TOO_MANY_REACTIONS


async def test_channels_are_made_changed_and_deleted_by_bots(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        guild = bot.get_guild(place.guild.id)
        assert guild is not None
        with pytest.raises(discord.Forbidden):
            await guild.create_text_channel("work")
        builder = place.guild.add_role("builder", Permission.MANAGE_CHANNELS)
        place.guild.give_role(place.bot.user, builder)
        room = await guild.create_text_channel("work", topic="old")
        await room.edit(name="works", topic="new")
        assert [c.name for c in place.guild.channels] == ["general", "works"]
        await place.twin.channel(room.id).start_thread(place.alice, "in it")
        await room.delete()
        assert [c.name for c in place.guild.channels] == ["general"]
        assert place.guild.state.threads == []
        direct = place.twin.direct(place.alice, place.bot)
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("DELETE", f"/channels/{direct.id}"))[0] == 200
        assert place.twin.direct(place.alice, place.bot) == direct
        for path in ("thread-members", "threads/archived/public"):
            status, body, _ = await rest("GET", f"/channels/{direct.id}/{path}")
            assert (status, body["code"]) == (400, 50024)
        assert (await rest("PUT", f"/channels/{direct.id}/thread-members/@me"))[0] == 400
        long_name = {"username": "n" * 33}
        assert (await rest("PATCH", "/users/@me", json=long_name))[1]["code"] == 50035


async def test_the_kinds_of_bare_threads(place: Place) -> None:
    place.general.allow(place.bot, Permission.CREATE_PRIVATE_THREADS | Permission.MANAGE_THREADS)
    path = f"/channels/{place.general.id}/threads"
    async with raw_rest(place.twin, place.bot) as rest:
        status, made, _ = await rest("POST", path, json={"name": "private"})
        assert (status, made["type"], made["thread_metadata"]["invitable"]) == (201, 12, True)
        status, body, _ = await rest("POST", path, json={"name": "odd", "type": 2})
        assert (status, list(body["errors"])) == (400, ["type"])
        joined = f"/channels/{made['id']}/thread-members/{place.alice.id}"
        assert (await rest("PUT", joined))[0] == 204
        assert (await rest("DELETE", joined))[0] == 204
        assert (await rest("PATCH", f"/channels/{made['id']}", json={"archived": True}))[0] == 200
        for method in ("PUT", "DELETE"):
            status, body, _ = await rest(method, f"/channels/{made['id']}/thread-members/@me")
            assert (status, body["code"]) == (400, 50083)


async def test_components_of_rarer_kinds(place: Place) -> None:
    text = {"type": 10, "content": "x"}
    button = {"type": 2, "style": 1, "label": "b", "custom_id": "b"}
    bad: list[dict[str, object]] = [
        {"type": 9, "components": [], "accessory": button},
        {"type": 9, "components": [text]},
        {"type": 9, "components": [text], "accessory": text},
        {"type": 17, "components": [{"type": 17, "components": []}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "m", "min_values": 3, "options": []}]},
    ]
    path = f"/channels/{place.general.id}/messages"
    async with raw_rest(place.twin, place.bot) as rest:
        for component in [*bad, None]:
            components = [component] if component else []
            body = {"flags": 1 << 15, "components": components}
            status, answer, _ = await rest("POST", path, json=body)
            assert (status, list(answer["errors"])) == (400, ["components"])
        gallery = {"type": 12, "items": [{"media": {"url": "https://example.org/x.png"}}]}
        box = {"type": 17, "components": [{"type": 14}, gallery]}
        body = {"flags": 1 << 15, "components": [box], "content": None}
        status, sent, _ = await rest("POST", path, json=body)
        assert status == 200
        assert sent["components"][0]["id"] == 1
        assert "(gallery)" in place.general.transcript()
        assert "-----" in place.general.transcript()


async def test_forms_of_rarer_kinds(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        view = ui.View(timeout=None)
        view.add_item(ui.Button(label="Go", custom_id="go"))
        await bot.room(place.general.id).send("x", view=view)
        go = await place.twin.press(place.alice, place.general.last, "Go", patience=None)
        path = f"/interactions/{go.id}/{go.token}/callback"
        long = {"type": 4, "custom_id": "f", "label": "l" * 46, "style": 3}
        forms: list[object] = [
            {"title": "t", "custom_id": "c", "components": [{"type": 18, "label": "no field"}]},
            {
                "title": "t",
                "custom_id": "c",
                "components": [{"type": 1, "components": [long]}],
            },
            "nonsense",
        ]
        async with raw_rest(place.twin) as rest:
            for form in forms:
                status, _, _ = await rest("POST", path, json={"type": 9, "data": form})
                assert status == 400


async def test_suggestions_over_their_limits(place: Place) -> None:
    option = {"name": "o", "description": "d", "type": 3, "autocomplete": True}
    command = {"name": "c", "description": "d", "options": [option]}
    async with raw_rest(place.twin, place.bot) as rest:
        context = {"name": "Menu entry", "type": 3}
        path = f"/applications/{place.bot.id}/commands"
        assert (await rest("PUT", path, json=[command, context]))[0] == 200
        assert (await rest("POST", path, json={"name": "", "type": 2}))[0] == 400
        assert (await rest("POST", path, json={"name": "", "description": "d"}))[0] == 400
        choices: list[object] = [
            [{"name": "n", "value": "v"}] * 26,
            [{"name": "", "value": "v"}],
            [{"name": "n", "value": "v" * 101}],
        ]
        async with raw_gateway(place.twin) as gateway:
            await gateway.receive()
            await gateway.identify(place.bot, CHAT)
            await gateway.until("GUILD_CREATE")
            twin, alice, general = place.twin, place.alice, place.general
            started = twin.suggest(alice, general, "c", "o", "x", patience=0.01)
            with pytest.raises(Exception, match="did not respond"):
                await started
            told = (await gateway.until("INTERACTION_CREATE"))["d"]
            assert told["data"]["options"][0]["focused"] is True
            path = f"/interactions/{told['id']}/{told['token']}/callback"
            for each in choices:
                body = {"type": 8, "data": {"choices": each}}
                assert (await rest("POST", path, json=body))[0] == 400


async def test_the_transcript_of_threads_and_deleted_answers(place: Place) -> None:
    named = place.twin.add_user("robert", "Robert")
    place.guild.add_member(named)
    said = await place.general.say(named, "first")
    await place.general.say(place.alice, "second", reply_to=said)
    thread = await place.general.start_thread(place.alice, "idea", message=said)
    assert "(the thread began with robert: first)" in thread.transcript()
    assert "Robert: first" in place.general.transcript()
    await place.general.delete(said)
    assert "(answers a message that was deleted)" in place.general.transcript()


async def test_messages_in_the_past_are_marked_by_the_clock() -> None:
    clock = ManualClock(1_700_000_000)
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        await place.general.say(place.alice, "x")
        async with raw_rest(twin, place.bot) as rest:
            _, (message,), _ = await rest("GET", f"/channels/{place.general.id}/messages")
        assert message["timestamp"] == "2023-11-14T22:13:20.000000+00:00"
        twin.requests.clear()
        assert len(twin.requests) == 0
