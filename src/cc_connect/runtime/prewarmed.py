"""An agent that keeps one spare process, so that the next new session need not wait for one."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import structlog

from cc_connect.contract.agent import (
    Agent,
    AgentFeatures,
    AgentLibrary,
    AgentSession,
    SessionSpec,
)
from cc_connect.contract.errors import AgentError
from cc_connect.procs import identity_of

log = structlog.get_logger(__name__)


class Spare:
    """A session that was opened in advance, held by a task of its own until `close`."""

    def __init__(self, agent: Agent, spec: SessionSpec) -> None:
        self.spec = spec
        self._released = asyncio.Event()
        self._ready: asyncio.Future[AgentSession] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(agent), name="spare-agent")

    async def _hold(self, agent: Agent) -> None:
        try:
            async with agent.open(self.spec) as session:
                self._ready.set_result(session)
                await self._released.wait()
        except AgentError as error:
            # The session that needs it will meet the same, and say so in its chat.
            log.info("no spare agent", reason=str(error))
        except Exception:
            log.exception("a spare agent failed")

    @property
    def session(self) -> AgentSession | None:
        """The session, if it is there and its process lives."""
        if self._released.is_set() or not self._ready.done() or self._ready.cancelled():
            return None
        session = self._ready.result()
        return session if session.pid is not None and identity_of(session.pid) else None

    async def close(self) -> None:
        """End it, and its process tree."""
        self._released.set()
        if not self._ready.done():
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Prewarmed:
    """Implements `Agent` around another one. `warm` begins, `close` ends the spare.

    A spare is used for a new session whose spec is the same but for its id, which is then that of
    the spare. After each new session the next spare is opened.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._spare: Spare | None = None
        self._closed = False
        self._closing: set[asyncio.Task[None]] = set()

    def features(self) -> AgentFeatures:
        """See `Agent.features`."""
        return self._agent.features()

    def library(self) -> AgentLibrary | None:
        """See `Agent.library`."""
        return self._agent.library()

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[AgentSession]:
        """See `Agent.open`."""
        return self._open(spec)

    @asynccontextmanager
    async def _open(self, spec: SessionSpec) -> AsyncIterator[AgentSession]:
        if spec.resume is not None:
            async with self._agent.open(spec) as session:
                yield session
            return
        spare, self._spare = self._spare, None
        session_at_hand = spare.session if spare and _alike(spare.spec, spec) else None
        if spare is None or session_at_hand is None:
            if spare is not None:
                self._end(spare)
            async with self._agent.open(spec) as session:
                self.warm(spec)
                yield session
            return
        self.warm(spec)
        try:
            yield session_at_hand
        finally:
            await spare.close()

    def warm(self, spec: SessionSpec) -> None:
        """Open a spare for sessions like this one, unless there is one."""
        if self._spare is None and not self._closed:
            self._spare = Spare(self._agent, replace(spec, session=str(uuid.uuid4())))

    def _end(self, spare: Spare) -> None:
        closing = asyncio.create_task(spare.close(), name="spare-closing")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End the spare; none is opened any more."""
        self._closed = True
        if self._spare is not None:
            self._end(self._spare)
            self._spare = None
        await asyncio.gather(*self._closing, return_exceptions=True)


def _alike(one: SessionSpec, other: SessionSpec) -> bool:
    return replace(one, session="") == replace(other, session="")
