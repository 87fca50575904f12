"""Another agent takes over a conversation, as people see it."""

from dataclasses import replace
from pathlib import Path

import pytest

from cc_connect.core.desk import Said
from cc_connect.runtime.handing import handover
from cc_connect.runtime.settings import Project
from cc_connect.testing.scripted_codex import script as codex_script
from tests.agents.codex.harness import scripted
from tests.runtime.rig import Rig


class Two:
    """A machine on which there is one other agent."""

    def __init__(self, folder: Path) -> None:
        self.own: Project | None = None
        self._agent = scripted(folder)

    def installed(self) -> tuple[str, ...]:
        return ("claudecode", "codex")

    def project(self, name: str) -> Project | None:
        if name != "codex" or self.own is None:
            return None
        return replace(self.own, agent=self._agent, agent_type="codex", sign_in="codex login")


@pytest.fixture
def two(tmp_path: Path) -> Rig:
    others = Two(tmp_path)
    rig = Rig(tmp_path, others=others)
    others.own = rig.project
    return rig


async def test_agents_are_shown_and_one_is_chosen_by_a_button(two: Rig) -> None:
    async with two as rig:
        rig.say("/agents")
        shown = await rig.sees("**Agents**")
        assert "▶ **Claude Code**" in shown.text
        assert "◻ **Codex**" in shown.text
        rig.press(shown, "Codex")
        await rig.sees("**Codex** works on this conversation now")
        rig.say("hello")
        await rig.sees("You said: hello")
        rig.say("/status")
        await rig.sees("Codex", count=3)
        assert rig.got() == []  # nothing of it reached the other one


async def test_the_visible_history_is_handed_over(two: Rig) -> None:
    async with two as rig:
        rig.say("remember the milk")
        await rig.sees("You said: remember the milk")
        rig.say("/model big")
        await rig.sees("big")
        rig.say("/agent codex")
        await rig.sees("It is told what was said here so far")
        rig.say(codex_script({"text": "I was told: {instructions}"}, say="what was it?"))
        told = await rig.sees("I was told: You take over this conversation")
        assert "Claude Code" in told.text
        assert "Person: remember the milk" in told.text
        assert "Agent: You said: remember the milk" in told.text
        rig.say("/model")
        await rig.sees("Model: **the agent's default**")  # what was set for the one before is gone


async def test_it_stays_after_a_restart_and_old_sessions_find_their_agent(two: Rig) -> None:
    async with two as rig:
        rig.say("one")
        await rig.sees("You said: one")
        rig.say("/agent codex")
        await rig.sees("**Codex** works")
        rig.say("two")
        await rig.sees("You said: two")
        await rig.restart()
        rig.say("three")
        await rig.sees("You said: three")
        assert rig.got() == ["one"]
        rig.say("/list")
        await rig.sees("two")
        rig.say("/switch 2")
        await rig.eventually(lambda: rig.runtime.directory.known()[0].state.turn is None)
        rig.say("four")
        await rig.sees("You said: four")
        assert rig.got() == ["one", "four"]
        assert len({line["session"] for line in rig.prompts()}) == 1


async def test_unknown_ones_and_the_one_that_works_already(two: Rig) -> None:
    async with two as rig:
        rig.say("/agent cobol")
        await rig.sees("claudecode, codex")
        rig.say("/agent claudecode")
        await rig.sees("works on this conversation already")


async def test_where_there_is_no_other(tmp_path: Path) -> None:
    async with Rig(tmp_path) as rig:
        rig.say("/agents")
        await rig.sees("There is no other agent on this machine")


def test_a_long_history_is_cut_and_an_empty_one_is_nothing() -> None:
    assert handover((), "A") == ""
    said = [Said(f"{number} " + "p" * 5000, "a" * 5000) for number in range(50)]
    text = handover(said, "A")
    assert len(text) < 20_000
    assert "Person: 49 p" in text
    assert "Person: 0 p" not in text
