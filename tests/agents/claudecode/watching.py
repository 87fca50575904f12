"""A session under a test's eyes: all its events, and what to wait for."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import cc_connect
from cc_connect.agents.claudecode import ClaudeCode, Options
from cc_connect.contract.agent import (
    Agent,
    AgentEvent,
    Prompt,
    PromptFile,
    SessionSpec,
    TurnEnded,
)
from cc_connect.procs import MAX_LINE
from cc_connect.testing.contracts import agent as contract
from cc_connect.testing.scripted_agent import COMMAND, script

E = TypeVar("E", bound=AgentEvent)

SOURCE = str(Path(cc_connect.__file__).parents[1])


def scripted(
    home: Path,
    environ: Mapping[str, str] | None = None,
    line_limit: int = MAX_LINE,
    **options: object,
) -> ClaudeCode:
    """The driver over the scripted agent, with everything below `home`."""
    env = {"PYTHONPATH": SOURCE, **(environ or {})}
    chosen = Options(**{"cmd": COMMAND, "env": env, **options})  # type: ignore[arg-type]  # by name
    around = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    return ClaudeCode(chosen, around, line_limit=line_limit)


class Watched(contract.Watched):
    """What the contract suite watches with, and words for the scripted agent."""

    async def submit(self, text: str, files: tuple[PromptFile, ...] = ()) -> str:
        prompt = Prompt(str(uuid4()), text, files)
        await self.session.submit(prompt)
        return prompt.id

    async def start(self, *steps: Mapping[str, object], say: str = "") -> str:
        return await self.submit(script(*steps, say=say))

    async def turn(self, *steps: Mapping[str, object], say: str = "") -> TurnEnded:
        """A whole turn of a scripted agent."""
        return await self.told(script(*steps, say=say))

    async def told(self, text: str) -> TurnEnded:
        return await self.end(await self.submit(text))


@asynccontextmanager
async def watching(agent: Agent, spec: SessionSpec) -> AsyncIterator[Watched]:
    async with agent.open(spec) as session:
        watched = Watched(session)
        yield watched
    await watched.lost()


async def appears(path: Path) -> None:
    """Waits until a file is there."""
    await asyncio.to_thread(_appears, path)


def _appears(path: Path) -> None:
    for _ in range(2000):
        if path.exists():
            return
        time.sleep(0.01)
    raise TimeoutError(path)
