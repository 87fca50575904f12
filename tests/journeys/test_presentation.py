"""How a turn looks: progress, the final answer, silence, what comes between turns."""

from pathlib import Path

import pytest

from tests.journeys.chat import Chat
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {
    "main": ("", ""),
    "legacy": ("", 'progress_style = "legacy"'),
    "card": ("", 'progress_style = "card"'),
    "bare": ("reply_footer = false", ""),
}
LOOK = {"tool": "Read", "input": {"file_path": "a-map"}, "ask": False}


async def test_the_final_answer_is_what_follows_the_last_tool(chat: Chat) -> None:
    await chat.say("go", {"text": "Let me look. "}, LOOK, {"wait": 1.2}, {"text": "It is north."})
    final = await chat.sees("It is north.")
    assert chat.count("It is north.") == 1
    if chat.body == "discord":
        assert "Let me look" not in final.text
    await chat.say("again", {"text": "Just this."})
    await chat.sees("Just this.")
    assert chat.count("Just this.") == 1


async def test_a_background_result_between_turns(chat: Chat) -> None:
    later = {"background": [{"text": "The job found gold."}], "after": 0.6}
    await chat.say("start a job", later, {"text": "It runs in the background."})
    await chat.sees("It runs in the background.")
    aside = await chat.sees("The job found gold.")
    assert "It runs" not in aside.text
    await chat.say("and now?")
    answer = await chat.sees("You said: and now?")
    assert "gold" not in answer.text
    words = ("It runs in the background.", "The job found gold.", "You said: and now?")
    assert chat.order_of(*words) == list(words)


async def test_a_background_result_in_the_middle_of_another_turn(chat: Chat) -> None:
    later = {"background": [{"text": "The job found silver."}], "after": 0.2}
    await chat.say("start", later, {"text": "Started."})
    await chat.sees("Started.")
    await chat.say("work on", {"wait": 1.0}, {"text": "Worked on."})
    answer = await chat.sees("Worked on.")
    assert "silver" not in answer.text
    aside = await chat.sees("The job found silver.")
    assert "Worked on." not in aside.text
    assert chat.count("The job found silver.") == 1


async def test_compaction_in_the_middle_of_a_turn(chat: Chat) -> None:
    steps = ({"text": "Before. "}, LOOK, {"compact": True}, {"wait": 1.2}, LOOK)
    await chat.say("long work", *steps, {"text": "After it all."})
    await chat.sees("After it all.")
    await chat.idle()
    assert chat.count("After it all.") == 1
    await chat.say("still there?")
    await chat.sees("You said: still there?")


async def test_no_reply_alone_is_silence(chat: Chat) -> None:
    await chat.say("hush", {"text": "NO_REPLY"})
    await chat.idle()
    assert all(one.text.startswith("Status") for one in chat.messages())
    await chat.say("say it", {"text": "I never write NO_REPLY in here."})
    await chat.sees("I never write NO_REPLY in here.")
    await chat.say("hello")
    await chat.sees("You said: hello")


async def test_a_sub_agent_and_a_list_of_things_to_do(chat: Chat, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    todo = {"todo": [["Read it", "completed"], ["Write it", "in_progress"]]}
    inner = {"subagent": [LOOK], "description": "scout ahead"}
    await chat.say("big job", todo, inner, {"hold": str(gate)}, {"text": "All done here."})
    await chat.sees("Write it", live=True)
    gate.touch()
    await chat.sees("All done here.")
    await chat.sees("scout ahead")
    await chat.say("more")
    await chat.sees("You said: more")


async def test_a_long_answer_comes_whole(chat: Chat) -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "word " * 80 for n in range(12))
    await chat.say("tell all", {"text": text})
    await chat.sees("Paragraph 11:")
    for number in range(12):
        assert chat.count(f"Paragraph {number}: ") == 1
    await chat.say("short")
    await chat.sees("You said: short")


async def test_a_dead_agent_is_told_and_started_again(chat: Chat) -> None:
    await chat.say("die", {"text": "Half a word"}, {"exit": 3})
    await chat.sees("❌")
    await chat.say("hello")
    await chat.sees("You said: hello")
    await chat.say("/history")
    await chat.sees("The last", "👤 hello")


async def test_limits_and_errors_of_the_service(chat: Chat) -> None:
    await chat.say(
        "limit", {"limit": "allowed_warning", "used": 0.9}, {"wait": 1.2}, {"text": "OK."}
    )
    await chat.sees("OK.")
    await chat.say("refuse", {"error": 429, "message": "slow down"})
    await chat.sees("slow down")
    await chat.say("long", {"error": 400, "message": "prompt is too long"})
    await chat.sees("prompt is too long")
    await chat.say("hello")
    await chat.sees("You said: hello")


async def test_the_footer_can_be_left_out(world: World, chat: Chat) -> None:
    await chat.say("hello")
    await chat.sees("You said: hello", "scripted-model", "in 100", "$0.0006", "main")
    bare = await world.chat(chat.body, "bare")
    await bare.say("hello")
    told = await bare.sees("You said: hello")
    assert "scripted-model" not in told.text
    await bare.say("/usage")
    await bare.sees("scripted-model")


@pytest.mark.parametrize("style", ["main", "card", "legacy"])
async def test_styles_of_progress(world: World, style: str, tmp_path: Path) -> None:
    chat: DiscordChat = world.discord(style)
    other = {"tool": "Read", "input": {"file_path": "b-map"}, "ask": False}
    first, second = tmp_path / "first", tmp_path / "second"
    holds = {"hold": str(first)}, {"hold": str(second)}
    await chat.say("go", LOOK, holds[0], other, holds[1], {"text": "Arrived."})
    await chat.sees_one_of("Read(a-map)")
    first.touch()
    await chat.sees_one_of("Read(b-map)")
    second.touch()
    await chat.sees("Arrived.")
    await chat.idle()
    steps = [one for one in chat.messages() if "Read(a-map)" in one.text]
    if style == "legacy":
        assert "🔧 Tool: Read(a-map)" in " ".join(one.text for one in steps)
    else:
        (one,) = steps
        assert "Read(a-map)" in one.text
        assert "Read(b-map)" in one.text
    await chat.say("/quiet")
    await chat.sees("Only answers")
    await chat.say("go", LOOK, {"wait": 1.2}, {"text": "Quietly arrived."})
    await chat.sees("Quietly arrived.")
    assert len([one for one in chat.messages() if "Read(a-map)" in one.text]) == len(steps)
