"""Commands, as people type them."""

import pytest

from tests.runtime.rig import Rig


async def test_help_lists_every_command(rig: Rig) -> None:
    rig.say("/help")
    message = await rig.sees("Commands")
    for name in ("new", "stop", "status", "mode", "list", "switch"):
        assert f"`/{name}`" in message.text


async def test_new_list_switch_name(rig: Rig) -> None:
    rig.say("remember seven")
    await rig.sees("You said: remember seven")
    rig.say("/name lucky")
    await rig.sees("is called **lucky**")
    rig.say("/new other things")
    await rig.sees("New session **other things**")
    rig.say("hello")
    await rig.sees("You said: hello")
    rig.say("/list")
    listed = await rig.sees("Sessions")
    assert "lucky" in listed.text
    assert "other things" in listed.text
    rig.say("/switch lucky")
    await rig.sees("Switched to **lucky**")
    rig.say("/history")
    await rig.sees("remember seven")
    rig.say("/switch nonsense")
    await rig.sees("No session matches")


async def test_status_while_a_turn_runs(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("go", {"tool": "Bash", "input": {"command": "sleep"}, "ask": False, "hold": str(gate)})
    await rig.sees("Bash(sleep)")
    rig.say("/status")
    message = await rig.sees("**Status**")
    assert "Running for" in message.text
    assert "Bash(sleep)" in message.text
    gate.touch()


async def test_a_setting_of_one_chat_leaves_another_alone(rig: Rig) -> None:
    other = rig.platform.service.add_chat("other", private=True)
    rig.say("/model opus")
    await rig.sees("Model **opus**")
    rig.say("/model", where=other)
    message = await rig.sees("Model:", where=other)
    assert "default" in message.text


async def test_cancel_starts_afresh(rig: Rig) -> None:
    rig.say("go", {"text": "begun"}, {"wait": 60})
    await rig.sees("begun")
    rig.say("/cancel")
    await rig.sees("a new session is ready")
    rig.say("hello")
    await rig.sees("You said: hello")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/sta", "**Status**"),
        ("/version", "cc-connect test"),
        ("/whoami", "Role: member"),
        ("/mode nonsense", "is not possible here"),
        ("/cron", "not built yet"),
        ("/ps hello", "Nothing is running"),
        ("/stop", "Nothing is running"),
        ("/approve", "Nothing is waiting"),
        ("/switch", "Usage"),
        ("/n", "can mean"),
        ("/lang xx", "is not possible here"),
        ("/reasoning high", "Effort **high**"),
        ("/current", "not started yet"),
        ("/history", "Nothing has been said"),
        ("/list", "There is no session yet"),
    ],
)
async def test_short_answers(rig: Rig, line: str, answer: str) -> None:
    rig.say(line)
    await rig.sees(answer)


async def test_an_unknown_command_goes_to_the_agent(rig: Rig) -> None:
    rig.say("/frobnicate now")
    await rig.sees("is not a command of mine")
    await rig.sees("You said: /frobnicate now")


async def test_quiet_shows_answers_only(rig: Rig) -> None:
    rig.say("/quiet")
    await rig.sees("Only answers")
    rig.say("go", {"tool": "Bash", "input": {"command": "ls"}, "ask": False}, {"text": "over"})
    await rig.sees("over")
    assert not any("Bash(ls)" in text for text in rig.texts())
