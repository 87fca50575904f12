"""What a person sets in a chat holds there, and nowhere else; and who may do what."""

from pathlib import Path

import pytest

from tests.journeys.chat import BOB, Chat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {
    "main": ('disabled_commands = "retry"', ""),
    "other": ("show_workdir_indicator = false", ""),
}
MORE = """
banned_words = ["xyzzy"]
[[aliases]]
name = "how"
command = "/status"
[[commands]]
name = "greet"
description = "greet somebody"
prompt = "Say hello to {{{{1:nobody}}}}."
[[commands]]
name = "echo"
description = "say it again"
exec = "echo heard: {{{{args}}}}"
"""


async def test_model_in_one_chat_leaves_another_alone(chat: Chat, world: World) -> None:
    other = await world.chat(chat.body)
    await chat.say("/model scripted-large")
    await chat.sees("Model scripted-large, for this conversation")
    await chat.say("hello")
    await chat.sees("You said: hello", "scripted-large")
    await other.say("hello")
    theirs = await other.sees("You said: hello")
    assert "scripted-large" not in theirs.text
    await other.until_status("Model: the agent's default")
    await chat.until_status("Model: scripted-large")
    await chat.say("/model default")
    await chat.sees("Model the agent's default, for this conversation")
    await chat.until_status("Model: the agent's default")


async def test_model_by_button(chat: Chat) -> None:
    await chat.say("/model")
    shown = await chat.sees("Model: the agent's default", offering="haiku")
    await chat.press(shown, "haiku")
    await chat.sees("Model haiku, for this conversation")
    await chat.until_status("Model: haiku")


async def test_mode_decides_what_is_asked(chat: Chat) -> None:
    steps = ({"tool": "Bash", "input": {"command": "x"}}, {"text": "Done it."})
    await chat.say("/mode")
    shown = await chat.sees("Permission mode: default", offering="bypassPermissions")
    await chat.press(shown, "bypassPermissions")
    await chat.sees("Permission mode bypassPermissions, for this conversation")
    await chat.say("go", *steps)
    await chat.sees("Done it.")
    await chat.say("/mode default")
    await chat.sees("Permission mode default")
    await chat.say("go", *steps)
    prompt = await chat.sees("Permission needed", offering="Deny")
    await chat.press(prompt, "Deny")
    await chat.sees("Done it.", count=2)
    await chat.say("/mode fast")
    await chat.sees("fast is not possible here")


async def test_reasoning(chat: Chat) -> None:
    await chat.say("/reasoning")
    shown = await chat.sees("Effort: the agent's default", offering="high")
    await chat.press(shown, "high")
    await chat.sees("Effort high, for this conversation")
    await chat.say("/effort enormous")
    await chat.sees("enormous is not possible here")
    await chat.say("/reasoning")
    await chat.sees("Effort: high")


async def test_language_is_of_the_conversation(chat: Chat, world: World) -> None:
    other = await world.chat(chat.body)
    await chat.say("/lang zh")
    await chat.sees("中文")
    await chat.say("/new")
    await chat.sees("新会话")
    await other.say("/new")
    await other.sees("New session")
    await chat.say("/lang english")
    await chat.sees("I speak English here now")
    await chat.say("/stop")
    await chat.sees("Nothing is running")
    await chat.say("/lang klingon")
    await chat.sees("klingon is not possible here")


async def test_quiet_and_verbose(chat: Chat, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    look = {"tool": "Read", "input": {"file_path": "a-map"}, "ask": False}
    steps = ({"wait": 0.3}, look, {"wait": 1.5}, {"text": "Over and out."})
    await chat.say("/quiet")
    await chat.sees("Only answers are shown here now")
    await chat.say("work", *steps)
    await chat.sees("Over and out.")
    chat.sees_none("a-map")
    await chat.say("/verbose")
    await chat.sees("Steps are shown here again")
    await chat.say("work", look, {"hold": str(gate)}, {"text": "Over and out."})
    await chat.sees("Read(a-map)", offering="Stop", live=True)
    gate.touch()
    await chat.sees("Over and out.", count=2)
    await chat.sees("Read(a-map)")


async def test_settings_survive_a_restart(chat: Chat, world: World) -> None:
    await chat.say("/model scripted-large")
    await chat.sees("Model scripted-large")
    await chat.say("/mode plan")
    await chat.sees("Permission mode plan")
    await world.restart()
    status = await chat.until_status("Model: scripted-large")
    assert "Mode: plan" in status.text
    await chat.say("hello")
    await chat.sees("You said: hello", "scripted-large")


async def test_help_prefixes_and_unknown_commands(chat: Chat) -> None:
    await chat.say("/help")
    await chat.sees("Commands", "/switch", "/allow")
    await chat.sees("/version")
    await chat.say("/versi")
    await chat.sees("cc-connect", "(Python)")
    await chat.say("/s")
    await chat.sees("/s can mean")
    await chat.say("/nonsense and more")
    await chat.sees("/nonsense is not a command of mine")
    await chat.sees("You said: /nonsense and more")


async def test_a_command_that_is_not_built_says_so(chat: Chat) -> None:
    await chat.say("/cron list")
    await chat.sees("/cron is known but not built yet")
    await chat.say("/retry")
    await chat.sees("/retry is switched off here")
    await chat.say("/version")
    await chat.sees("(Python)")


async def test_aliases_and_own_commands(chat: Chat) -> None:
    await chat.say("how")
    await chat.sees("Status", "Nothing is running")
    await chat.say("/greet Ada")
    await chat.sees("You said: Say hello to Ada.")
    await chat.say("/greet")
    await chat.sees("You said: Say hello to nobody.")
    await chat.say("/echo one; two")
    await chat.sees("heard: one; two")


async def test_whoami_and_what_members_may_not(world: World) -> None:
    chat = world.discord()
    await chat.say("/whoami")
    await chat.sees("Name: Alice", "Role: admin")
    await chat.say("/whoami", by=BOB)
    await chat.sees("Name: Bob", "Role: member", by=BOB)
    await chat.say("/shell date", by=BOB)
    await chat.sees("/shell is for admins", by=BOB)
    await chat.say("/shell echo from the shell")
    await chat.sees("from the shell")


async def test_a_banned_word_stays_out(chat: Chat) -> None:
    await chat.say("say xyzzy now")
    await chat.sees("contains a word that is blocked here")
    await chat.say("say plugh now")
    await chat.sees("You said: say plugh now")
    chat.sees_none("You said: say xyzzy now")
    await chat.say("/why")
    await chat.sees("The way of the message")


async def test_usage_and_compress(chat: Chat) -> None:
    await chat.say("/usage")
    await chat.sees("There are no figures yet")
    await chat.say("/compress")
    await chat.sees("There is nothing to compress yet")
    await chat.say("hello")
    await chat.sees("You said: hello")
    await chat.say("/usage")
    await chat.sees("The last turn", "Tokens: 100 in, 20 out", "scripted-model")
    await chat.say("/compress")
    await chat.sees("Compressing the session")
    await chat.say("after that")
    await chat.sees("You said: after that")
