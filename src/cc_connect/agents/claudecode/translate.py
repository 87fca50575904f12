"""From frames of Claude Code to events, without any I/O.

`Translator` is a value with memory: the same frames and calls give the same events. It knows no
process, no clock and no file; the session feeds it and carries its replies. Frames as seen from
Claude Code 2.1.197 to 2.1.329; what is not known becomes `Unknown` and the session goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cc_connect.agents.claudecode import requests, steps, todos
from cc_connect.agents.claudecode.requests import PLAN, QUESTION, Pending
from cc_connect.agents.claudecode.schema import (
    Frame,
    blocks,
    flat,
    integer,
    kind_of,
    mapping,
    number,
    string,
    strings,
)
from cc_connect.agents.claudecode.speech import Speech
from cc_connect.agents.claudecode.turns import TurnBook
from cc_connect.agents.claudecode.usage import UsageBook, model_of
from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    Decision,
    LimitHit,
    ModeChanged,
    Noted,
    Opened,
    PlanUpdated,
    RequestWithdrawn,
    Retrying,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    Unknown,
)

SERVER = "cc-connect"
"""Name of the MCP server inside this program that the agent gets."""

SEND_FILE = f"mcp__{SERVER}__send_file"
"""Full name of its tool."""

_DELEGATES = frozenset({"Task", "Agent"})

# Their runs are seen as a question, a plan, a file or a list; a step would say it twice.
_NO_STEP = frozenset({QUESTION, PLAN, SEND_FILE}) | todos.TOOLS

# Known and of no use to anybody: heartbeats, figures that come again elsewhere, echoes.
_PASSED_BY = frozenset(
    {
        "control_response",
        "keep_alive",
        "conversation_reset",  # the `system/init` that follows names the new session
        "system/thinking_tokens",
        "system/task_progress",
        "system/task_updated",
        "system/background_tasks_changed",
    }
)


class Translator:
    """Translates one session.

    Args:
        session: The id of the session as far as it is known.
        cwd: Where the agent works, for short paths.
        mode: The permission mode it was started in.
        model: The model, where it is known.
    """

    def __init__(self, session: str, cwd: str, mode: str = "", model: str = "") -> None:
        self.session = session
        self.mode = mode
        self.model = model
        self._cwd = cwd
        self._turns = TurnBook()
        self._usage = UsageBook()
        self._todos = todos.TodoBook()
        self._speech = Speech()
        self._thought = Speech()
        self._pending: dict[str, Pending] = {}
        self._withdrawable: dict[str, str | None] = {}
        self._tools: dict[str, tuple[str, Mapping[str, Any], str | None]] = {}
        self._delegates: dict[str, str | None] = {}
        self._background: dict[str, str] = {}  # what runs there, by the id of its tool run
        self._signed_out = False
        self._limited = False
        self._usage.model(model)
        self._handlers: dict[str, Callable[[Frame], Iterable[AgentEvent]]] = {
            "stream_event": self._streamed,
            "assistant": self._assistant,
            "user": self._user,
            "result": self._result,
            "command_lifecycle": self._lifecycle,
            "control_request": self._requested,
            "control_cancel_request": self._cancelled,
            "rate_limit_event": self._limit,
            "system/init": self._init,
            "system/status": self._status,
            "system/session_state_changed": self._state,
            "system/api_retry": self._retry,
            "system/compact_boundary": self._compacted,
            "system/informational": self._informed,
            "system/permission_denied": self._refused,
            "system/task_started": self._task_started,
            "system/task_notification": self._task_ended,
        }

    # --- what the session says ---------------------------------------------------------------

    @property
    def turn(self) -> str | None:
        """The submitted turn that is not over."""
        return self._turns.turn

    @property
    def current(self) -> str | None:
        """The turn to which what happens now belongs."""
        return self._turns.current

    def submit(self, prompt: str) -> None:
        """A turn named `prompt` is handed to the agent. Raises RuntimeError while one runs."""
        self._turns.submit(prompt)
        self._usage.start()
        self._limited = False

    def steer(self, prompt: str) -> None:
        """A further prompt is handed to the agent."""
        self._turns.steer(prompt)

    def offered(self, request: str, tool_use: str) -> str | None:
        """A file is offered under this request by this tool run; returns the turn it is of."""
        turn = self._turn_of(tool_use)
        self._withdrawable[request] = turn
        return turn

    def taken(self, request: str) -> None:
        """The offer is answered."""
        self._withdrawable.pop(request, None)

    def is_open(self, request: str) -> bool:
        """Whether this request still waits for its answer."""
        return request in self._pending

    def plan_file(self, request: str) -> str:
        """The path of the file that holds the plan of an open request, or ""."""
        pending = self._pending.get(request)
        return string(pending.input, "planFilePath") if pending else ""

    def reply(self, request: str, decision: Decision) -> dict[str, Any] | None:
        """Return the response to an open request, which closes it.

        None when no such request is open, or the decision does not fit it (it stays open).
        """
        pending = self._pending.get(request)
        response = requests.reply(pending, decision) if pending else None
        if response is not None:
            del self._pending[request]
            self._withdrawable.pop(request, None)
        return response

    # --- what the agent says -----------------------------------------------------------------

    def feed(self, frame: Frame) -> list[AgentEvent]:
        """Return the events of one frame, in order. Never raises for a frame's content."""
        kind = string(frame, "type")
        if kind == "system":
            kind = f"system/{string(frame, 'subtype')}"
        if handler := self._handlers.get(kind):
            return list(handler(frame))
        if kind in _PASSED_BY:
            return []
        return [Unknown(self.current, kind_of(frame))]

    # --- speech ------------------------------------------------------------------------------

    def _streamed(self, frame: Frame) -> Iterator[AgentEvent]:
        if frame.get("parent_tool_use_id") is not None:
            return  # a sub-agent thinks aloud; its report comes as the result of its tool run
        event = mapping(frame, "event")
        match event.get("type"):
            case "content_block_delta":
                yield from self._delta(mapping(event, "delta"))
            case "content_block_start":
                self._block(string(mapping(event, "content_block"), "type"))
            case "message_start":
                self._speech.message()
                self._thought.message()
                self._usage.model(model_of(event))
            case "message_delta" if usage := mapping(event, "usage"):
                yield self._usage.called(usage, self.current)
            case "message_delta" | "content_block_stop" | "message_stop" | "ping":
                pass
            case _:
                yield Unknown(self.current, kind_of(frame))

    def _block(self, kind: str) -> None:
        if kind == "text":
            self._speech.block()
        elif kind == "thinking":
            self._thought.block()

    def _delta(self, delta: Frame) -> Iterator[AgentEvent]:
        match delta.get("type"):
            case "text_delta":
                for text, begins in self._speech.delta(string(delta, "text")):
                    yield Spoke(self.current, text, begins)
            case "thinking_delta":
                for text, begins in self._thought.delta(string(delta, "thinking")):
                    yield Thought(self.current, text, begins)
            case "input_json_delta" | "signature_delta" | "citations_delta":
                pass
            case other:
                yield Unknown(self.current, f"delta/{other}")

    def _assistant(self, frame: Frame) -> Iterator[AgentEvent]:
        parent = string(frame, "parent_tool_use_id") or None
        if frame.get("is_api_error_message") or frame.get("isApiErrorMessage"):
            # The service failed. The words come again in the result, which ends the turn; here
            # only the kind of the failure is told.
            self._signed_out = string(frame, "error") == "authentication_failed"
            return
        self._signed_out = False
        for block in blocks(frame):
            match block.get("type"):
                case "tool_use" | "server_tool_use" | "mcp_tool_use":
                    yield from self._tool(block, parent)
                case "text" if parent is None:
                    for text, begins in self._speech.whole(string(block, "text")):
                        yield Spoke(self.current, text, begins)
                case "thinking" if parent is None:
                    for text, begins in self._thought.whole(string(block, "thinking")):
                        yield Thought(self.current, text, begins)
                case "text" | "thinking" | "redacted_thinking":
                    pass
                case other:
                    yield Unknown(self.current, f"assistant/{other}")

    # --- tools -------------------------------------------------------------------------------

    def _tool(self, block: Frame, parent: str | None) -> Iterator[AgentEvent]:
        name, arguments = string(block, "name"), mapping(block, "input")
        tool_use = string(block, "id")
        turn = self._turn_of(parent)
        self._tools[tool_use] = (name, arguments, turn)
        if name in _DELEGATES:
            self._delegates[tool_use] = turn
        if name in _NO_STEP:
            return
        yield ToolStarted(
            turn=turn,
            id=tool_use,
            name=name,
            input=arguments,
            title=steps.title(name, arguments, self._cwd),
            parent=parent,
            diff=steps.diff(name, arguments, self._cwd),
        )

    def _user(self, frame: Frame) -> Iterator[AgentEvent]:
        for block in blocks(frame):
            match block.get("type"):
                case "tool_result" | "mcp_tool_result":
                    yield from self._tool_result(block, frame.get("tool_use_result"))
                case "text" | "image" | "document":
                    pass  # our own words, or the agent's notes to itself
                case other:
                    yield Unknown(self.current, f"user/{other}")

    def _tool_result(self, block: Frame, result: object) -> Iterator[AgentEvent]:
        tool_use = string(block, "tool_use_id")
        if tool_use not in self._tools:
            return
        turn = self._turn_of(tool_use)
        name, arguments, _ = self._tools.pop(tool_use)
        failed = bool(block.get("is_error"))
        if name in todos.TOOLS:
            listed = None if failed else self._todos.finished(name, arguments, result)
            if listed is not None:
                yield PlanUpdated(turn, listed)
        elif name not in _NO_STEP:
            yield ToolFinished(turn, tool_use, flat(block.get("content")), failed)

    def _turn_of(self, tool_use: str | None) -> str | None:
        """The turn of a tool run, or of what a sub-agent does under it, if it is not over.

        A sub-agent may go on in the background when its turn is over and another one runs.
        """
        if tool_use in self._tools:
            turn = self._tools[tool_use][2]
        elif tool_use in self._delegates:
            turn = self._delegates[tool_use]
        else:
            return self.current
        return turn if turn == self.turn else None

    # --- requests ----------------------------------------------------------------------------

    def _requested(self, frame: Frame) -> Iterator[AgentEvent]:
        body = mapping(frame, "request")
        match body.get("subtype"):
            case "can_use_tool":
                yield self._may(string(frame, "request_id"), body)
            case "mcp_message":
                pass  # the session lets its own tools answer
            case _:
                yield Unknown(self.current, kind_of(frame))

    def _may(self, request: str, body: Frame) -> AgentEvent:
        tool_use = string(body, "tool_use_id")
        turn = self._turn_of(tool_use)
        known = self._tools.get(tool_use)
        plan = string(known[1], "plan") if known else ""
        self._pending[request] = Pending(string(body, "tool_name"), mapping(body, "input"))
        self._withdrawable[request] = turn
        return requests.read(request, body, turn, cwd=self._cwd, plan=plan)

    def _cancelled(self, frame: Frame) -> Iterator[AgentEvent]:
        request = string(frame, "request_id")
        if request in self._withdrawable:
            turn = self._withdrawable.pop(request)
            self._pending.pop(request, None)
            yield RequestWithdrawn(turn if turn == self.turn else None, request)

    # --- life of the session -----------------------------------------------------------------

    def _init(self, frame: Frame) -> Iterator[AgentEvent]:
        capabilities = strings(frame, "capabilities")
        self._turns.began(tells_lives="msg_lifecycle_v1" in capabilities)
        session = string(frame, "session_id") or self.session
        model = string(frame, "model") or self.model
        self._usage.model(model)
        mode = string(frame, "permissionMode") or self.mode
        moved = (session, model) != (self.session, self.model)
        changed = mode != self.mode
        self.session, self.model, self.mode = session, model, mode
        if moved:
            yield Opened(session, model, mode, strings(frame, "slash_commands"))
        if changed:
            yield ModeChanged(mode)

    def _status(self, frame: Frame) -> Iterator[AgentEvent]:
        mode = string(frame, "permissionMode")
        if mode and mode != self.mode:
            self.mode = mode
            yield ModeChanged(mode)
        if frame.get("status") == "compacting":
            yield Noted(self.current, "Shortening the memory of this conversation …")
        if frame.get("compact_result") == "failed":
            reason = string(frame, "compact_error")
            yield Noted(self.current, f"The memory could not be shortened: {reason}")

    def _state(self, frame: Frame) -> Iterator[AgentEvent]:
        if frame.get("state") != "idle":
            return
        self._tools.clear()  # nothing runs any more, not even in the background
        self._delegates.clear()
        if ended := self._turns.idled():
            yield from self._close(ended)

    def _lifecycle(self, frame: Frame) -> Iterator[AgentEvent]:
        prompt, state = string(frame, "command_uuid"), string(frame, "state")
        if ended := self._turns.lived(prompt, state):
            yield from self._close(ended)

    def _result(self, frame: Frame) -> Iterator[AgentEvent]:
        if usage := self._usage.settled(frame, self.current):
            yield usage
        self._speech.over()
        self._thought.over()
        signed_out, limited = self._signed_out, self._limited
        if ended := self._turns.resulted(frame, signed_out=signed_out, limited=limited):
            yield from self._close(ended)

    def _close(self, ended: TurnEnded) -> Iterator[AgentEvent]:
        self._signed_out = self._limited = False
        self._usage.start()
        yield ended

    # --- notes -------------------------------------------------------------------------------

    def _limit(self, frame: Frame) -> Iterator[AgentEvent]:
        told = mapping(frame, "rate_limit_info")
        status = string(told, "status")
        rejected = status == "rejected"
        self._limited = self._limited or rejected
        if status != "allowed":
            yield LimitHit(
                turn=self.current,
                window=string(told, "rateLimitType"),
                rejected=rejected,
                resets_at=number(told, "resetsAt"),
                used=number(told, "utilization"),
            )

    def _retry(self, frame: Frame) -> Iterator[AgentEvent]:
        status = integer(frame, "error_status")
        error = string(frame, "error") or "unknown"
        yield Retrying(
            turn=self.current,
            attempt=integer(frame, "attempt"),
            attempts=integer(frame, "max_retries"),
            delay=(number(frame, "retry_delay_ms") or 0.0) / 1000,
            reason=f"{status} {error}" if status else error,
        )

    def _compacted(self, frame: Frame) -> Iterator[AgentEvent]:
        told = mapping(frame, "compact_metadata")
        before, after = integer(told, "pre_tokens"), integer(told, "post_tokens")
        self._usage.shortened(after)
        yield Compacted(self.current, before, after)

    def _informed(self, frame: Frame) -> Iterator[AgentEvent]:
        if text := string(frame, "content"):
            yield Noted(self.current, text)

    def _refused(self, frame: Frame) -> Iterator[AgentEvent]:
        turn = self._turn_of(string(frame, "tool_use_id"))
        tool, message = string(frame, "tool_name"), string(frame, "message")
        yield Noted(turn, f"{tool} was not allowed: {message}")

    def _task_started(self, frame: Frame) -> Iterator[AgentEvent]:
        if not frame.get("is_backgrounded"):
            return  # its tool run is seen as a step
        tool_use, description = string(frame, "tool_use_id"), string(frame, "description")
        self._background[tool_use] = description
        yield Noted(self._turn_of(tool_use), f"In the background: {description}")

    def _task_ended(self, frame: Frame) -> Iterator[AgentEvent]:
        tool_use = string(frame, "tool_use_id")
        turn = self._turn_of(tool_use)
        self._delegates.pop(tool_use, None)
        description = self._background.pop(tool_use, None)
        if description is None:
            return
        if frame.get("summary_is_report"):  # the agent reads it and tells what matters
            yield Noted(turn, f"Done in the background: {description}")
        else:
            yield Noted(turn, string(frame, "summary") or f"Done: {description}")
