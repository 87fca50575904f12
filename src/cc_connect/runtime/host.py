"""The host of one agent session: opens it, hands orders in, hands events out, ends it.

The actor of a conversation never waits for an agent; this task does. Orders are queued here, so
`/stop` works while the agent is still starting, and a session is only opened after the one before
it has ended completely: two processes never work on one session id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import assert_never

import structlog

from cc_connect.contract.agent import (
    Agent,
    AgentEvent,
    AgentSession,
    Failure,
    FileOffered,
    FileTaken,
    SessionLost,
    SessionSpec,
)
from cc_connect.contract.errors import (
    AgentError,
    AgentGone,
    AgentMissing,
    ResumeFailed,
)
from cc_connect.core.turn.effects import Answer, Interrupt, Steer, Submit

POLITE = 1.0
"""Seconds an agent has to take an interrupt before its process is ended."""

Order = Submit | Steer | Answer | Interrupt
Sink = Callable[[int, AgentEvent], Awaitable[None]]
KeepFile = Callable[[str, str], Awaitable[str]]
"""(path, folder of the session) -> path of a stored copy; raises OSError or ValueError."""

log = structlog.get_logger(__name__)


class SessionHost:
    """Owns one agent session from its opening to the end of its process tree.

    `events` go to `sink` in order, `SessionLost` last, also when the session never came to be.
    After `close` nothing is sent any more.
    """

    def __init__(
        self,
        epoch: int,
        agent: Agent,
        spec: SessionSpec,
        sink: Sink,
        keep_file: KeepFile,
        before: "SessionHost | None",
    ) -> None:
        self.epoch = epoch
        self.spec = spec
        self.pid: int | None = None
        self.ended = asyncio.Event()
        self._agent = agent
        self._sink = sink
        self._keep_file = keep_file
        self._before = before
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._session: AgentSession | None = None
        self._closing: asyncio.Task[None] | None = None
        self._task = asyncio.create_task(self._live(), name=f"session-{epoch}")

    def order(self, order: Order) -> None:
        """Hand an order to the session; it is carried out once the agent is ready."""
        self._orders.put_nowait(order)

    def close(self) -> None:
        """End the session; `ended` is set when its processes are gone. Idempotent."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name=f"closing-{self.epoch}")

    async def _close(self) -> None:
        if self._session is not None:
            with suppress(AgentError, TimeoutError, OSError):
                async with asyncio.timeout(POLITE):
                    await self._session.interrupt()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        if self._before is not None:
            # Closed while it still waited: whoever comes next must wait for that one as well.
            await self._before.ended.wait()
            self._before = None
        self.ended.set()

    async def _live(self) -> None:
        lost = SessionLost(Failure.EXIT, "")
        try:
            await self._after_the_one_before()
            lost = await self._serve()
        except AgentError as error:
            lost = SessionLost(_failure(error), str(error))
        except Exception as error:
            log.exception("agent driver failed", epoch=self.epoch)
            lost = SessionLost(Failure.OTHER, f"{type(error).__name__}: {error}")
        finally:
            self._session = None
            if self._before is None:
                self.ended.set()
        await self._sink(self.epoch, lost)

    async def _after_the_one_before(self) -> None:
        if self._before is not None:
            self._before.close()
            await self._before.ended.wait()
            self._before = None

    async def _serve(self) -> SessionLost:
        async with self._agent.open(self.spec) as session:
            self._session = session
            self.pid = session.pid
            obeying = asyncio.create_task(self._obey(session), name=f"orders-{self.epoch}")
            try:
                async for event in session.events():
                    if isinstance(event, SessionLost):
                        return event
                    await self._pass_on(session, event)
            finally:
                obeying.cancel()
        return SessionLost(Failure.EXIT, "")

    async def _obey(self, session: AgentSession) -> None:
        while True:
            order = await self._orders.get()
            try:
                await _carry_out(session, order)
            except AgentGone:
                return
            except Exception:
                log.exception("order failed", epoch=self.epoch, order=type(order).__name__)

    async def _pass_on(self, session: AgentSession, event: AgentEvent) -> None:
        if isinstance(event, FileOffered):
            try:
                kept = await self._keep_file(event.path, self.spec.cwd)
            except (OSError, ValueError) as error:
                await session.answer(event.request, FileTaken(refused=str(error)))
                return
            name = event.name or event.path.rsplit("/", 1)[-1]
            event = replace(event, path=kept, name=name)
        await self._sink(self.epoch, event)


async def _carry_out(session: AgentSession, order: Order) -> None:
    match order:
        case Submit(prompt=prompt):
            await session.submit(prompt)
        case Steer(prompt=prompt):
            await session.steer(prompt)
        case Answer(request=request, decision=decision):
            await session.answer(request, decision)
        case Interrupt():
            await session.interrupt()
        case _:
            assert_never(order)


def _failure(error: AgentError) -> Failure:
    match error:
        case AgentMissing():
            return Failure.MISSING
        case ResumeFailed():
            return Failure.RESUME
        case _:
            return Failure.START
