"""A live session: one process of the agent, spoken to in JSON lines both ways.

One task reads the output from start to end, whether or not anybody waits for it: the agent talks
between turns too, and asks things (its MCP messages) before it even says that it is ready. It never
writes; what has to be answered at once is written by a task of its own, so that an agent that does
not read its input cannot stop us from reading its output, which would block both for good.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from cc_connect.agents.claudecode import command, tools
from cc_connect.agents.claudecode.endings import start_failure
from cc_connect.agents.claudecode.options import Options
from cc_connect.agents.claudecode.oversized import refusal
from cc_connect.agents.claudecode.prompts import user_frame
from cc_connect.agents.claudecode.schema import Frame, mapping, objects, string, strings
from cc_connect.agents.claudecode.translate import SERVER, Translator
from cc_connect.contract.agent import (
    AgentEvent,
    Decision,
    Denied,
    Failure,
    FileOffered,
    FileTaken,
    Noted,
    Opened,
    PlanProposed,
    Prompt,
    SessionLost,
    SessionSpec,
)
from cc_connect.contract.errors import (
    AgentError,
    AgentGone,
    AgentMissing,
    AgentStartFailed,
)
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
    WriteFailed,
    WriteTimedOut,
)
from cc_connect.procs.death import Death
from cc_connect.procs.outlet import Outlet

INSTALL = "npm install -g @anthropic-ai/claude-code"

_WRITE_WITHIN = 30.0  # seconds to take a line; a picture of some MB needs less than one
_FAREWELL_WITHIN = 2.0  # seconds for the interrupt before the end
_EXIT_WITHIN = 5.0  # seconds between the end of its output and its exit
_GRACE = Grace(eof=5.0, term=3.0, kill=5.0)
_NONSENSE = 20
"""So many lines that are no frames, before the agent is ready, tell that it is no agent."""
_AFTER_NONSENSE = 10.0
"""Seconds in which an agent that printed one such line must get ready."""
_GARBAGE_SHOWN = 200  # characters
_PLAN_LARGEST = 1_000_000  # bytes of a plan file


class _NotAnAgent(Exception):
    """What was started does not speak the protocol."""


class ClaudeSession:
    """Implements `AgentSession`. Made by `open_session`, which also closes it."""

    def __init__(self, child: Child, translator: Translator, cwd: str, name: str) -> None:
        self._child = child
        self._translator = translator
        self._cwd = cwd
        self._name = name
        self._outlet = Outlet()
        self._ready: asyncio.Future[Frame | None] = asyncio.get_running_loop().create_future()
        self._offers: dict[str, tools.Offer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._garbage = ""
        self._nonsense = 0
        self._said = ""
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
        self._translator.submit(prompt.id)
        await self._write(await _framed(prompt))

    async def steer(self, prompt: Prompt) -> None:
        """See `AgentSession.steer`. When no turn runs any more it starts one nobody asked for."""
        if self._lost:
            raise AgentGone("The session has ended.")
        self._translator.steer(prompt.id)
        await self._write(await _framed(prompt))

    async def answer(self, request: str, decision: Decision) -> None:
        """See `AgentSession.answer`."""
        with contextlib.suppress(AgentGone):
            if offer := self._offers.get(request):
                if isinstance(decision, FileTaken | Denied):
                    del self._offers[request]
                    self._translator.taken(request)
                    why = decision.refused if isinstance(decision, FileTaken) else decision.reason
                    if isinstance(decision, Denied):
                        why = why or "the user does not want it"
                    await self._respond(request, {"mcp_response": tools.answered(offer, why)})
                return
            response = self._translator.reply(request, decision)
            if response is not None:
                await self._respond(request, response)

    async def interrupt(self) -> None:
        """See `AgentSession.interrupt`. What was steered and has not begun is called back too."""
        with contextlib.suppress(AgentGone):
            await self._write(_control("interrupt", cancel_queued=True))

    # --- start and end -----------------------------------------------------------------------

    async def greet(self, options: Options, spec: SessionSpec) -> None:
        """Open the protocol; raises `AgentError` when the agent does not get ready in time."""
        request: dict[str, Any] = {"sdkMcpServers": [SERVER]}
        if options.system_prompt:
            request["systemPrompt"] = options.system_prompt
        added = "\n\n".join(filter(None, (options.append_system_prompt, spec.instructions)))
        if added:
            request["appendSystemPrompt"] = added
        with contextlib.suppress(AgentGone):  # it has ended: the reader knows why
            await self._write(_control("initialize", **request))
        try:
            async with asyncio.timeout(options.start_timeout):
                ready = await self._ready
        except TimeoutError:
            raise AgentStartFailed(
                f"{self._name} did not get ready within {options.start_timeout:g} s. "
                f"{self._last_words()}".strip()
            ) from None
        except _NotAnAgent:
            raise AgentStartFailed(
                f"{self._name} does not speak its protocol; is `cmd` the right program? "
                f"{self._last_words()}".strip()
            ) from None
        if ready is None:
            raise start_failure(self._death(), spec)
        if error := string(ready, "error"):
            raise AgentStartFailed(f"{self._name} could not start the session: {error}")

    async def close(self) -> None:
        """End the process and all it started; the events end with `SessionLost`."""
        self._closing = True
        self._outlet.hurry()
        if self._translator.turn is not None or self._offers:
            with contextlib.suppress(AgentGone, TimeoutError):
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
        """What it printed instead of frames, and the end of its error output."""
        printed = f"It printed: {self._garbage}" if self._garbage else ""
        return " ".join(filter(None, (printed, self._child.stderr_tail.strip())))

    def _death(self) -> Death:
        child = self._child
        return Death(child.returncode, child.stderr_tail, self._said, self._garbage, self._name)

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
            if not self._ready.done():
                self._ready.set_result(None)
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
            return
        self._nonsense += 1
        if self._nonsense == _NONSENSE:
            self._give_up()
        if not self._garbage:
            asyncio.get_running_loop().call_later(_AFTER_NONSENSE, self._give_up)
            text = data[: 4 * _GARBAGE_SHOWN].decode(errors="replace")
            self._garbage = text[:_GARBAGE_SHOWN]
            self._outlet.put(Noted(self._translator.current, f"The agent printed: {self._garbage}"))

    def _give_up(self) -> None:
        """It printed what is no frame, and is not ready: it is another program."""
        if not self._ready.done():
            self._ready.set_exception(_NotAnAgent())

    def _dropped(self, line: Oversized) -> None:
        size = line.size / 1_000_000
        note = f"A message of {size:.0f} MB from the agent was too long and was left out."
        self._outlet.put(Noted(self._translator.current, note))
        if response := refusal(line.head):
            self._later(self._write(response))

    def _frame(self, frame: Frame) -> None:
        match frame.get("type"):
            case "control_response":
                self._responded(mapping(frame, "response"))
            case "control_request":
                self._requested(frame)
            case "result" if not self._ready.done():
                self._said = "\n".join(strings(frame, "errors")) or string(frame, "result")
        for event in self._translator.feed(frame):
            if isinstance(event, PlanProposed) and not event.plan:
                self._later(self._with_plan(event))
            else:
                self._outlet.put(event)
        if frame.get("type") == "control_cancel_request":
            self._offers.pop(string(frame, "request_id"), None)

    def _responded(self, response: Frame) -> None:
        if self._ready.done():
            return  # to an interrupt: what comes of it is told by other frames
        told = mapping(response, "response")
        if string(response, "subtype") == "success":
            mode = string(told, "current_permission_mode") or self._translator.mode
            self._translator.mode = mode
            self._translator.model = _resolved(self._translator.model, told)
            commands = tuple(string(one, "name") for one in objects(told, "commands"))
            self._outlet.open(
                Opened(self._translator.session, self._translator.model, mode, commands)
            )
        self._ready.set_result(response)

    def _requested(self, frame: Frame) -> None:
        request, body = string(frame, "request_id"), mapping(frame, "request")
        match body.get("subtype"):
            case "can_use_tool":
                return
            case "mcp_message":
                self._served(request, mapping(body, "message"))
            case "hook_callback":
                self._later(self._respond(request, {}))
            case other:
                # Left without an answer the agent would wait for ever.
                self._later(self._refuse(request, f"cc-connect does not know {other}"))

    def _served(self, request: str, message: Frame) -> None:
        served = tools.serve(message, self._cwd)
        if isinstance(served, tools.Offer):
            self._later(self._offer(request, served))
        else:
            self._later(self._respond(request, {"mcp_response": served}))

    async def _offer(self, request: str, offer: tools.Offer) -> None:
        self._offers[request] = offer
        turn = self._translator.offered(request, offer.tool_use)
        there = await asyncio.to_thread(Path(offer.path).is_file)
        if self._offers.get(request) is not offer:
            return  # taken back meanwhile
        if there:
            name = Path(offer.path).name
            self._outlet.put(FileOffered(turn, request, offer.path, name, offer.caption))
        else:
            await self.answer(request, FileTaken(refused=f"there is no file {offer.path}"))

    async def _with_plan(self, event: PlanProposed) -> None:
        path = self._translator.plan_file(event.request)
        plan = await asyncio.to_thread(_plan_text, path) if path else ""
        if self._translator.is_open(event.request):
            self._outlet.put(replace(event, plan=plan))

    # --- writing -----------------------------------------------------------------------------

    def _later(self, writing: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(_quietly(writing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, request: str, response: Mapping[str, Any]) -> None:
        inner = {"subtype": "success", "request_id": request, "response": response}
        await self._write({"type": "control_response", "response": inner})

    async def _refuse(self, request: str, why: str) -> None:
        inner = {"subtype": "error", "request_id": request, "error": why}
        await self._write({"type": "control_response", "response": inner})

    async def _write(self, frame: Mapping[str, Any]) -> None:
        if self._lost:
            raise AgentGone("The session has ended.")
        try:
            await self._child.write_line(msgspec.json.encode(frame), within=_WRITE_WITHIN)
        except WriteTimedOut as error:
            # Whether the line arrives one day is open, so nothing after it can be trusted.
            self._later(self._kill())
            raise AgentGone("The agent does not read its input any more.") from error
        except WriteFailed as error:
            raise AgentGone("The session has ended.") from error

    async def _kill(self) -> None:
        with contextlib.suppress(StillRunning):
            await self._child.kill()


@contextlib.asynccontextmanager
async def open_session(
    options: Options,
    spec: SessionSpec,
    environ: Mapping[str, str],
    *,
    marker: str,
    name: str,
    line_limit: int = MAX_LINE,
) -> AsyncIterator[ClaudeSession]:
    """Start the agent and wait until it is ready; leaving ends its whole process tree.

    `marker` names this instance of cc-connect, `name` the agent for people; a line of the agent
    with more than `line_limit` bytes is left out.

    Raises:
        AgentMissing, AgentStartFailed, ResumeFailed: See `Agent.open`.
    """
    fresh = spec.session or str(uuid.uuid4())
    session = fresh if spec.resume is None or spec.fork else spec.resume
    launch = Launch(
        argv=command.arguments(options, spec, fresh),
        cwd=Path(spec.cwd),
        env=command.environment(options, spec, environ),
        marker=marker,
        line_limit=line_limit,
        grace=_GRACE,
    )
    child = await _start(launch)
    model = spec.model or options.model
    translator = Translator(session, spec.cwd, command.mode_of(options, spec), model)
    live = ClaudeSession(child, translator, spec.cwd, name)
    try:
        await live.greet(options, spec)
        yield live
    finally:
        await live.close()


async def _start(launch: Launch) -> Child:
    try:
        return await Child.start(launch)
    except CommandNotFound as error:
        raise AgentMissing(f"{error} To install Claude Code: {INSTALL}") from error
    except ProcessError as error:
        raise AgentStartFailed(str(error)) from error


def _control(subtype: str, **more: object) -> dict[str, Any]:
    request = {"subtype": subtype, **more}
    return {"type": "control_request", "request_id": uuid.uuid4().hex, "request": request}


async def _framed(prompt: Prompt) -> dict[str, Any]:
    """The frame of a prompt; pictures are read in a thread, plain words need none."""
    return await asyncio.to_thread(user_frame, prompt) if prompt.files else user_frame(prompt)


async def _quietly(writing: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(AgentGone):
        await writing


def _resolved(wanted: str, told: Frame) -> str:
    for model in objects(told, "models"):
        if string(model, "value") == (wanted or "default"):
            return string(model, "resolvedModel") or wanted
    return wanted


def _plan_text(path: str) -> str:
    try:
        with Path(path).open("rb") as opened:
            return opened.read(_PLAN_LARGEST).decode(errors="replace")
    except OSError:
        return ""
