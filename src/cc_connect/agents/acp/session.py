"""A live session: one process of the agent, spoken to in JSON-RPC over its standard streams.

One task reads the output from start to end and takes each frame in before the next one: what an
agent says is told in the order in which it was said, the answer to a prompt included. The reader
never writes; answers are written by tasks of their own, in order, so that an agent that does not
read its input cannot stop us from reading its output.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import msgspec

from cc_connect.agents.acp import wire
from cc_connect.agents.acp.prompts import blocks
from cc_connect.agents.acp.translate import Translator
from cc_connect.contract.agent import (
    AgentEvent,
    Decision,
    Failure,
    Noted,
    Opened,
    PermissionAsked,
    PlanProposed,
    Prompt,
    QuestionAsked,
    SessionLost,
)
from cc_connect.contract.errors import AgentError, AgentGone
from cc_connect.core.frames import Frame, mapping, string
from cc_connect.procs import Child, Line, StillRunning, WriteFailed, WriteTimedOut
from cc_connect.procs.death import Death
from cc_connect.procs.outlet import Outlet

REST = 1.0
"""Seconds of silence after which what an agent said unasked counts as said to its end."""

_WRITE_WITHIN = 30.0  # seconds to take a line; a picture of some MB needs less than one
_FAREWELL_WITHIN = 2.0  # seconds for the interrupt before the end
_EXIT_WITHIN = 5.0  # seconds between the end of its output and its exit
_NONSENSE = 20
"""So many lines that are no frames, before there is a session, tell that it is no agent."""
_GARBAGE_SHOWN = 200  # characters


class CallFailed(Exception):
    """The agent answered a call with an error."""

    def __init__(self, error: wire.RpcError) -> None:
        super().__init__(error.text)
        self.error = error


class AcpSession:
    """Implements `AgentSession`. Made by `opening.open_session`, which also closes it."""

    def __init__(self, child: Child, translator: Translator, name: str) -> None:
        self.session = ""
        self.translator = translator
        self.pictures = False
        self.instructions = ""
        self.heard = 0
        self._child = child
        self._name = name
        self._outlet = Outlet()
        self._calls: dict[wire.Id, asyncio.Future[Mapping[str, Any]]] = {}
        self._numbers = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._resting: asyncio.TimerHandle | None = None
        self._garbage = ""
        self._nonsense = 0
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
        """See `AgentSession.submit`. Raises RuntimeError while another turn runs."""
        if self._lost:
            raise AgentGone("The session has ended.")
        number = self._number()
        self._put(*self.translator.submit(prompt.id, number))
        remarks, self.translator.remarks = self.translator.remarks, []
        instructions, self.instructions = self.instructions, ""
        content = await asyncio.to_thread(
            blocks, prompt, pictures=self.pictures, remarks=remarks, instructions=instructions
        )
        params = {"sessionId": self.session, "prompt": content}
        await self._write(wire.request(number, "session/prompt", params))

    async def steer(self, prompt: Prompt) -> None:
        """See `AgentSession.steer`; the features say that it cannot, so nothing is sent."""
        del prompt
        if self._lost:
            raise AgentGone("The session has ended.")

    async def answer(self, request: str, decision: Decision) -> None:
        """See `AgentSession.answer`."""
        with contextlib.suppress(AgentGone):
            reply = self.translator.reply(request, decision)
            if reply is not None:
                await self._write(wire.result(*reply))

    async def interrupt(self) -> None:
        """See `AgentSession.interrupt`. Requests that are open are answered as cancelled."""
        if self.translator.turn is None:
            return
        withdrawn = self.translator.interrupt()
        self._put(*(event for _, _, event in withdrawn))
        with contextlib.suppress(AgentGone):
            await self._write(wire.notification("session/cancel", {"sessionId": self.session}))
            for number, answer, _ in withdrawn:
                await self._write(wire.result(number, answer))

    # --- for the one who opens it ------------------------------------------------------------

    async def call(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the agent something and wait for the answer.

        Raises:
            CallFailed: It answered with an error.
            AgentGone: It has ended.
        """
        number = self._number()
        answered = asyncio.get_running_loop().create_future()
        self._calls[number] = answered
        try:
            await self._write(wire.request(number, method, params))
            frame = await answered
        finally:
            self._calls.pop(number, None)
        if error := wire.error_of(frame):
            raise CallFailed(error)
        return mapping(frame, "result")

    def opened(self, event: Opened) -> None:
        """The session is ready: let its events through."""
        self._outlet.open(event)

    @property
    def last_words(self) -> str:
        """What it printed instead of frames, and the end of its error output."""
        printed = f"It printed: {self._garbage}" if self._garbage else ""
        return " ".join(filter(None, (printed, self._child.stderr_tail.strip())))

    @property
    def death(self) -> Death:
        """What is known of its end."""
        child = self._child
        return Death(child.returncode, child.stderr_tail, "", self._garbage, self._name)

    async def close(self) -> None:
        """End the process and all it started; the events end with `SessionLost`."""
        self._closing = True
        self._outlet.hurry()
        with contextlib.suppress(AgentGone, TimeoutError):
            async with asyncio.timeout(_FAREWELL_WITHIN):
                await self.interrupt()
        try:
            await self._child.close()
        except StillRunning as error:
            raise AgentError(str(error)) from error
        finally:
            if self._resting is not None:
                self._resting.cancel()
            for task in self._tasks:
                task.cancel()
            if not (await asyncio.wait({self._reading}, timeout=_EXIT_WITHIN))[0]:
                self._reading.cancel()
                await asyncio.wait({self._reading})

    # --- reading -----------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            async for frame in self._child.lines():
                self.heard += 1
                if isinstance(frame, Line):
                    self._line(frame.data)
                else:
                    size = frame.size / 1_000_000
                    self._note(f"A message of {size:.0f} MB from the agent was left out.")
                await self._outlet.room()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EXIT_WITHIN):
                    await self._child.wait()
        finally:
            self._end()

    def _end(self) -> None:
        self._lost = True
        for call in self._calls.values():
            if not call.done():
                call.set_exception(AgentGone(self.death.told))
        self._put(*self.translator.rest())
        lost = SessionLost() if self._closing else SessionLost(Failure.EXIT, self.death.told)
        self._outlet.put(lost)

    def _line(self, data: bytes) -> None:
        try:
            frame = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            frame = None
        if isinstance(frame, dict):
            self._frame(frame)
            return
        self._nonsense += 1
        if not self._garbage:
            self._garbage = data[: 4 * _GARBAGE_SHOWN].decode(errors="replace")[:_GARBAGE_SHOWN]
            self._note(f"The agent printed: {self._garbage}")
        if self._nonsense == _NONSENSE and not self.session:
            self._give_up()

    def _give_up(self) -> None:
        """It prints what is no frame, and never was ready: it is another program."""
        for call in self._calls.values():
            if not call.done():
                words = "it does not speak the Agent Client Protocol; is `cmd` the right program?"
                call.set_exception(CallFailed(wire.RpcError(0, words)))

    def _frame(self, frame: Frame) -> None:
        number = wire.id_of(frame)
        if wire.is_response(frame) and number in self._calls:
            call = self._calls[number]
            if not call.done():
                call.set_result(frame)
            return
        if self._foreign(frame):
            return
        events = self.translator.feed(frame)
        covered = self.translator.granted(frame) if wire.is_request(frame) else None
        if covered is not None:
            self._later(wire.result(*covered))
            events = [one for one in events if not isinstance(one, PermissionAsked)]
        elif number is not None and wire.is_request(frame):
            asked = (PermissionAsked, QuestionAsked, PlanProposed)
            if not any(isinstance(one, asked) for one in events):
                # Left without an answer the agent would wait for ever.
                self._later(wire.refusal(number, string(frame, "method")))
        self._put(*events)
        if self.translator.unasked:
            self._rest_later()

    def _foreign(self, frame: Frame) -> bool:
        """Whether it is about another session: one that an agent keeps for a helper of its own."""
        session = string(mapping(frame, "params"), "sessionId")
        return bool(session and self.session and session != self.session) and (
            frame.get("method") == "session/update"
        )

    def _rest_later(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        loop = asyncio.get_running_loop()
        self._resting = loop.call_later(REST, lambda: self._put(*self.translator.rest()))

    def _note(self, text: str) -> None:
        self._outlet.put(Noted(self.translator.turn, text))

    def _put(self, *events: AgentEvent) -> None:
        for event in events:
            self._outlet.put(event)

    # --- writing -----------------------------------------------------------------------------

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _later(self, frame: Mapping[str, Any]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(_quietly(self._write(frame)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, frame: Mapping[str, Any]) -> None:
        if self._lost:
            raise AgentGone("The session has ended.")
        try:
            await self._child.write_line(msgspec.json.encode(frame), within=_WRITE_WITHIN)
        except WriteTimedOut as error:
            # Whether the line arrives one day is open, so nothing after it can be trusted.
            self._tasks.add(asyncio.create_task(self._kill()))
            raise AgentGone("The agent does not read its input any more.") from error
        except WriteFailed as error:
            raise AgentGone("The session has ended.") from error

    async def _kill(self) -> None:
        with contextlib.suppress(StillRunning):
            await self._child.kill()


async def _quietly(writing: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(AgentGone):
        await writing
