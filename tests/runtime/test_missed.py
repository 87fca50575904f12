"""Old messages from while the program was away: people are asked before one is run."""

from pathlib import Path

from cc_connect.contract.platform import Kind
from cc_connect.core.admission import Policy
from cc_connect.testing.platform import BARE, Message
from tests.runtime.rig import Rig

HOURS = 3 * 3600.0


async def test_an_old_message_is_asked_about_and_run_on_a_press(rig: Rig) -> None:
    rig.say("clean up", ago=HOURS + 60)
    prompt = await rig.asked("Ann wrote this 3 h ago, while I was away")
    assert "clean up" in prompt.text
    rig.say("something new")
    await rig.sees("You said: something new")
    assert rig.got() == ["something new"]
    rig.press(prompt, "Run")
    await rig.answered("You said: clean up")
    await rig.sees("Old messages handed on: 1", count=2)
    assert not prompt.buttons
    assert rig.got() == ["something new", "clean up"]


async def test_a_skipped_message_is_never_run(rig: Rig) -> None:
    rig.say("drop the table", ago=HOURS)
    prompt = await rig.asked("3 h ago")
    rig.press(prompt, "Skip")
    await rig.sees("Old messages skipped: 1", count=2)
    await rig.restart()
    rig.say("/missed")
    await rig.sees("No old message waits")
    assert rig.got() == []


async def test_several_are_one_prompt_over_a_restart(rig: Rig) -> None:
    for word in ("one", "two", "three"):
        rig.say(word, ago=HOURS)
    await rig.asked("3 messages came while I was away")
    await rig.restart()
    prompts = [m for m in rig.platform.transcript() if m.kind is Kind.PROMPT]
    assert len(prompts) == 1
    number = next(b.label for b in prompts[0].buttons if b.label.endswith(": two")).split(":")[0]
    rig.press(prompts[0], f"{number}: two")
    await rig.answered("You said: two")
    await rig.asked("2 messages came while I was away")
    rig.press(prompts[0], "Run all")
    await rig.answered("You said: three")
    assert rig.got() == ["two", "one", "three"]


async def test_a_second_press_of_run_changes_nothing(rig: Rig) -> None:
    rig.say("once", ago=HOURS)
    prompt = await rig.asked("3 h ago")
    rig.press(prompt, "Run")
    rig.press(prompt, "Run")
    await rig.answered("You said: once")
    await rig.sees("No old message waits")
    assert rig.got() == ["once"]


async def test_somebody_else_may_not_decide(tmp_path: Path) -> None:
    everybody = {"fake": Policy(allowed=frozenset({"*"}))}
    async with Rig(tmp_path, policies=everybody) as rig:
        place = rig.platform.service.add_chat("common", thread="t")
        bob = rig.platform.service.add_person("Bob")
        rig.say("clean up", ago=HOURS, where=place)
        prompt = await rig.sees("3 h ago", where=place)
        rig.press(prompt, "Run", who=bob)
        await rig.sees("Only Ann or an admin", where=place)
        assert rig.got() == []


async def test_a_message_that_is_taken_back_is_not_asked_about_any_more(rig: Rig) -> None:
    ident = rig.say("clean up", ago=HOURS)
    prompt = await rig.asked("3 h ago")
    rig.platform.people.recall(ident)
    await rig.sees("Old messages skipped: 1")
    assert not prompt.buttons


async def test_a_fresh_missed_message_is_run_at_once(rig: Rig) -> None:
    rig.say("hello", ago=60.0)
    await rig.answered("You said: hello")


async def test_by_configuration_nothing_is_too_old(tmp_path: Path) -> None:
    async with Rig(tmp_path, catch_up_max_age=0.0) as rig:
        rig.say("hello", ago=30 * 86400.0)
        await rig.answered("You said: hello")


async def test_where_there_are_no_buttons_it_is_typed(tmp_path: Path) -> None:
    async with Rig(tmp_path, BARE) as rig:
        rig.say("one", ago=HOURS)
        rig.say("two", ago=HOURS)
        prompt: Message = await rig.asked("2 messages came while I was away")
        assert "/missed run" in prompt.text
        assert "/missed skip" in prompt.text
        rig.say("/missed skip 1")
        await rig.sees("Old messages skipped: 1")
        rig.say("/missed")
        await rig.sees("Ann wrote this 3 h ago")
        rig.say("/missed run all")
        await rig.sees("You said: two")
        rig.say("/missed sometime")
        await rig.sees("No old message waits")
        assert rig.got() == ["two"]
