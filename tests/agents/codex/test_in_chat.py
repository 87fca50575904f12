"""Codex in a chat, as people see it: the whole runtime, and mostly the real codex."""

from pathlib import Path
from typing import Any

import psutil
import pytest

from cc_connect.agents.codex import Codex, Options
from cc_connect.testing.codex_cli import codex_environment
from cc_connect.testing.model_api import script
from cc_connect.testing.responses_api import ResponsesApi
from tests.agents.codex.harness import scripted
from tests.agents.codex.stage import CODEX, REAL, beyond, run
from tests.runtime.rig import Rig

PATCH = "*** Begin Patch\n*** Add File: note.txt\n+remember the milk\n*** End Patch"


def in_chat(folder: Path, agent: Codex) -> Rig:
    return Rig(folder, agent=agent, agent_type="codex", sign_in="codex login")


def real(folder: Path, api: ResponsesApi, **options: Any) -> Rig:
    around = codex_environment(folder / "codex", api.url)
    env = {"MOCK_KEY": around["MOCK_KEY"], "RUST_LOG": "error"}
    chosen = Options(work_dir=str(folder / "work"), cmd=str(CODEX), env=env, **options)
    return in_chat(folder, Codex(chosen, around))


def real_test(function: Any) -> Any:
    for mark in REAL:
        function = mark(function)
    return function


def children(rig: Rig) -> list[psutil.Process]:
    """The processes of Codex that work for this rig."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.cwd() == str(rig.work) and "app-server" in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


@real_test
async def test_an_answer_and_what_was_done_for_it(tmp_path: Path) -> None:
    async with ResponsesApi() as api, real(tmp_path, api, mode="auto-edit") as rig:
        patch = run(f"apply_patch <<'EOF'\n{PATCH}\nEOF")
        steps: tuple[dict[str, Any], ...] = (
            {"tools": [run("echo hi")]},
            {"tools": [patch]},
            {"text": "It is **done**."},
        )
        rig.say(script(*steps, say="go"))
        await rig.answered("It is **done**.")
        await rig.sees("Shell(echo hi)")
        await rig.sees("Edit(note.txt)")
    assert (tmp_path / "work" / "note.txt").read_text() == "remember the milk\n"


@real_test
@pytest.mark.parametrize(
    ("label", "seen", "made"), [("Allow", "allowed", 1), ("Deny", "denied", 0)]
)
async def test_a_permission(tmp_path: Path, label: str, seen: str, made: int) -> None:
    async with ResponsesApi() as api, real(tmp_path, api) as rig:
        rig.say(script({"tools": [beyond("touch $CWD/made")]}, {"text": "That was it."}))
        prompt = await rig.sees("Permission needed")
        assert "touch" in prompt.text
        assert "I need it" in prompt.text
        rig.press(prompt, label)
        await rig.sees("That was it.")
        await rig.sees(f"{seen} by Ann")
    assert len(list((tmp_path / "work").iterdir())) == made


@real_test
async def test_stop_while_a_permission_is_open(tmp_path: Path) -> None:
    async with ResponsesApi() as api, real(tmp_path, api) as rig:
        rig.say(script({"tools": [beyond("touch $CWD/made")]}, {"text": "never"}))
        prompt = await rig.sees("Permission needed")
        rig.say("/stop")
        await rig.eventually(lambda: not prompt.buttons)
        rig.say("hello")
        await rig.sees("You said: hello")
    assert not list((tmp_path / "work").iterdir())


@real_test
async def test_the_session_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with ResponsesApi() as api, real(tmp_path, api) as rig:
        rig.say("remember the milk")
        await rig.sees("You said: remember the milk")
        await rig.restart()
        rig.say("what was it?")
        await rig.sees("You said: what was it?")
        assert "remember the milk" in "\n".join(api.requests[-1].said)
        rig.say("/list")
        await rig.sees("remember the milk", count=2)


@real_test
async def test_it_is_told_when_codex_dies_and_the_next_message_works(tmp_path: Path) -> None:
    async with ResponsesApi() as api, real(tmp_path, api) as rig:
        rig.say(script({"text": "so far", "piece": 2, "hold": "never"}))
        await rig.sees("so far")
        (codex,) = children(rig)
        codex.kill()
        await rig.sees("Codex has ended (ended by SIGKILL")
        rig.say("hello")
        await rig.sees("You said: hello")


@real_test
async def test_the_memory_is_shortened(tmp_path: Path) -> None:
    async with ResponsesApi() as api, real(tmp_path, api) as rig:
        rig.say("hello")
        await rig.sees("You said: hello")
        rig.say("/compress")
        await rig.eventually(lambda: len(api.requests) > 1)
        rig.say("after it")
        await rig.sees("You said: after it")


async def test_what_is_wrong_is_one_line_and_a_way_out(tmp_path: Path) -> None:
    async with in_chat(tmp_path, scripted(tmp_path, cmd="no-such-codex")) as rig:
        rig.say("hello")
        await rig.sees("npm install -g @openai/codex")


async def test_who_is_not_signed_in_is_told_how(tmp_path: Path) -> None:
    async with in_chat(tmp_path, scripted(tmp_path, {"signed_out": True})) as rig:
        rig.say("hello")
        await rig.sees("`codex login`")


async def test_too_old(tmp_path: Path) -> None:
    wishes = {"exit": 2, "stderr": "error: unrecognized subcommand 'app-server'"}
    async with in_chat(tmp_path, scripted(tmp_path, wishes)) as rig:
        rig.say("hello")
        await rig.sees("This Codex is too old")
