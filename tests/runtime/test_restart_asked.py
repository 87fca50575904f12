"""A permission that was open when the program ended is asked again in place."""

from pathlib import Path

from cc_connect.contract.platform import Kind
from cc_connect.testing.platform import BARE
from tests.runtime.rig import Rig

MAKE = {"tool": "Bash", "input": {"command": "make"}, "output": "made"}
TEST = {"tool": "Bash", "input": {"command": "make test"}, "output": "tested"}


def prompts(rig: Rig) -> list[str]:
    return [m.text for m in rig.platform.transcript() if m.kind is Kind.PROMPT]


async def again(rig: Rig) -> None:
    """Wait until the agent of the resumed turn waits for a person."""
    await rig.sees("I was restarted")
    await rig.eventually(lambda: bool(rig.runtime.directory.known()[0].state.pending))


async def test_the_prompt_is_taken_over_and_its_button_answers(tmp_path: Path) -> None:
    resumed = (MAKE, {"text": "all built"})
    async with Rig(tmp_path, default=resumed) as rig:
        rig.say("build", MAKE, {"text": "built"})
        prompt = await rig.asked("make")
        await rig.restart()
        await again(rig)
        assert len(prompts(rig)) == 1
        rig.press(prompt, "Allow")
        await rig.answered("all built")
        await rig.sees("allowed by Ann")
        assert len(prompts(rig)) == 1
        assert not prompt.buttons


async def test_an_answer_before_the_agent_asks_resumedis_given_to_it(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    resumed = ({"hold": str(gate)}, MAKE, {"text": "all built"})
    async with Rig(tmp_path, default=resumed) as rig:
        rig.say("build", MAKE, {"text": "built"})
        prompt = await rig.asked("make")
        await rig.restart()
        await rig.sees("I was restarted")
        rig.press(prompt, "Allow")
        await rig.sees("it gets this answer as soon as it asks the same again")
        gate.touch()
        await rig.answered("all built")
        await rig.sees("allowed by Ann")
        assert len(prompts(rig)) == 1
        assert "as soon as" not in prompt.text


async def test_what_is_not_asked_resumedis_marked_as_lapsed(tmp_path: Path) -> None:
    resumed = (TEST, {"text": "all tested"})
    async with Rig(tmp_path, default=resumed) as rig:
        rig.say("build", MAKE, {"text": "built"})
        old = await rig.asked("make")
        await rig.restart()
        new = await rig.asked("make test")
        assert old.buttons
        rig.press(new, "Allow")
        await rig.answered("all tested")
        await rig.sees("The agent that asked is gone")
        assert not old.buttons


async def test_where_nothing_can_be_edited_it_is_asked_anew_and_both_mean_the_same(
    tmp_path: Path,
) -> None:
    async with Rig(tmp_path, BARE, default=(MAKE, {"text": "all built"})) as rig:
        rig.say("build", MAKE, {"text": "built"})
        await rig.asked("make")
        await rig.restart()
        await rig.asked("make", count=2)
        rig.say("allow")
        await rig.answered("all built")
