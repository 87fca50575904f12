"""Questions and plans: answered only by a person, in the person's words."""

import pytest

from tests.journeys.chat import Chat, Seen, Step, in_browser
from tests.journeys.on_discord import DiscordChat

pytestmark = pytest.mark.asyncio(loop_scope="module")


def question(text: str, *options: str, header: str = "Pick", multiple: bool = False) -> Step:
    choices = [{"label": one, "description": f"a {one}"} for one in options]
    return {"question": text, "header": header, "multiSelect": multiple, "options": choices}


COLOR = question("Which color?", "Red", "Blue")
SIZES = question("Which sizes?", "Small", "Large", "Huge", header="Sizes", multiple=True)


async def asked(chat: Chat, *questions: Step, words: str = "ask me", offering: str) -> Seen:
    await chat.say(words, {"ask": list(questions)}, {"text": "Told: {answer}."})
    return await chat.sees(str(questions[0]["question"]), offering=offering)


async def test_a_question_is_answered_by_a_button(chat: Chat) -> None:
    prompt = await asked(chat, COLOR, offering="Blue")
    await chat.press(prompt, "Blue")
    await chat.sees("Told: Which color?=Blue.")
    await chat.shows(prompt, "Which color?", f"{chat.name} answered: Blue")
    second = await asked(chat, COLOR, offering="Red")
    await chat.press(second, "Red")
    await chat.sees("Told: Which color?=Red.")


@in_browser
async def test_a_question_is_answered_by_a_form(chat: Chat) -> None:
    prompt = await asked(chat, COLOR, offering="Other answer")
    await chat.fill(prompt, "Other answer", "like the sea")
    await chat.sees("Told: Which color?=like the sea.")
    await chat.shows(prompt, "answered: like the sea")
    await chat.say("and on")
    await chat.sees("You said: and on")


async def test_other_text_is_queued_and_answer_answers(chat: Chat) -> None:
    prompt = await asked(chat, COLOR, offering="Red")
    await chat.say("green is nice, is it not")
    await chat.sees("Queued as number 1")
    await chat.shows(prompt, "Which color?", offering="Red")
    await chat.say("/answer as green as grass")
    await chat.sees("Told: Which color?=as green as grass.")
    await chat.sees("You said: green is nice")


async def test_yes_is_no_answer_to_a_question(chat: Chat) -> None:
    prompt = await asked(chat, COLOR, offering="Red")
    await chat.say("yes")
    await chat.sees("Queued as number 1")
    await chat.shows(prompt, "Which color?", offering="Red")
    await chat.press(prompt, "Red")
    await chat.sees("Told: Which color?=Red.")
    await chat.sees("You said: yes")


async def test_several_are_chosen_and_sent(chat: Chat) -> None:
    prompt = await asked(chat, SIZES, offering="Huge")
    await chat.choose(prompt, "Small", "Huge")
    told = await chat.sees("Told: Which sizes?=")
    assert "Small" in told.text
    assert "Huge" in told.text
    assert "Large" not in told.text
    await chat.shows(prompt, "answered: Small, Huge")


@in_browser
async def test_answers_change_before_they_are_sent(chat: Chat) -> None:
    prompt = await asked(chat, COLOR, SIZES, offering="Send answers")
    await chat.press(prompt, "Red")
    await chat.shows(prompt, "Pick → Red", offering="Send answers")
    await chat.press(prompt, "Send answers")
    await chat.sees("Still without an answer: 1")
    await chat.press(prompt, "Blue")
    await chat.shows(prompt, "Pick → Blue", offering="Send answers")
    await chat.choose(prompt, "Large")
    await chat.shows(prompt, "Sizes → Large", offering="Send answers")
    await chat.press(prompt, "Send answers")
    told = await chat.sees("Told: Which color?=Blue", "Which sizes?=Large")
    assert "Red" not in told.text


async def test_a_question_in_yolo_mode_waits_for_the_person(chat: Chat) -> None:
    await chat.say("/mode yolo")
    await chat.sees("Permission mode bypassPermissions")
    await chat.say("work", {"tool": "Bash", "input": {"command": "x"}}, {"text": "Unasked."})
    await chat.sees("Unasked.")
    chat.sees_none("Permission needed")
    prompt = await asked(chat, COLOR, offering="Blue")
    await chat.until_status("Open requests: 1")
    await chat.shows(prompt, "Which color?", offering="Blue")
    chat.sees_none("Told:")
    await chat.press(prompt, "Blue")
    await chat.sees("Told: Which color?=Blue.")


@in_browser
async def test_a_plan_is_approved_or_sent_back(chat: Chat) -> None:
    steps = ({"plan": "1. Dig\n2. Fill"}, {"text": "Plan {answer}."})
    await chat.say("plan it", *steps)
    prompt = await chat.sees("The agent proposes a plan", "Fill", offering="Approve")
    await chat.press(prompt, "Approve")
    await chat.shows(prompt, f"Plan approved by {chat.name}")
    await chat.sees("Plan approved, mode")
    await chat.say("plan again", *steps)
    prompt = await chat.sees("The agent proposes a plan", offering="Keep planning")
    await chat.fill(prompt, "Keep planning", "dig deeper")
    await chat.shows(prompt, "wants more planning: dig deeper")
    await chat.sees("Plan rejected")


async def test_a_plan_by_word_and_by_command(chat: Chat) -> None:
    steps = ({"plan": "Sleep, then eat"}, {"text": "Plan {answer}."})
    await chat.say("plan it", *steps)
    prompt = await chat.sees("Sleep, then eat", offering="Approve")
    await chat.say("ok")
    await chat.shows(prompt, f"Plan approved by {chat.name}")
    await chat.sees("Plan approved")
    await chat.say("again", *steps)
    prompt = await chat.sees("The agent proposes a plan", offering="Approve")
    await chat.say("/deny eat first")
    await chat.shows(prompt, "wants more planning: eat first")
    await chat.sees("Plan rejected")


async def test_a_reply_to_the_prompt_answers_it(channel: DiscordChat) -> None:
    prompt = await asked(channel, COLOR, offering="Blue")
    await channel.say("rather yellow", reply_to=prompt)
    await channel.sees("Told: Which color?=rather yellow.")
    await channel.shows(prompt, "Alice answered: rather yellow")
    step = {"tool": "Bash", "input": {"command": "cut"}, "output": "was cut"}
    await channel.say("cut", step, {"text": "End: {output}"})
    prompt = await channel.sees("Permission needed", offering="Deny")
    await channel.say("no idea what that is", reply_to=prompt)
    await channel.sees("Queued as number 1")
    await channel.say("no", reply_to=prompt)
    await channel.shows(prompt, "denied by Alice")
    await channel.sees("End:")
    await channel.sees("You said:", "no idea what that is")


async def test_an_empty_message_answers_nothing(channel: DiscordChat) -> None:
    prompt = await asked(channel, COLOR, offering="Blue")
    await channel.say("", files={"dot.png": b"not looked at"})
    await channel.shows(prompt, "Which color?", offering="Blue")
    await channel.say("/status")
    await channel.sees("Open requests: 1")
    await channel.press(prompt, "Blue")
    await channel.sees("Told: Which color?=Blue.")
