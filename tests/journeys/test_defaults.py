"""What an admin sets for everybody, who serves the model, the configuration as it is used."""

from pathlib import Path

import pytest

from tests.journeys.chat import BOB, Chat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {"main": ("", ""), "served": ("", ""), "ruled": ("", "")}
MORE = """
[[providers]]
name = "near"
api_key = "a-secret-of-near"
base_url = "http://127.0.0.1:9/near"
model = "near-large"
[[providers]]
name = "far"
api_key = "a-secret-of-far"
base_url = "http://127.0.0.1:9/far"
"""
BODIES = pytest.mark.parametrize("body", ["discord", "page"])


@BODIES
async def test_a_default_of_the_project_is_an_admin_s(world: World, body: str) -> None:
    chat, other = await world.chat(body, "ruled"), await world.chat(body, "ruled")
    await chat.say("/model scripted-huge project")
    await chat.sees("Model scripted-huge, as the project's default")
    await other.say("hello")
    await other.sees("You said: hello", "scripted-huge")
    await other.until_status("scripted-huge (default of the project, set by an admin)")
    await other.say("/model scripted-own")
    await other.sees("Model scripted-own, for this conversation")
    await other.until_status("scripted-own (set here)")
    await chat.until_status("scripted-huge (default of the project, set by an admin)")
    await chat.say("/model default project")
    await chat.until_status("(configuration)")


async def test_members_set_for_themselves_only(world: World) -> None:
    chat = world.discord("ruled")
    await chat.say("/mode plan project", by=BOB)
    await chat.sees("is for admins", by=BOB)
    await chat.say("/mode plan", by=BOB)
    await chat.sees("Permission mode plan, for this conversation", by=BOB)
    await chat.say("/status")
    status = await chat.sees("Status")
    assert "Mode: plan" not in status.text


async def test_busy_is_of_the_conversation(chat: Chat, tmp_path: Path) -> None:
    await chat.say("/busy")
    await chat.sees("A message that comes while the agent works: queue")
    await chat.say("/busy steer")
    await chat.sees("A message that comes while the agent works: steer, for this conversation")
    gate = tmp_path / "gate"
    hold = {"tool": "Read", "input": {"file_path": "x"}, "ask": False, "hold": str(gate)}
    await chat.say("begin", hold, {"text": "I heard: {steered}."})
    await chat.sees("Read", offering="Stop", live=True)
    await chat.say("mind the step")
    await chat.sees("Handed to the running turn")
    gate.touch()
    await chat.sees("I heard: mind the step.")
    chat.sees_none("Queued as number")


@BODIES
async def test_provider_is_chosen_and_given_back(world: World, body: str) -> None:
    chat, other = await world.chat(body, "served"), await world.chat(body, "served")
    await chat.say("/provider")
    listed = await chat.sees("Providers", "near", "far", offering="near")
    assert "a-secret" not in listed.text
    await chat.press(listed, "near")
    await chat.sees("Provider near, model near-large, for this conversation")
    await chat.say("hello")
    await chat.sees("You said: hello", "near-large")
    await other.say("hello")
    assert "near-large" not in (await other.sees("You said: hello")).text
    await chat.say("/provider nobody")
    await chat.sees("nobody is not possible here", "near, far")
    await chat.say("/provider add secret-things")
    await chat.sees("keys do not belong into a chat")
    await chat.say("/provider default")
    await chat.sees("✅ Provider", "model the agent's default")


async def test_config_is_shown_to_admins_without_secrets(world: World, chat: Chat) -> None:
    await chat.say("/config")
    shown = await chat.sees("work_dir")
    assert "a-secret-of-near" not in shown.text
    await chat.say("/whoami")
    await chat.sees("Role: admin")
    channel = world.discord()
    await channel.say("/config", by=BOB)
    await channel.sees("/config is for admins", by=BOB)
