"""Rate limits: the headers, the refusals, and how discord.py lives with them."""

import aiohttp
import discord
import pytest

from cc_connect.testing.discord import DiscordTwin, ManualClock, RateLimits, Window
from tests.testing.discord.bots import running
from tests.testing.discord.conftest import Place, furnish
from tests.testing.discord.raw import raw_rest

POST = "POST /channels/{channel}/messages"


async def test_every_bucket_counts_by_itself() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock, limits=RateLimits({POST: Window(2, 5.0)})) as twin:
        place = furnish(twin)
        other = place.guild.add_channel("other")
        second = twin.add_application("second")
        place.guild.invite(second)
        path = f"/channels/{place.general.id}/messages"
        async with raw_rest(twin, place.bot) as rest, raw_rest(twin, second) as rest_of_second:
            _, _, first = await rest("POST", path, json={"content": "1"})
            assert first["X-RateLimit-Limit"] == "2"
            assert first["X-RateLimit-Remaining"] == "1"
            assert first["X-RateLimit-Reset-After"] == "5.000"
            assert float(first["X-RateLimit-Reset"]) == pytest.approx(clock() + 5, abs=0.001)
            clock.advance(1)
            _, _, last = await rest("POST", path, json={"content": "2"})
            assert (last["X-RateLimit-Remaining"], last["X-RateLimit-Reset-After"]) == (
                "0",
                "4.000",
            )
            status, body, refused = await rest("POST", path, json={"content": "3"})
            assert status == 429
            assert body == {
                "message": "You are being rate limited.",
                "retry_after": 4.0,
                "global": False,
            }
            assert refused["Via"]
            assert refused["Retry-After"] == "5"
            assert refused["X-RateLimit-Scope"] == "user"
            assert refused["X-RateLimit-Bucket"] == first["X-RateLimit-Bucket"]
            elsewhere = f"/channels/{other.id}/messages"
            assert (await rest("POST", elsewhere, json={"content": "1"}))[0] == 200
            assert (await rest_of_second("POST", path, json={"content": "1"}))[0] == 200
            clock.advance(4)
            assert (await rest("POST", path, json={"content": "3"}))[0] == 200
        assert [m.content for m in place.general.messages] == ["1", "2", "1", "3"]
        assert len(twin.requests.posts(place.general.state)) == 4
        assert len(twin.requests.of(POST, status=429)) == 1


async def test_the_limit_over_everything() -> None:
    clock = ManualClock()
    async with DiscordTwin(clock=clock, limits=RateLimits(everything=Window(3, 1.0))) as twin:
        place = furnish(twin)
        async with raw_rest(twin, place.bot) as rest:
            for _ in range(3):
                assert (await rest("GET", "/users/@me"))[0] == 200
            status, body, headers = await rest("GET", "/gateway/bot")
            assert (status, body["global"]) == (429, True)
            assert headers["X-RateLimit-Global"] == "true"
            assert headers["X-RateLimit-Scope"] == "global"
            callback = "/interactions/1/token/callback"
            status, _, headers = await rest("POST", callback, json={"type": 4})
            assert (status, "X-RateLimit-Bucket" in headers) == (404, False)


async def test_discord_py_waits_and_gets_everything_through() -> None:
    async with DiscordTwin(limits=RateLimits({POST: Window(3, 0.2)})) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as bot:
            for number in range(7):
                await bot.room(place.general.id).send(str(number))
        assert [m.content for m in place.general.messages] == [str(n) for n in range(7)]


async def test_discord_py_obeys_an_injected_limit(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.rate_limit(POST, retry_after=0.05, times=2)
        await bot.room(place.general.id).send("through")
        assert [r.status for r in place.twin.requests.of(POST)] == [429, 429, 200]
        place.twin.faults.rate_limit(scope="global", retry_after=0.05)
        await bot.room(place.general.id).send("again")


async def test_without_via_discord_py_gives_up(place: Place) -> None:
    async with running(place.twin, place.bot) as bot:
        place.twin.faults.rate_limit(POST, via=False)
        with pytest.raises(discord.HTTPException) as refused:
            await bot.room(place.general.id).send("x")
        assert refused.value.status == 429


async def test_old_messages_are_edited_rarely() -> None:
    clock = ManualClock()
    limits = RateLimits(old_edits=Window(2, 60.0))
    async with DiscordTwin(clock=clock, limits=limits) as twin:
        place = furnish(twin)
        async with raw_rest(twin, place.bot) as rest:
            path = f"/channels/{place.general.id}/messages"
            _, sent, _ = await rest("POST", path, json={"content": "old"})
            path += f"/{sent['id']}"
            for _ in range(5):
                assert (await rest("PATCH", path, json={"content": "x"}))[0] == 200
            clock.advance(3601)
            for _ in range(2):
                assert (await rest("PATCH", path, json={"content": "y"}))[0] == 200
            status, body, headers = await rest("PATCH", path, json={"content": "z"})
            assert (status, body["code"], body["retry_after"]) == (429, 30046, 60.0)
            assert headers["Via"]
            assert place.general.last.content == "y"


def test_the_figures_of_discord_can_be_had() -> None:
    limits = RateLimits.observed()
    assert limits.routes[POST] == Window(5, 5.0)
    assert limits.everything == Window(50, 1.0)


async def test_who_has_no_token_is_limited_too() -> None:
    async with DiscordTwin(limits=RateLimits(other=Window(1, 60.0))) as twin:
        url = f"{twin.api_base}/gateway"
        async with aiohttp.ClientSession() as http:
            async with http.get(url) as answer:
                assert answer.status == 200
            async with http.get(url) as answer:
                assert answer.status == 429
