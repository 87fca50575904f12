"""The program ends and comes back; requests grow old; agents are slow to start."""

from pathlib import Path

import pytest

from tests.journeys.chat import Chat, Seen
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {"main": ("", ""), "hasty": ("", ""), "slow": ("", ""), "again": ("", "")}
TEA = {"tool": "Bash", "input": {"command": "make tea"}, "output": "did make tea"}
AGENTS = {"again": (TEA, {"text": "End: {output}"})}
HURRIES = {"hasty": {"request": 1.5}}
BODIES = pytest.mark.parametrize("body", ["discord", "page"])


async def asked(chat: Chat, command: str) -> Seen:
    step = {"tool": "Bash", "input": {"command": command}, "output": f"did {command}"}
    await chat.say(f"please {command}", step, {"text": f"End: {{output}} ({command})"})
    return await chat.sees("Permission needed", command, offering="Allow")


@BODIES
async def test_press_after_restart(world: World, body: str) -> None:
    chat = await world.chat(body, "again")
    prompt = await asked(chat, "make tea")
    await world.restart()
    await chat.sees("I was restarted in the middle of the turn")
    await chat.press_anyway(prompt, "Allow")
    await chat.sees("End: did make tea")
    await chat.shows(prompt, "make tea", f"allowed by {chat.name}")
    assert chat.count("End: did make tea") == 1
    await chat.say("once more")
    second = await chat.sees("Permission needed", "make tea", offering="Deny")
    await chat.press(second, "Deny")
    await chat.shows(second, f"denied by {chat.name}")


@BODIES
async def test_a_prompt_whose_agent_is_gone_lapses(world: World, body: str) -> None:
    chat = await world.chat(body)
    prompt = await asked(chat, "make coffee")
    await world.restart()
    await chat.sees("I was restarted in the middle of the turn")
    await chat.sees("You said: The program between you and the user was restarted")
    await chat.shows(prompt, "no answer is needed any more")
    await chat.say("hello again")
    await chat.sees("You said: hello again")
    chat.sees_none("did make coffee")


async def test_an_old_button_says_that_it_is_over(chat: Chat, world: World) -> None:
    prompt = await asked(chat, "boil water")
    await chat.press(prompt, "Deny")
    await chat.shows(prompt, "denied by")
    await world.restart()
    await chat.shows(prompt, "denied by")
    await chat.say("allow")
    await chat.sees("You said: allow")
    await chat.say("/approve")
    await chat.sees("Nothing is waiting for an answer")


@BODIES
async def test_press_after_expiry(world: World, body: str) -> None:
    chat = await world.chat(body, "hasty")
    prompt = await asked(chat, "wait for godot")
    await chat.shows(prompt, "Nobody answered in time; the agent was told no")
    await chat.sees("(wait for godot)")
    await chat.press_anyway(prompt, "Allow")
    await chat.sees("answered already, or is not asked any more")
    await chat.say("/approve")
    await chat.sees("Nothing is waiting for an answer")
    chat.sees_none("did wait for godot")


@BODIES
async def test_stop_during_start(world: World, body: str) -> None:
    chat = await world.chat(body, "slow")
    world.hold_starts("slow")
    await chat.say("too early")
    await chat.until_status("Running for")
    await chat.say("/stop")
    await chat.sees("Stopped")
    world.release_starts("slow")
    await chat.say("in time")
    await chat.sees("You said: in time")
    chat.sees_none("You said: too early")


async def test_a_turn_goes_on_after_a_restart(chat: Chat, world: World, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    hold = {"tool": "Read", "input": {"file_path": "x"}, "ask": False, "hold": str(gate)}
    await chat.say("work", hold, {"text": "Never reached."})
    await chat.sees("Read", offering="Stop", live=True)
    await chat.say("and then")
    await chat.sees("Queued as number 1")
    await world.restart()
    await chat.sees("You said: and then")
    await chat.say("/list")
    await chat.sees("Sessions", "1.")


async def test_sessions_and_numbers_survive_a_restart(chat: Chat, world: World) -> None:
    await chat.say("apples")
    await chat.sees("You said: apples")
    await chat.say("/new pears")
    await chat.sees("New session pears")
    await chat.say("about pears")
    await chat.sees("You said: about pears")
    await world.restart()
    await chat.say("/list")
    await chat.sees("Sessions", "1. pears", "2. apples")
    await chat.say("/switch 2")
    await chat.sees("Switched to apples")
    await chat.say("more")
    await chat.sees("You said: more")
