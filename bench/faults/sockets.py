"""The network of the chat breaks in every way while twenty conversations stream."""

import asyncio
from collections.abc import Callable

from bench.faults.kills import press_all
from bench.faults.table import Outcome
from bench.faults.town import Town
from cc_connect.testing.discord import DiscordTwin

POSTS = "POST /channels/{channel}/messages"


def _breakages(town: Town) -> dict[str, Callable[[], None]]:
    faults = town.twin.faults

    def storm() -> None:
        for _ in range(5):
            faults.next_status(502, 3)
            faults.next_status(500, 3, POSTS, after=True)

    def forget() -> None:
        faults.forget_sessions()
        faults.drop_sockets()

    def busy() -> None:
        faults.rate_limit(POSTS, retry_after=0.3, times=15)
        faults.rate_limit(retry_after=0.3, times=3, scope="global")

    return {
        "sockets drop": faults.drop_sockets,
        "sockets are reset": lambda: faults.drop_sockets(reset=True),
        "half-open connections": faults.silence,
        "sessions are forgotten": forget,
        "a burst of 500 and 502": storm,
        "a storm of 429": busy,
        "requests lost before they are done": lambda: faults.drop_requests(10, POSTS),
        "requests whose answer is lost": lambda: faults.drop_requests(10, POSTS, after=True),
        "events twice": lambda: faults.duplicate_events("MESSAGE_CREATE", 20),
        "events out of order": lambda: faults.swap_events("MESSAGE_CREATE", 10),
    }


async def socket_faults(*, rooms: int = 20) -> list[Outcome]:
    """One fault after the other, each in the middle of a turn in every room."""
    found = []
    async with Town(rooms, twin=DiscordTwin(heartbeat=3.0, grace=2.0)) as town:
        await town.program.start()
        await town.answered(*[await town.say(channel) for channel in town.channels])
        pressing = asyncio.create_task(press_all(town))
        for name, strike in _breakages(town).items():
            found.append(await _struck(town, name, strike))
        found.append(await _silence(town))
        pressing.cancel()
    return found


async def _struck(town: Town, fault: str, strike: Callable[[], None]) -> Outcome:
    names = await _crowd(town)
    strike()
    names += [await town.say(channel) for channel in town.channels[:3]]
    return await _counted(town, fault, names)


async def _silence(town: Town) -> Outcome:
    names = await _crowd(town)
    await town.twin.go_dark()
    await asyncio.sleep(30)
    await town.twin.come_back()
    return await _counted(town, "the chat is gone for 30 s", names)


async def _crowd(town: Town) -> list[str]:
    names = []
    for channel in town.channels:
        name = f"m{len(town.asked):05}"
        working = {"text": "I look around. " * 20, "pieces": 10, "delay": 0.05}
        names.append(await town.say(channel, working, {"text": f"answer {name}."}, name=name))
    await asyncio.sleep(0.5)
    return names


async def _counted(town: Town, fault: str, names: list[str]) -> Outcome:
    missing = await town.answered(*names, within=90.0)
    town.twin.faults.heal()
    await town.idle(20.0)
    lost = sum(not town.times_told(name) for name in names)
    twice = sum(len(town.finals(name)) > 1 for name in names)
    again = sum(town.times_told(name) > 1 for name in names)
    counts = f"lost {lost}, unanswered {len(missing)}, twice {twice}, asked again {again}"
    seen = f"{len(names)} turns: {counts}"
    return Outcome(fault, seen, not (lost or missing or twice or again))
