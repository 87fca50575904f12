"""The real codex on a stage: a mock of the API of its model, a fresh home, an empty project."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cc_connect.agents.codex import Codex, Options
from cc_connect.contract.agent import Agent, Prompt, PromptFile, SessionSpec, TurnEnded
from cc_connect.testing.codex_cli import codex_environment, find_codex
from cc_connect.testing.contracts import agent as contract
from cc_connect.testing.responses_api import ResponsesApi

CODEX = find_codex()
REAL = [
    pytest.mark.agents,
    pytest.mark.skipif(CODEX is None, reason="no codex: install openai-codex-cli-bin"),
]


class Watched(contract.Watched):
    async def submit(self, text: str, files: tuple[PromptFile, ...] = ()) -> str:
        prompt = Prompt(str(uuid4()), text, files)
        await self.session.submit(prompt)
        return prompt.id

    async def told(self, text: str) -> TurnEnded:
        return await self.end(await self.submit(text))


@asynccontextmanager
async def watching(agent: Agent, spec: SessionSpec) -> AsyncIterator[Watched]:
    async with agent.open(spec) as session:
        watched = Watched(session)
        yield watched
    await watched.lost()


def run(command: str, **more: Any) -> dict[str, Any]:
    """A tool call of the model that its sandbox allows."""
    return {"name": "exec_command", "input": {"cmd": command, **more}}


def beyond(command: str) -> dict[str, Any]:
    """A tool call of the model for which it has to ask."""
    return run(command, sandbox_permissions="require_escalated", justification="I need it")


@dataclass
class Stage:
    api: ResponsesApi
    home: Path
    cwd: Path

    def agent(self, **options: Any) -> Codex:
        around = codex_environment(self.home, self.api.url)
        env = {"MOCK_KEY": around["MOCK_KEY"], "RUST_LOG": "error"}
        return Codex(Options(cmd=str(CODEX), env=env, **options), around)

    @asynccontextmanager
    async def live(self, spec: SessionSpec | None = None, **options: Any) -> AsyncIterator[Watched]:
        chosen = spec or SessionSpec(cwd=str(self.cwd))
        async with watching(self.agent(**options), chosen) as live:
            yield live
