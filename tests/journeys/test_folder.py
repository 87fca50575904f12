"""The folder: moving, looking, what changed, notes, the shell; files in and out."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.journeys.chat import BOB, Chat, in_browser
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {"main": ('allow_roots = ["{folder}/allowed"]', "")}


@pytest.fixture
def work(world: World) -> Path:
    """The folder of the project, a git repository with two files."""
    folder = world.work()
    if not (folder / ".git").exists():
        _git(folder, "init", "-q")
    (folder / "poem").write_text("one\ntwo\nthree\n")
    (folder / "song").write_text("la\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "--allow-empty", "-m", "as it is")
    return folder


def _git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "commit.gpgsign=false")
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    command = ["/usr/bin/env", "git", *who, *arguments]
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)


async def test_diff(chat: Chat, work: Path) -> None:
    await chat.say("/diff")
    await chat.sees("No changes since the last commit")
    (work / "poem").write_text("one\n2\nthree\n")
    await chat.say("/diff")
    await chat.sees("Changed files: 1", "+1", "-two", "+2")
    (work / "song").write_text("la\n" + "a rather long line of a song\n" * 300)
    await chat.say("/diff song")
    told = await chat.sees("Changed files: 1", "+300")
    (name,) = told.files
    assert (await chat.download(told, name)).count(b"\n+a rather") == 300
    await chat.say("/diff ../elsewhere")
    await chat.sees("is outside the folders")


async def test_show_a_file_and_a_range_of_it(chat: Chat, work: Path) -> None:
    (work / "numbers").write_text("".join(f"line {n}\n" for n in range(1, 301)))
    await chat.say("/show numbers:100-102")
    told = await chat.sees("numbers 100-102 of 300", "line 101")
    assert "line 99" not in told.text
    await chat.say("/show poem")
    await chat.sees("two", "three")
    await chat.say("/show ../claude")
    await chat.sees("is outside the folders")
    await chat.say("/show nowhere")
    await chat.sees("There is no nowhere here")
    (work / "numbers").unlink()


async def test_dir_stays_inside_the_allowed_roots(chat: Chat, world: World) -> None:
    (world.folder / "allowed" / "deep").mkdir(parents=True, exist_ok=True)
    allowed = world.folder / "allowed" / "deep"
    await chat.say("hello")
    await chat.sees("You said: hello")
    await chat.say(f"/dir {allowed}")
    await chat.sees(f"Folder {allowed}, for this conversation")
    await chat.until_status(f"Folder: {allowed}")
    await chat.say(f"/dir {world.folder}")
    await chat.sees("is outside the folders")
    await chat.say("/dir -")
    await chat.sees(f"Folder {world.work()}, for this conversation")
    await chat.say("/dir")
    listed = await chat.sees("📂 Folder:", f"2. {allowed}")
    assert f"1. {world.work()}" in listed.text
    await chat.say("/dir 2")
    await chat.sees(f"Folder {allowed}, for this conversation", count=2)
    await chat.say("/dir reset")
    await chat.sees(f"Folder {world.work()}, for this conversation", count=2)


async def test_memory(chat: Chat, work: Path) -> None:
    (work / "CLAUDE.md").unlink(missing_ok=True)
    await chat.say("/memory")
    await chat.sees("CLAUDE.md says nothing yet")
    await chat.say("/memory add Use blanks, not tabs.")
    await chat.sees("Added to", "new sessions read it")
    await chat.say("/memory")
    await chat.sees("Use blanks, not tabs.")


async def test_shell(chat: Chat, work: Path) -> None:
    await chat.say("/shell ls poem song")
    await chat.sees("✅ ls poem song", "poem", "song")
    await chat.say("/shell ls no-such-file")
    await chat.sees("❌ ls no-such-file (exit code")
    await chat.say("/shell true")
    await chat.sees("✅ true", "(no output)")
    assert (work / "poem").exists()


@in_browser
async def test_files_go_in_and_come_out(chat: Chat, work: Path) -> None:
    (work / "report.txt").write_text("all is well")
    await chat.say("take this", files={"notes.txt": b"remember the milk"})
    await chat.sees("You said:", "notes.txt")
    await chat.say("/show .cc-connect/attachments/notes.txt")
    await chat.sees("remember the milk")
    await chat.say("give", {"file": "report.txt", "caption": "Here"}, {"text": "It is sent."})
    told = await chat.sees("Here")
    assert await chat.download(told, "report.txt") == b"all is well"
    await chat.sees("It is sent.")


async def test_members_stay_out_of_folders_and_shell(world: World) -> None:
    chat = world.discord()
    for command in ("dir /", "shell id", "show poem"):
        await chat.say(f"/{command}", by=BOB)
        await chat.sees(f"/{command.split()[0]} is for admins", by=BOB)
    await chat.say("/diff", by=BOB)
    await chat.sees_one_of("No changes", "Changed files")
