"""Agents of the Agent Client Protocol in a chat, as people see them."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.acp import AcpAgent
from cc_connect.agents.acp.options import Options
from cc_connect.agents.acp.presets import PRESETS, Preset
from cc_connect.testing.scripted_acp import COMMAND, SETTINGS
from tests.runtime.rig import Rig

SOURCE = Path(__file__).parents[2] / "src"
ASK = {"tool": "Shell", "input": {"command": "make all"}, "output": "made"}
Open = Callable[..., Any]


def driver(folder: Path, preset: Preset, wishes: dict[str, Any], cmd: Any) -> AcpAgent:
    paths = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": paths}
    env = {SETTINGS: json.dumps(wishes)}
    return AcpAgent(preset, Options(cmd=cmd, env=env, env_pass=("PYTHONPATH",)), environ)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a chat with an agent of this name that has these wishes."""
    async with AsyncExitStack() as stack:

        async def open_(name: str = "opencode", cmd: Any = COMMAND, **wishes: Any) -> Rig:
            agent = driver(tmp_path, PRESETS[name], wishes, cmd)
            return await stack.enter_async_context(Rig(tmp_path, agent=agent, agent_type=name))

        yield open_


async def test_a_permission_is_allowed_and_another_denied(opened: Open) -> None:
    rig = await opened()
    rig.say("go", ASK, {"text": "all {output}"})
    prompt = await rig.asked("make all")
    assert "Shell" in prompt.text
    rig.press(prompt, "Allow")
    await rig.answered("all made")
    rig.say("again", ASK, {"text": "well: {output}"})
    rig.press(await rig.asked("make all", count=2), "Deny")
    await rig.answered("The user refused this.")


async def test_a_stop_while_it_asks(opened: Open) -> None:
    rig = await opened()
    rig.say("go", ASK, {"text": "never"})
    prompt = await rig.asked("make all")
    rig.say("/stop")
    await rig.eventually(lambda: not prompt.buttons)
    rig.say("and now?")
    await rig.answered("You said: and now?")
    assert not any("never" in text for text in rig.texts())


async def test_a_question_is_answered_by_a_button(opened: Open) -> None:
    rig = await opened()
    choices = [{"label": "Red"}, {"label": "Blue"}]
    rig.say(
        "go", {"ask": [{"question": "Which colour?", "options": choices}]}, {"text": "{answer}!"}
    )
    rig.press(await rig.asked("Which colour?"), "Blue")
    await rig.answered("Blue!")


async def test_the_conversation_goes_on_after_a_restart(opened: Open) -> None:
    rig = await opened()
    rig.say("one")
    await rig.answered("You said: one")
    await rig.restart()
    rig.say("two")
    await rig.answered("You said: two")
    # It is one session, not two.
    assert len(list((rig.folder / ".scripted-acp").glob("*.jsonl"))) == 1


async def test_a_program_that_is_missing_is_told_with_how_to_get_it(opened: Open) -> None:
    rig = await opened("qwen", cmd="no-such-qwen")
    rig.say("hello")
    told = await rig.sees("npm install -g @qwen-code/qwen-code")
    assert "no-such-qwen" in told.text


async def test_one_that_is_not_signed_in_is_told_with_how_to(opened: Open) -> None:
    rig = await opened("kimi", auth="login")
    rig.say("hello")
    await rig.sees("kimi login")


async def test_a_wire_that_changed_is_told(opened: Open) -> None:
    rig = await opened(protocol=7)
    rig.say("hello")
    await rig.sees("speaks version 7 of the Agent Client Protocol")


async def test_modes_are_those_of_the_agent(opened: Open) -> None:
    rig = await opened("gemini")
    rig.say("hello")
    await rig.answered("You said: hello")
    rig.say("/mode plan")
    rig.say("go", {"text": "with {settings}"})
    await rig.answered("mode=plan")
