"""A session under the eyes of the suite: all its events, and what to wait for."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from cc_connect.contract.agent import (
    Agent,
    AgentEvent,
    AgentSession,
    Prompt,
    SessionLost,
    SessionSpec,
    Spoke,
    TurnEnded,
)
from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.contracts.agent.harness import AgentHarness, Script

E = TypeVar("E", bound=AgentEvent)


class Watched:
    """Collects the events of a session while it is used.

    Args:
        session: It must not be read by anybody else.
        patience: Seconds after which something that must happen has not happened.
    """

    def __init__(self, session: AgentSession, patience: float = 20.0) -> None:
        self.session = session
        self.events: list[AgentEvent] = []
        self._patience = patience
        self._news = asyncio.Condition()
        self._seen = 0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        async for event in self.session.events():
            async with self._news:
                self.events.append(event)
                self._news.notify_all()

    async def next(self, kind: type[E], when: Callable[[E], bool] = lambda _: True) -> E:
        """Return the next event of this kind; what comes before it is passed over.

        Raises:
            ContractBroken: It does not come.
        """
        found = await self._next(
            lambda event: isinstance(event, kind) and when(event), kind.__name__
        )
        assert isinstance(found, kind)
        return found

    async def either(self, *kinds: type[AgentEvent]) -> AgentEvent:
        """Return the next event that is of one of these kinds. Raises ContractBroken."""
        names = " or ".join(kind.__name__ for kind in kinds)
        return await self._next(lambda event: isinstance(event, kinds), names)

    async def _next(self, fits: Callable[[AgentEvent], bool], wanted: str) -> AgentEvent:
        try:
            async with asyncio.timeout(self._patience), self._news:
                while True:
                    while self._seen < len(self.events):
                        event = self.events[self._seen]
                        self._seen += 1
                        if fits(event):
                            return event
                    await self._news.wait()
        except TimeoutError:
            raise ContractBroken(f"no {wanted} came; seen: {self.events}") from None

    async def lost(self) -> SessionLost:
        """Wait for the end of the events and return the last one.

        Raises:
            ContractBroken: They do not end, or with something else.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._task
        except TimeoutError:
            self._task.cancel()
            raise ContractBroken("the events do not end") from None
        last = self.events[-1] if self.events else None
        if not isinstance(last, SessionLost):
            raise ContractBroken(f"the last event is {last}, not SessionLost")
        return last

    async def submit(self, text: str) -> str:
        """Start a turn; returns its name."""
        prompt = Prompt(str(uuid4()), text)
        await self.session.submit(prompt)
        return prompt.id

    async def steer(self, text: str) -> str:
        """Hand words to the running turn."""
        prompt = Prompt(str(uuid4()), text)
        await self.session.steer(prompt)
        return prompt.id

    async def end(self, turn: str | None) -> TurnEnded:
        """Wait for the end of a turn."""
        return await self.next(TurnEnded, lambda ended: ended.turn == turn)

    def of(self, kind: type[E], turn: str | None = "") -> list[E]:
        """Return the events of this kind so far; of one turn, when it is named."""
        return [
            event
            for event in self.events
            if isinstance(event, kind) and turn in ("", getattr(event, "turn", ""))
        ]

    def spoken(self, turn: str | None) -> str:
        """Return all that was said in a turn."""
        return "".join(event.text for event in self.of(Spoke, turn))


class Live(Watched):
    """A watched session of an agent that does what scripts say."""

    def __init__(self, session: AgentSession, harness: AgentHarness) -> None:
        super().__init__(session, harness.patience)
        self._harness = harness

    async def start(self, script: Script) -> str:
        """Start a turn with this script; returns its name."""
        return await self.submit(self._harness.prompt(script))

    async def do(self, script: Script) -> TurnEnded:
        """Do a whole turn."""
        return await self.end(await self.start(script))


class Bench:
    """Where a contract is proved."""

    def __init__(self, harness: AgentHarness, folder: Path) -> None:
        self.harness = harness
        self.folder = folder

    @asynccontextmanager
    async def live(
        self, spec: SessionSpec | None = None, agent: Agent | None = None
    ) -> AsyncIterator[Live]:
        """Open a session; when it is left, its events must end."""
        chosen = agent or self.harness.agent()
        async with chosen.open(spec or self.harness.spec()) as session:
            live = Live(session, self.harness)
            yield live
        await live.lost()


@asynccontextmanager
async def bench(harness: AgentHarness) -> AsyncIterator[Bench]:
    """Make a bench with a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield Bench(harness, Path(folder))


def demand(kept: object, broken: str) -> None:
    """Raise ContractBroken with these words unless `kept`."""
    if not kept:
        raise ContractBroken(broken)
