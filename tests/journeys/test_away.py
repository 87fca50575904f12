"""What waited, what grew old, what was begun elsewhere."""

import asyncio
import json
import os
import time
import uuid
from pathlib import Path

import pytest

from tests.journeys.chat import Chat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {
    "main": ("", ""),
    "away": ("", ""),
    "forgetful": ("", ""),
    "joined": ("merge_queued = true", ""),
}
HURRIES = {"away": {"catch_up_max_age": 0.2}, "forgetful": {"reset_on_idle": 0.5}}
BODIES = pytest.mark.parametrize("body", ["discord", "page"])


async def talk(chat: Chat, *words: str) -> None:
    for word in words:
        await chat.say(word)
        await chat.sees(f"You said: {word}")


async def test_old_messages_are_run_or_skipped(world: World) -> None:
    chat = world.discord("away")
    await talk(chat, "hello")
    await world.stop()
    await chat.say("sweep the floor")
    await chat.say("burn the house")
    await asyncio.sleep(0.5)
    await world.start()
    prompt = await chat.sees("2 messages came while I was away", "sweep", offering="Skip all")
    await talk(chat, "something new")
    (label,) = [offer for offer in prompt.offers if "sweep" in offer]
    await chat.choose(prompt, label)
    await chat.sees("You said: sweep the floor")
    left = await chat.sees("while I was away", "burn the house", offering="Skip")
    await chat.press(left, "Skip")
    await chat.sees("Old messages skipped: 1")
    await chat.say("/missed")
    await chat.sees("No old message waits for an answer here")
    chat.sees_none("You said: burn the house")


@BODIES
async def test_silence_begins_a_new_session_when_that_is_wanted(world: World, body: str) -> None:
    chat = await world.chat(body, "forgetful")
    await talk(chat, "apples")
    await asyncio.sleep(1.0)
    await talk(chat, "pears")
    await chat.sees("so this begins a new session")
    await chat.say("/switch apples")
    await chat.sees("Switched to apples")


@BODIES
async def test_what_waits_goes_as_one_when_that_is_wanted(
    world: World, body: str, tmp_path: Path
) -> None:
    chat = await world.chat(body, "joined")
    gate = tmp_path / "gate"
    hold = {"tool": "Read", "input": {"file_path": "x"}, "ask": False, "hold": str(gate)}
    await chat.say("begin", hold, {"text": "First is over."})
    await chat.sees("Read", offering="Stop", live=True)
    for word in ("bread", "butter", "jam"):
        await chat.say(word)
    await chat.sees("Queued", count=3)
    gate.touch()
    told = await chat.sees("You said:", "bread", "butter", "jam")
    assert "First is over." not in told.text
    assert chat.count("You said:") == 1


async def test_a_session_begun_in_a_terminal_goes_on_here(chat: Chat, world: World) -> None:
    words = f"fix the tests of {chat.body}"
    in_a_terminal(world, words)
    await talk(chat, "hello")
    await chat.say("/list")
    listed = await chat.sees("Sessions", words)
    (label,) = [offer for offer in listed.offers if words in offer]
    await chat.press(listed, label)
    await chat.sees("Switched to", words)
    await talk(chat, "go on then")
    await chat.say("/current")
    await chat.sees("📌 Session", "--resume")


def in_a_terminal(world: World, words: str) -> None:
    """A transcript as Claude Code leaves it behind, of some time ago."""
    session = str(uuid.uuid4())
    folder = world.folder / "claude" / "projects" / "whatever-it-is-called"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = "2026-11-20T10:00:00.000Z"
    common = {"cwd": str(world.work()), "sessionId": session, "timestamp": stamp}
    said = {"role": "user", "content": words}
    told = {"role": "assistant", "content": [{"type": "text", "text": "Done."}], "id": "msg_1"}
    lines = [
        {**common, "type": "user", "uuid": str(uuid.uuid4()), "message": said},
        {**common, "type": "assistant", "uuid": str(uuid.uuid4()), "message": told},
    ]
    path = folder / f"{session}.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    at = time.time() - 5000
    os.utime(path, (at, at))


async def test_numbers_mean_what_the_last_list_showed(chat: Chat) -> None:
    await talk(chat, "apples")
    await chat.say("/new")
    await chat.sees("New session")
    await talk(chat, "pears")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "pears", "apples")
    number = listed.text.partition(". apples")[0].split()[-1]
    await chat.say(f"/switch {number}")
    await chat.sees("Switched to apples")
    await talk(chat, "more apples")
    await chat.say(f"/switch {number}")
    await chat.sees("Switched to apples", count=2)


async def test_doctor(chat: Chat) -> None:
    await chat.say("/doctor")
    await chat.sees("✓ main, claudecode", "✓ main, discord", "Message Content Intent is on")
    await talk(chat, "still fine")
    await chat.say("/version")
    await chat.sees("cc-connect", "(Python)")
