"""Several messages that are one wish: files with their caption, and what a person has waiting."""

from pathlib import Path

from cc_connect.core.admission import Policy
from tests.runtime.rig import Rig

ALL = {"fake": Policy(allowed=frozenset({"*"}))}
FIRST, SECOND, THIRD = ({f"{name}.png": name.encode()} for name in ("one", "two", "three"))


def files_of(prompt: str) -> set[str]:
    """Which of the three photos a prompt names."""
    return {name for name in ("one", "two", "three") if f"{name}.png" in prompt}


async def test_three_photos_and_their_caption_are_one_turn(rig: Rig) -> None:
    rig.say("", files=FIRST)
    rig.say("", files=SECOND)
    rig.say("", files=THIRD)
    rig.say("what is on these")
    await rig.answered("what is on these")
    (prompt,) = rig.got()
    assert files_of(prompt) == {"one", "two", "three"}
    rig.say("and now")
    await rig.answered("You said: and now")
    assert len(rig.got()) == 2


async def test_a_caption_on_the_first_photo_holds_for_all(rig: Rig) -> None:
    rig.say("compare them", files=FIRST)
    rig.say("", files=SECOND)
    await rig.answered("compare them")
    (prompt,) = rig.got()
    assert files_of(prompt) == {"one", "two"}


async def test_photos_of_two_people_are_two_turns(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL, shared=frozenset({"fake"})) as rig:
        bob = rig.platform.service.add_person("Bob")
        room = rig.platform.service.add_chat("room")
        rig.say("mine", files=FIRST, where=room)
        rig.say("yours", files=SECOND, where=room, who=bob)
        await rig.sees("mine", where=room)
        await rig.eventually(lambda: len(rig.got()) == 2)
        assert [files_of(prompt) for prompt in rig.got()] == [{"one"}, {"two"}]


async def test_a_command_does_not_wait_for_the_caption(rig: Rig) -> None:
    rig.say("look", files=FIRST)
    rig.say("/status")
    await rig.sees("**Status**")
    rig.say("next")
    await rig.answered("You said: next")
    assert [files_of(prompt) for prompt in rig.got()] == [{"one"}, set()]


async def test_photos_held_back_when_the_program_ends_are_not_lost(rig: Rig) -> None:
    rig.say("look", files=FIRST)
    rig.say("", files=SECOND)
    await rig.eventually(lambda: any(actor.expected for actor in rig.runtime.directory.known()))
    await rig.restart()
    await rig.answered("look")
    (prompt,) = rig.got()
    assert files_of(prompt) == {"one", "two"}


async def test_a_queued_burst_is_edited_and_removed_as_one(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("work", {"hold": str(gate)}, {"text": "worked"})
    await rig.eventually(lambda: len(rig.got()) == 1)
    rig.say("", files=FIRST)
    caption = rig.say("caption")
    await rig.sees("Queued as number 1")
    rig.platform.people.edit(caption, "better caption")
    await rig.sees("The waiting message was changed")
    gate.touch()
    await rig.answered("better caption")
    assert files_of(rig.got()[1]) == {"one"}


async def test_what_a_person_has_waiting_becomes_one_turn(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL, shared=frozenset({"fake"}), merge_queued=True) as rig:
        bob = rig.platform.service.add_person("Bob")
        room = rig.platform.service.add_chat("room")
        gate = rig.folder / "gate"
        rig.say("work", {"hold": str(gate)}, {"text": "worked"}, where=room)
        await rig.eventually(lambda: len(rig.got()) == 1)
        for number, (words, who) in enumerate(
            (("first", None), ("wait", bob), ("second", None), ("/compact", None)), 1
        ):
            rig.say(words, where=room, who=who)
            await rig.sees(f"Queued as number {number}", where=room)
        gate.touch()
        await rig.sees("You said: first\n\nsecond", where=room)
        await rig.sees("You said: wait", where=room)
        assert rig.got()[1:3] == ["first\n\nsecond", "wait"]
        await rig.eventually(lambda: rig.got()[3:] == ["/compact"])
        await rig.eventually(
            lambda: len([text for text in rig.texts(room) if "left the queue" in text]) == 4
        )
