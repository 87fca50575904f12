"""Many places at once: edits come less often, signs wait, nothing is asked for in vain."""

import asyncio

import pytest

from cc_connect.contract.content import Text
from cc_connect.contract.platform import Amend, Kind, Post, React, Typing
from cc_connect.platforms.discord.crowd import EDITS
from cc_connect.platforms.discord.pacer import CROWD, RUSH, Pacer, Urgency
from tests.platforms.discord.bench import Place, Running, at, running

SIGN = "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me"
BUSY = 100


async def crowded(run: Running, place: Place) -> list[asyncio.Task[object]]:
    """More to send than may go at once."""
    threads = [await place.general.start_thread(place.alice, f"t{n}") for n in range(BUSY)]
    posts = [
        Post(at(thread), (Text(f"working {n}"),), f"live:{n}", Kind.LIVE)
        for n, thread in enumerate(threads)
    ]
    sending: list[asyncio.Task[object]] = []
    sending += [asyncio.create_task(run.platform.deliver(post)) for post in posts]
    await place.twin.until_true(lambda: len(place.twin.requests.posts()) >= RUSH)
    return sending


async def test_the_busier_the_less_often_each_is_edited(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        here = at(place.general)
        assert run.platform.capabilities(here).edit_interval == pytest.approx(1.25)
        sending = await crowded(run, place)
        assert run.platform.capabilities(here).edit_interval == pytest.approx(BUSY / EDITS)
        await asyncio.gather(*sending)
        assert len(place.twin.requests.posts()) == BUSY
        assert not place.twin.requests.of(status=429)


async def test_signs_wait_and_only_the_last_word_is_sent(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        said = await place.general.say(place.alice, "@cc-connect hi")
        sending = await crowded(run, place)
        here, message = at(place.general), str(said.id)
        await run.platform.deliver(Typing(here))
        for sign, on in (("👀", True), ("⏳", True), ("⏳", False), ("✅", True)):
            await run.platform.deliver(React(here, message, sign, on))
        await asyncio.gather(*sending)
        await place.twin.until_true(lambda: "✅" in said.reactions, 20.0)
        sent = [request.params["emoji"] for request in place.twin.requests.of(SIGN)]
        assert "⏳" not in sent
        assert not place.twin.requests.of("POST /channels/{channel}/typing")
        await run.platform.deliver(React(here, message, "✅", on=False))
        await place.twin.until_true(lambda: not said.reactions.get("✅"))


async def test_a_final_goes_before_what_is_live(place: Place) -> None:
    async with running(place.twin, place.bot) as run:
        sending = await crowded(run, place)
        await run.post(place.general, "The answer", kind=Kind.FINAL)
        assert not all(task.done() for task in sending)
        await asyncio.gather(*sending)
        await run.platform.deliver(
            Amend(at(place.general), str(place.general.last.id), (Text("The end"),), Kind.FINAL)
        )
        assert place.general.last.content == "The end"


async def test_turns_are_given_evenly_after_the_first_rush() -> None:
    pacer = Pacer(limit=45, window=0.2)
    times: list[float] = []

    async def ask() -> None:
        await pacer.turn(Urgency.LIVE)
        times.append(asyncio.get_running_loop().time())

    asking = [asyncio.create_task(ask()) for _ in range(60)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert RUSH <= len(times) <= RUSH + 1
    assert pacer.crowded
    assert len(asking) - len(times) > CROWD
    await asyncio.gather(*asking)
    assert not pacer.crowded
