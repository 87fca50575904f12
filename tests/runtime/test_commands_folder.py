"""Commands about the folder of a conversation, as people type them."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cc_connect.core.admission import Policy
from cc_connect.procs import identity_of
from tests.runtime.rig import Rig

ADMIN = {"fake": Policy(admins=frozenset({"p1"}))}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Rig]:
    """A runtime in which Ann is an admin, and may go below `work` only."""
    (tmp_path / "work").mkdir()
    roots = (str(tmp_path / "more"),)
    async with Rig(tmp_path, policies=ADMIN, roots=roots) as rig:
        yield rig


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["/usr/bin/env", "git", *who, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent)},
        check=True,
        capture_output=True,
    )


def repository(folder: Path, **files: str) -> None:
    git(folder, "init", "-q")
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")


# --- /diff ----------------------------------------------------------------------------------------


async def test_diff_shows_what_changed_and_what_is_new(rig: Rig) -> None:
    rig.say("/diff")
    await rig.sees("is not in a git repository")
    repository(rig.work, poem="one\ntwo\n", song="la\n")
    rig.say("/diff")
    await rig.sees("No changes since the last commit")
    (rig.work / "poem").write_text("one\nthree\n")
    (rig.work / "song").write_text("la\nla\n")
    (rig.work / "new tale").write_text("once\n")
    rig.say("/diff")
    told = await rig.sees("Changed files: 2 · +2 -1")
    assert "+three" in told.text
    assert "`new tale`" in told.text
    rig.say("/diff song")
    assert "three" not in (await rig.sees("Changed files: 1 · +1 -0")).text
    rig.say("/diff ../elsewhere")
    await rig.sees("is outside the folders")


async def test_diff_before_the_first_commit(rig: Rig) -> None:
    git(rig.work, "init", "-q")
    (rig.work / "poem").write_text("one\n")
    git(rig.work, "add", ".")
    rig.say("/diff")
    assert "+one" in (await rig.sees("Changed files: 1 · +1 -0")).text


async def test_a_long_diff_comes_as_a_file(rig: Rig) -> None:
    repository(rig.work, poem="")
    (rig.work / "poem").write_text("a rather long line of a poem\n" * 500)
    rig.say("/diff")
    told = await rig.sees("Changed files: 1 · +500 -0")
    assert "- `poem` +500 -0" in told.text
    (file,) = told.files
    assert file.name == "changes.diff"
    assert file.data.count(b"\n+a rather") == 500


# --- /dir -----------------------------------------------------------------------------------------


async def test_dir_moves_the_conversation_and_back(desk: Rig) -> None:
    more = desk.folder / "more" / "deep"
    more.mkdir(parents=True)
    desk.say("hello")
    await desk.sees("You said: hello")
    desk.say("/name home")
    await desk.sees("is called **home**")
    desk.say(f"/dir {more}")
    await desk.sees(f"Folder `{more}`")
    desk.say("where am I")
    await desk.sees("You said: where am I")
    desk.say("/status")
    assert f"Folder: `{more}`" in (await desk.sees("**Status**")).text
    desk.say("/dir -")
    await desk.sees(f"Folder `{desk.work}`")
    desk.say("/dir")
    been = await desk.sees("📂 Folder:")
    assert f"▶ 1. `{desk.work}`" in been.text
    assert f"◻ 2. `{more}`" in been.text
    desk.say("/dir 2")
    await desk.sees(f"Folder `{more}`", count=2)
    desk.say("/switch home")
    await desk.sees("Switched to **home**")
    desk.say("still there?")
    await desk.sees("You said: still there?")
    assert not [text for text in desk.texts() if "❌" in text]


async def test_dir_outlives_a_restart_and_can_be_reset(desk: Rig) -> None:
    (desk.work / "sub").mkdir()
    desk.say("/dir sub")
    await desk.sees(f"Folder `{desk.work / 'sub'}`")
    await desk.restart()
    desk.say("/status")
    await desk.sees(f"Folder: `{desk.work / 'sub'}`")
    desk.say("/dir reset")
    await desk.sees(f"Folder `{desk.work}`, for")


async def test_dir_stays_below_the_allowed_roots(desk: Rig) -> None:
    (desk.folder / "secret").mkdir()
    (desk.work / "link").symlink_to(desk.folder / "secret")
    desk.say("/dir link")
    await desk.sees("`link` is outside the folders that are allowed")
    desk.say("/dir ../secret")
    await desk.sees("`../secret` is outside the folders that are allowed")
    desk.say("/dir nowhere")
    await desk.sees("There is no folder `nowhere`")
    desk.say("/dir -")
    await desk.sees("There is no earlier folder")


@pytest.mark.parametrize("line", ["/dir", "/show x", "/shell ls", "/memory add x"])
async def test_these_are_for_admins(rig: Rig, line: str) -> None:
    rig.say(line)
    await rig.sees("is for admins")


# --- /show ----------------------------------------------------------------------------------------


async def test_show_lines_of_a_file_and_a_folder(desk: Rig) -> None:
    (desk.work / "sub").mkdir()
    (desk.work / "sub" / "poem.txt").write_text("".join(f"line {n}\n" for n in range(1, 301)))
    desk.say("/show sub/poem.txt")
    whole = await desk.sees("`sub/poem.txt` 1-80 of 300")
    assert "line 80\n" in whole.text
    assert "line 81\n" not in whole.text
    desk.say("/show sub/poem.txt:100")
    await desk.sees("`sub/poem.txt` 92-108 of 300")
    desk.say("/show sub/poem.txt:200-400")
    await desk.sees("`sub/poem.txt` 200-300 of 300")
    desk.say("/show sub/poem.txt:900-950")
    await desk.sees("has only 300 lines")
    desk.say("/show .")
    await desk.sees("sub/\n")
    desk.say("/show")
    await desk.sees("Usage: `/show <path>`")


async def test_show_stays_inside_the_folder_and_shows_only_texts(desk: Rig) -> None:
    (desk.folder / "secret").write_text("hidden")
    (desk.work / "link").symlink_to(desk.folder / "secret")
    (desk.work / "picture").write_bytes(b"\x89PNG\0")
    os.mkfifo(desk.work / "pipe")
    for wanted in ("link", "../secret", str(desk.folder / "secret")):
        desk.say(f"/show {wanted}")
        await desk.sees(f"`{wanted}` is outside")
    for wanted in ("picture", "pipe"):
        desk.say(f"/show {wanted}")
        await desk.sees(f"`{wanted}` is not a text")
    desk.say("/show nothing")
    await desk.sees("There is no `nothing` here")
    assert not [text for text in desk.texts() if "hidden" in text]


# --- /shell ---------------------------------------------------------------------------------------


async def test_shell_runs_in_the_folder(desk: Rig) -> None:
    desk.say("/shell pwd; echo 'to \"err\"' >&2")
    told = await desk.sees("✅ `pwd;")
    assert f'{desk.work}\nto "err"' in told.text
    desk.say("/shell exit 3")
    await desk.sees("❌ `exit 3` (exit code 3)\n(no output)")
    desk.say("/shell cat; env")
    told = await desk.sees("✅ `cat; env`")
    assert "CC_COMMAND" not in told.text
    desk.say("/shell seq 3000")
    await desk.sees("\n3000\n")
    assert not [text for text in desk.texts() if "\n1000\n" in text]


async def test_what_comes_after_a_slow_command_does_not_wait(desk: Rig) -> None:
    gate = desk.folder / "gate"
    desk.say(f"/shell until [ -e {gate} ]; do sleep 0.01; done; echo over")
    desk.say("/version")
    await desk.sees("cc-connect test")
    assert not [text for text in desk.texts() if "over\n" in text]
    gate.touch()
    await desk.sees("over\n")


async def test_what_a_shell_command_leaves_behind_is_ended(desk: Rig) -> None:
    desk.say("/shell sleep 600 & echo $!")
    told = await desk.sees("✅ `sleep")
    pid = int(told.text.split("\n")[2])
    await desk.eventually(lambda: identity_of(pid) is None)


# --- /memory --------------------------------------------------------------------------------------


async def test_memory_is_shown_and_added_to(desk: Rig) -> None:
    desk.say("/memory")
    await desk.sees("`CLAUDE.md` says nothing yet")
    desk.say("/memory add always speak  softly")
    await desk.sees("Added to `CLAUDE.md`")
    (desk.work / "CLAUDE.md").write_text("# Rules")
    desk.say("/memory add never shout")
    await desk.sees("Added to `CLAUDE.md`", count=2)
    assert (desk.work / "CLAUDE.md").read_text() == "# Rules\n- never shout\n"
    desk.say("/memory")
    assert "# Rules" in (await desk.sees("`CLAUDE.md`\n```markdown")).text
    desk.say("/memory forget")
    await desk.sees("Usage: `/memory")


async def test_dir_suggests_where_one_was_to_admins_only(desk: Rig, tmp_path: Path) -> None:
    (desk.work / "sub").mkdir()
    desk.say("/dir sub")
    await desk.sees("✅ Folder")
    people = desk.platform.people
    assert set(await people.suggestions("dir", "folder", "")) == {
        str(desk.work),
        str(desk.work / "sub"),
    }
    assert await people.suggestions("dir", "folder", "SUB") == (str(desk.work / "sub"),)
    assert await people.suggestions("dir", "depth", "") == ()
    (tmp_path / "other").mkdir()
    async with Rig(tmp_path / "other") as members:
        assert await members.platform.people.suggestions("dir", "folder", "") == ()
