"""Who may do what: roles, overwrites, and the refusals that discord.py reports."""

import discord
import pytest

from cc_connect.testing.discord import BOT, ApiError, Permission, Refusal
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place
from tests.testing.discord.raw import raw_gateway, raw_rest

NOT_ALLOWED = 50013
OUT_OF_SIGHT = 50001


@pytest.mark.parametrize(
    ("right", "method", "path", "body", "code"),
    [
        (Permission.VIEW_CHANNEL, "GET", "", None, OUT_OF_SIGHT),
        (Permission.VIEW_CHANNEL, "POST", "/messages", {"content": "x"}, OUT_OF_SIGHT),
        (Permission.SEND_MESSAGES, "POST", "/messages", {"content": "x"}, NOT_ALLOWED),
        (Permission.SEND_MESSAGES, "POST", "/typing", None, NOT_ALLOWED),
        (Permission.EMBED_LINKS, "POST", "/messages", {"embeds": [{"title": "t"}]}, NOT_ALLOWED),
        (Permission.READ_MESSAGE_HISTORY, "GET", "/messages/{m}", None, NOT_ALLOWED),
        (Permission.CREATE_PUBLIC_THREADS, "POST", "/messages/{m}/threads", {"name": "n"}, 50013),
    ],
)
async def test_a_right_that_is_missing(
    place: Place, right: int, method: str, path: str, body: object, code: int
) -> None:
    said = await place.general.say(place.alice, "x")
    address = f"/channels/{place.general.id}{path}".replace("{m}", str(said.id))
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest(method, address, json=body))[0] < 300
        place.general.deny(place.bot, right)
        status, answer, _ = await rest(method, address, json=body)
        assert (status, answer["code"]) == (403, code)


async def test_a_new_reaction_needs_a_right_that_joining_in_does_not(place: Place) -> None:
    said = await place.general.say(place.alice, "x")
    await place.general.react(place.alice, said, "👍")
    place.general.deny(place.bot, Permission.ADD_REACTIONS)
    path = f"/channels/{place.general.id}/messages/{said.id}/reactions"
    async with raw_rest(place.twin, place.bot) as rest:
        assert (await rest("PUT", f"{path}/👍/@me"))[0] == 204
        assert (await rest("PUT", f"{path}/👎/@me"))[1]["code"] == NOT_ALLOWED


async def test_history_is_empty_without_the_right_to_it(place: Place) -> None:
    said = await place.general.say(place.alice, "x")
    place.general.deny(place.bot, Permission.READ_MESSAGE_HISTORY)
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        assert [message async for message in room.history()] == []
        with pytest.raises(discord.HTTPException) as refused:
            await room.send("x", reference=room.get_partial_message(said.id))
        assert refused.value.code == 160002


async def test_a_bot_has_the_rights_it_was_invited_with_and_no_more(place: Place) -> None:
    quiet = place.twin.add_application("quiet")
    role = place.guild.invite(quiet, permissions=Permission.VIEW_CHANNEL)
    async with running(place.twin, quiet) as bot:
        room = bot.room(place.general.id)
        rights = room.permissions_for(room.guild.me)
        assert rights.view_channel
        assert not rights.send_messages
        with pytest.raises(discord.Forbidden):
            await room.send("x")
        place.guild.set_permissions(role, BOT)
        await bot.hears("guild_role_update")
        await room.send("now")
        assert room.permissions_for(room.guild.me).send_messages


async def test_roles_and_overwrites_add_up(place: Place) -> None:
    muted = place.guild.add_role("muted")
    loud = place.guild.add_role("loud")
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob, muted)
    place.general.deny(place.guild.people, Permission.SEND_MESSAGES)
    with pytest.raises(ApiError) as refused:
        await place.general.say(bob, "x")
    assert refused.value.refusal is Refusal.MISSING_PERMISSIONS
    place.general.allow(loud, Permission.SEND_MESSAGES)
    place.guild.give_role(bob, loud)
    await place.general.say(bob, "roles: what one allows wins over what another denies")
    place.general.deny(bob, Permission.SEND_MESSAGES)
    with pytest.raises(ApiError):
        await place.general.say(bob, "the member's own overwrite comes last")
    place.general.deny(place.guild.everyone, Permission.VIEW_CHANNEL)
    place.general.allow(bob, Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)
    await place.general.say(bob, "and can be given back")


async def test_administrators_and_owners_may_everything(place: Place) -> None:
    chief = place.twin.add_application("chief")
    place.guild.invite(chief, permissions=Permission.ADMINISTRATOR)
    place.general.deny(place.guild.everyone, Permission.VIEW_CHANNEL)
    async with raw_rest(place.twin, chief) as rest:
        path = f"/channels/{place.general.id}/messages"
        assert (await rest("POST", path, json={"content": "x"}))[0] == 200
    await place.general.say(place.guild.state.owner, "mine")


async def test_a_hidden_channel_is_told_of_without_its_details(place: Place) -> None:
    secret = place.guild.add_channel("secret", topic="plans")
    secret.deny(place.guild.everyone, Permission.VIEW_CHANNEL)
    secret.deny(place.bot, Permission.VIEW_CHANNEL)
    async with raw_gateway(place.twin) as gateway:
        await gateway.receive()
        await gateway.identify(place.bot, 1 << 0 | 1 << 9)
        created = await gateway.until("GUILD_CREATE")
        told = next(c for c in created["d"]["channels"] if c["id"] == str(secret.id))
        assert (told["name"], told["topic"], told["flags"]) == ("___hidden___", None, 1 << 17)
        await secret.say(place.guild.state.owner, "unheard")
        await place.general.say(place.alice, "heard")
        assert (await gateway.until("MESSAGE_CREATE"))["d"]["content"] == ""
        secret.allow(place.bot, Permission.VIEW_CHANNEL)
        updated = await gateway.until("CHANNEL_UPDATE")
        assert updated["d"]["name"] == "secret"
    async with raw_rest(place.twin, place.bot) as rest:
        secret.deny(place.bot, Permission.VIEW_CHANNEL)
        listed = (await rest("GET", f"/guilds/{place.guild.id}/channels"))[1]
        assert [channel["name"] for channel in listed] == ["general"]


async def test_threads_have_a_right_of_their_own_to_speak(place: Place) -> None:
    thread = await place.general.start_thread(place.alice, "idea")
    place.general.deny(place.bot, Permission.SEND_MESSAGES)
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{thread.id}/messages"
        assert (await rest("POST", path, json={"content": "x"}))[0] == 200
        place.general.deny(place.bot, Permission.SEND_MESSAGES_IN_THREADS)
        assert (await rest("POST", path, json={"content": "x"}))[1]["code"] == NOT_ALLOWED


async def test_other_guilds_are_closed(place: Place) -> None:
    elsewhere = place.twin.add_guild("Elsewhere")
    room = elsewhere.add_channel("room")
    async with raw_rest(place.twin, place.bot) as rest:
        for path in (f"/guilds/{elsewhere.id}", f"/channels/{room.id}"):
            status, body, _ = await rest("GET", path)
            assert (status, body["code"]) == (403, OUT_OF_SIGHT)
        assert (await rest("GET", "/guilds/1"))[1]["code"] == 10004
        assert (await rest("GET", "/channels/1"))[1]["code"] == 10003
