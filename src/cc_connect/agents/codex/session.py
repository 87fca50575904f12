"""A live session: one `codex app-server`, spoken to in JSON lines both ways, with one thread.

One task reads the output from start to end, whether or not anybody waits for it. It never writes:
what has to be sent because of what came is sent by a task of its own, so that an agent that does
not read its input cannot stop us from reading its output, which would block both for good.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cc_connect.agents.codex import command, opening
from cc_connect.agents.codex.options import Options
from cc_connect.agents.codex.oversized import request_in
from cc_connect.agents.codex.requests import TOOL, Pending
from cc_connect.agents.codex.tools import result
from cc_connect.agents.codex.translate import Translator
from cc_connect.agents.codex.wire import Refused, Wire
from cc_connect.contract.agent import (
    AgentEvent,
    Decision,
    Denied,
    Failure,
    FileOffered,
    FileTaken,
    Noted,
    Opened,
    Outcome,
    Prompt,
    SessionLost,
    SessionSpec,
    TurnEnded,
)
from cc_connect.contract.errors import AgentError, AgentGone, AgentMissing, AgentStartFailed
from cc_connect.core.frames import Frame
from cc_connect.procs import (
    MAX_LINE,
    Child,
    CommandNotFound,
    Grace,
    Launch,
    Line,
    Oversized,
    ProcessError,
    StillRunning,
)
from cc_connect.procs.death import Death
from cc_connect.procs.outlet import Outlet

_FAREWELL_WITHIN = 2.0  # seconds for the interrupt before the end
_EXIT_WITHIN = 5.0  # seconds between the end of its output and its exit
_GRACE = Grace(eof=5.0, term=3.0, kill=5.0)
_GARBAGE_SHOWN = 200  # characters
_COMPACT = "/compact"
COMMANDS = ("compact",)
"""What can be said to it with a slash: the app-server knows none, this driver knows one."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a session is opened with, and where."""

    options: Options
    spec: SessionSpec
    environ: Mapping[str, str]
    marker: str
    name: str
    line_limit: int = MAX_LINE


class CodexSession:
    """Implements `AgentSession`. Made by `open_session`, which also closes it."""

    def __init__(self, child: Child, wishes: Wishes) -> None:
        self._child = child
        self._wishes = wishes
        self._effort = command.effort_of(wishes.options, wishes.spec)
        self._wire = Wire(child, lambda: self._later(self._kill()))
        self._translator = Translator("", wishes.spec.cwd)
        self._outlet = Outlet()
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Prompt] = []  # words for a turn that has not begun
        self._stopping = False  # an interrupt for a turn that has not begun
        self._garbage = ""
        self._signed_out = False
        self._closing = False
        self._lost = False
        self._reading = asyncio.create_task(self._read())

    # --- orders ------------------------------------------------------------------------------

    @property
    def pid(self) -> int | None:
        """Process id of the agent; None when it is gone."""
        return None if self._lost else self._child.pid

    def events(self) -> AsyncIterator[AgentEvent]:
        """See `AgentSession.events`."""
        return self._outlet.read()

    async def submit(self, prompt: Prompt) -> None:
        """See `AgentSession.submit`. Raises RuntimeError while another turn runs.

        Without a login the turn fails at once: Codex itself would try the service for a while.
        """
        self._alive()
        if self._signed_out:
            self._signed_out = await opening.signed_out(self._wire)
            if self._signed_out:
                failed = (prompt.id, Outcome.FAILED, "", Failure.NOT_SIGNED_IN, opening.SIGNED_OUT)
                self._outlet.put(TurnEnded(*failed))
                return
        self._stopping = False
        self._translator.submit(prompt.id)
        number = self._wire.number()
        self._translator.starts(number)
        if prompt.text.strip().startswith(_COMPACT):
            await self._wire.send(number, "thread/compact/start", self._thread())
        else:
            await self._wire.send(number, "turn/start", self._turn(prompt))

    async def steer(self, prompt: Prompt) -> None:
        """See `AgentSession.steer`. When no turn runs any more it starts one nobody asked for."""
        self._alive()
        book = self._translator.book
        if book.turn is not None and not book.begun:
            self._held.append(prompt)
        elif book.native:
            self._later(self._steer(prompt, book.native))
        else:
            await self._wire.send(self._wire.number(), "turn/start", self._turn(prompt))

    async def answer(self, request: str, decision: Decision) -> None:
        """See `AgentSession.answer`.

        Codex takes no reason for a refusal, so the reason is handed to the turn as words.
        """
        with contextlib.suppress(AgentGone):
            if isinstance(decision, FileTaken | Denied):
                refused = decision.refused if isinstance(decision, FileTaken) else ""
                if isinstance(decision, Denied):
                    refused = decision.reason or "the user does not want it"
                if told := self._translator.taken(request, refused):
                    await self._wire.answer(told[0].id, told[1])
                    return
            answered = self._translator.answer(request, decision)
            if answered is None:
                return
            pending, response = answered
            if isinstance(decision, Denied) and decision.reason and pending.native:
                await self._explain(pending, decision.reason)
            await self._wire.answer(pending.id, response)

    async def interrupt(self) -> None:
        """See `AgentSession.interrupt`."""
        book = self._translator.book
        self._held.clear()
        if book.turn is not None and not book.begun:
            self._stopping = True
        elif book.native:
            with contextlib.suppress(AgentGone):
                await self._interrupt(book.native)

    # --- start and end -----------------------------------------------------------------------

    async def open(self) -> None:
        """Open the protocol and the thread.

        Raises:
            AgentStartFailed, ResumeFailed: See `Agent.open`.
        """
        options, spec = self._wishes.options, self._wishes.spec
        try:
            async with asyncio.timeout(options.start_timeout):
                version = await opening.greet(self._wire)
                settings = await self._service()
                method, params = command.opening(options, spec, settings)
                ready = await opening.open_thread(self._wire, method, params, spec, version)
        except TimeoutError:
            raise AgentStartFailed(
                f"{self._wishes.name} did not get ready within {options.start_timeout:g} s. "
                f"{self._last_words()}".strip()
            ) from None
        except Refused as error:
            raise AgentStartFailed(f"{self._wishes.name} could not start: {error}") from error
        except AgentGone:
            await asyncio.wait({self._reading}, timeout=_EXIT_WITHIN)
            raise opening.start_failure(self._death()) from None
        self._translator.thread = ready.thread
        self._translator.usage.model = ready.model
        mode = command.mode_of(options, spec)
        self._outlet.open(Opened(ready.thread, ready.model, mode, COMMANDS))

    async def _service(self) -> dict[str, Any]:
        """Where its model is, if that is not for Codex's own configuration to say.

        A service that was asked for goes before a login; a key in the environment is used when
        there is no login.
        """
        options, spec = self._wishes.options, self._wishes.spec
        if asked := command.named_service(options, spec):
            return asked
        if not await opening.signed_out(self._wire):
            return {}
        around = command.environment(options, self._wishes.environ, spec.env)
        found = command.service(around)
        self._signed_out = not found
        return found

    async def close(self) -> None:
        """End the process and all it started; the events end with `SessionLost`."""
        self._closing = True
        self._outlet.hurry()
        if self._translator.book.turn is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_WITHIN):
                    await self.interrupt()
        try:
            await self._child.close()
        except StillRunning as error:
            raise AgentError(str(error)) from error
        finally:
            for task in self._tasks:
                task.cancel()
            if not (await asyncio.wait({self._reading}, timeout=_EXIT_WITHIN))[0]:
                self._reading.cancel()
                await asyncio.wait({self._reading})

    def _last_words(self) -> str:
        printed = f"It printed: {self._garbage}" if self._garbage else ""
        return " ".join(filter(None, (printed, opening.last_words(self._child.stderr_tail))))

    def _death(self) -> Death:
        child, name = self._child, self._wishes.name
        words = opening.last_words(child.stderr_tail)
        return Death(child.returncode, words, "", self._garbage, name)

    # --- reading -----------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            async for frame in self._child.lines():
                if isinstance(frame, Line):
                    self._line(frame.data)
                else:
                    self._dropped(frame)
                await self._outlet.room()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EXIT_WITHIN):
                    await self._child.wait()
        finally:
            self._lost = True
            self._wire.close()
            if self._closing:
                self._outlet.put(SessionLost())
            else:
                self._outlet.put(SessionLost(Failure.EXIT, self._death().told))

    def _line(self, data: bytes) -> None:
        try:
            frame = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            frame = None
        if isinstance(frame, dict):
            self._frame(frame)
        elif not self._garbage:
            text = data[: 4 * _GARBAGE_SHOWN].decode(errors="replace")
            self._garbage = text[:_GARBAGE_SHOWN]
            self._outlet.put(Noted(self._translator.current, f"The agent printed: {self._garbage}"))

    def _dropped(self, line: Oversized) -> None:
        size = line.size / 1_000_000
        note = f"A message of {size:.0f} MB from the agent was too long and was left out."
        self._outlet.put(Noted(self._translator.current, note))
        if (request := request_in(line.head)) is not None:
            self._later(self._wire.refuse(request, "the request is too long to be shown"))

    def _frame(self, frame: Frame) -> None:
        method, request = frame.get("method"), frame.get("id")
        if method is None:
            self._wire.take(frame)
        for event in self._translator.feed(frame):
            if isinstance(event, FileOffered):
                self._later(self._offer(event))
            else:
                self._outlet.put(event)
        if method is not None and request is not None:
            if not self._translator.is_open(str(request)):
                self._later(self._turn_away(request, method))
        elif method == "turn/started":
            self._begun()

    def _begun(self) -> None:
        """The submitted turn can be spoken to now: what has waited for that goes out."""
        native = self._translator.book.native
        if not self._translator.book.begun:
            return
        if self._stopping:
            self._stopping = False
            self._later(self._interrupt(native))
        held, self._held = self._held, []
        for prompt in held:
            self._later(self._steer(prompt, native))

    async def _turn_away(self, request: object, method: str) -> None:
        # Left without an answer the agent would wait for ever.
        if method == TOOL:
            await self._wire.answer(request, result("this tool is not there", success=False))
        else:
            await self._wire.refuse(request, f"cc-connect does not know {method}")

    async def _offer(self, event: FileOffered) -> None:
        there = await asyncio.to_thread(Path(event.path).is_file)
        if not self._translator.is_open(event.request):
            return  # taken back meanwhile
        if there:
            self._outlet.put(event)
        else:
            await self.answer(event.request, FileTaken(refused=f"there is no file {event.path}"))

    # --- writing -----------------------------------------------------------------------------

    def _alive(self) -> None:
        if self._lost:
            raise AgentGone("The session has ended.")

    def _thread(self) -> dict[str, Any]:
        return {"threadId": self._translator.thread}

    def _turn(self, prompt: Prompt) -> dict[str, Any]:
        wishes = {"input": command.content(prompt), "clientUserMessageId": prompt.id}
        if self._effort:
            wishes["effort"] = self._effort
        return {**self._thread(), **wishes}

    async def _steer(self, prompt: Prompt, native: str) -> None:
        words = {"input": command.content(prompt), "clientUserMessageId": prompt.id}
        try:
            await self._wire.ask(
                "turn/steer", {**self._thread(), "expectedTurnId": native, **words}
            )
        except Refused:  # over meanwhile, or of a kind that takes no words
            await self._wire.send(self._wire.number(), "turn/start", self._turn(prompt))

    async def _explain(self, pending: Pending, reason: str) -> None:
        words = [{"type": "text", "text": f"The user did not allow this: {reason}"}]
        told = {**self._thread(), "expectedTurnId": pending.native, "input": words}
        await self._wire.send(self._wire.number(), "turn/steer", told)

    async def _interrupt(self, native: str) -> None:
        told = {**self._thread(), "turnId": native}
        await self._wire.send(self._wire.number(), "turn/interrupt", told)

    def _later(self, writing: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(_quietly(writing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _kill(self) -> None:
        with contextlib.suppress(StillRunning):
            await self._child.kill()


@contextlib.asynccontextmanager
async def open_session(wishes: Wishes) -> AsyncIterator[CodexSession]:
    """Start the agent and wait until it is ready; leaving ends its whole process tree.

    Raises:
        AgentMissing, AgentStartFailed, ResumeFailed: See `Agent.open`.
    """
    child = await start(wishes)
    live = CodexSession(child, wishes)
    try:
        await live.open()
        yield live
    finally:
        await live.close()


async def start(wishes: Wishes) -> Child:
    """Start `codex app-server`. Raises AgentMissing, AgentStartFailed."""
    launch = Launch(
        argv=command.arguments(wishes.options),
        cwd=Path(wishes.spec.cwd),
        env=command.environment(wishes.options, wishes.environ, wishes.spec.env),
        marker=wishes.marker,
        line_limit=wishes.line_limit,
        grace=_GRACE,
    )
    try:
        return await Child.start(launch)
    except CommandNotFound as error:
        raise AgentMissing(f"{error} To install Codex: {opening.INSTALL}") from error
    except ProcessError as error:
        raise AgentStartFailed(str(error)) from error


async def _quietly(writing: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(AgentGone):
        await writing
