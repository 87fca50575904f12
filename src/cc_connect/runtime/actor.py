"""The actor of a conversation: one mail at a time, step, commit, perform.

It owns the state and awaits nothing but the store. Agents are waited for by session hosts,
platforms by lanes. Its task lives only while there is mail.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, assert_never

import structlog

from cc_connect.contract.agent import AgentEvent, Opened, Outcome, PermissionAsked
from cc_connect.contract.content import Content, Text
from cc_connect.contract.platform import Kind
from cc_connect.core.compose.ages import age
from cc_connect.core.compose.turn import changed, silent
from cc_connect.core.display import one_line
from cc_connect.core.texts import say
from cc_connect.core.turn.effects import (
    Answer,
    Ask,
    Begin,
    Bind,
    Close,
    Conclude,
    Effect,
    Hand,
    Interrupt,
    Keep,
    Notice,
    Open,
    Settle,
    Show,
    Steer,
    Submit,
    Unprompted,
)
from cc_connect.core.turn.mail import Clock, FromAgent, Granted, Mail, Overdue, Told
from cc_connect.core.turn.state import Conversation, Phase, Turn
from cc_connect.core.turn.step import step
from cc_connect.runtime.footprint import Footprint
from cc_connect.runtime.host import KeepFile, SessionHost
from cc_connect.runtime.outbox import Outbox
from cc_connect.runtime.posts import Origin, kept_text, posts
from cc_connect.runtime.presenter import Presenter
from cc_connect.runtime.record import Recorder
from cc_connect.runtime.settings import Settings
from cc_connect.runtime.trouble import store_trouble
from cc_connect.store.changes import Change
from cc_connect.store.errors import StoreConflict, StoreError
from cc_connect.store.store import Store

CROWDED = 500
"""Mails waiting at which an agent's reader is made to wait, so that a flood stays in its pipe."""
RETRY = 2.0

log = structlog.get_logger(__name__)


Elsewhere = Callable[["Actor", float], Awaitable[float | None]]
"""(actor, now) -> seconds since another program worked on its session, if one did of late."""


class Clocks:
    """The times that can run out for one conversation; each fires into the mailbox."""

    def __init__(self, settings: Settings, tell: Callable[[Mail], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._timers: dict[tuple[Clock, str], asyncio.TimerHandle] = {}
        self._heard = self._loop.time()

    def heard(self) -> None:
        """The agent said something."""
        self._heard = self._loop.time()

    def follow(self, c: Conversation) -> None:
        """Set exactly the clocks that this state needs."""
        timeouts = self._settings.project.timeouts
        wanted: dict[tuple[Clock, str], float] = {}
        turn = c.turn
        if turn is not None:
            wanted[Clock.SILENCE, turn.id] = timeouts.silence
            wanted[Clock.TURN, turn.id] = timeouts.turn
            if turn.phase is Phase.STOPPING:
                wanted[Clock.STOP, turn.id] = timeouts.stop
        elif c.live:
            wanted[Clock.SESSION, str(c.epoch)] = timeouts.session
        for request in c.pending.values():
            wanted[Clock.REQUEST, request.id] = timeouts.request
        for name in self._timers.keys() - wanted.keys():
            self._timers.pop(name).cancel()
        for name, seconds in wanted.items():
            if seconds and name not in self._timers:
                self._set(name, seconds)

    def stop(self) -> None:
        """No clock fires any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _set(self, name: tuple[Clock, str], seconds: float) -> None:
        self._timers[name] = self._loop.call_later(seconds, self._fire, name)

    def _fire(self, name: tuple[Clock, str]) -> None:
        clock, subject = name
        del self._timers[name]
        if clock is Clock.SILENCE:
            limit = self._settings.project.timeouts.silence
            left = self._heard + limit - self._loop.time()
            if left > 0:
                self._set(name, left)
                return
        self._tell(Overdue(clock, subject))


class Actor:
    """Runs one conversation. `tell` never blocks; everything else happens in its own time.

    `commands` are the agent's own slash commands, once it has named them; `expected` counts those
    who hold something back for it, and so need it to stay at hand; `used_at` is when something last
    happened to it.
    """

    def __init__(
        self,
        state: Conversation,
        settings: Settings,
        recorder: Recorder,
        store: Store,
        outbox: Outbox,
        keep_file: KeepFile,
        elsewhere: "Elsewhere",
    ) -> None:
        self.elsewhere = elsewhere
        self.closed_at = 0.0
        self.state = state
        self.settings = settings
        self.recorder = recorder
        self.presenter: Presenter | None = None
        self.commands: frozenset[str] = frozenset()
        self.expected = 0
        self.used_at = 0.0
        self._store = store
        self._outbox = outbox
        self._keep_file = keep_file
        self._mail: deque[Mail | asyncio.Future[None]] = deque()
        self._room = asyncio.Event()
        self._room.set()
        self._task: asyncio.Task[None] | None = None
        self._host: SessionHost | None = None
        self._clocks = Clocks(settings, self.tell)
        self._footprint: Footprint | None = None
        self._looking: set[asyncio.Task[None]] = set()
        recorder.work = self._work_of
        self._ended = False
        self._log = log.bind(conversation=state.key.text, project=state.key.project)

    def tell(self, mail: Mail) -> None:
        """Put something into the mailbox. After `end` it is not read any more."""
        if self._ended:
            return
        self._mail.append(mail)
        if len(self._mail) >= CROWDED:
            self._room.clear()
        if self._task is None:
            self._start()

    def _start(self) -> None:
        self._task = asyncio.create_task(self._work(), name=f"actor-{self.state.key.text}")
        self._task.add_done_callback(self._rested)

    @property
    def idle(self) -> bool:
        """Nothing runs, waits or is open: it can be forgotten and read again when needed."""
        state = self.state
        if self.expected:
            return False
        return not self._mail and self._task is None and not state.live and state.turn is None

    @property
    def busy(self) -> bool:
        """A turn runs, or the agent waits for an answer."""
        return self.state.turn is not None or bool(self.state.pending) or bool(self._mail)

    @property
    def pid(self) -> int | None:
        """The agent's process, while there is one."""
        return self._host.pid if self._host and not self._host.ended.is_set() else None

    async def caught_up(self) -> None:
        """Wait until all mail told so far is worked off, whatever comes behind it."""
        if self._task is None:
            return
        mark: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._mail.append(mark)
        await mark

    async def end(self) -> None:
        """Close the agent and stop the clocks; the state stays as it is in the store.

        What an agent says because it is closed is not heard: the turn is not over for that, it is
        taken up at the next start.
        """
        self._ended = True
        self._mail.clear()
        self._clocks.stop()
        host = self._host
        if host is not None:
            host.close()
            await host.ended.wait()
        await self._stop_looking()
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        for mark in self._mail:
            if isinstance(mark, asyncio.Future):
                mark.cancel()

    def _rested(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        if task.exception() is not None:
            self._log.error("actor failed", exc_info=task.exception())
        if self._mail:
            self._start()

    async def _work(self) -> None:
        while self._mail:
            mail = self._mail.popleft()
            if len(self._mail) < CROWDED:
                self._room.set()
            if isinstance(mail, asyncio.Future):
                if not mail.done():
                    mail.set_result(None)
                continue
            await self._take(mail)

    async def _take(self, mail: Mail) -> None:
        self.used_at = self._outbox.now()
        if isinstance(mail, FromAgent):
            self._clocks.heard()
            if isinstance(mail.event, Opened) and mail.event.commands:
                self.commands = frozenset(mail.event.commands)
            if isinstance(mail.event, PermissionAsked):
                await self._take_what_ended()
        before = self.state
        after, effects = step(before, mail)
        changes = self.recorder.changes(before, after, effects)
        if changes:
            await self._commit(changes)
        self.state = after
        for effect in effects:
            self._perform(effect)
        if isinstance(mail, Told) and any(isinstance(effect, Begin) for effect in effects):
            self._outbox.figures.inbound.add(self._outbox.now() - mail.item.at)
        if changes:
            self._clocks.follow(after)

    async def _take_what_ended(self) -> None:
        """Standing permissions end by the clock, which `step` does not know."""
        now = self._outbox.now()
        ended = tuple(g for g in self.state.granted if g.until is not None and g.until <= now)
        if ended:
            await self._take(Granted(taken=ended))

    async def _commit(self, changes: list[Change]) -> None:
        """Write; a store that fails holds this conversation, it does not lose its mail."""
        told = False
        while True:
            try:
                await self._outbox.commit(changes)
            except StoreConflict as error:
                # A fault of this program: told in full, and the conversation goes on.
                self._log.error("the store refused a step", error=str(error), exc_info=True)
                return
            except StoreError as error:
                self._log.error("the store cannot be written; tried again", error=str(error))
                if not told:
                    told = True
                    text = store_trouble(error, self.settings)
                    self._outbox.say_now(self.settings.address, text)
                await asyncio.sleep(RETRY)
            else:
                return

    # --- effects ------------------------------------------------------------------------------

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Open(epoch, spec):
                if spec.resume is not None:
                    self._look(self._warn_of_others(self._outbox.now()))
                self._host = SessionHost(
                    epoch,
                    self.settings.project.agent,
                    self.settings.equipped(spec),
                    self._from_agent,
                    self._keep_file,
                    self._host,
                )
            case Close():
                self.closed_at = self._outbox.now()
                if self._host is not None:
                    self._host.close()
            case Submit() | Steer() | Answer() | Interrupt():
                if self._host is not None:
                    self._host.order(effect)
            case Begin(turn):
                self._log.info("turn started", turn=turn.id)
                if self.settings.display.changes:
                    self._footprint = Footprint(self.settings, self.state.spec.cwd)
                self._present(turn)
            case Show(turn, event):
                presenter = self.presenter or self._present(turn)
                presenter.show(event)
            case Conclude():
                self._concluded(effect)
            case Ask():
                if self.presenter is not None:
                    self.presenter.rest()
            case Keep() | Settle() | Hand() | Unprompted() | Notice() | Bind():
                return
            case _:
                assert_never(effect)

    def _present(self, turn: Turn) -> Presenter:
        self.presenter = Presenter(turn, self.settings, self._outbox, self._outbox.now)
        return self.presenter

    def _concluded(self, effect: Conclude) -> None:
        failed = effect.outcome is Outcome.FAILED
        tell = self._log.warning if failed else self._log.info
        reason = {"reason": one_line(effect.detail, 200)} if failed and effect.detail else {}
        tell(
            "turn ended",
            turn=effect.turn.id,
            outcome=effect.outcome.value,
            why=effect.why.value,
            steps=effect.turn.steps,
            **reason,
        )
        self._outbox.figures.turns[self.state.key.project, effect.outcome.value] += 1
        presenter, self.presenter = self.presenter, None
        if presenter is not None:
            presenter.conclude(effect, answered=bool(silent(effect.text)))
        footprint, self._footprint = self._footprint, None
        if footprint is not None:
            self._look(self._tell_changes(footprint, effect.turn))

    def _look(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the turn, which does not wait for it."""
        looking = asyncio.create_task(work)
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def _warn_of_others(self, now: float) -> None:
        """Tell people when a terminal worked on the session that is opened now."""
        turn = self.state.turn
        ago = await self.elsewhere(self, now)
        if ago is not None and turn is not None:
            text = say(
                self.settings.language, "used_elsewhere", age=age(ago, self.settings.language)
            )
            await self._post((Text(text),), f"{turn.id}:elsewhere", turn)

    async def _tell_changes(self, footprint: Footprint, turn: Turn) -> None:
        """What the turn changed in its folder, as a message behind its answer."""
        found = await footprint.changed()
        settings, folder = self.settings, self.settings.long_texts
        if found is None or folder is None:
            return
        await asyncio.to_thread(kept_text, folder, found.text.encode(), ".diff", turn.id)
        content = changed(turn.id, len(found.files), found.added, found.removed, settings.language)
        await self._post(content, f"{turn.id}:changed", turn)

    async def _post(self, content: Content, key: str, turn: Turn) -> None:
        """Say something about a turn that is not a part of it."""
        settings = self.settings
        origin = Origin(self.state.key.text, turn.id, turn.item.message or None)
        rows = posts(settings, content, key, Kind.NOTICE, self._outbox.now(), origin)
        try:
            await self._store.commit(rows)
        except StoreError as error:
            self._log.warning("something about a turn cannot be told", error=str(error))
            return
        self._outbox.wake(settings.address.lane)

    async def _stop_looking(self) -> None:
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
        if self._footprint is not None:
            await self._footprint.forget()

    def _work_of(self, effect: Conclude) -> Content:
        presenter = self.presenter
        return presenter.work(effect) if presenter is not None else ()

    async def _from_agent(self, epoch: int, event: AgentEvent) -> None:
        await self._room.wait()
        self.tell(FromAgent(epoch, event))
