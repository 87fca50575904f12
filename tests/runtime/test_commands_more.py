"""More commands, as people type them and as they see their answers."""

from tests.runtime.rig import Rig

LISTING = {"tool": "Bash", "input": {"command": "ls"}, "output": "a b"}


# --- /allow ---------------------------------------------------------------------------------------


async def test_allow_beforehand_and_revoke(rig: Rig) -> None:
    rig.say("/allow Bash")
    await rig.sees("`Bash` is not asked about any more")
    rig.say("go", LISTING, {"text": "listed"})
    await rig.sees("listed")
    rig.say("/allow list")
    listed = await rig.sees("**Standing permissions**")
    assert "1. `Bash`" in listed.text
    rig.press(listed, "Revoke Bash")
    await rig.sees("`Bash` is asked about again")
    rig.say("again", LISTING, {"text": "listed twice"})
    prompt = await rig.asked("**Permission needed**: `Bash`")
    rig.press(prompt, "Allow")
    await rig.sees("listed twice")


async def test_what_was_always_allowed_is_listed_and_outlives_a_restart(rig: Rig) -> None:
    rig.say("go", LISTING, {"text": "listed"})
    await rig.asked("**Permission needed**: `Bash`")
    rig.say("allow all")
    await rig.sees("listed")
    await rig.restart()
    rig.say("/allow")
    await rig.sees("1. `Bash`")
    rig.say("/allow revoke 1")
    await rig.sees("`Bash` is asked about again")
    rig.say("/allow list")
    await rig.sees("There are no standing permissions")


async def test_allow_takes_tools_and_rules_only(rig: Rig) -> None:
    rig.say("/allow the whole world")
    await rig.sees("is neither a tool")
    rig.say("/allow Bash(git status *)")
    await rig.sees("`Bash(git status *)` is not asked about any more")
    rig.say("/allow revoke 7")
    await rig.sees("There is no standing permission `7`")
    rig.say("/new")
    await rig.sees("New session")
    rig.say("/allow")
    await rig.sees("There are no standing permissions")
