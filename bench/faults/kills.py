"""`kill -9` of the whole program in every phase of a turn, and what became of each message."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bench.faults.table import columns
from bench.faults.town import Town
from cc_connect.testing.discord import ChannelHandle, InteractionFailed, Message, PersonCannot
from cc_connect.testing.scripted_agent import journal


class Phase(StrEnum):
    """Where a message stood when the program was killed."""

    ACCEPT = "accept"  # said, and not in the inbox
    COMMIT = "commit"  # in the inbox, no turn yet
    OPEN = "open"  # a turn, no agent process
    SUBMIT = "submit"  # an agent process that has not read the prompt
    STREAM = "stream"  # the agent works
    PENDING = "permission pending"  # the agent waits for a person
    CONCLUDE = "conclude"  # the agent is done, its answer is not on its way
    DELIVER = "deliver"  # people see the answer, the program has no receipt


@dataclass
class Tally:
    """What was seen of the messages that were in one phase when a kill came."""

    kills: int = 0
    messages: int = 0
    lost: int = 0
    unanswered: int = 0
    twice: int = 0
    stuck: int = 0


@dataclass
class Kills:
    """The whole trial."""

    tallies: dict[Phase, Tally] = field(default_factory=lambda: {p: Tally() for p in Phase})
    turns: int = 0
    kills: int = 0
    lost: int = 0
    unanswered: int = 0
    twice: int = 0
    stuck: int = 0
    orphans: int = 0
    asked_again: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def zeros(self) -> tuple[int, ...]:
        """All that must be 0."""
        return (self.lost, self.unanswered, self.twice, self.stuck, self.orphans)

    def rarest(self) -> Phase:
        """The phase that was hit least often."""
        return min(Phase, key=lambda phase: self.tallies[phase].kills)

    def __str__(self) -> str:
        head = ("phase", "kills", "messages", "inbound lost", "finals lost", "twice", "stuck")
        rows: list[tuple[object, ...]] = [head]
        for phase, one in self.tallies.items():
            counts = (one.lost, one.unanswered, one.twice, one.stuck)
            rows.append((phase.value, one.kills, one.messages, *counts))
        rows.append(
            ("all", self.kills, self.turns, self.lost, self.unanswered, self.twice, self.stuck)
        )
        notes = [
            f"agent processes left after a kill or at the end: {self.orphans}",
            f"prompts an agent read again because it had not kept them: {self.asked_again}",
        ]
        return "\n".join([columns(rows), *notes, *self.details])


async def kill_in_every_phase(
    *, kills: int, turns: int, channels: int = 10, within: float = 3600.0
) -> Kills:
    """Kill until every phase was hit `kills` times and at least `turns` turns were asked for.

    After `within` seconds it stops with what it has; the table shows how far it came.
    """
    found = Kills()
    end = time.monotonic() + within
    async with Town(channels) as town:
        await town.program.start()
        await town.answered(*[await town.say(channel) for channel in town.channels])
        for _ in range(40 * kills):
            enough = all(tally.kills >= kills for tally in found.tallies.values())
            if (enough and len(town.asked) >= turns) or time.monotonic() > end:
                break
            await _round(town, found)
        await _last_word(town, found)
    found.turns = len(town.asked)
    return found


async def _round(town: Town, found: Kills) -> None:
    if found.rarest() is Phase.OPEN:
        await town.program.end()
        await town.restart()  # no room may have an agent at work from the round before
    started = town.mark
    rooms = town.random.sample(town.channels, len(town.channels))
    probe = rooms.pop()
    names = await _crowd(town, rooms)
    target = found.rarest()
    name, steps = f"m{len(town.asked):05}", _steps(town)
    if target is Phase.PENDING:
        steps = (_ASKING, *steps)
    elif target in {Phase.CONCLUDE, Phase.DELIVER}:
        steps = ()
    names.append(await town.say(probe, *_named(steps, name), name=name))
    await _until(town, name, target, started)
    await town.program.end()
    found.kills += 1
    hits = _classify(town, names, started)
    found.orphans += await town.program.orphans()
    if town.random.random() < 0.3:
        names.append(await town.say(town.random.choice(town.channels)))
    await town.restart()
    missing = await _settled(town, names)
    _count(town, found, names, hits, set(missing))


async def _crowd(town: Town, rooms: list[ChannelHandle]) -> list[str]:
    """Have people in other rooms at work, each somewhere else in a turn."""
    names = []
    for room in rooms[: town.random.randint(2, 5)]:
        for _ in range(town.random.choice((1, 1, 2))):
            name = f"m{len(town.asked):05}"
            names.append(await town.say(room, *_named(_steps(town), name), name=name))
        await asyncio.sleep(town.random.random() * 0.1)
    return names


_ASKING: dict[str, Any] = {"tool": "Bash", "input": {"command": "make"}, "output": "made"}


def _steps(town: Town) -> tuple[dict[str, Any], ...]:
    """A turn of half a second; every third one asks a person."""
    working = {"text": "I look around and think about it. " * 10, "pieces": 10, "delay": 0.03}
    quiet = {"tool": "Read", "input": {"file_path": "a"}, "ask": False, "output": "b"}
    asking = (_ASKING,) if town.random.random() < 0.3 else ()
    return (working, quiet, *asking)


def _named(steps: tuple[dict[str, Any], ...], name: str) -> tuple[dict[str, Any], ...]:
    return (*steps, {"text": f"answer {name}."})


# --- when to kill, and what was hit ----------------------------------------------------------


async def _until(town: Town, name: str, target: Phase, started: int) -> None:
    """Wait until a message is in the phase that is wanted, and a random moment longer."""
    if target is Phase.ACCEPT:
        await asyncio.sleep(town.random.random() * 0.004)
        return
    end = time.monotonic() + 5.0
    passed = _passed(town, name, target, started)
    while time.monotonic() < end and not passed():  # noqa: ASYNC110 - a database tells nobody
        await asyncio.sleep(0 if target in {Phase.COMMIT, Phase.OPEN} else 0.001)
    longest = {Phase.STREAM: 0.3, Phase.PENDING: 0.05, Phase.SUBMIT: 0.08}.get(target, 0.002)
    await asyncio.sleep(town.random.random() * longest)


def _passed(town: Town, name: str, target: Phase, started: int) -> Callable[[], bool]:
    """Whether the beginning of a phase is reached."""
    message = str(town.asked[name][1].id)
    folder = town.folder

    def row() -> tuple[str, str | None] | None:
        with town.program.database() as link:
            found: tuple[str, str | None] | None = link.execute(
                "SELECT state, turn FROM inbox WHERE message = ?", (message,)
            ).fetchone()
        return found

    def turn_begun() -> bool:
        found = row()
        return bool(found and found[1])

    def asked() -> bool:
        found = row()
        if not found or not found[1]:
            return False
        with town.program.database() as link:
            query = "SELECT 1 FROM request WHERE turn = ? AND state = 'open'"
            return link.execute(query, (found[1],)).fetchone() is not None

    def done() -> bool:
        lines = journal(folder / "journal")
        return any("done" in line and f"please {name}." in line["text"] for line in lines)

    match target:
        case Phase.COMMIT:
            return lambda: row() is not None
        case Phase.OPEN:
            return turn_begun
        case Phase.SUBMIT:
            return lambda: turn_begun() and _started(town, _session(town, name), started)
        case Phase.PENDING:
            return asked
        case Phase.CONCLUDE:
            return done
        case Phase.DELIVER:
            return lambda: bool(town.finals(name))
        case _:
            return lambda: town.times_told(name) > 0


def _session(town: Town, name: str) -> str:
    message = str(town.asked[name][1].id)
    with town.program.database() as link:
        found = link.execute(
            "SELECT session FROM turn JOIN inbox ON inbox.turn = turn.id WHERE message = ?",
            (message,),
        ).fetchone()
    return found[0] if found else "?"


def _started(town: Town, session: str, since: int) -> bool:
    return session in town.started()[since:]


def _classify(town: Town, names: list[str], started: int) -> dict[str, Phase]:
    """The phase each message was in; those that wait in a queue or are done are in none."""
    found = {name: _phase(town, name, started) for name in names}
    return {name: phase for name, phase in found.items() if phase is not None}


def _phase(town: Town, name: str, started: int) -> Phase | None:
    message = str(town.asked[name][1].id)
    with town.program.database() as link:
        row = link.execute(
            "SELECT inbox.state, inbox.turn, turn.state, outbox.state,"
            " (SELECT count(*) FROM request WHERE turn = inbox.turn AND state = 'open')"
            " FROM inbox LEFT JOIN turn ON turn.id = inbox.turn"
            " LEFT JOIN outbox ON outbox.key = inbox.turn || ':final' WHERE message = ?",
            (message,),
        ).fetchone()
    if row is None:
        return Phase.ACCEPT
    state, turn, turn_state, post, requests = row
    if state == "todo":
        return Phase.COMMIT
    if turn is None or post == "done":
        return None
    if turn_state != "running":
        return Phase.DELIVER if town.finals(name) else Phase.CONCLUDE
    if not _started(town, _session(town, name), started):
        return Phase.OPEN
    if not town.times_told(name):
        return Phase.SUBMIT
    if requests:
        return Phase.PENDING
    lines = journal(town.folder / "journal")
    if any("done" in line and f"please {name}." in line["text"] for line in lines):
        return Phase.CONCLUDE
    return Phase.STREAM


# --- after the restart -----------------------------------------------------------------------


async def _settled(town: Town, names: list[str]) -> list[str]:
    """Answer every prompt until all messages have their answer; returns those without one."""
    pressing = asyncio.create_task(press_all(town))
    try:
        missing = await town.answered(*names, within=30.0)
        await town.idle(5.0)
    finally:
        pressing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pressing
    return missing


async def press_all(town: Town) -> None:
    """A person who allows whatever is asked."""
    pressed: set[int] = set()
    while True:
        for channel in town.channels:
            for message in channel.messages:
                if message.id not in pressed and _allows(message):
                    pressed.add(message.id)
                    with contextlib.suppress(InteractionFailed, PersonCannot, TimeoutError):
                        await town.twin.press(town.alice, message, "Allow")
        await asyncio.sleep(0.1)


def _allows(message: Message) -> bool:
    return any(
        button.get("label") == "Allow" and not button.get("disabled")
        for row in message.components
        for button in row.get("components", ())
    )


def _count(
    town: Town, found: Kills, names: list[str], hits: dict[str, Phase], missing: set[str]
) -> None:
    for phase in set(hits.values()):
        found.tallies[phase].kills += 1
    for name in names:
        tally = found.tallies[hits[name]] if name in hits else Tally()
        told, finals = town.times_told(name), len(town.finals(name))
        lost, unanswered, twice = not told, not finals, finals > 1
        tally.messages += 1
        tally.lost += lost
        tally.unanswered += unanswered
        tally.twice += twice
        tally.stuck += name in missing
        found.lost += lost
        found.unanswered += unanswered
        found.twice += twice
        found.stuck += name in missing
        found.asked_again += max(0, told - 1)
        if lost or unanswered or twice:
            where = hits[name].value if name in hits else "no phase"
            found.details.append(f"{name} ({where}): told {told}, replies {town.replies(name)}")


async def _last_word(town: Town, found: Kills) -> None:
    """Every conversation must still answer; then the program ends, and nothing may be left."""
    names = [await town.say(channel) for channel in town.channels]
    missing = await _settled(town, names)
    found.stuck += len(missing)
    found.details += [f"{name}: no answer at the end" for name in missing]
    for name in town.asked:
        if len(town.finals(name)) > 1 and not any(name in line for line in found.details):
            found.twice += 1
            found.details.append(f"{name}: finals {town.finals(name)}")
    await town.program.end(15)
    found.orphans += await town.program.orphans()
