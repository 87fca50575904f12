"""Messages both ways, as discord.py sends and hears them."""

import discord
import pytest
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place

from cc_connect.testing.discord import MessageKind


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


@pytest.mark.parametrize("length", [2001, 4001])
async def test_a_text_over_the_limit_is_refused(place: Place, length: int) -> None:
    async with running(place.twin, place.bot) as bot:
        with pytest.raises(discord.HTTPException) as refused:
            await bot.room(place.general.id).send("x" * length)
        assert refused.value.status == 400
        assert refused.value.code == 50035
        assert "or fewer in length" in refused.value.text
        await bot.room(place.general.id).send("x" * 2000)
