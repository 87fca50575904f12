"""More commands, as people type them and as they see their answers."""

from tests.runtime.rig import Rig

OVER = "scripted-model ·"
"""Stands under an answer, and nowhere before the end of a turn."""
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


# --- sessions -------------------------------------------------------------------------------------


async def test_search_finds_words_in_prompts_and_answers(rig: Rig) -> None:
    rig.say("please mend the 猫 door")
    await rig.sees(OVER)
    rig.say("/name doors")
    await rig.sees("is called **doors**")
    rig.say("/new windows")
    await rig.sees("New session **windows**")
    rig.say("what is 50% of it", {"text": "The answer is Forty_Two"})
    await rig.sees(OVER, count=2)
    rig.say("/search 猫")
    found = await rig.sees("🔍 `猫`: 1 found")
    assert "**doors**" in found.text
    rig.say("/search forty_two answer")
    assert "**windows**" in (await rig.sees("🔍 `forty_two answer`: 1 found")).text
    rig.say("/search 0% 猫")
    await rig.sees("Nothing here says `0% 猫`")
    rig.press(found, "doors")
    await rig.sees("Switched to **doors**")


async def test_fork_goes_on_with_a_copy(rig: Rig) -> None:
    rig.say("/fork")
    await rig.sees("nothing to copy yet")
    rig.say("remember seven")
    await rig.sees(OVER)
    rig.say("/name lucky")
    await rig.sees("is called **lucky**")
    rig.say("/fork try it")
    await rig.sees("Copied **lucky**. You are in **try it**")
    rig.say("go on")
    await rig.sees(OVER, count=2)
    rig.say("/list")
    listed = await rig.sees("**Sessions**")
    assert "▶ **1.** try it" in listed.text
    assert "◻ **2.** lucky" in listed.text
    rig.say("/switch lucky")
    await rig.sees("Switched to **lucky**")
    rig.say("and on")
    await rig.sees("You said: and on")
    assert not [text for text in rig.texts() if "❌" in text]


async def test_delete_asks_and_keeps_what_is_in_use(rig: Rig) -> None:
    rig.say("remember seven")
    await rig.sees(OVER)
    rig.say("/name lucky")
    await rig.sees("is called **lucky**")
    rig.say("/delete lucky")
    await rig.sees("**lucky** is in use")
    rig.say("/new other")
    await rig.sees("New session **other**")
    rig.say("hello")
    await rig.sees(OVER, count=2)
    kept = list((rig.folder / "claude").rglob("*.jsonl"))
    rig.say("/delete lucky yes")
    await rig.sees("No session matches `lucky yes`")
    rig.say("/delete lucky")
    asked = await rig.sees("Delete **lucky** (1 turns) for good")
    rig.press(asked, "Delete")
    await rig.sees("**lucky** is deleted")
    assert len(list((rig.folder / "claude").rglob("*.jsonl"))) == len(kept) - 1
    rig.press(asked, "Delete")
    await rig.sees("No session matches", count=2)
    rig.say("/list")
    assert "lucky" not in (await rig.sees("**Sessions**")).text


# --- what the agent has in mind -------------------------------------------------------------------


async def test_usage_of_the_last_turn_of_the_session(rig: Rig) -> None:
    rig.say("/usage")
    await rig.sees("There are no figures yet")
    rig.say("hello")
    await rig.sees(OVER)
    rig.say("/usage")
    told = await rig.sees("**The last turn**")
    assert "- Tokens: " in told.text
    assert "- Context: " in told.text
    rig.say("/new")
    await rig.sees("New session")
    rig.say("/usage")
    await rig.sees("There are no figures yet", count=2)


async def test_compress_is_the_agents_own_command(rig: Rig) -> None:
    rig.say("/compress")
    await rig.sees("nothing to compress yet")
    rig.say("hello")
    await rig.sees(OVER)
    rig.say("/compress")
    await rig.sees("Compressing")
    await rig.eventually(lambda: rig.got() == ["hello", "/compact"])
