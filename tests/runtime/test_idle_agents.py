"""Agents with nothing to do are closed, and nobody notices but the machine."""

from collections.abc import Sequence
from pathlib import Path

from cc_connect.contract.ids import Address
from cc_connect.core.crowding import Machine
from cc_connect.runtime.crowding import Crowding, Reading, read
from cc_connect.runtime.settings import Timeouts
from tests.runtime.rig import Rig


def processes(rig: Rig) -> list[int]:
    """The agents that live."""
    return [actor.pid for actor in rig.runtime.directory.known() if actor.pid is not None]


async def rooms(rig: Rig, count: int) -> list[Address]:
    """A turn in each of so many conversations, one after another."""
    made = [rig.platform.service.add_chat("work", thread=f"t{n}") for n in range(count)]
    for room in made:
        rig.say("hello", where=room)
        await rig.sees("You said: hello", where=room)
    return made


async def test_no_agent_is_left_when_all_are_idle_past_their_time(tmp_path: Path) -> None:
    async with Rig(tmp_path, timeouts=Timeouts(session=0.3)) as rig:
        made = await rooms(rig, 6)
        await rig.eventually(lambda: not processes(rig))
        rig.say("still there?", where=made[0])
        await rig.sees("You said: still there?", where=made[0])
        sessions = {line["session"] for line in rig.prompts()}
        assert len(sessions) == 6
        assert not [text for room in made for text in rig.texts(room) if "❌" in text]


async def test_beyond_the_wanted_number_the_longest_idle_go(rig: Rig) -> None:
    made = await rooms(rig, 3)
    first, second, third = (actor.pid for actor in rig.runtime.directory.known())
    await Crowding(rig.runtime.directory.known, 2).look()
    await rig.eventually(lambda: processes(rig) == [second, third])
    gate = rig.folder / "gate"
    rig.say("work", {"hold": str(gate)}, {"text": "worked"}, where=made[1])
    await rig.eventually(lambda: len(rig.got()) == 4)
    await Crowding(rig.runtime.directory.known, 1).look()
    # The one that works stays, though it is not the last that was used.
    await rig.eventually(lambda: processes(rig) == [second])
    gate.touch()
    await rig.sees("worked", where=made[1])
    rig.say("back again", where=made[0])
    await rig.sees("You said: back again", where=made[0])
    assert first not in processes(rig)


async def test_too_little_memory_closes_idle_agents(rig: Rig) -> None:
    await rooms(rig, 2)
    kept = processes(rig)

    def plenty(pids: Sequence[int]) -> Reading:
        return Reading(Machine(1000, 500), dict.fromkeys(pids, 200))

    def scarce(pids: Sequence[int]) -> Reading:
        return Reading(Machine(1000, 50), {pids[0]: 60, pids[1]: 60})

    await Crowding(rig.runtime.directory.known, read=plenty).look()
    assert processes(rig) == kept
    await Crowding(rig.runtime.directory.known, read=scarce).look()
    await rig.eventually(lambda: processes(rig) == kept[1:])


async def test_a_look_is_taken_again_and_again(rig: Rig) -> None:
    await rooms(rig, 1)
    looks: list[int] = []

    def failing(pids: Sequence[int]) -> Reading:
        looks.append(len(pids))
        raise OSError("no reading")

    crowding = Crowding(rig.runtime.directory.known, read=failing, every=0.01)
    crowding.start()
    await rig.eventually(lambda: looks[:2] == [1, 1])
    await crowding.stop()


async def test_nothing_is_looked_at_without_agents(rig: Rig) -> None:
    await Crowding(rig.runtime.directory.known, 1).look()
    await Crowding(rig.runtime.directory.known, 1).stop()


async def test_a_reading_of_this_machine(rig: Rig) -> None:
    await rooms(rig, 1)
    (agent,) = processes(rig)
    taken = read([agent, -1])
    assert 0 < taken.machine.free <= taken.machine.total
    assert taken.held.keys() == {agent}
    assert taken.held[agent] > 1_000_000


async def test_a_long_silence_begins_a_new_session_when_that_is_wanted(tmp_path: Path) -> None:
    async with Rig(tmp_path, reset_on_idle=3600.0) as rig:
        rig.say("about apples")
        await rig.answered("You said: about apples")
        rig.skip(1800)
        rig.say("more apples")
        await rig.answered("You said: more apples")
        rig.skip(3 * 3600)
        rig.say("about pears")
        await rig.sees("Nothing was said here for 3 h, so this begins a new session")
        await rig.answered("You said: about pears")
        rig.say("/list")
        listed = await rig.sees("**Sessions**")
        assert "▶ **1.** about pears · turns: 1" in listed.text
        assert "◻ **2.** about apples · turns: 2" in listed.text
        rig.say("/switch 2")
        await rig.sees("Switched to **about apples**")
