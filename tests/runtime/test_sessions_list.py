"""The list of sessions: its numbers, those that began in a terminal, and warnings about those."""

import json
import os
import time
import uuid
from pathlib import Path

from tests.runtime.rig import Rig


def begun_in_a_terminal(rig: Rig, words: str, *, ago: float = 5000.0, cwd: str = "") -> str:
    """A transcript as Claude Code leaves it behind."""
    session = str(uuid.uuid4())
    folder = rig.folder / "claude" / "projects" / "whatever-it-is-called"
    folder.mkdir(parents=True, exist_ok=True)
    common = {"cwd": cwd or str(rig.work), "sessionId": session, "version": "2.1.207"}
    stamp = "2026-11-20T10:00:00.000Z"
    lines = [
        {
            **common,
            "type": "user",
            "uuid": str(uuid.uuid4()),
            "timestamp": stamp,
            "message": {"role": "user", "content": words},
        },
        {
            **common,
            "type": "assistant",
            "uuid": str(uuid.uuid4()),
            "timestamp": stamp,
            "message": {
                "id": "msg_1",
                "role": "assistant",
                "content": [{"type": "text", "text": f"terminal says {words}"}],
                "stop_reason": "end_turn",
            },
        },
    ]
    path = folder / f"{session}.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    at = time.time() + rig.ahead - ago
    os.utime(path, (at, at))
    return session


async def test_numbers_mean_what_the_last_list_showed(rig: Rig) -> None:
    for word in ("apples", "pears", "plums"):
        rig.say(f"about {word}")
        await rig.answered(f"You said: about {word}")
        rig.say("/new")
        await rig.sees("New session", count=("apples", "pears", "plums").index(word) + 1)
    rig.say("/list")
    listed = await rig.sees("**Sessions**")
    number = next(n for n in range(1, 6) if f"**{n}.** about pears" in listed.text)
    rig.say(f"/switch {number}")
    await rig.sees("Switched to **about pears**")
    # The order is another one now, and after a restart: the number still means the same.
    rig.say("and grapes")
    await rig.answered("and grapes")
    rig.say("/switch plums")
    await rig.sees("Switched to **about plums**")
    await rig.restart()
    rig.say(f"/switch {number}")
    await rig.sees("Switched to **about pears**", count=2)
    rig.say("/switch 99")
    await rig.sees("No session matches `99`")


async def test_the_history_is_that_of_the_session(rig: Rig) -> None:
    rig.say("about apples")
    await rig.answered("You said: about apples")
    rig.say("/new")
    await rig.sees("New session")
    rig.say("/history")
    await rig.sees("Nothing has been said yet")
    rig.say("about pears")
    await rig.answered("You said: about pears")
    rig.say("/switch apples")
    await rig.sees("Switched to")
    rig.say("/history")
    told = await rig.sees("**The last 1 turns**")
    assert "about apples" in told.text
    assert "pears" not in told.text


async def test_a_session_from_a_terminal_is_listed_and_goes_on_here(rig: Rig) -> None:
    session = begun_in_a_terminal(rig, "fix the tests")
    begun_in_a_terminal(rig, "elsewhere", cwd="/somewhere/else")
    rig.say("hello")
    await rig.answered("You said: hello")
    rig.say("/list")
    listed = await rig.sees("**Sessions**")
    assert "**2.** fix the tests · turns: 1 · 1 h ago · terminal" in listed.text
    assert "elsewhere" not in listed.text
    rig.press(listed, "2. fix the tests")
    await rig.sees("Switched to **fix the tests**.")
    rig.say("/current")
    assert f"claude --resume {session}" in (await rig.sees("In a terminal:")).text
    rig.say("/history")
    assert "terminal says fix the tests" in (await rig.sees("**The last 1 turns**")).text
    rig.say("go on")
    await rig.answered("You said: go on")
    rig.say("/list")
    again = await rig.sees("**Sessions**", count=2)
    assert again.text.count("fix the tests") == 1
    assert "terminal" not in again.text
    rig.say("/switch 2")
    await rig.sees("Switched to **hello**")


async def test_sessions_of_other_conversations_are_not_from_a_terminal(rig: Rig) -> None:
    thread = rig.platform.service.add_chat("work", thread="one")
    rig.say("a secret", where=thread)
    await rig.sees("You said: a secret", where=thread)
    rig.say("/list")
    await rig.sees("There is no session yet")


async def test_sessions_from_a_terminal_can_be_left_out(tmp_path: Path) -> None:
    async with Rig(tmp_path, terminal_sessions=False) as rig:
        begun_in_a_terminal(rig, "fix the tests")
        rig.say("/list")
        await rig.sees("There is no session yet")


async def test_a_terminal_on_the_same_session_is_warned_of(rig: Rig) -> None:
    begun_in_a_terminal(rig, "fix the tests", ago=30)
    rig.say("/list")
    rig.press(await rig.sees("**Sessions**"), "1. fix the tests")
    told = await rig.sees("Switched to **fix the tests**.")
    assert "Another program, perhaps a terminal, worked on this session" in told.text


async def test_a_turn_behind_the_back_of_a_terminal_is_warned_of(rig: Rig) -> None:
    rig.say("hello")
    await rig.answered("You said: hello")
    rig.say("/stop")
    await rig.restart()
    (path,) = (rig.folder / "claude" / "projects").rglob("*.jsonl")
    rig.skip(300)
    os.utime(path, (time.time() + 200, time.time() + 200))
    rig.say("/current")
    told = await rig.sees("📌 Session")
    assert "Another program" in told.text
    rig.say("more")
    await rig.answered("You said: more")
    await rig.sees("Another program, perhaps a terminal, worked on this session", count=2)


async def test_a_session_of_a_terminal_can_be_deleted(rig: Rig) -> None:
    session = begun_in_a_terminal(rig, "fix the tests")
    rig.say("/delete fix")
    rig.press(await rig.sees("Delete **fix the tests** (1 turns)"), "Delete")
    await rig.sees("**fix the tests** is deleted")
    assert not list((rig.folder / "claude").rglob(f"{session}.jsonl"))
