"""Drivers that do one thing wrong, one for each contract."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

from cc_connect.contract.agent import (
    Agent,
    AgentEvent,
    AgentFeatures,
    AgentLibrary,
    AgentSession,
    Allowed,
    Answered,
    Compacted,
    Decision,
    Denied,
    Exchange,
    Fate,
    FileTaken,
    Noted,
    OldSession,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanUpdated,
    Prompt,
    RequestWithdrawn,
    SessionLost,
    SessionSpec,
    Spoke,
    Thought,
    ToolFinished,
    Trace,
    TurnEnded,
    Unknown,
)
from cc_connect.contract.errors import AgentError, AgentGone, AgentMissing, AgentStartFailed

Twist = Callable[[AgentEvent], Iterator[AgentEvent]]


class Twisted:
    """A session with something wrong: subclasses say what."""

    def __init__(self, inner: AgentSession) -> None:
        self.inner = inner

    @property
    def pid(self) -> int | None:
        return self.inner.pid

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        yield event

    async def events(self) -> AsyncIterator[AgentEvent]:
        async for event in self.inner.events():
            for made in self.twist(event):
                yield made

    async def submit(self, prompt: Prompt) -> None:
        await self.inner.submit(prompt)

    async def steer(self, prompt: Prompt) -> None:
        await self.inner.steer(prompt)

    async def answer(self, request: str, decision: Decision) -> None:
        await self.inner.answer(request, decision)

    async def interrupt(self) -> None:
        await self.inner.interrupt()


class Saboteur:
    """A driver whose sessions are twisted."""

    def __init__(self, inner: Agent, session: type[Twisted] = Twisted) -> None:
        self.inner = inner
        self.session = session

    def features(self) -> AgentFeatures:
        return self.inner.features()

    def library(self) -> AgentLibrary | None:
        return self.inner.library()

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[AgentSession]:
        return self.opening(spec)

    @asynccontextmanager
    async def opening(self, spec: SessionSpec) -> AsyncIterator[AgentSession]:
        async with self.inner.open(self.spec(spec)) as session:
            yield self.session(session)

    def spec(self, spec: SessionSpec) -> SessionSpec:
        return spec


def dropping(kind: type[Any], when: Callable[[Any], bool] = lambda _: True) -> type[Twisted]:
    """Sessions that keep such events to themselves."""

    class Dropping(Twisted):
        def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
            if not (isinstance(event, kind) and when(event)):
                yield event

    return Dropping


def changing(kind: type[Any], change: Callable[[Any], AgentEvent]) -> type[Twisted]:
    """Sessions that tell such events in another way."""

    class Changing(Twisted):
        def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
            yield change(event) if isinstance(event, kind) else event

    return Changing


def doubling(kind: type[Any]) -> type[Twisted]:
    """Sessions that tell such events twice."""

    class Doubling(Twisted):
        def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
            yield event
            if isinstance(event, kind):
                yield event

    return Doubling


def answering(change: Callable[[Decision], Decision]) -> type[Twisted]:
    """Sessions that pass on another decision."""

    class Answering(Twisted):
        async def answer(self, request: str, decision: Decision) -> None:
            await self.inner.answer(request, change(decision))

    return Answering


def otherwise(kind: type[Any], instead: Decision) -> type[Twisted]:
    return answering(lambda decision: instead if isinstance(decision, kind) else decision)


class AllAtOnce(Twisted):
    """Keeps all words back until the turn is over."""

    def __init__(self, inner: AgentSession) -> None:
        super().__init__(inner)
        self.words: list[str] = []

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        if isinstance(event, Spoke):
            self.words.append(event.text)
            if len(self.words) == 1:
                return
        if isinstance(event, TurnEnded) and self.words:
            yield Spoke(event.turn, "".join(self.words), begins=True)
            self.words.clear()
        if not isinstance(event, Spoke):
            yield event


class Deaf(Twisted):
    async def interrupt(self) -> None:
        return


class NeverShort(Twisted):
    """Forgets an interrupt that comes before anything was shown."""

    shown = False

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        self.shown = self.shown or isinstance(event, Spoke)
        yield event

    async def interrupt(self) -> None:
        if self.shown:
            await self.inner.interrupt()


class EndsForNothing(Twisted):
    """Takes every interrupt for the end of a turn."""

    pending = False

    async def interrupt(self) -> None:
        self.pending = True
        await self.inner.interrupt()

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        if self.pending and isinstance(event, Spoke):
            self.pending = False
            yield TurnEnded(event.turn, Outcome.INTERRUPTED)
        yield event


class NoSteering(Twisted):
    async def steer(self, _prompt: Prompt, /) -> None:
        return


class Greedy(Twisted):
    """Takes everything for part of the last turn."""

    last: str | None = None

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        turn = getattr(event, "turn", None)
        self.last = turn or self.last
        if isinstance(event, Spoke | TurnEnded) and turn is None:
            event = replace(event, turn=self.last)
        yield event


class NoiseIsSpeech(Twisted):
    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        if isinstance(event, Noted) and event.turn:
            yield Spoke(event.turn, event.text)
        else:
            yield event


class NoveltyEnds(Twisted):
    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        if isinstance(event, Unknown):
            yield TurnEnded(event.turn, Outcome.FAILED)
        else:
            yield event


class OneRequestAtATime(Twisted):
    """Tells the next request only when the one before is answered."""

    def __init__(self, inner: AgentSession) -> None:
        super().__init__(inner)
        self.open = False

    def twist(self, event: AgentEvent) -> Iterator[AgentEvent]:
        if isinstance(event, PermissionAsked):
            if self.open:
                return
            self.open = True
        yield event


class LastAnswerCounts(Twisted):
    """Waits for the second answer."""

    def __init__(self, inner: AgentSession) -> None:
        super().__init__(inner)
        self.first: dict[str, Decision] = {}

    async def answer(self, request: str, decision: Decision) -> None:
        if request in self.first:
            await self.inner.answer(request, decision)
        self.first[request] = decision


class TakesOrdersWhenDead(Twisted):
    async def submit(self, prompt: Prompt) -> None:
        try:
            await self.inner.submit(prompt)
        except AgentGone:
            return


class SlowReaderLoses(Twisted):
    async def events(self) -> AsyncIterator[AgentEvent]:
        said = 0
        async for event in self.inner.events():
            said += isinstance(event, Spoke)
            if not (isinstance(event, Spoke) and said % 100 == 0):
                yield event


class Leaving(Saboteur):
    """Does not end the process when the session is left; `keep` takes what has to be ended."""

    keep: list[AbstractAsyncContextManager[Any]]
    over: type[AgentEvent] = TurnEnded

    @asynccontextmanager
    async def opening(self, spec: SessionSpec) -> AsyncIterator[AgentSession]:
        opened = self.inner.open(spec)
        session = await opened.__aenter__()
        self.keep.append(opened)
        yield _lost_after(self.over)(session)


class LeavingInTheMiddle(Leaving):
    over = Spoke


def _lost_after(kind: type[AgentEvent]) -> type[Twisted]:
    class Lost(Twisted):
        async def events(self) -> AsyncIterator[AgentEvent]:
            async for event in self.inner.events():
                yield event
                if isinstance(event, kind):
                    yield SessionLost()
                    return

    return Lost


class Misnaming(Saboteur):
    """Raises another error than it should."""

    wrong: type[AgentError] = AgentStartFailed

    @asynccontextmanager
    async def opening(self, spec: SessionSpec) -> AsyncIterator[AgentSession]:
        try:
            async with self.inner.open(spec) as session:
                yield session
        except AgentError as error:
            raise self.wrong(str(error)) from error


class MisnamingFolder(Misnaming):
    wrong = AgentMissing


class StartsAnew(Saboteur):
    def spec(self, spec: SessionSpec) -> SessionSpec:
        return replace(spec, resume=None, fork=False)


class NeverForks(Saboteur):
    def spec(self, spec: SessionSpec) -> SessionSpec:
        return replace(spec, fork=False)


class Boasting(Saboteur):
    def features(self) -> AgentFeatures:
        return replace(self.inner.features(), display_name="")


class Forgetful(Saboteur):
    def library(self) -> AgentLibrary | None:
        return EmptyLibrary()


class EmptyLibrary:
    async def list(self, _cwd: str, /) -> tuple[OldSession, ...]:
        return ()

    async def history(self, _session: str, _last: int, /) -> tuple[Exchange, ...]:
        return ()

    async def trace(self, _session: str, _prompt: str, /) -> Trace:
        return Trace(Fate.ABSENT)

    async def delete(self, _session: str, /) -> bool:
        return False


def _agent(session: type[Twisted]) -> Callable[[Agent], Saboteur]:
    return lambda inner: Saboteur(inner, session)


Sabotage = Callable[[Agent], Saboteur]

SABOTEURS: dict[str, Sabotage] = {
    "A01": _agent(dropping(Opened)),
    "A02": _agent(doubling(TurnEnded)),
    "A03": _agent(doubling(Spoke)),
    "A04": _agent(AllAtOnce),
    "A05": _agent(changing(Spoke, lambda event: replace(event, turn=str(uuid4())))),
    "A06": _agent(changing(Thought, lambda event: Spoke(event.turn, event.text))),
    "A07": _agent(changing(TurnEnded, lambda event: replace(event, outcome=Outcome.DONE))),
    "A08": _agent(NeverShort),
    "A09": _agent(EndsForNothing),
    "A10": _agent(dropping(RequestWithdrawn)),
    "A11": _agent(NoSteering),
    "A12": _agent(Greedy),
    "A13": _agent(NoiseIsSpeech),
    "A14": _agent(NoveltyEnds),
    "A15": _agent(dropping(Noted)),
    "A16": _agent(dropping(Compacted)),
    "A20": _agent(dropping(ToolFinished)),
    "A21": _agent(otherwise(Denied, Denied("no"))),
    "A22": _agent(OneRequestAtATime),
    "A23": _agent(LastAnswerCounts),
    "A24": _agent(otherwise(Allowed, Allowed())),
    "A25": _agent(otherwise(Answered, Answered({}))),
    "A26": _agent(answering(lambda one: PlanApproved() if one != PlanApproved() else one)),
    "A27": _agent(changing(PlanUpdated, lambda event: replace(event, todos=event.todos[:1]))),
    "A28": _agent(otherwise(FileTaken, FileTaken())),
    "A40": _agent(changing(TurnEnded, lambda event: replace(event, outcome=Outcome.DONE))),
    "A41": _agent(changing(SessionLost, lambda _: SessionLost())),
    "A42": _agent(TakesOrdersWhenDead),
    "A43": Leaving,
    "A44": LeavingInTheMiddle,
    "A45": Misnaming,
    "A46": MisnamingFolder,
    "A47": Misnaming,
    "A48": StartsAnew,
    "A49": NeverForks,
    "A50": _agent(changing(Opened, lambda event: replace(event, session="always the same"))),
    "A51": Forgetful,
    "A52": _agent(SlowReaderLoses),
    "A53": Boasting,
}
