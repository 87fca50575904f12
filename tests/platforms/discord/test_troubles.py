"""What goes wrong between the bot and Discord, and that the bot is there again afterwards."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from structlog.testing import capture_logs

from cc_connect.contract.errors import (
    DeliveryRejected,
    MessageGone,
    PlatformAuthFailed,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Said
from cc_connect.testing.discord import DiscordTwin, RateLimits, Window
from tests.platforms.discord.bench import QUICK, Place, begun, furnish, running, soon
from tests.platforms.discord.handmade import gateway, ready, said

POST = "POST /channels/{channel}/messages"


# The way in.


async def test_a_wrong_token(place: Place) -> None:
    async with begun(place.twin, place.bot, token="wrong") as run:
        error = await run.ends()
    assert isinstance(error, PlatformAuthFailed)
    assert "reset it at https://discord.com/developers" in str(error)
    assert place.twin.gateway_count("identify") == 0
    assert len(place.twin.requests) == 1


async def test_a_token_with_the_word_bot_before_it(place: Place) -> None:
    async with running(place.twin, place.bot, token=f" Bot {place.bot.token}\n") as run:
        assert run.host.up


async def test_a_token_reset_while_running(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.reset_token(place.bot)
        error = await run.ends()
        assert isinstance(error, PlatformAuthFailed)
        assert "token" in str(error)
        with pytest.raises(PlatformUnavailable):
            await run.post(place.general, "into the void")
    assert place.twin.gateway_count("connect") == 1


async def test_an_intent_that_is_switched_off(place: Place) -> None:
    poor = place.twin.add_application("poor", intents_enabled=0)
    async with begun(place.twin, poor) as run:
        error = await run.ends()
    assert isinstance(error, PlatformAuthFailed)
    assert "Message Content Intent" in str(error)
    assert "https://discord.com/developers" in str(error)
    assert place.twin.gateway_count("connect") == 1


@pytest.mark.parametrize("code", [4010, 4012])
async def test_a_close_that_a_new_client_may_mend(place: Place, code: int) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.close_sockets(code)
        error = await run.ends()
        assert isinstance(error, PlatformUnavailable)
        assert str(code) in str(error)


async def test_an_api_that_is_down(place: Place) -> None:
    place.twin.faults.next_status(503)
    async with begun(place.twin, place.bot) as run:
        assert isinstance(await run.ends(), PlatformUnavailable)
    place.twin.faults.rate_limit(via=False)
    async with begun(place.twin, place.bot) as run:
        assert isinstance(await run.ends(), PlatformUnavailable)


async def test_nobody_there(place: Place) -> None:
    async with begun(place.twin, place.bot, api_base="http://127.0.0.1:9/api/v10") as run:
        assert isinstance(await run.ends(), PlatformUnavailable)


async def test_a_gateway_that_refuses_is_tried_some_times_and_not_in_a_storm(
    place: Place,
) -> None:
    place.twin.faults.refuse_gateway(times=3)
    async with running(place.twin, place.bot) as run:
        assert run.host.up
    place.twin.faults.refuse_gateway(times=100)
    before = len(place.twin.requests)
    async with begun(place.twin, place.bot) as run:
        error = await run.ends()
        assert isinstance(error, PlatformUnavailable)
        assert "does not stay" in str(error)
    assert len(place.twin.requests) - before == 3


async def test_a_gateway_that_says_nothing(place: Place) -> None:
    place.twin.faults.silence_new()
    async with begun(place.twin, place.bot, soon(QUICK, hello=0.02)) as run:
        assert isinstance(await run.ends(), PlatformUnavailable)


async def test_a_login_answered_with_nonsense(place: Place) -> None:
    nonsense = {"t": "READY", "s": 1, "op": 0, "d": {"session_id": "s", "v": 10}}
    async with (
        gateway([nonsense]) as url,
        begun(place.twin, place.bot, gateway_url=url) as run,
    ):
        error = await run.ends()
        assert isinstance(error, PlatformUnavailable)
        assert "nonsense" in str(error)
        assert not run.host.up


async def test_a_login_that_is_never_answered(place: Place) -> None:
    ping = {"op": 1, "d": None}
    async with (
        gateway([ping]) as url,
        begun(place.twin, place.bot, soon(QUICK, hello=0.02), gateway_url=url) as run,
    ):
        assert isinstance(await run.ends(), PlatformUnavailable)
        assert not run.host.up


async def test_a_server_that_does_not_say_where_to_resume(place: Place) -> None:
    me = place.bot.user.id
    goodbye = b"\xff" * 20 + b"\x00\x00\xff\xff"  # cannot be unpacked: the stream is broken
    resumed = {"t": "RESUMED", "s": 3, "op": 0, "d": None}
    first = [ready(me), said("one", 2), goodbye]
    async with (
        gateway(first, [resumed, said("two", 4)]) as url,
        running(place.twin, place.bot, gateway_url=url) as run,
    ):
        assert (await run.hears(Said)).body == Said("one")
        assert (await run.hears(Said, 2)).body == Said("two")
        assert run.host.signals == ["connected"]


async def test_a_server_that_never_tells_of_its_guilds(place: Place) -> None:
    guilds = [{"id": "5", "unavailable": True}]
    async with (
        gateway([ready(place.bot.user.id, guilds=guilds), said("hi", 2)]) as url,
        running(place.twin, place.bot, soon(QUICK, guilds=0.01), gateway_url=url) as run,
    ):
        await run.hears(Said)


async def test_two_runs_of_one_adapter(place: Place) -> None:
    """The supervisor calls `run` again on the same adapter."""
    async with running(place.twin, place.bot) as run:
        place.twin.faults.close_sockets(4012)
        await run.ends()
        second = asyncio.create_task(run.platform.run(run.host))
        await run.signal("connected", 2)
        await place.general.say(place.alice, "@cc-connect hi")
        await run.hears(Said)
        await run.post(place.general, "hello")
        second.cancel()
        await asyncio.wait({second})


# Breaks.


async def test_a_dropped_socket_is_resumed_without_a_word(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.hold_events()
        place.twin.faults.drop_sockets()
        await place.twin.until_true(lambda: not place.twin.is_online(place.bot))
        place.twin.faults.release_events()
        await place.general.say(place.alice, "@cc-connect meanwhile")
        await run.hears(Said)
        assert place.twin.gateway_count("resumed") == 1
        assert place.twin.gateway_count("identify") == 1
        assert run.host.signals == ["connected"]


@pytest.mark.parametrize("way", ["reset", "code", "opcode 7", "opcode 9"])
async def test_every_break_is_resumed(place: Place, way: str) -> None:
    faults = place.twin.faults
    async with running(place.twin, place.bot) as run:
        match way:
            case "reset":
                faults.drop_sockets(place.bot, reset=True)
            case "code":
                faults.close_sockets(4000)
            case "opcode 7":
                faults.reconnect()
            case _:
                faults.invalidate_sessions(resumable=True)
        await place.twin.until_true(lambda: place.twin.gateway_count("resumed") == 1)
        await place.general.say(place.alice, "@cc-connect still there?")
        await run.hears(Said)
        assert place.twin.gateway_count("identify") == 1


@pytest.mark.parametrize("way", ["opcode 9", "forgotten", "never"])
async def test_a_lost_session_is_begun_anew_and_what_was_missed_is_read(
    place: Place, way: str
) -> None:
    faults = place.twin.faults
    async with running(place.twin, place.bot) as run:
        await place.general.say(place.alice, "@cc-connect before")
        await run.hears(Said)
        faults.lose_events("MESSAGE_CREATE")
        await place.general.say(place.alice, "@cc-connect missed")
        match way:
            case "opcode 9":
                faults.invalidate_sessions()
            case "forgotten":
                faults.forget_sessions()
                faults.drop_sockets()
            case _:
                faults.never_resume()
                faults.drop_sockets()
        missed = await run.hears(Said, 2)
        assert missed.body == Said("missed")
        assert missed.addressed
        assert missed.sender.roles  # looked up: the history does not tell them
        assert place.twin.gateway_count("identify") == 2
        await place.general.say(place.alice, "@cc-connect after")
        assert (await run.hears(Said, 3)).body == Said("after")


async def test_a_longer_break_is_told(place: Place) -> None:
    faults = place.twin.faults
    timings = soon(QUICK, hiccup=0.01, first_retry=0.1, longest_retry=0.1)
    async with running(place.twin, place.bot, timings) as run:
        faults.refuse_gateway(times=2)
        faults.drop_sockets()
        assert "connection broke" in await run.signal("disconnected")
        await run.signal("connected", 2)
        await place.general.say(place.alice, "@cc-connect back?")
        await run.hears(Said)


async def test_a_server_that_always_closes_is_left_in_peace_after_a_while(place: Place) -> None:
    async with begun(place.twin, place.bot) as run:
        await run.signal("connected")
        closes = 0
        while not run.task.done() and closes < 50:
            place.twin.faults.close_sockets(4000)
            closes += 1
            await asyncio.sleep(0.005)
        error = await run.ends()
        assert isinstance(error, PlatformUnavailable)
        assert place.twin.gateway_count("connect") <= QUICK.attempts + 1


async def test_half_open(place: Place) -> None:
    """Nothing comes any more, and nobody closes: the heartbeat notices."""
    async with DiscordTwin(heartbeat=0.05, grace=60) as twin:
        there = furnish(twin)
        async with running(twin, there.bot, soon(QUICK, silence=0.3)) as run:
            twin.faults.silence()
            await twin.until_true(lambda: twin.gateway_count("resumed") == 1)
            await there.general.say(there.alice, "@cc-connect hi")
            await run.hears(Said)


# Events.


async def test_a_malformed_event_costs_only_itself(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        with capture_logs() as logs:
            for name in (
                "MESSAGE_CREATE",
                "MESSAGE_UPDATE",
                "MESSAGE_DELETE",
                "MESSAGE_DELETE_BULK",
                "GUILD_CREATE",
                "GUILD_DELETE",
                "CHANNEL_UPDATE",
                "THREAD_CREATE",
                "INTERACTION_CREATE",
                "NEVER_HEARD_OF",
            ):
                place.twin.faults.malformed_event(name)
                place.twin.faults.malformed_event(name, {"id": None, "author": 7, "type": "x"})
            place.twin.faults.raw_frame('{"t": "MESSAGE_CREATE", "s": 99, "op": 0}')
            place.twin.faults.raw_frame('{"op": 0, "t": "MESSAGE_CREATE", "d": [1, 2]}')
            place.twin.faults.raw_frame('{"op": 77}')
            place.twin.faults.raw_frame("[1, 2]")
            place.twin.faults.raw_frame("not JSON")
            await place.general.say(place.alice, "@cc-connect alive?")
            assert (await run.hears(Said)).body == Said("alive?")
        assert place.twin.gateway_count("connect") == 1
        told = [line["event"] for line in logs if line["log_level"] == "warning"]
        assert "discord: an event could not be read" in told
        assert "discord: a frame could not be read" in told
        assert not any(line["log_level"] == "error" for line in logs)


async def test_a_message_with_the_least_possible(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        (session,) = place.twin.sessions(place.bot)
        data = {
            "id": "99999999999999999999999999",
            "channel_id": "12345",
            "content": "hi",
            "author": {"id": "77", "username": "zed"},
        }
        session.dispatch("MESSAGE_CREATE", data)
        heard = await run.hears(Said)
        assert heard.body == Said("hi")
        assert heard.private
        assert heard.address == Address("discord", "12345")
        assert heard.sender.name == "zed"


# Requests.


async def test_a_limit_is_waited_for(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.rate_limit(POST, retry_after=0.05)
        await run.post(place.general, "hello")
        assert place.general.last.content == "hello"


async def test_a_long_limit_is_told(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.rate_limit(POST, retry_after=90)
        with pytest.raises(RateLimited) as limited:
            await run.post(place.general, "hello")
        assert limited.value.retry_after == 90
        place.twin.faults.rate_limit(POST, retry_after=7, via=False)
        with pytest.raises(RateLimited) as limited:
            await run.post(place.general, "hello")
        assert limited.value.retry_after == 7


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 50035, DeliveryRejected),
        (401, 0, PlatformAuthFailed),
        (403, 50007, DeliveryRejected),
        (404, 10003, DeliveryRejected),
        (404, 10008, MessageGone),
        (408, 0, PlatformUnavailable),
        (429, 0, RateLimited),
        (503, 0, PlatformUnavailable),
    ],
)
async def test_refusals_in_the_words_of_the_contract(
    place: Place, status: int, code: int, kind: type
) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.next_status(status, route=POST, body={"code": code, "message": "words"})
        with pytest.raises(PlatformError) as refused:
            await run.post(place.general, "hello")
        assert type(refused.value) is kind
        if isinstance(refused.value, RateLimited):
            assert refused.value.retry_after == 60


@pytest.mark.parametrize("after", [True, False])
async def test_server_errors(place: Place, *, after: bool) -> None:
    async with running(place.twin, place.bot) as run:
        place.twin.faults.next_status(503, route=POST, after=after)
        with pytest.raises(PlatformUnavailable):
            await run.post(place.general, "hello")
        await run.post(place.general, "hello")
        assert len(place.general.messages) == 1


async def test_never_more_than_so_many_requests_a_second() -> None:
    everything = Window(50, 1.0)
    async with DiscordTwin(limits=RateLimits(everything=everything)) as twin:
        place = furnish(twin)
        async with running(twin, place.bot) as run:
            rooms = [place.guild.add_channel(f"room-{number}") for number in range(30)]
            posts = [
                run.post(room, str(n), key=f"{room.id} {n}") for room in rooms for n in range(4)
            ]
            await asyncio.gather(*posts)
            assert len(twin.requests.of(status=429)) == 0
            assert sum(len(room.messages) for room in rooms) == 120


def waits(logs: Sequence[Mapping[str, object]]) -> bool:
    return any("no login is left" in str(line["event"]) for line in logs)


async def test_without_a_login_left_it_waits_instead_of_losing_its_token(place: Place) -> None:
    place.bot.identifies = 1000
    with capture_logs() as logs:
        async with begun(place.twin, place.bot) as run, asyncio.timeout(20):
            while not waits(logs):  # noqa: ASYNC110 - a log has no event
                await asyncio.sleep(0.01)
            assert not run.task.done()
            assert run.host.signals == []
    assert place.twin.gateway_count("identify") == 0
    (told,) = [line for line in logs if "no login is left" in line["event"]]
    assert told["seconds"] == 86400


async def test_a_server_that_counts_no_logins(place: Place) -> None:
    place.twin.faults.next_status(404, times=1, route="GET /gateway/bot")
    async with running(place.twin, place.bot) as run:
        assert run.host.up
