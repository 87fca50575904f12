"""Pairing codes: used again, guessed, collected."""

import pytest

from cc_connect.runtime.pairing import LASTS, MOST_OPEN, MOST_TRIES, TRY_WINDOW
from tests.runtime.rig import Rig


async def code_of(rig: Rig, name: str) -> str:
    """What a stranger is told in a private chat."""
    stranger = rig.platform.service.add_person(name)
    place = rig.platform.service.add_chat(name, private=True)
    rig.say("let me in", who=stranger, where=place)
    message = await rig.sees("cc-connect pair", where=place)
    return message.text.split("cc-connect pair ")[1].split("`")[0]


async def test_replayed_pairing_code(rig: Rig) -> None:
    code = await code_of(rig, "eve")
    assert await rig.runtime.door.pair(code, "test") is not None
    assert await rig.runtime.door.pair(code, "test") is None
    await rig.restart()
    assert await rig.runtime.door.pair(code, "test") is None


async def test_pairing_code_of_yesterday(rig: Rig) -> None:
    code = await code_of(rig, "eve")
    rig.skip(LASTS + 1)
    assert await rig.runtime.door.pair(code, "test") is None


async def test_brute_forced_pairing_code(rig: Rig) -> None:
    code = await code_of(rig, "eve")
    for number in range(MOST_TRIES):
        assert await rig.runtime.door.pair(f"GUESS{number:03}", "test") is None
    with pytest.raises(TimeoutError):
        await rig.runtime.door.pair(code, "test")
    rig.skip(TRY_WINDOW + 1)
    assert await rig.runtime.door.pair(code, "test") is not None


async def test_codes_are_not_given_without_end(rig: Rig) -> None:
    for number in range(MOST_OPEN):
        await code_of(rig, f"eve{number}")
    stranger = rig.platform.service.add_person("one more")
    place = rig.platform.service.add_chat("one more", private=True)
    rig.say("let me in", who=stranger, where=place)
    rig.say("hello")
    await rig.sees("You said: hello")
    assert not rig.texts(place)


async def test_the_code_is_nowhere_in_the_store(rig: Rig) -> None:
    code = await code_of(rig, "eve")
    found = await rig.store.pairings(now=0)
    assert found
    assert code not in str(found)
