"""Standing permissions, what a turn changed, commands as Discord offers them."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from tests.journeys.chat import BOB, Chat, Seen, Step
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bash(command: str) -> Step:
    return {"tool": "Bash", "input": {"command": command}, "output": f"did {command}"}


async def run(chat: Chat, command: str) -> None:
    await chat.say(f"please {command}", bash(command), {"text": f"End: {{output}} ({command})"})


async def asked(chat: Chat, command: str) -> Seen:
    await run(chat, command)
    return await chat.sees("Permission needed", command, offering="Deny")


async def test_allow_a_tool_list_and_revoke(chat: Chat) -> None:
    await chat.say("/allow list")
    await chat.sees("There are no standing permissions here")
    await chat.say("/allow Bash")
    await chat.sees("Bash is not asked about any more")
    await run(chat, "free")
    await chat.sees("End: did free")
    await chat.say("/allow list")
    listed = await chat.sees("Standing permissions", "Bash", offering="Revoke Bash")
    await chat.press(listed, "Revoke Bash")
    await chat.sees("Bash is asked about again")
    prompt = await asked(chat, "bound")
    await chat.press(prompt, "Deny")
    await chat.sees("(bound)")


async def test_always_by_the_rule_the_agent_suggests(chat: Chat) -> None:
    prompt = await asked(chat, "git status")
    await chat.press(prompt, "Always: Bash(git *)")
    await chat.shows(prompt, "allowed for this session")
    await chat.sees("End: did git status")
    await chat.say("/allow")
    await chat.sees("Standing permissions", "Bash(git *)")
    await run(chat, "git log")
    await chat.sees("End: did git log")
    other = await asked(chat, "hg push")
    await chat.press(other, "Deny")
    await chat.sees("(hg push)")


async def test_a_grant_of_the_project_holds_elsewhere_and_ends(chat: Chat, world: World) -> None:
    other = await world.chat(chat.body)
    await chat.say("/allow Bash(cook *) project 2h")
    await chat.sees("Bash(cook *) is not asked about any more", "for another 2 h")
    await other.say("/allow list")
    await other.sees("Standing permissions", "Bash(cook *)")
    await run(other, "cook rice")
    await other.sees("End: did cook rice")
    await chat.say("/allow revoke Bash(cook *) project")
    await chat.sees("Bash(cook *) is asked about again")
    await chat.say("/allow not(a")
    await chat.sees("is neither a tool")


async def test_members_grant_for_their_session_only(channel: DiscordChat) -> None:
    await channel.say("/allow Bash project", by=BOB)
    await channel.sees("is for admins", by=BOB)
    await channel.say("/allow Bash", by=BOB)
    await channel.sees("Bash is not asked about any more", by=BOB)
    prompt = await asked(channel, "of alice")
    await channel.press(prompt, "Deny")
    await channel.sees("(of alice)")


@pytest.fixture
def work(world: World) -> Path:
    folder = world.work()
    if not (folder / ".git").exists():
        environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
        who = [
            "-c",
            "user.name=Ann",
            "-c",
            "user.email=ann@localhost",
            "-c",
            "commit.gpgsign=false",
        ]
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
            line = ["/usr/bin/env", "git", *who, *command]
            subprocess.run(line, cwd=folder, env=environ, check=True, capture_output=True)
    return folder


async def test_what_a_turn_changed_is_told_with_its_diff(chat: Chat, work: Path) -> None:
    path = work / f"{chat.body}.txt"
    await chat.say("nothing", {"text": "I changed nothing."})
    await chat.sees("I changed nothing.")
    chat.sees_none("1 file")
    prompt = await asked(chat, f"write {path.name}")
    await chat.until_status("Open requests")
    await asyncio.sleep(2)  # by then the folder was looked at, which nobody sees
    path.write_text("a\nb\n")
    await chat.press(prompt, "Allow")
    await chat.sees("End: did write")
    told = await chat.sees("1 file +2 -0", offering="Diff")
    await chat.press(told, "Diff")
    await chat.sees("+a", path.name)


async def test_native_commands(channel: DiscordChat) -> None:
    await channel.order("model", model="scripted-large")
    await channel.sees("Model scripted-large, for this conversation")
    await channel.say("hello")
    await channel.sees("You said: hello", "scripted-large")
    await channel.order("new", name="apples")
    await channel.sees("New session apples")
    await channel.say("about apples")
    await channel.sees("You said: about apples")
    assert "hello" in await channel.suggested("switch", "session", "hel")
    await channel.order("switch", session="hello")
    await channel.sees("Switched to hello")
    await channel.order("status")
    await channel.sees("Status", "Session: hello")
