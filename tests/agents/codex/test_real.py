"""The real codex against a mock of the API of its model."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from cc_connect.agents.codex import Codex, Options
from cc_connect.contract.agent import (
    Allowed,
    Compacted,
    Denied,
    Failure,
    Fate,
    FileOffered,
    FileTaken,
    GrantScope,
    Opened,
    Outcome,
    PermissionAsked,
    PromptFile,
    RequestWithdrawn,
    SessionSpec,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    UsageSeen,
)
from cc_connect.contract.errors import ResumeFailed
from cc_connect.testing.codex_cli import codex_environment
from cc_connect.testing.model_api import script
from tests.agents.codex.stage import CODEX, REAL, Stage, beyond, run, watching

pytestmark = REAL


def untouched(home: Path) -> dict[str, bytes]:
    """The files of the person in Codex's own folder."""
    mine = ("config.toml", "auth.json", "AGENTS.md", "rules/default.rules")
    return {name: path.read_bytes() for name in mine if (path := home / ".codex" / name).exists()}


async def test_text_thinking_and_usage(stage: Stage) -> None:
    async with stage.live(append_system_prompt="Be kind.", reasoning_effort="low") as live:
        ended = await live.told(script({"thinking": "let me see", "text": "Hello there, friend"}))
    assert ended == TurnEnded(ended.turn, Outcome.DONE)
    assert live.spoken(ended.turn) == "Hello there, friend"
    assert "".join(one.text for one in live.of(Thought)) == "let me see"
    (opened,) = live.of(Opened)
    assert (opened.model, opened.mode) == ("mock-model", "suggest")
    usage = live.of(UsageSeen)[-1]
    assert (usage.input_tokens, usage.output_tokens) == (100, 20)
    assert usage.context_window > 100_000
    assert "Be kind." in "\n".join(stage.api.requests[0].said)
    assert stage.api.requests[0].body["reasoning"]["effort"] == "low"


async def test_a_tool_is_allowed(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script({"tools": [beyond("touch $CWD/one")]}, {"text": "done"}))
        asked = await live.next(PermissionAsked)
        assert not (stage.cwd / "one").exists()
        await live.session.answer(asked.request, Allowed())
        ended = await live.end(turn)
    assert ended.outcome is Outcome.DONE
    assert (stage.cwd / "one").exists()
    assert asked.request == "0"  # its ids start there
    assert (asked.tool, asked.title) == ("Shell", f"touch {stage.cwd}/one")
    assert asked.reason == "I need it"
    assert not live.of(RequestWithdrawn)
    assert not live.of(ToolFinished)[-1].failed


async def test_a_tool_is_denied(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script({"tools": [beyond("touch $CWD/two")]}, {"text": "well"}))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Denied("use another name"))
        ended = await live.end(turn)
    assert ended.outcome is Outcome.DONE
    assert not (stage.cwd / "two").exists()
    assert live.spoken(turn) == "well"
    assert live.of(ToolFinished)[-1].failed
    heard = "\n".join(stage.api.requests[-1].said)
    assert "use another name" in heard


async def test_a_permission_for_the_session(stage: Stage) -> None:
    stage.agent()  # writes the configuration
    before = untouched(stage.home)
    prompt = script({"tools": [beyond("touch $CWD/three")]}, {"text": "done"})
    async with stage.live() as live:
        turn = await live.submit(prompt)
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION))
        await live.end(turn)
        (stage.cwd / "three").unlink()
        await live.told(prompt)
    assert len(live.of(PermissionAsked)) == 1
    assert (stage.cwd / "three").exists()
    assert set(before) == {"config.toml"}
    assert untouched(stage.home) == before  # no standing rule was written for the person


async def test_a_turn_is_cancelled_while_a_permission_is_open(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script({"tools": [beyond("touch $CWD/four")]}, {"text": "done"}))
        asked = await live.next(PermissionAsked)
        await live.session.interrupt()
        ended = await live.end(turn)
        following = await live.told("and now?")
    assert ended.outcome is Outcome.INTERRUPTED
    assert [one.request for one in live.of(RequestWithdrawn)] == [asked.request]
    assert not (stage.cwd / "four").exists()
    assert following.outcome is Outcome.DONE
    assert live.spoken(following.turn) == "You said: and now?"


async def test_an_interrupt_in_the_middle_and_at_once(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script({"text": "so far", "piece": 2, "hold": "never"}))
        await live.next(Spoke)
        await live.session.interrupt()
        assert (await live.end(turn)).outcome is Outcome.INTERRUPTED
        at_once = await live.submit(script({"text": "x", "wait": "never"}))
        await live.session.interrupt()
        assert (await live.end(at_once)).outcome is Outcome.INTERRUPTED


async def test_words_reach_a_turn_that_runs(stage: Stage) -> None:
    async with stage.live(mode="auto-edit") as live:
        hold = "while [ ! -e gate ]; do sleep 0.05; done"
        turn = await live.submit(script({"tools": [run(hold)]}, {"text": "after it"}))
        await live.next(ToolStarted)
        await live.steer("in a hurry")
        (stage.cwd / "gate").touch()
        ended = await live.end(turn)
        assert len(live.of(TurnEnded)) == 1
    assert ended.outcome is Outcome.DONE
    assert "in a hurry" in stage.api.requests[-1].said[-1]


async def test_a_change_is_shown_as_a_diff(stage: Stage) -> None:
    (stage.cwd / "a.py").write_text("x = 1\n")
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-x = 1\n+x = 2\n*** End Patch"
    command = f"apply_patch <<'EOF'\n{patch}\nEOF"
    async with stage.live(mode="auto-edit") as live:
        await live.told(script({"tools": [run(command)]}, {"text": "done"}))
    assert (stage.cwd / "a.py").read_text() == "x = 2\n"
    assert not live.of(PermissionAsked)
    step = next(one for one in live.of(ToolStarted) if one.name == "Edit")
    assert step.title == "a.py"
    assert step.diff
    assert (step.diff.added, step.diff.removed) == (1, 1)
    assert "+x = 2" in step.diff.unified


@pytest.mark.parametrize(
    ("mode", "asks", "written"),
    [("suggest", True, False), ("full-auto", False, True), ("yolo", False, True)],
)
async def test_modes(stage: Stage, mode: str, *, asks: bool, written: bool) -> None:
    patch = "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch"
    command = f"apply_patch <<'EOF'\n{patch}\nEOF"
    async with stage.live(mode=mode) as live:
        turn = await live.submit(script({"tools": [run(command)]}, {"text": "done"}))
        seen = await live.either(PermissionAsked, TurnEnded)
        if isinstance(seen, PermissionAsked):
            assert seen.diff is not None
            await live.session.answer(seen.request, Denied())
            await live.end(turn)
    assert isinstance(seen, PermissionAsked) == asks
    assert (stage.cwd / "new.txt").exists() == written


async def test_resume_after_a_restart_and_the_library(stage: Stage) -> None:
    spec = SessionSpec(cwd=str(stage.cwd))
    agent = stage.agent()
    before = untouched(stage.home)
    async with stage.live() as live:
        first = await live.told(script({"text": "the answer"}, say="remember"))
        session = live.of(Opened)[0].session
    library = agent.library()
    traced = await library.trace(session, str(first.turn))
    assert (traced.fate, traced.text) == (Fate.ANSWERED, "the answer")
    assert (await library.trace(session, str(uuid4()))).fate is Fate.ABSENT
    assert (await library.trace(str(uuid4()), str(uuid4()))).fate is Fate.ABSENT
    async with stage.live(replace(spec, resume=session)) as again:
        await again.told("second")
        assert again.of(Opened)[0].session == session
    assert any("remember" in text for text in stage.api.requests[-1].said)
    async with stage.live(replace(spec, resume=session, fork=True)) as forked:
        await forked.told("elsewhere")
        assert forked.of(Opened)[0].session != session
    listed = await library.list(str(stage.cwd))
    assert {one.id for one in listed} == {session, forked.of(Opened)[0].session}
    original = next(one for one in listed if one.id == session)
    assert original.title.startswith("remember")
    assert original.turns == 2
    assert [one.answer for one in await library.history(session, 5)] == [
        "the answer",
        "You said: second",
    ]
    assert untouched(stage.home) == before
    assert not await library.delete(session)  # Codex keeps what a fork still needs
    assert await library.delete(forked.of(Opened)[0].session)
    assert await library.delete(session)
    with pytest.raises(ResumeFailed):
        async with stage.agent().open(replace(spec, resume=session)):
            pass


async def test_a_prompt_that_was_cut_off(stage: Stage) -> None:
    agent = stage.agent()
    spec = SessionSpec(cwd=str(stage.cwd))
    async with stage.live() as live:
        turn = await live.submit(script({"text": "so far", "piece": 2, "hold": "never"}))
        await live.next(Spoke)
        session, pid = live.of(Opened)[0].session, live.session.pid
        assert pid
        psutil.Process(pid).kill()
        await live.lost()
    assert (await agent.library().trace(session, turn)).fate is Fate.PARTIAL
    async with stage.live(replace(spec, resume=session)) as again:
        assert (await again.told("go on")).outcome is Outcome.DONE


async def test_a_file_for_the_chat(stage: Stage) -> None:
    (stage.cwd / "report.txt").write_text("r")
    tool = {"name": "send_file", "input": {"path": "report.txt", "caption": "here it is"}}
    spec = SessionSpec(cwd=str(stage.cwd))
    async with stage.live() as live:
        turn = await live.submit(script({"tools": [tool]}, {"text": "sent"}))
        offered = await live.next(FileOffered)
        await live.session.answer(offered.request, FileTaken())
        await live.end(turn)
        session = live.of(Opened)[0].session
    assert (offered.path, offered.caption) == (str(stage.cwd / "report.txt"), "here it is")
    assert "Sent report.txt" in stage.api.requests[-1].outputs[-1]
    async with stage.live(replace(spec, resume=session)) as again:  # the tool stays with it
        await again.submit(script({"tools": [tool]}, {"text": "again"}))
        second = await again.next(FileOffered)
        await again.session.answer(second.request, FileTaken(refused="it is too large"))
        await again.next(TurnEnded)
    assert "it is too large" in stage.api.requests[-1].outputs[-1]


async def test_pictures_and_files(stage: Stage, tmp_path: Path) -> None:
    picture, note = tmp_path / "p.png", tmp_path / "n.txt"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
            "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
        )
    )
    note.write_text("read me")
    files = (PromptFile(str(picture), "p.png", "image/png"), PromptFile(str(note), "n.txt"))
    async with stage.live() as live:
        await live.submit("look", files)
        await live.next(TurnEnded)
    assert stage.api.requests[0].pictures == 1
    assert str(note) in "\n".join(stage.api.requests[0].said)


async def test_compaction(stage: Stage) -> None:
    async with stage.live() as live:
        await live.told("hello")
        ended = await live.told("/compact")
        assert ended.outcome is Outcome.DONE
        assert live.of(Compacted, ended.turn)
        assert (await live.told("after it")).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Failure.OTHER),
        (401, Failure.NOT_SIGNED_IN),
        (429, Failure.LIMIT),
        (500, Failure.MODEL),
    ],
)
async def test_failures_of_the_service(stage: Stage, status: int, failure: Failure) -> None:
    async with stage.live() as live:
        ended = await live.told(script({"error": status, "message": "because"}))
        following = await live.told("still there?")
    assert (ended.outcome, ended.failure) == (Outcome.FAILED, failure)
    assert ended.detail
    assert following.outcome is Outcome.DONE


async def test_nobody_is_signed_in(stage: Stage) -> None:
    config = stage.home / ".codex"
    config.mkdir()
    (config / "config.toml").write_text("check_for_update_on_startup = false\n")
    async with stage.live() as live:
        ended = await live.told("hello")
    assert (ended.outcome, ended.failure) == (Outcome.FAILED, Failure.NOT_SIGNED_IN)
    assert "codex login" in ended.detail
    assert not stage.api.requests


@pytest.mark.parametrize("place", ["session", "surroundings"])
async def test_a_key_instead_of_a_login(stage: Stage, place: str) -> None:
    config = stage.home / ".codex"
    config.mkdir()
    (config / "config.toml").write_text("check_for_update_on_startup = false\n")
    before = untouched(stage.home)
    keys = {"OPENAI_API_KEY": "a-long-dummy-key-for-tests", "OPENAI_BASE_URL": stage.api.url}
    around = codex_environment(stage.home, stage.api.url)
    agent = Codex(Options(cmd=str(CODEX)), around | (keys if place == "surroundings" else {}))
    spec = SessionSpec(cwd=str(stage.cwd), env=keys if place == "session" else {}, model="m-1")
    async with watching(agent, spec) as live:
        ended = await live.told("hello")
        session = live.of(Opened)[0].session
    assert live.spoken(ended.turn) == "You said: hello"
    assert stage.api.requests[0].body["model"] == "m-1"
    async with watching(agent, replace(spec, resume=session)) as again:
        assert (await again.told("again")).outcome is Outcome.DONE
    assert untouched(stage.home) == before


async def test_a_home_of_its_own(stage: Stage, tmp_path: Path) -> None:
    stage.agent()  # writes the configuration below `home`
    chosen = tmp_path / "elsewhere"
    (stage.home / ".codex").rename(chosen)
    async with stage.live(codex_home=str(chosen)) as live:
        ended = await live.told("hello")
        session = live.of(Opened)[0].session
        assert live.spoken(ended.turn) == "You said: hello"
    assert list((chosen / "sessions").rglob(f"*{session}*"))
