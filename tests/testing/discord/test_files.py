"""Files both ways, their links and their limits."""

import io

import aiohttp
import discord
import pytest

from cc_connect.testing.discord import DiscordTwin, File, ManualClock
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest


async def test_a_file_of_a_person_is_read_by_the_bot(place: Place) -> None:
    picture = File("cat.png", b"\x89PNG...", width=20, height=10, description="a cat")
    async with running(place.twin, place.bot) as bot:
        notes = File("notes ü.txt", b"words")
        await place.general.say(place.alice, "look", attachments=[picture, notes])
        (heard,) = await bot.hears("message")
        first, second = heard.attachments
        assert (first.filename, first.content_type, first.width) == ("cat.png", "image/png", 20)
        assert first.description == "a cat"
        assert await first.read() == picture.data
        assert await second.read() == b"words"
        assert second.size == 5
        assert "file: cat.png" in place.general.transcript()


async def test_files_of_a_bot(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        files = [
            discord.File(io.BytesIO(b"log"), "run.log", description="the log"),
            discord.File(io.BytesIO(b"img"), "plot.png", spoiler=True),
        ]
        sent = await bot.room(place.general.id).send("done", files=files)
        log, plot = place.general.last.attachments
        assert (log.filename, log.data, log.description) == ("run.log", b"log", "the log")
        assert (plot.filename, plot.data) == ("SPOILER_plot.png", b"img")
        assert place.twin.requests[-1].files == ("run.log", "SPOILER_plot.png")
        keep = sent.attachments[0]
        extra = discord.File(io.BytesIO(b"more"), "more.txt")
        sent = await sent.edit(attachments=[keep, extra])
        names = [each.filename for each in place.general.last.attachments]
        assert names == ["run.log", "more.txt"]
        await sent.add_files(discord.File(io.BytesIO(b"x"), "last.txt"))
        assert len(place.general.last.attachments) == 3


async def test_a_file_alone_is_no_empty_message(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await bot.room(place.general.id).send(file=discord.File(io.BytesIO(b"x"), "x.txt"))
        assert place.general.last.content == ""


async def test_a_file_over_the_limit() -> None:
    async with DiscordTwin(file_limit=1000) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            big = discord.File(io.BytesIO(b"x" * 1001), "big")
            with pytest.raises(discord.HTTPException) as refused:
                await bot.room(place.general.id).send(file=big)
            assert (refused.value.status, refused.value.code) == (413, 40005)
            small = discord.File(io.BytesIO(b"x" * 1000), "small")
            await bot.room(place.general.id).send(file=small)


async def test_eleven_files_are_too_many(place: Place) -> None:
    form = aiohttp.FormData()
    for number in range(11):
        form.add_field(f"files[{number}]", b"x", filename=f"{number}.txt")
    async with raw_rest(place.twin, place.bot) as rest:
        status, body, _ = await rest("POST", f"/channels/{place.general.id}/messages", data=form)
        assert (status, list(body["errors"])) == (400, ["attachments"])


async def test_a_file_with_an_answer_to_a_press(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:

        async def answer(click: discord.Interaction) -> None:
            await click.response.send_message("a", file=discord.File(io.BytesIO(b"1"), "1.txt"))
            await click.followup.send("b", file=discord.File(io.BytesIO(b"2"), "2.txt"))

        bot.on("interaction", answer)
        view = discord.ui.View()
        view.add_item(discord.ui.Button(label="Go"))
        await bot.room(place.general.id).send("x", view=view)
        await place.twin.press(place.alice, place.general.last, "Go")
        second = await place.general.wait_for(lambda m: m.content == "b")
        first = await place.general.wait_for(lambda m: m.content == "a")
        assert first.attachments[0].data + second.attachments[0].data == b"12"


async def test_a_link_is_good_for_a_day() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot, aiohttp.ClientSession() as http:
            await place.general.say(place.alice, attachments=[File("a.txt", b"a")])
            (heard,) = await bot.hears("message")
            url = heard.attachments[0].url
            async with http.get(url) as answer:
                assert (answer.status, await answer.read()) == (200, b"a")
            async with http.get(url.replace("hm=", "hm=0")) as answer:
                assert answer.status == 404
            async with http.get(url.partition("?")[0]) as answer:
                assert answer.status == 404
            clock.advance(24 * 3600 + 1)
            async with http.get(url) as answer:
                assert answer.status == 404
            fresh = await bot.room(place.general.id).fetch_message(heard.id)
            assert await fresh.attachments[0].read() == b"a"


async def test_faults_reach_files_too(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        await place.general.say(place.alice, attachments=[File("a.txt", b"a")])
        (heard,) = await bot.hears("message")
        place.twin.faults.next_status(500, route="GET /attachments/*")
        with pytest.raises(discord.HTTPException):
            await heard.attachments[0].read()
        place.twin.faults.drop_requests(2, "GET /attachments/*")
        with pytest.raises(aiohttp.ClientError):
            await heard.attachments[0].read()
        assert await heard.attachments[0].read() == b"a"
