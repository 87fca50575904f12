"""Messages both ways, as discord.py sends and hears them."""

import discord
import pytest

from cc_connect.testing.discord import DiscordTwin, ManualClock, MessageKind, Permission
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest


async def test_a_person_is_heard_and_answered(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def answer(message: discord.Message) -> None:
            if not message.author.bot:
                await message.reply(f"hello {message.author.name}")

        bot.on("message", answer)
        asked = await place.general.say(place.alice, "@cc-connect hi")
        told = await place.general.wait_for(lambda m: m.content == "hello alice")
        (heard,) = await bot.hears("message")
        assert heard.content == f"<@{place.bot.user.id}> hi"
        assert bot.user in heard.mentions
        assert heard.author.name == "alice"
        assert heard.guild.name == "Workshop"
        assert told.kind is MessageKind.REPLY
        assert told.reference is not None
        assert told.reference.message_id == asked.id
        assert place.alice in told.mentions


async def test_an_edit_and_a_deletion_are_seen_by_people(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        sent = await bot.room(place.general.id).send("one")
        seen = await place.general.wait_for(lambda m: m.content == "one")
        await sent.edit(content="two")
        assert seen.content == "two"
        assert seen.edited
        assert [version.content for version in seen.versions] == ["one", "two"]
        await sent.delete()
        assert place.general.messages == []
        assert len(place.twin.requests.edits(place.general.state)) == 1


async def test_what_people_change_is_heard(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        said = await place.general.say(place.alice, "teh")
        await place.general.edit(place.alice, said, "the")
        await place.general.react(place.alice, said, "👍")
        await place.general.take_back(place.alice, said, "👍")
        await place.general.delete(said)
        (deleted,) = await bot.hears("raw_message_delete")
        (_, after) = await bot.hears("message_edit")
        assert after.content == "the"
        assert deleted.message_id == said.id
        assert bot.named("raw_reaction_add") == []  # no intent for reactions


@pytest.mark.parametrize("length", [2001, 4001])
async def test_a_text_over_the_limit_is_refused(place: Place, length: int) -> None:
    async with running(place.twin, place.bot) as bot:
        with pytest.raises(discord.HTTPException) as refused:
            await bot.room(place.general.id).send("x" * length)
        assert refused.value.status == 400
        assert refused.value.code == 50035
        assert "or fewer in length" in refused.value.text
        await bot.room(place.general.id).send("x" * 2000)


async def test_the_shape_of_a_refusal(place: Place) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{place.general.id}/messages"
        embeds = [{"title": "t" * 257, "fields": [{"name": "n"}]}]
        status, body, _ = await rest("POST", path, json={"content": "x" * 2001, "embeds": embeds})
        assert status == 400
        assert body == {
            "message": "Invalid Form Body",
            "code": 50035,
            "errors": {
                "content": {
                    "_errors": [
                        {
                            "code": "BASE_TYPE_MAX_LENGTH",
                            "message": "Must be 2000 or fewer in length.",
                        }
                    ]
                },
                "embeds": {
                    "0": {
                        "title": {
                            "_errors": [
                                {
                                    "code": "BASE_TYPE_MAX_LENGTH",
                                    "message": "Must be 256 or fewer in length.",
                                }
                            ]
                        },
                        "fields": {
                            "0": {
                                "value": {
                                    "_errors": [
                                        {
                                            "code": "BASE_TYPE_REQUIRED",
                                            "message": "This field is required",
                                        }
                                    ]
                                }
                            }
                        },
                    }
                },
            },
        }
        assert place.twin.requests[-1].code == 50035
        status, body, _ = await rest("POST", path, data=b"{", headers={"Content-Type": "x/json"})
        assert (status, body["code"]) == (400, 50109)
        status, body, _ = await rest("POST", path, json={"content": "  "})
        assert (status, body["code"]) == (400, 50006)
        status, body, _ = await rest("GET", f"{path}/1")
        assert (status, body) == (404, {"message": "Unknown Message", "code": 10008})
        status, body, _ = await rest("GET", f"{path}/abc")
        assert (status, body["code"]) == (400, 50035)
        status, body, _ = await rest("GET", "/nowhere")
        assert (status, body) == (404, {"message": "404: Not Found", "code": 0})


def field(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


@pytest.mark.parametrize(
    "embeds",
    [
        [{"title": "t"}] * 11,
        [{"description": "d" * 4097}],
        [{"footer": {"text": "f" * 2049}}],
        [{"author": {"name": "a" * 257}}],
        [{"fields": [field("n", "v")] * 26}],
        [{"fields": [field("n" * 257, "v")]}],
        [{"fields": [field("n", "v" * 1025)]}],
        [{"description": "d" * 3001}] * 2,
        "nonsense",
    ],
)
async def test_embeds_over_a_limit(place: Place, embeds: object) -> None:
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{place.general.id}/messages"
        status, body, _ = await rest("POST", path, json={"embeds": embeds})
        assert (status, body["code"]) == (400, 50035)
        assert "embeds" in body["errors"]


async def test_an_embed_is_kept_and_read(place: Place) -> None:
    embed = discord.Embed(title="Status", description="running", colour=0x5865F2)
    embed.add_field(name="steps", value="3")
    embed.set_footer(text="soon")
    async with running(place.twin, place.bot) as bot:
        sent = await bot.room(place.general.id).send(embed=embed)
        assert sent.embeds[0].fields[0].value == "3"
        assert place.general.last.text == "Status\nrunning\nsteps: 3\nsoon"
        assert "| Status" in place.general.transcript()
        await sent.edit(content="done", embed=None)
        assert place.general.last.text == "done"
        with pytest.raises(discord.HTTPException) as refused:
            await sent.edit(content=None)
        assert refused.value.code == 50006


# Replies and mentions


async def test_replies(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        asked = await place.general.say(place.alice, "one?")
        asked_here = room.get_partial_message(asked.id)
        quiet = await room.send("yes", reference=asked_here, mention_author=False)
        assert quiet.mentions == []
        assert place.general.last.kind is MessageKind.REPLY
        assert quiet.reference is not None
        resolved = quiet.reference.resolved
        assert isinstance(resolved, discord.Message)
        assert resolved.content == "one?"
        answer = await place.general.say(place.alice, "thanks", reply_to=place.general.last)
        assert place.bot.user in answer.mentions
        await place.general.delete(asked)
        with pytest.raises(discord.HTTPException) as refused:
            await room.send("late", reference=asked_here)
        assert refused.value.code == 50035
        assert "Unknown message" in refused.value.text
        reference = asked_here.to_reference(fail_if_not_exists=False)
        await room.send("anyway", reference=reference)
        assert place.general.last.reference is None


async def test_allowed_mentions(place: Place) -> None:
    bob = place.twin.add_user("bob")
    place.guild.add_member(bob)
    role = place.guild.add_role("team", mentionable=True)
    text = f"{place.alice.mention} {bob.mention} {role.mention} @everyone `{bob.mention}`"
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        await room.send(text)
        message = place.general.last
        assert (message.mentions, message.mention_roles) == ([place.alice, bob], [role.id])
        assert not message.mention_everyone  # the bot has no right to call everyone
        await room.send(text, allowed_mentions=discord.AllowedMentions.none())
        assert (place.general.last.mentions, place.general.last.mention_roles) == ([], [])
        only = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(bob.id)])
        await room.send(text, allowed_mentions=only)
        assert place.general.last.mentions == [bob]
        await room.send(f"`{bob.mention}`")
        assert place.general.last.mentions == []
    async with raw_rest(place.twin, place.bot) as rest:
        both = {"parse": ["users"], "users": [str(bob.id)]}
        status, body, _ = await rest(
            "POST",
            f"/channels/{place.general.id}/messages",
            json={"content": "x", "allowed_mentions": both},
        )
        assert (status, body["code"]) == (400, 50035)


async def test_calling_everyone_needs_the_right(place: Place) -> None:
    place.general.allow(place.bot, Permission.MENTION_EVERYONE)
    async with running(place.twin, place.bot) as bot:
        await bot.room(place.general.id).send("@everyone")
        assert place.general.last.mention_everyone


# Nonces


async def test_an_enforced_nonce_sends_once_for_some_minutes() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock, nonce_life=180) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            room = bot.room(place.general.id)
            first = await room.send("one", nonce="key")
            again = await room.send("one", nonce="key")
            assert again.id == first.id
            assert [m.content for m in place.general.messages] == ["one"]
            (heard,) = await bot.hears("message")
            assert heard.nonce == "key"
            clock.advance(181)
            later = await room.send("one", nonce="key")
            assert later.id != first.id
            assert len(place.general.messages) == 2


async def test_a_nonce_that_is_not_enforced_or_too_long(place: Place) -> None:
    path = f"/channels/{place.general.id}/messages"
    async with raw_rest(place.twin, place.bot) as rest:
        for _ in range(2):
            status, body, _ = await rest("POST", path, json={"content": "x", "nonce": 7})
            assert (status, body["nonce"]) == (200, 7)
        assert len(place.general.messages) == 2
        status, body, _ = await rest("POST", path, json={"content": "x", "nonce": "n" * 26})
        assert (status, "nonce" in body["errors"]) == (400, True)


# History


async def test_history_in_pages(place: Place) -> None:
    for number in range(120):
        await place.general.say(place.alice, str(number))
    messages = place.general.messages
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        everything = [m.content async for m in room.history(limit=None, oldest_first=True)]
        assert everything == [str(number) for number in range(120)]
        point = discord.Object(messages[60].id)
        assert [m.content async for m in room.history(limit=2, before=point)] == ["59", "58"]
        assert [m.content async for m in room.history(limit=2, after=point)] == ["61", "62"]
        around = [m.content async for m in room.history(limit=3, around=point)]
        assert sorted(around) == ["59", "60", "61"]
        one = await room.fetch_message(messages[5].id)
        assert one.content == "5"
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{place.general.id}/messages"
        assert len((await rest("GET", path))[1]) == 50
        for limit in ("0", "101", "many"):
            status, body, _ = await rest("GET", f"{path}?limit={limit}")
            assert (status, list(body["errors"])) == (400, ["limit"])
        assert (await rest("GET", f"{path}?before=x"))[0] == 400


# Editing and deleting


async def test_only_the_author_edits(place: Place) -> None:
    said = await place.general.say(place.alice, "mine")
    async with running(place.twin, place.bot) as bot:
        message = await bot.room(place.general.id).fetch_message(said.id)
        with pytest.raises(discord.Forbidden) as refused:
            await message.edit(content="yours")
        assert refused.value.code == 50005
        with pytest.raises(discord.Forbidden) as refused:
            await message.delete()
        assert refused.value.code == 50013
        place.general.allow(place.bot, Permission.MANAGE_MESSAGES)
        await message.delete()
        assert place.general.messages == []


async def test_many_are_deleted_at_once(place: Place) -> None:
    place.general.allow(place.bot, Permission.MANAGE_MESSAGES)
    said = [await place.general.say(place.alice, str(number)) for number in range(3)]
    async with running(place.twin, place.bot) as bot:
        room = bot.room(place.general.id)
        await room.delete_messages([discord.Object(message.id) for message in said])
        (raw,) = await bot.hears("raw_bulk_message_delete")
        assert raw.message_ids == {message.id for message in said}
    async with raw_rest(place.twin, place.bot) as rest:
        path = f"/channels/{place.general.id}/messages/bulk-delete"
        assert (await rest("POST", path, json={"messages": ["1"]}))[1]["code"] == 50016
        assert (await rest("POST", path, json={"messages": ["1", "2"]}))[1]["code"] == 50034


async def test_embeds_are_hidden_by_a_flag(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        sent = await bot.room(place.general.id).send("x", embed=discord.Embed(title="t"))
        edited = await sent.edit(suppress=True)
        assert edited.embeds == []


# Typing and reactions


async def test_typing_both_ways() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        intents = discord.Intents.none()
        intents.guilds = intents.guild_typing = True
        async with running(twin, place.bot, intents) as bot:
            await place.general.type(place.alice)
            (_, who, _) = await bot.hears("typing")
            assert who.name == "alice"
            room = bot.room(place.general.id)
            await room.typing()
            assert place.general.is_typing(place.bot)
            clock.advance(11)
            assert not place.general.is_typing(place.bot)
            await room.typing()
            await room.send("done")
            assert not place.general.is_typing(place.bot)


async def test_reactions_both_ways(place: Place) -> None:
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.guild_reactions = True
    said = await place.general.say(place.alice, "good?")
    async with running(place.twin, place.bot, intents) as bot:
        message = await bot.room(place.general.id).fetch_message(said.id)
        await message.add_reaction("👍")
        await place.general.react(place.alice, said, "👍")
        (raw,) = await bot.hears("raw_reaction_add", 2)
        assert (raw.user_id, str(raw.emoji)) == (place.alice.id, "👍")
        fresh = await message.fetch()
        assert [(str(r.emoji), r.count, r.me) for r in fresh.reactions] == [("👍", 2, True)]
        names = {user.name async for user in fresh.reactions[0].users()}
        assert names == {"alice", "cc-connect"}
        await message.remove_reaction("👍", discord.Object(place.bot.user.id))
        assert "reactions: 👍 1" in place.general.transcript()
        with pytest.raises(discord.HTTPException) as refused:
            await message.add_reaction("x")
        assert refused.value.code == 10014
        place.general.allow(place.bot, Permission.MANAGE_MESSAGES)
        await message.clear_reactions()
        await bot.hears("raw_reaction_clear")
        assert said.reactions == {}
