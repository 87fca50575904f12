"""Real agents, installed from npm, against a mock of their models: `sh scripts/agents.sh`."""

import base64
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.acp import AcpAgent
from cc_connect.agents.acp.options import Options
from cc_connect.agents.acp.presets import PRESETS
from cc_connect.contract.agent import (
    Allowed,
    Denied,
    Failure,
    Opened,
    Outcome,
    PermissionAsked,
    Prompt,
    PromptFile,
    RequestWithdrawn,
    SessionSpec,
    Thought,
    ToolFinished,
)
from cc_connect.testing.contracts.agent import Watched
from cc_connect.testing.model_api import ModelApi, script
from cc_connect.testing.npm_agents import (
    claude_acp_environment,
    codex_acp_environment,
    copilot_environment,
    find_agent,
    gemini_environment,
    kimi_environment,
    node_path,
    opencode_environment,
    qwen_environment,
)
from cc_connect.testing.responses_api import ResponsesApi

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]
PATIENCE = 60.0
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElF"
    "TkSuQmCC"
)


def program(name: str) -> Path | None:
    """Return the program of the preset with this name, where it is installed."""
    return find_agent(PRESETS[name].command[0])


@dataclass(frozen=True)
class Kind:
    """One of the agents: its shell tool, what sets it to the mock, and what it can do.

    Attributes:
        lists: It lists its sessions and tells what was said in them.
        sees: It hands pictures to the model.
        explains: It tells why the model's service refused.
        api: The mock of its model's service.
    """

    tool: str
    environment: Callable[[Path, Path, str], Mapping[str, str]]
    lists: bool = True
    sees: bool = True
    explains: bool = True
    api: type[ModelApi | ResponsesApi] = ModelApi


KINDS = {
    "opencode": Kind("bash", opencode_environment),
    "gemini": Kind("run_shell_command", gemini_environment, lists=False),
}
MORE = {
    "qwen": Kind("run_shell_command", qwen_environment, sees=False),
    "copilot": Kind("bash", copilot_environment),
    "claude-acp": Kind("Bash", claude_acp_environment),
    "kimi": Kind("Bash", kimi_environment, explains=False),
    "codex-acp": Kind("exec_command", codex_acp_environment, api=ResponsesApi),
}
"""Tried where they are installed; the machine that builds has only the others."""
KINDS |= {name: kind for name, kind in MORE.items() if program(name)}


@dataclass
class Stage:
    name: str
    kind: Kind
    api: ModelApi | ResponsesApi
    home: Path
    cwd: Path

    def agent(self, **options: Any) -> AcpAgent:
        found = program(self.name)
        assert found
        env = dict(self.kind.environment(self.home, self.cwd, self.api.url))
        chosen = Options(cmd=str(found), env=env, **{"start_timeout": PATIENCE, **options})
        return AcpAgent(PRESETS[self.name], chosen, {"PATH": node_path()})

    @asynccontextmanager
    async def live(self, resume: str | None = None, **options: Any) -> AsyncIterator[Watched]:
        spec = SessionSpec(str(self.cwd), resume=resume)
        async with self.agent(**options).open(spec) as session:
            live = Watched(session, PATIENCE)
            yield live
        await live.lost()

    @property
    def told(self) -> list[str]:
        """What the model was sent, request by request."""
        asked = self.api.messages if isinstance(self.api, ModelApi) else self.api.requests
        return [str(one.body) for one in asked]

    @property
    def seen(self) -> bool:
        """Whether the model was sent a picture."""
        if isinstance(self.api, ModelApi):
            return any(one.images for one in self.api.messages)
        return any("data:image/png" in one for one in self.told)

    def touching(self, name: str, say: str = "") -> str:
        given: dict[str, Any] = {"command": f"touch {name}", "description": "d"}
        if self.name == "qwen":
            given["is_background"] = False
        if self.name == "codex-acp":  # it only asks for what its sandbox would not let through
            given = {"cmd": f"touch {name}", "justification": "d"}
            given["sandbox_permissions"] = "require_escalated"
        call = {"name": self.kind.tool, "input": given}
        return script({"tools": [call]}, {"text": "finished"}, say=say)


@pytest.fixture(params=KINDS)
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if program(request.param) is None:
        pytest.skip(f"{request.param} is not installed: sh scripts/agents.sh")
    home, cwd = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    cwd.mkdir()
    kind = KINDS[request.param]
    async with kind.api() as api:
        yield Stage(request.param, kind, api, home, cwd)


async def test_a_day_with_it(stage: Stage) -> None:
    """One process for all of this: starting a real agent is what takes the time."""
    async with stage.live() as live:
        session = (await live.next(Opened)).session
        await words_and_thoughts(live)
        await a_tool_that_is_allowed(stage, live)
        await a_tool_that_is_denied(stage, live)
        await a_stop_while_it_asks(stage, live)
        if stage.kind.sees:
            await a_picture(stage, live)
        await a_service_that_refuses(stage, live)
    await the_same_session_after_a_restart(stage, session, "back again")
    if PRESETS[stage.name].quirks.recordings:
        # Once more: what the restart left behind on disk must not be in the way of the next.
        await the_same_session_after_a_restart(stage, session, "and again")
    if stage.kind.lists:
        await it_is_in_the_list(stage, session, "back again")


async def words_and_thoughts(live: Watched) -> None:
    turn = await live.submit(script({"thinking": "well, well", "text": "hello **there**"}))
    ended = await live.end(turn)
    assert ended.outcome is Outcome.DONE
    assert live.spoken(turn) == "hello **there**"
    assert "well, well" in "".join(one.text for one in live.of(Thought, turn))


async def a_tool_that_is_allowed(stage: Stage, live: Watched) -> None:
    turn = await live.submit(stage.touching("one"))
    asked = await live.next(PermissionAsked)
    assert "touch one" in asked.title
    assert not (stage.cwd / "one").exists()
    await live.session.answer(asked.request, Allowed())
    assert (await live.end(turn)).outcome is Outcome.DONE
    assert (stage.cwd / "one").exists()
    assert live.spoken(turn) == "finished"
    assert [one.failed for one in live.of(ToolFinished, turn)] == [False]


async def a_tool_that_is_denied(stage: Stage, live: Watched) -> None:
    turn = await live.submit(stage.touching("two"))
    asked = await live.next(PermissionAsked)
    await live.session.answer(asked.request, Denied("not today"))
    assert (await live.end(turn)).outcome is Outcome.DONE
    assert not (stage.cwd / "two").exists()
    assert [one.failed for one in live.of(ToolFinished, turn)] == [True]


async def a_stop_while_it_asks(stage: Stage, live: Watched) -> None:
    turn = await live.submit(stage.touching("three"))
    asked = await live.next(PermissionAsked)
    await live.session.interrupt()
    ended = await live.end(turn)
    assert ended.outcome is Outcome.INTERRUPTED
    assert ended.failure is None
    assert [one.request for one in live.of(RequestWithdrawn, turn)] == [asked.request]
    assert not (stage.cwd / "three").exists()
    # What was said with the refusal reached the model with the prompt after it.
    assert any("not today" in one for one in stage.told)


async def a_picture(stage: Stage, live: Watched) -> None:
    path = stage.cwd / "dot.png"
    path.write_bytes(PIXEL)
    prompt = Prompt("picture", script({"text": "seen"}), (PromptFile(str(path), "", "image/png"),))
    await live.session.submit(prompt)
    assert (await live.end("picture")).outcome is Outcome.DONE
    assert live.spoken("picture") == "seen"
    assert stage.seen


async def a_service_that_refuses(stage: Stage, live: Watched) -> None:
    turn = await live.submit(script({"error": 400, "message": "the moon is wrong"}))
    ended = await live.end(turn)
    assert (ended.outcome, ended.failure) == (Outcome.FAILED, Failure.MODEL)
    assert ended.detail
    assert ("the moon is wrong" in ended.detail) is stage.kind.explains


async def the_same_session_after_a_restart(stage: Stage, session: str, words: str) -> None:
    async with stage.live(session) as live:
        assert (await live.next(Opened)).session == session
        turn = await live.submit(script({"text": words}))
        await live.end(turn)
        assert live.spoken(turn) == words
    # The model is told what was said before.
    assert "hello **there**" in stage.told[-1]


async def it_is_in_the_list(stage: Stage, session: str, words: str) -> None:
    library = stage.agent().library()
    assert session in [one.id for one in await library.list(str(stage.cwd))]
    told = await library.history(session, 1)
    assert words in told[-1].prompt
