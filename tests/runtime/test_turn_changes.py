"""What people see of the files that a turn changed."""

import os
from pathlib import Path

from cc_connect.core.display import Detail, display_for
from tests.runtime.rig import Rig
from tests.runtime.test_commands_folder import git, repository


def turn(rig: Rig, words: str) -> Path:
    """Ask for a turn that goes on when the file is there; by then the folder was looked at."""
    gate = rig.folder / f"gate {words}"
    rig.say(words, {"touch": str(gate) + ".open"}, {"hold": str(gate)}, {"text": f"did {words}"})
    return gate


async def looked(rig: Rig, gate: Path) -> None:
    """Wait until the turn runs and the state before it is known."""
    await rig.eventually(lambda: Path(f"{gate}.open").exists())
    (actor,) = rig.runtime.directory.known()
    footprint = actor._footprint
    assert footprint is not None
    await footprint._before


async def test_a_turn_that_changed_files_says_how_many_and_shows_them(rig: Rig) -> None:
    repository(rig.work, poem="one\ntwo\n", song="la\n", tale="once\n")
    (rig.work / "tale").write_text("changed by hand, before\n")
    gate = turn(rig, "write")
    await looked(rig, gate)
    (rig.work / "poem").write_text("one\nthree\nfour\n")
    (rig.work / "song").unlink()
    (rig.work / "new").write_text("new\n")
    gate.touch()
    told = await rig.sees("📝 3 files +3 -2")
    rig.press(told, "Diff")
    shown = await rig.sees("Changed files: 3 · +3 -2")
    assert "+three" in shown.text
    assert "by hand" not in shown.text
    # What the agent commits is changed all the same, and the button still means that turn.
    gate = turn(rig, "commit")
    await looked(rig, gate)
    (rig.work / "new").write_text("new\nnewer\n")
    git(rig.work, "add", ".")
    git(rig.work, "commit", "-q", "-m", "second")
    gate.touch()
    again = await rig.sees("📝 1 file +1 -0")
    rig.press(again, "Diff")
    await rig.sees("Changed files: 1 · +1 -0")
    rig.press(told, "Diff")
    await rig.sees("Changed files: 3 · +3 -2", count=2)


async def test_nothing_is_said_when_nothing_changed_or_there_is_no_repository(rig: Rig) -> None:
    gate = turn(rig, "outside")
    await looked(rig, gate)
    (rig.work / "poem").write_text("one\n")
    gate.touch()
    await rig.sees("did outside")
    repository(rig.work, poem="one\n")
    (rig.work / "poem").write_text("changed by hand, before\n")
    gate = turn(rig, "idle")
    await looked(rig, gate)
    gate.touch()
    await rig.sees("did idle")
    rig.say("and again")
    await rig.sees("You said: and again")
    assert not [text for text in rig.texts() if "📝" in text]


async def test_files_that_git_shall_not_know_do_not_count(rig: Rig) -> None:
    repository(rig.work, **{".gitignore": "ignored\n"})
    gate = turn(rig, "write")
    await looked(rig, gate)
    (rig.work / "ignored").write_text("one\n")
    (rig.work / "large").write_bytes(os.urandom(1024 * 1024 + 1))
    (rig.work / "counts").write_text("one\n")
    gate.touch()
    await rig.sees("📝 1 file +1 -0")


async def test_a_quiet_conversation_hears_nothing_of_files(tmp_path: Path) -> None:
    async with Rig(tmp_path, display=display_for(Detail.QUIET)) as rig:
        repository(rig.work, poem="one\n")
        gate = turn(rig, "write")
        await rig.eventually(lambda: Path(f"{gate}.open").exists())
        (rig.work / "poem").write_text("two\n")
        gate.touch()
        await rig.sees("did write")
        rig.say("/diff")
        await rig.sees("Changed files: 1")
        assert not [text for text in rig.texts() if "📝" in text]


async def test_a_change_too_long_for_the_chat_comes_as_a_file(rig: Rig) -> None:
    repository(rig.work, poem="")
    gate = turn(rig, "write")
    await looked(rig, gate)
    (rig.work / "poem").write_text("a rather long line of a poem\n" * 500)
    gate.touch()
    rig.press(await rig.sees("📝 1 file +500 -0"), "Diff")
    (file,) = (await rig.sees("- `poem` +500 -0")).files
    assert file.name == "changes.diff"
    await rig.restart()
    rig.press(await rig.sees("📝 1 file +500 -0"), "Diff")
    await rig.sees("- `poem` +500 -0", count=2)
