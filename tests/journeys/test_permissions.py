"""What the agent may do is asked: by button, by command, by a bare word."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.chat import ALICE, BOB, DORA, Chat, Seen, Step, in_browser
from tests.journeys.on_discord import DiscordChat

pytestmark = pytest.mark.asyncio(loop_scope="module")


def bash(command: str, **more: object) -> Step:
    return {"tool": "Bash", "input": {"command": command}, "output": f"did {command}", **more}


async def asked(chat: Chat, command: str, *, by: str = ALICE, **more: object) -> Seen:
    """Have the agent ask for a command; returns the prompt."""
    step = bash(command, **more)
    await chat.say(f"please {command}", step, {"text": f"End: {{output}} ({command})"}, by=by)
    return await chat.sees("Permission needed", command, offering="Allow", by=by)


def number(prompt: Seen) -> str:
    """The number that a prompt shows."""
    return prompt.text.partition("(")[2].partition(")")[0]


@in_browser
async def test_a_button_allows_once_and_the_next_time_is_asked_again(chat: Chat) -> None:
    prompt = await asked(chat, "make hay")
    await chat.press(prompt, "Allow")
    await chat.sees("End: did make hay")
    await chat.shows(prompt, "make hay", f"allowed by {chat.name}")
    again = await asked(chat, "make hay twice")
    await chat.press(again, "Deny")
    await chat.shows(again, f"denied by {chat.name}")
    await chat.sees("End:", "(make hay twice)")
    chat.sees_none("did make hay twice")


async def test_permission_text_dont_allow_is_no_answer(chat: Chat) -> None:
    prompt = await asked(chat, "rm the-moon")
    await chat.say("don't allow")
    waiting = await chat.sees("Queued as number 1")
    await chat.shows(prompt, "Permission needed", offering="Allow")
    await chat.press(waiting, "Remove")
    await chat.sees("Removed from the queue")
    await chat.shows(waiting, "It has left the queue")
    await chat.say("deny")
    await chat.shows(prompt, f"denied by {chat.name}")
    await chat.sees("(rm the-moon)")
    chat.sees_none("You said: don't allow")


async def test_bare_words_answer_a_single_request(chat: Chat) -> None:
    prompt = await asked(chat, "sow seeds")
    await chat.say("Allow.")
    await chat.shows(prompt, f"allowed by {chat.name}")
    await chat.sees("End: did sow seeds")
    prompt = await asked(chat, "cut trees")
    await chat.say("no")
    await chat.shows(prompt, f"denied by {chat.name}")
    await chat.sees("(cut trees)")


async def test_allow_all_holds_for_this_tool_in_this_session(chat: Chat) -> None:
    prompt = await asked(chat, "first")
    await chat.say("allow all")
    await chat.shows(prompt, "allowed for this session")
    await chat.sees("End: did first")
    await chat.say("second", bash("second"), {"text": "End: {output} (second)"})
    await chat.sees("End: did second")
    await chat.say("/new")
    await chat.sees("New session")
    prompt = await asked(chat, "third")
    await chat.press(prompt, "Deny")
    await chat.sees("(third)")


async def test_approve_and_deny_by_command_with_a_reason(chat: Chat) -> None:
    prompt = await asked(chat, "open gate")
    await chat.say("/approve")
    await chat.shows(prompt, f"allowed by {chat.name}")
    await chat.sees("End: did open gate")
    prompt = await asked(chat, "close gate")
    await chat.say(f"/deny {number(prompt)} the cows are out")
    await chat.shows(prompt, f"denied by {chat.name}", "the cows are out")
    await chat.sees("(close gate)")
    await chat.say("/approve")
    await chat.sees("Nothing is waiting for an answer")


async def test_two_permissions_at_once_are_answered_each_on_its_own(chat: Chat) -> None:
    both = {"tools": [bash("left"), bash("right")]}
    await chat.say("both", both, {"text": "Got: {output}."})
    left = await chat.sees("Permission needed", "left", offering="Allow")
    right = await chat.sees("Permission needed", "right", offering="Allow")
    await chat.say("allow")
    await chat.sees("Several requests are open", number(left), number(right))
    await chat.shows(left, "left", offering="Allow")
    await chat.press(right, "Deny")
    await chat.shows(right, f"denied by {chat.name}")
    await chat.say(f"/approve {number(left)}")
    await chat.shows(left, f"allowed by {chat.name}")
    await chat.sees("Got: did left")
    chat.sees_none("did right")


async def test_two_people_pressing_at_once_count_as_one(chat: Chat) -> None:
    prompt = await asked(chat, "ring bell")
    await chat.sees("Permission needed", "ring bell", offering="Deny", by=DORA)
    await asyncio.gather(chat.press(prompt, "Allow", by=ALICE), chat.press(prompt, "Deny", by=DORA))
    settled = await chat.shows(prompt, " by ")
    assert ("allowed" in settled.text) != ("denied" in settled.text)
    await chat.sees("(ring bell)")
    theirs = await chat.shows(prompt, " by ", by=DORA)
    assert theirs.text == settled.text
    assert chat.count("(ring bell)") == 1


async def test_who_may_answer(channel: DiscordChat) -> None:
    prompt = await asked(channel, "of alice")
    await channel.press(prompt, "Allow", by=BOB)
    await channel.sees("Only Alice or an admin can answer this", by=BOB)
    await channel.shows(prompt, "Permission needed", offering="Allow")
    await channel.press(prompt, "Allow", by=DORA)
    await channel.shows(prompt, "allowed by Dora")
    await channel.sees("End: did of alice")
    prompt = await asked(channel, "of bob", by=BOB)
    await channel.press(prompt, "Deny", by=BOB)
    await channel.shows(prompt, "denied by Bob")


@in_browser
async def test_an_edit_is_asked_with_its_diff(chat: Chat, world_file: Path) -> None:
    change = {"file_path": str(world_file), "old_string": "old day", "new_string": "new day"}
    await chat.say("change", {"tool": "Edit", "input": change}, {"text": "Changed."})
    prompt = await chat.sees("Permission needed", "Edit", "-old day", "+new day", offering="Deny")
    await chat.press(prompt, "Allow")
    await chat.shows(prompt, "-old day", f"allowed by {chat.name}")
    await chat.sees("Changed.")


async def test_interrupt_while_a_permission_is_open(chat: Chat) -> None:
    prompt = await asked(chat, "dig hole")
    await chat.say("/stop")
    await chat.sees("Stopped. The session stays")
    await chat.shows(prompt, "No answer is needed any more")
    await chat.say("approve")
    await chat.sees("You said: approve")
    chat.sees_none("did dig hole")


async def test_long_input_is_shown_with_the_rest_in_a_file(chat: Chat) -> None:
    command = "\n".join(f"echo line {number}" for number in range(600))
    await chat.say("long", bash(command), {"text": "End of long."})
    prompt = await chat.sees("Permission needed", "echo line 0", "attached file", offering="Allow")
    (name,) = prompt.files
    assert (await chat.download(prompt, name)).decode().count("echo line") == 600
    await chat.press(prompt, "Allow")
    await chat.shows(prompt, f"allowed by {chat.name}")
    await chat.sees("End of long.")
