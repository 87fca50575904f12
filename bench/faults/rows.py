"""The faults that another program of this kind was measured on, with what this one owes."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from statistics import median

import psutil

from bench.faults.agents import Trouble, one, troubles
from bench.faults.disks import cut_off, full
from bench.faults.house import House
from bench.faults.instant import instant
from bench.faults.table import Outcome
from bench.faults.town import Town, until

SILENT, HUGE = (
    next(trouble for trouble in troubles(short=True) if name in trouble.name)
    for name in ("without a word", "16 MB")
)
POSTS = "POST /channels/{channel}/messages"


async def all_rows(*, short: bool) -> list[Outcome]:
    """Every row, one after the other, beside what the Go program did on the same fault."""
    rows: tuple[tuple[str, Callable[[], Awaitable[Outcome]]], ...] = (
        ("all three are lost, and nothing is said", killed_with_a_queue),
        ("no word, the answer is gone", told_to_stop),
        ("the answer is lost", dropped_while_answering),
        (
            "16,000 of 60,000 characters arrive",
            partial(dropped_between_pieces, 1000 if short else 6000),
        ),
        ("the agent gets it a second time", partial(delivered_again, 100 if short else 1600)),
        ("others of that chat are blocked with it", slow_reader),
        ("exits, or hangs and never connects", down_at_the_start),
        ("5 wedged sessions in about 900 turns", partial(instant, 200 if short else 2000)),
        ("6 reach the agent, 14 are gone", burst),
        ("26 of 40 answers are lost", partial(exits_after_its_last_words, 5 if short else 40)),
        ("every other conversation waits 200 s", ignores_term),
        ("nothing is seen at all", partial(_alone, SILENT)),
        ("the session is dead until /stop", partial(_alone, HUGE)),
        ("the old process lives on for 125 s beside a new one", hung_and_stopped),
        ("goes on, tells nobody, forgets the period", full),
        ("starts empty, forgets the session", cut_off),
        ("260 ms a turn instead of 3", partial(grown_store, 20_000 if short else 100_000)),
    )
    return [replace(await row(), reference=reference) for reference, row in rows]


async def _alone(trouble: Trouble) -> Outcome:
    async with House() as house:
        return await one(house, "room", trouble)


async def killed_with_a_queue() -> Outcome:
    """kill -9 in the middle of a turn with two messages queued."""
    async with Town(1) as town:
        await town.program.start()
        await town.answered(await town.say(town.channels[0]))
        name = "m00001"
        slow = {"text": "word " * 100, "pieces": 20, "delay": 0.1}
        names = [await town.say(town.channels[0], slow, {"text": f"answer {name}."}, name=name)]
        names += [await town.say(town.channels[0]) for _ in range(2)]
        await until(lambda: town.times_told(name) > 0)
        await town.program.end()
        await town.restart()
        await town.answered(*names)
        finals = [len(town.finals(name)) for name in names]
        word = town.seen(town.channels[0], "I was restarted")
    seen = f"answers {finals}, the person is told: {bool(word)}"
    return Outcome(
        "kill -9 in a turn, two messages queued", seen, finals == [1, 1, 1] and any(word)
    )


async def told_to_stop() -> Outcome:
    """SIGTERM in the middle of a turn, beside an agent that ignores everything."""
    async with Town(2) as town:
        await town.program.start()
        slow = {"text": "word " * 100, "pieces": 20, "delay": 0.1}
        name = await town.say(town.channels[0], slow, {"text": "answer m00000."})
        await town.say(town.channels[1], {"hang": 1})
        await until(lambda: len(town.told()) == 2)
        began = time.monotonic()
        code = await town.program.end(signal.SIGTERM)
        took = time.monotonic() - began
        orphans = await town.program.orphans()
        told = bool(town.seen(town.channels[0], "I am being stopped or restarted"))
        await town.restart()
        await town.answered(name)
        finals = len(town.finals(name))
    seen = f"told {told}, ended in {took:.1f} s with {code}, {orphans} left, then {finals} answer"
    good = told and finals == 1 and took < 10 and not orphans and code == 0
    return Outcome("SIGTERM in a turn, one agent ignores it", seen, good)


async def dropped_while_answering() -> Outcome:
    """The chat's sockets drop while the agent answers; then messages are said before it is back."""
    async with Town(1) as town:
        await town.program.start()
        await town.answered(await town.say(town.channels[0]))
        slow = {"text": "word " * 50, "pieces": 10, "delay": 0.1}
        names = [await town.say(town.channels[0], slow, {"text": "answer m00001."})]
        await until(lambda: town.times_told("m00001") > 0)
        await town.twin.go_dark()
        await asyncio.sleep(1.5)
        names.append(await town.say(town.channels[0]))
        await town.twin.come_back()
        await town.answered(*names)
        finals = [len(town.finals(name)) for name in names]
    return Outcome(
        "the chat is gone while the agent answers", f"answers {finals}", finals == [1, 1]
    )


async def dropped_between_pieces(words: int = 1000) -> Outcome:
    """An answer of several messages, while requests are lost before and after they are done."""
    async with Town(1) as town:
        await town.program.start()
        await town.answered(await town.say(town.channels[0]))
        text = " ".join(f"word{n:05}" for n in range(words))
        town.twin.faults.drop_requests(2, POSTS, after=True)
        town.twin.faults.drop_requests(2, POSTS)
        town.twin.faults.next_status(502, 2, POSTS, after=True)
        await town.say(town.channels[0], {"text": f"{text} answer m00001."})
        await until(lambda: bool(town.seen(town.channels[0], "answer m00001.")), 120.0)
        said = " ".join(one.content for one in town.channels[0].messages if one.author.bot)
        counts = [said.count(f"word{n:05}") for n in range(words)]
    lost, twice = counts.count(0), sum(count > 1 for count in counts)
    seen = f"{len(text)} characters: {lost} words lost, {twice} twice"
    return Outcome("requests lost between the pieces of an answer", seen, not lost and not twice)


async def delivered_again(others: int) -> Outcome:
    """The same message id again: after a restart, and after many others."""
    async with House() as house:
        await house.say("room", text="only once", id_="same")
        await house.until(lambda: len(house.finals("room")) == 1)
        await house.restart()
        await house.say("room", text="only once", id_="same")
        for number in range(others):
            await house.say(f"other{number % 20}", text="/version")
        await house.say("room", text="only once", id_="same")
        await house.say("room", text="the end")
        await house.until(lambda: len(house.finals("room")) >= 2)
        told = sum("only once" in one["text"] for one in house.told())
    seen = f"reached the agent {told} time"
    return Outcome(f"the same message after a restart, after {others} others", seen, told == 1)


async def slow_reader() -> Outcome:
    """A place that takes 20 s for a message; another place must not wait for it."""
    async with House() as house:
        house.rooms.slow["slow"] = 20.0
        for room in ("slow", "quick"):
            await house.say(room, text="hello")
        await house.until(lambda: bool(house.finals("quick")))
        waited = [await _turn_time(house, "quick") for _ in range(5)]
        still = not house.finals("slow")
        house.rooms.slow.clear()
    seen = f"turns elsewhere took {max(waited):.2f} s at most meanwhile"
    return Outcome("a chat that reads slowly", seen, still and max(waited) < 5)


async def down_at_the_start() -> Outcome:
    """The chat cannot be reached at the start."""
    async with Town(1) as town:
        await town.twin.go_dark()
        await town.program.start()
        await town.twin.come_back()
        await town.program.says("platform started")
        name = await town.say(town.channels[0])
        missing = await town.answered(name)
    return Outcome("the chat is down at the start", "answers once it is up", not missing)


async def burst() -> Outcome:
    """20 messages while a turn runs."""
    async with House() as house:
        gate = house.folder / "gate"
        await house.say("room", {"hold": str(gate)}, {"text": "first."})
        await house.until(lambda: len(house.told()) == 1)
        for number in range(20):
            await house.say("room", text=f"number {number}")
        gate.touch()
        await house.until(lambda: len(house.finals("room")) == 21)
        order = [one["text"] for one in house.told()[1:]]
    kept = order == [f"number {number}" for number in range(20)]
    return Outcome(
        "20 messages in a burst", f"{len(order)} reached the agent, in order {kept}", kept
    )


async def exits_after_its_last_words(times: int) -> Outcome:
    """200 tool events, the answer, and the agent is gone."""
    tool = {"tool": "Read", "input": {"file_path": "a"}, "ask": False, "output": "b"}
    async with House() as house:
        for number in range(times):
            room = f"room{number % 4}"
            before = len(house.finals(room))
            await house.say(room, *[tool] * 200, {"text": f"answer {number}."}, {"exit": 0})
            await house.until(partial(_more, house, room, before))
        said = "\n".join(text for room in house.rooms.posts for text in house.finals(room))
        found = sum(f"answer {number}." in said for number in range(times))
    name = f"agent exits after its last output, {times} times"
    return Outcome(name, f"{found} of {times} answers arrive", found == times)


async def ignores_term() -> Outcome:
    """An agent that ignores everything, and its person says /new: others do not wait."""
    async with House() as house:
        await house.say("deaf", {"hang": 1})
        await house.say("other", text="hello")
        await house.until(lambda: bool(house.finals("other")) and len(house.told()) == 2)
        alone = median([await _turn_time(house, "other") for _ in range(5)])
        await house.say("deaf", text="/new")
        beside = max([await _turn_time(house, "other") for _ in range(5)])
        await house.say("deaf", text="are you there?")
        again = await house.until(
            lambda: any("are you there?" in text for text in house.finals("deaf"))
        )
    seen = f"a turn elsewhere {alone:.2f} s before, {beside:.2f} s during; /new works {again}"
    return Outcome("an agent that ignores SIGTERM, and /new", seen, again and beside < alone + 2)


async def hung_and_stopped() -> Outcome:
    """A hung agent, /stop, the next message: never two processes on one session."""
    most = 0
    async with House() as house:
        await house.say("room", text="hello")
        await house.until(lambda: len(house.finals("room")) == 1)
        await house.say("room", {"hang": 1})
        await house.until(lambda: len(house.told()) == 2)
        await house.say("room", text="/stop")
        await house.say("room", text="next")
        own = psutil.Process()
        end = time.monotonic() + 60
        while len(house.told()) < 3 and time.monotonic() < end:
            most = max(most, sum(_is_agent(one) for one in own.children()))
            await asyncio.sleep(0.02)
        answered = await house.until(lambda: any("next" in one for one in house.finals("room")))
    seen = f"at most {most} process, the next message is answered {answered}"
    return Outcome("a hung agent, /stop, the next message", seen, most == 1 and answered)


def _more(house: House, room: str, than: int) -> bool:
    return len(house.finals(room)) > than


def _is_agent(process: psutil.Process) -> bool:
    try:
        return "cc_connect.testing.scripted_agent" in process.cmdline()
    except psutil.Error:
        return False


_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
INSERT INTO outbox (key, lane, platform, priority, intent, state, next_at, created, sent, receipt,
                    conversation)
SELECT 'old' || i, lane, platform, priority, intent, 'done', created, created, created, 'x' || i,
       conversation
FROM n, (SELECT * FROM outbox WHERE state = 'done' ORDER BY id DESC LIMIT 1)
"""


async def grown_store(rows: int) -> Outcome:
    """A store with a long history: what a turn costs, agent and all."""
    async with House() as house:
        await house.say("room", text="hello")
        await house.until(lambda: bool(house.finals("room")))
        small = median([await _turn_time(house, "room") for _ in range(20)])

        def fill(link: sqlite3.Connection) -> None:
            link.execute(_FILL, {"rows": rows})

        await house.store.transact(fill)
        size = (await house.store.stats()).database_size / 1e6
        large = median([await _turn_time(house, "room") for _ in range(20)])
    seen = f"{small * 1000:.0f} ms with nothing, {large * 1000:.0f} ms with {size:.0f} MB"
    return Outcome("a store that grows", seen, large < small * 1.5 + 0.01)


async def _turn_time(house: House, room: str) -> float:
    before = len(house.finals(room))
    began = time.monotonic()
    await house.say(room, text="hi")
    await house.until(lambda: len(house.finals(room)) > before)
    return time.monotonic() - began
