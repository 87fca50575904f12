"""Sessions: beginning, finding, changing, copying, deleting them."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.chat import BOB, Chat, Seen, in_browser
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {
    "main": ("", ""),
    "brief": ("", ""),
    "shared": ("", "share_session_in_channel = true"),
    "threads": ("", "thread_isolation = true"),
}
HURRIES = {"brief": {"session": 0.3}}


async def talk(chat: Chat, *words: str) -> None:
    for word in words:
        await chat.say(word)
        await chat.sees(f"You said: {word}")


async def session_id(chat: Chat, count: int = 1) -> str:
    """The id that /current shows."""
    await chat.say("/current")
    told = await chat.sees("📌 Session", count=count)
    return told.text.partition("Id: ")[2].split()[0]


def line(listed: Seen, name: str) -> str:
    """The number under which a list shows a session."""
    before = listed.text.partition(name)[0]
    return before.split()[-1].strip(".")


async def test_new_list_and_switch_by_number(chat: Chat) -> None:
    await talk(chat, "about apples")
    await chat.say("/new pears")
    await chat.sees("New session pears")
    await talk(chat, "about pears")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "pears", "about apples")
    assert listed.text.index("pears") < listed.text.index("about apples")
    await chat.say(f"/switch {line(listed, 'about apples')}")
    await chat.sees("Switched to about apples")
    await chat.say("/list")
    again = await chat.sees("Sessions", count=2)
    assert "▶ " + line(again, "about apples") in again.text


@in_browser
async def test_a_session_is_switched_to_by_a_button(chat: Chat) -> None:
    await talk(chat, "the first one")
    await chat.say("/new second")
    await chat.sees("New session second")
    await talk(chat, "the second one")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "the first one")
    (label,) = [offer for offer in listed.offers if "the first one" in offer]
    await chat.press(listed, label)
    await chat.sees("Switched to the first one")
    await chat.say("/switch no such thing")
    await chat.sees("No session matches no such thing")


async def test_switch_then_history(chat: Chat) -> None:
    await talk(chat, "red", "green")
    await chat.say("/name colors")
    await chat.sees("The session is called colors now")
    await chat.say("/new numbers")
    await chat.sees("New session numbers")
    await talk(chat, "seven")
    await chat.say("/switch colors")
    await chat.sees("Switched to colors")
    await chat.say("/history")
    told = await chat.sees("The last 2 turns", "👤 red", "🤖 You said: green")
    assert "seven" not in told.text
    await chat.say("/history 1")
    told = await chat.sees("The last 1 turns", "👤 green")
    assert "👤 red" not in told.text


async def test_new_then_the_old_process_s_late_answer(chat: Chat, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    late = {"tool": "Read", "input": {"file_path": "x"}, "ask": False, "hold": str(gate)}
    await chat.say("slow", {"deaf": True}, late, {"text": "Too late."})
    await chat.sees("Read", offering="Stop", live=True)
    await chat.say("/new")
    await chat.sees("New session")
    gate.touch()
    await talk(chat, "quick", "and quicker")
    await chat.idle()
    chat.sees_none("Too late.")
    await chat.say("/history")
    told = await chat.sees("The last 2 turns", "quick")
    assert "Too late." not in told.text


async def test_current_shows_how_to_go_on_in_a_terminal(chat: Chat) -> None:
    await chat.say("/current")
    await chat.sees("not started yet")
    await talk(chat, "hello")
    name = await session_id(chat, 2)
    await chat.sees("In a terminal:", f"--resume {name}")
    await talk(chat, "more")
    assert await session_id(chat, 3) == name


async def test_search_finds_words_in_what_was_said(chat: Chat) -> None:
    await talk(chat, "the cat sleeps")
    await chat.say("tell", {"text": "你好世界, said the dog"})
    await chat.sees("said the dog")
    await chat.say("/search cat")
    await chat.sees("1 found", "the cat sleeps")
    await chat.say("/search 你好")
    await chat.sees("你好: 1 found")
    await chat.say("/search 界")
    await chat.sees("界: 1 found")
    await chat.say("/find elephant")
    await chat.sees("Nothing here says elephant")


async def test_delete_asks_first(chat: Chat) -> None:
    await talk(chat, "old stuff")
    await chat.say("/name attic")
    await chat.sees("is called attic")
    await chat.say("/delete attic")
    await chat.sees("attic is in use")
    await chat.say("/new")
    await chat.sees("New session")
    await talk(chat, "new stuff")
    await chat.say("/delete attic")
    sure = await chat.sees("Delete attic (1 turns) for good", offering="Delete")
    await chat.press(sure, "Delete")
    await chat.sees("attic is deleted")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "new stuff")
    assert "attic" not in listed.text


async def test_fork_goes_on_with_a_copy(chat: Chat) -> None:
    await chat.say("/fork")
    await chat.sees("There is nothing to copy yet")
    await talk(chat, "trunk")
    first = await session_id(chat)
    await chat.say("/fork branch")
    await chat.sees("Copied", "You are in branch now")
    await talk(chat, "leaf")
    assert await session_id(chat, 2) != first
    await chat.say("/switch trunk")
    await chat.sees("Switched to trunk")
    assert await session_id(chat, 3) == first


async def test_a_turn_cut_off_by_new_belongs_to_its_own_session(chat: Chat) -> None:
    await chat.say("endless", {"wait": 60}, {"text": "Never."})
    await chat.until_status("Running for")
    await chat.say("/new")
    await chat.sees("New session")
    await talk(chat, "short")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "1. short · turns: 1")
    assert "2. endless" in listed.text


async def test_a_session_the_agent_does_not_know_any_more(chat: Chat, world: World) -> None:
    await talk(chat, "hello")
    name = await session_id(chat)
    for transcript in (world.folder / "claude").rglob(f"{name}*"):
        transcript.unlink()
    await chat.say("/new other")
    await chat.sees("New session other")
    await chat.say("/switch hello")
    await chat.sees("Switched to hello")
    await chat.say("go on")
    failed = await chat.sees("does not know its earlier session any more", offering="Start fresh")
    assert "Retry" in failed.offers
    chat.sees_none("You said: go on")
    await chat.press(failed, "Start fresh")
    await chat.sees("You said: go on")


@pytest.mark.parametrize("body", ["discord", "page"])
async def test_an_idle_agent_is_closed_and_goes_on_unnoticed(world: World, body: str) -> None:
    chat = await world.chat(body, "brief")
    await talk(chat, "one")
    name = await session_id(chat)
    await asyncio.sleep(1.0)
    await talk(chat, "two")
    assert await session_id(chat, 2) == name
    await chat.say("/list")
    await chat.sees("Sessions", "turns: 2")


async def test_conversations_are_per_person_and_per_channel(world: World) -> None:
    first, second = world.discord(), world.discord()
    await talk(first, "here")
    await first.say("hello from bob", by=BOB)
    await first.sees("You said: hello from bob", by=BOB)
    await second.say("/history")
    await second.sees("Nothing has been said yet")
    await first.say("/history")
    told = await first.sees("The last 1 turns", "👤 here")
    assert "bob" not in told.text


async def test_a_shared_session_is_everybody_s(world: World) -> None:
    chat = world.discord("shared")
    await talk(chat, "from alice")
    await chat.say("from bob", by=BOB)
    await chat.sees("You said: from bob")
    await chat.say("/history")
    await chat.sees("The last 2 turns", "from alice", "from bob")


async def test_a_thread_is_a_conversation(world: World) -> None:
    chat = world.discord("threads")
    await chat.say("build a boat")
    thread = await chat.thread()
    await thread.sees("You said: build a boat")
    await talk(thread, "with a sail")
    await thread.say("/history")
    await thread.sees("The last 2 turns", "build a boat", "with a sail")
    await chat.say("bake a cake")
    chat.sees_none("You said")
