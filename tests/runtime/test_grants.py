"""Standing permissions as people see them: for session or project, for a time, over restarts."""

from pathlib import Path

import pytest

from cc_connect.commands.grants import Wish, wish_of
from cc_connect.core.admission import Policy
from cc_connect.core.turn.state import Reach
from tests.runtime.rig import Rig

ALL = {"fake": Policy(admins=frozenset({"p1"}), allowed=frozenset({"*"}))}
LS = {"tool": "Bash", "input": {"command": "ls"}, "output": "a b"}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Bash", Wish("Bash")),
        ("Bash project", Wish("Bash", Reach.PROJECT)),
        ("Bash 2h session", Wish("Bash", Reach.SESSION, 7200)),
        (
            "Bash(git status *) project 1h30m",
            Wish("Bash(git status *)", Reach.PROJECT, 5400),
        ),
        ("Bash(sleep 2h)", Wish("Bash(sleep 2h)")),
        ("project", Wish("project")),
        ("Bash 1d 2h", Wish("Bash 1d", None, 7200)),
    ],
)
def test_a_wish_is_taken_apart(text: str, wish: Wish) -> None:
    assert wish_of(text) == wish


async def test_a_grant_of_the_project_holds_in_every_conversation_and_over_restarts(
    tmp_path: Path,
) -> None:
    async with Rig(tmp_path, policies=ALL) as rig:
        rig.say("/allow Bash project")
        await rig.sees("`Bash` is not asked about any more (the whole project)")
        rig.say("first", LS, {"text": "did it"})
        await rig.answered("did it")
        await rig.restart()
        rig.say("/new")
        await rig.sees("New session")
        rig.say("second", LS, {"text": "did it again"})
        await rig.answered("did it again")
        rig.say("/allow list")
        listed = await rig.sees("1. `Bash` · the whole project")
        rig.press(listed, "Revoke Bash project")
        await rig.sees("`Bash` is asked about again")
        rig.say("third", LS, {"text": "allowed"})
        rig.press(await rig.asked("Permission needed"), "Allow")
        await rig.answered("allowed")


async def test_another_conversation_of_the_project_hears_of_it_at_once(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL) as rig:
        thread = rig.platform.service.add_chat("work", thread="one")
        rig.say("hello there", where=thread)
        await rig.sees("You said: hello there", where=thread)
        rig.say("/allow Bash project 2h")
        await rig.sees("(the whole project, for another 2 h)")
        rig.say("go", LS, {"text": "did it"}, where=thread)
        await rig.sees("did it", where=thread)
        rig.say("/allow", where=thread)
        await rig.sees("1. `Bash` · the whole project, for another 2 h", where=thread)


async def test_a_grant_ends_when_its_time_is_over(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL) as rig:
        rig.say("/allow Bash 2h")
        await rig.sees("(this session, for another 2 h)")
        rig.say("first", LS, {"text": "did it"})
        await rig.answered("did it")
        rig.skip(3 * 3600)
        rig.say("second", LS, {"text": "asked me"})
        rig.press(await rig.asked("Permission needed"), "Allow")
        await rig.answered("asked me")
        rig.say("/allow list")
        await rig.sees("There are no standing permissions")


async def test_only_an_admin_gives_and_takes_what_is_the_projects(tmp_path: Path) -> None:
    async with Rig(tmp_path, policies=ALL) as rig:
        bob = rig.platform.service.add_person("Bob")
        rig.say("/allow Bash project", who=bob)
        await rig.sees("is for admins")
        rig.say("/allow Bash project")
        await rig.sees("(the whole project)")
        rig.say("/allow revoke 1", who=bob)
        await rig.sees("is for admins", count=2)
