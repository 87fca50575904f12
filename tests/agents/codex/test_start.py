"""What a person is told when Codex cannot be opened, and how a session ends."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cc_connect.contract.agent import Failure, Opened, Outcome, Prompt, SessionSpec, TurnEnded
from cc_connect.contract.errors import AgentError, AgentMissing, AgentStartFailed, ResumeFailed
from tests.agents.codex.harness import scripted
from tests.agents.codex.stage import watching


async def refusal(home: Path, cwd: Path, wishes: dict[str, Any], **options: Any) -> AgentError:
    agent = scripted(home, wishes, **options)
    with pytest.raises(AgentError) as caught:
        async with agent.open(SessionSpec(cwd=str(cwd))):
            pass
    return caught.value


async def test_the_program_is_missing(home: Path, cwd: Path) -> None:
    error = await refusal(home, cwd, {}, cmd="no-such-codex")
    assert isinstance(error, AgentMissing)
    assert "npm install -g @openai/codex" in str(error)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (
            {"stderr": "error: unrecognized subcommand 'app-server'", "exit": 2},
            "This Codex is too old: it has no `app-server`.*npm install -g @openai/codex@latest",
        ),
        (
            {"unknown": ["thread/start"]},
            r"This Codex \(0.169.0\) speaks another protocol.*it does not know thread/start",
        ),
        (
            {"without_thread": True},
            "speaks another protocol.*its answer to thread/start names no thread",
        ),
        (
            {"stderr": "Error loading config.toml: model_provider is no text", "exit": 1},
            "Codex has ended .exit code 1.*Error loading config.toml",
        ),
        ({"garbage": "hello, I am a shop", "stderr": "bye", "exit": 0}, "Codex has ended"),
    ],
    ids=["too old", "does not know", "another shape", "bad configuration", "another program"],
)
async def test_it_says_why_in_one_line(
    home: Path, cwd: Path, wishes: dict[str, Any], words: str
) -> None:
    error = await refusal(home, cwd, wishes)
    assert isinstance(error, AgentStartFailed)
    assert re.search(words, str(error), re.DOTALL), str(error)


async def test_another_program(home: Path, cwd: Path) -> None:
    error = await refusal(home, cwd, {}, cmd=("/bin/echo", "hello, I am a shop"))
    assert "The command is not Codex" in str(error)
    assert "hello, I am a shop" in str(error)


async def test_it_never_gets_ready(home: Path, cwd: Path) -> None:
    error = await refusal(home, cwd, {"silent": True}, start_timeout=1.0)
    assert "did not get ready within 1 s" in str(error)


async def test_an_unknown_session(home: Path, cwd: Path) -> None:
    agent = scripted(home)
    with pytest.raises(ResumeFailed, match="does not know the session 4711"):
        async with agent.open(SessionSpec(cwd=str(cwd), resume="4711")):
            pass


async def test_who_signs_in_meanwhile_can_go_on(home: Path, cwd: Path) -> None:
    agent = scripted(home, {"signed_out": True})
    async with watching(agent, SessionSpec(cwd=str(cwd))) as live:
        refused = await live.told("hello")
        assert (refused.outcome, refused.failure) == (Outcome.FAILED, Failure.NOT_SIGNED_IN)
        assert "codex login" in refused.detail
        (home / ".codex").mkdir(exist_ok=True)
        (home / ".codex" / "auth.json").touch()
        ended = await live.told("hello")
        assert live.spoken(ended.turn) == "You said: hello"


async def test_its_home_and_instructions(home: Path, cwd: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    spec = SessionSpec(cwd=str(cwd))
    agent = scripted(home, codex_home=str(elsewhere))
    async with watching(agent, spec) as live:
        await live.told("hello")
        session = live.of(Opened)[0].session
    assert (elsewhere / "scripted" / f"{session}.json").exists()
    assert not (home / ".codex").exists()
    async with watching(agent, replace(spec, resume=session)) as again:
        assert again.session.pid
        assert (await again.told("again")).outcome is Outcome.DONE


async def test_only_one_turn_at_a_time(home: Path, cwd: Path) -> None:
    async with watching(scripted(home), SessionSpec(cwd=str(cwd))) as live:
        await live.submit('@@ [{"wait": 60}] @@')
        with pytest.raises(RuntimeError, match="is not over"):
            await live.session.submit(Prompt("two", "too early"))
        await live.session.interrupt()
        await live.next(TurnEnded)
