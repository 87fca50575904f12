"""Agents that misbehave: one clear word in the chat, and a conversation that takes the next."""

from dataclasses import dataclass
from typing import Any

from bench.faults.house import House
from bench.faults.table import Outcome

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of an agent: what its turn does, and a word of what people are told."""

    name: str
    steps: tuple[dict[str, Any], ...]
    word: str
    stop: bool = False


def troubles(*, short: bool) -> tuple[Trouble, ...]:
    """All of them; the short run only shrinks the floods."""
    output = (64 if short else 2048) * MIB
    said = {"text": "well."}
    return (
        Trouble("exits in the middle of the turn", ({"exit": 3},), "❌"),
        Trouble("exits without a word on stderr, code 0", ({"exit": 0},), "❌"),
        Trouble("is killed by the kernel (SIGKILL)", ({"kill": 9},), "❌"),
        Trouble("hangs and ignores interrupts and SIGTERM; /stop", ({"hang": 1},), "⏹", stop=True),
        Trouble(
            "ignores the interrupt and goes on; /stop", ({"deaf": 1}, {"wait": 60}), "⏹", stop=True
        ),
        Trouble(
            "garbage on stdout, 1,000 lines", ({"garbage": "}{", "times": 1000}, said), "well."
        ),
        Trouble("a line of 16 MB", ({"huge": 16 * MIB}, said), "well."),
        Trouble("a line of 40 MB (above the limit)", ({"huge": 40 * MIB}, said), "well."),
        Trouble(
            f"{output // MIB} MB of output",
            (*({"huge": 8 * MIB} for _ in range(output // (8 * MIB))), said),
            "well.",
        ),
        Trouble("64 MB on stderr", ({"stderr": 64 * MIB}, said), "well."),
    )


async def agent_faults(*, short: bool) -> list[Outcome]:
    """Run them, each in a room of its own, one after the other."""
    found = []
    async with House() as house:
        for number, trouble in enumerate(troubles(short=short)):
            found.append(await one(house, f"room{number}", trouble))
    found.append(await _at_start({"start": [{"exit": 2}]}, "exits at its start"))
    found.append(
        await _at_start(
            {"start": [{"stderr": "no such model"}, {"exit": 2}]}, "exits at its start, with a word"
        )
    )
    return found


async def one(house: House, room: str, trouble: Trouble) -> Outcome:
    """One of them, in a room where nothing was said before."""
    await house.say(room, text="hello")
    await house.until(lambda: len(house.finals(room)) == 1)
    told = len(house.told())
    await house.say(room, *trouble.steps)
    if trouble.stop:
        await house.until(lambda: len(house.told()) > told)
        await house.say(room, text="/stop")
    ended = await house.until(lambda: len(house.finals(room)) == 2, 600.0)
    word = house.finals(room)[-1].replace("\n", " ")
    await house.say(room, text="are you there?")
    again = await house.until(lambda: len(house.finals(room)) == 3)
    answered = again and "are you there?" in house.finals(room)[-1]
    good = ended and trouble.word in word and answered
    after = "the next message is answered" if answered else f"NEXT: {house.finals(room)[2:]}"
    return Outcome(f"agent {trouble.name}", f"{word[:70]!r}; {after}", good)


async def _at_start(agent: dict[str, Any], name: str) -> Outcome:
    async with House(agent=agent) as house:
        await house.say("room", text="hello")
        ended = await house.until(lambda: len(house.finals("room")) == 1)
        word = house.finals("room")[-1].replace("\n", " ") if ended else "nothing"
        await house.say("room", text="again")
        again = await house.until(lambda: len(house.finals("room")) >= 2)
    good = ended and again and "❌" in word
    after = "so is the next" if again else "the next is not"
    return Outcome(f"agent {name}", f"{word[:70]!r} is told; {after}", good)
