"""A session under a test's eyes: all its events, and what to wait for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import cc_connect
from cc_connect.agents.claudecode import ClaudeCode, Options
from cc_connect.contract.agent import (
    Agent,
    AgentEvent,
    AgentSession,
    Prompt,
    PromptFile,
    SessionLost,
    SessionSpec,
    Spoke,
    TurnEnded,
)
from cc_connect.procs import MAX_LINE
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


class Watched:
    """Collects the events of a session while it is used."""

    def __init__(self, session: AgentSession) -> None:
        self.session = session
        self.events: list[AgentEvent] = []
        self._news = asyncio.Condition()
        self._seen = 0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        async for event in self.session.events():
            async with self._news:
                self.events.append(event)
                self._news.notify_all()

    async def next(
        self, kind: type[E], when: Callable[[E], bool] = lambda _: True, within: float = 20
    ) -> E:
        """The next event of this kind; what comes before it is passed over."""
        async with asyncio.timeout(within), self._news:
            while True:
                while self._seen < len(self.events):
                    event = self.events[self._seen]
                    self._seen += 1
                    if isinstance(event, kind) and when(event):
                        return event
                await self._news.wait()

    async def lost(self) -> SessionLost:
        """The last event, when there is nothing after it."""
        async with asyncio.timeout(20):
            await self._task
        last = self.events[-1]
        assert isinstance(last, SessionLost)
        return last

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
        prompt = await self.submit(text)
        return await self.next(TurnEnded, lambda ended: ended.turn == prompt)

    async def steer(self, text: str) -> str:
        prompt = Prompt(str(uuid4()), text)
        await self.session.steer(prompt)
        return prompt.id

    def of(self, kind: type[E], turn: str | None = "") -> list[E]:
        return [
            event
            for event in self.events
            if isinstance(event, kind) and turn in ("", getattr(event, "turn", ""))
        ]

    def spoken(self, turn: str | None) -> str:
        return "".join(event.text for event in self.of(Spoke, turn))


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
