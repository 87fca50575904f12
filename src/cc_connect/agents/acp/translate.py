"""From frames of the Agent Client Protocol to events, without any I/O.

`Translator` is a value with memory: the same frames and calls give the same events. It knows no
process, no clock and no file; the session feeds it and carries its replies. Frames as seen from ten
agents in November 2026; what is not known becomes `Unknown` and the session goes on.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cc_connect.agents.acp import asking, wire
from cc_connect.agents.acp.asking import Pending, Permission
from cc_connect.agents.acp.failures import failure_in, failure_of, stopped
from cc_connect.agents.acp.offers import config, short
from cc_connect.agents.acp.quirks import PLAIN, Quirks
from cc_connect.agents.acp.tools import ToolBook
from cc_connect.agents.acp.usage import UsageBook
from cc_connect.contract.agent import (
    AgentEvent,
    Allowed,
    Decision,
    Denied,
    GrantScope,
    ModeChanged,
    Noted,
    Outcome,
    PlanRejected,
    PlanUpdated,
    RequestWithdrawn,
    Spoke,
    Thought,
    TurnEnded,
    Unknown,
    UsageSeen,
)
from cc_connect.contract.content import Todo, TodoState
from cc_connect.core.frames import Frame, mapping, objects, string

_STATES = {
    "pending": TodoState.OPEN,
    "in_progress": TodoState.ACTIVE,
    "completed": TodoState.DONE,
}
_LAST_WORDS = 2000  # characters of the last speech in which a failure is looked for
_SILENT = "The agent ended its turn without a word; the service of its model may have refused."


class Translator:
    """Translates one session.

    Attributes:
        mode: The mode as the agent calls it.
        turn: The submitted turn that is not over.
        replaying: What comes is the history of the session, which is not told again.
        unasked: The agent has spoken without being asked, and nothing has ended that.
        remarks: What a person said when refusing; to go with the next prompt.
        heard: When it is a list, updates are added to it: for somebody who wants a replay.

    Args:
        cwd: Where the agent works, for short paths.
        quirks: Where this agent departs from the protocol.
    """

    def __init__(self, cwd: str, quirks: Quirks = PLAIN) -> None:
        self.mode = ""
        self.turn: str | None = None
        self.replaying = False
        self.unasked = False
        self.remarks: list[str] = []
        self.heard: list[Frame] | None = None
        self._quirks = quirks
        self._usage = UsageBook()
        self._tools = ToolBook(cwd)
        self._prompt: wire.Id | None = None
        self._pending: dict[str, tuple[wire.Id, Pending, str | None]] = {}
        self._granted: set[str] = set()
        self._refused: set[str] = set()
        self._speaking: tuple[str, str] | None = None
        self._words = ""
        self._broken = ""
        self._busy = False
        self._interrupted = False
        self._updates: dict[str, Callable[[Frame], Iterable[AgentEvent]]] = {
            "agent_message_chunk": self._spoke,
            "agent_thought_chunk": self._thought,
            "user_message_chunk": lambda _: (),  # our own words, in a replay
            "tool_call": self._tool,
            "tool_call_update": self._tool,
            "plan": self._plan,
            "usage_update": self._used,
            "current_mode_update": lambda one: self._moved(string(one, "currentModeId")),
            "config_option_update": self._configured,
            "session_info_update": self._informed,
            "available_commands_update": lambda _: (),
        }

    @property
    def model(self) -> str:
        """The model that answers now, as far as it is known."""
        return self._usage.model

    @model.setter
    def model(self, name: str) -> None:
        self._usage.model = name

    # --- what the session says ---------------------------------------------------------------

    def submit(self, turn: str, number: wire.Id) -> list[AgentEvent]:
        """A turn is handed to the agent as request `number`.

        Raises:
            RuntimeError: Another one is not over.
        """
        if self.turn is not None:
            raise RuntimeError(f"turn {self.turn} is not over")
        events = self.rest()
        self.turn, self._prompt, self.replaying = turn, number, False
        self._usage.start()
        self._refused.clear()
        self._speaking = None
        self._words = self._broken = ""
        self._busy = self._interrupted = False
        return events

    def interrupt(self) -> list[tuple[wire.Id, dict[str, Any], RequestWithdrawn]]:
        """The turn is being stopped: each open request with its answer, and what to tell of it.

        The protocol wants open permissions answered; until then some agents never end the turn.
        """
        self._interrupted = self.turn is not None
        told = []
        for request, (number, pending, turn) in self._pending.items():
            answer = asking.CANCELLED if isinstance(pending, Permission) else {"action": "cancel"}
            told.append((number, answer, RequestWithdrawn(turn, request)))
        self._pending.clear()
        return told

    def reply(self, request: str, decision: Decision) -> tuple[wire.Id, dict[str, Any]] | None:
        """Return the answer to an open request, which closes it.

        None when no such request is open, or the decision does not fit it (it stays open). What a
        person said with a refusal has no place on the wire; it is kept in `remarks`.
        """
        number, pending, _ = self._pending.get(request, (None, None, None))
        if number is None or pending is None:
            return None
        answer = asking.reply(pending, decision)
        if answer is None:
            return None
        del self._pending[request]
        if isinstance(pending, Permission):
            self._decided(pending, decision)
        return number, answer

    def _decided(self, pending: Permission, decision: Decision) -> None:
        match decision:
            case Allowed(scope=GrantScope.SESSION, suggestion=None):
                # Kept here: what an agent calls "always" may be a line in a file of the project.
                self._granted.add(pending.tool)
            case Denied(reason=words) | PlanRejected(comment=words):
                self._refused.add(pending.run)
                if words:
                    self.remarks.append(words)
            case _:
                pass

    def rest(self) -> list[AgentEvent]:
        """End what the agent does unasked, if anything; the protocol has no word for its end."""
        if not self.unasked:
            return []
        self.unasked = False
        self._speaking = None
        return [TurnEnded(None)]

    # --- what the agent says -----------------------------------------------------------------

    def feed(self, frame: Frame) -> list[AgentEvent]:
        """Return the events of one frame, in order. Never raises for a frame's content."""
        if wire.is_response(frame):
            return list(self._responded(frame))
        method, params = string(frame, "method"), mapping(frame, "params")
        match method, wire.id_of(frame):
            case "session/update", _:
                return list(self._updated(mapping(params, "update")))
            case "session/request_permission", int() | str() as number:
                return list(self._may(number, params))
            case "elicitation/create", int() | str() as number:
                return list(self._asked(number, params))
            case _:
                return [Unknown(self.turn, method or string(frame, "type") or "?")]

    def granted(self, frame: Frame) -> tuple[wire.Id, dict[str, Any]] | None:
        """The answer to a permission that a standing one covers."""
        number = wire.id_of(frame)
        if number is None:
            return None
        _, pending, _ = self._pending.get(wire.name_of(number), (None, None, None))
        if isinstance(pending, Permission) and not pending.plan and pending.tool in self._granted:
            return self.reply(wire.name_of(number), Allowed())
        return None

    def _updated(self, update: Frame) -> Iterator[AgentEvent]:
        kind = string(update, "sessionUpdate")
        if self.heard is not None:
            self.heard.append(update)
        handler = self._updates.get(kind)
        if handler is None:
            yield Unknown(self.turn, f"session/update/{kind or '?'}")
        elif not self.replaying or kind in ("current_mode_update", "config_option_update"):
            for event in handler(update):
                # What was used may be told late: of the turn before.
                self._busy |= not isinstance(event, UsageSeen)
                self.unasked |= self.turn is None and isinstance(event, Spoke | Thought)
                yield event

    # --- speech ------------------------------------------------------------------------------

    def _spoke(self, update: Frame) -> Iterator[AgentEvent]:
        content = mapping(update, "content")
        text = _shown(content)
        echo = self._quirks.mode_echo
        if echo and text.startswith(echo):
            yield from self._moved(text.removeprefix(echo).strip())
        elif text:
            begins = self._begins("spoke", update)
            self._words = ("" if begins else self._words[-_LAST_WORDS:]) + text
            yield Spoke(self.turn, text, begins)
        elif string(content, "type") not in ("text", ""):
            yield Noted(self.turn, f"The agent showed something of the kind {content['type']}")

    def _thought(self, update: Frame) -> Iterator[AgentEvent]:
        if text := _shown(mapping(update, "content")):
            yield Thought(self.turn, text, self._begins("thought", update))

    def _begins(self, kind: str, update: Frame) -> bool:
        now = (kind, string(update, "messageId"))
        begins = now != self._speaking
        self._speaking = now
        return begins

    # --- work --------------------------------------------------------------------------------

    def _tool(self, update: Frame) -> Iterator[AgentEvent]:
        self._busy = True
        for event in self._tools.told(update, self.turn):
            self._speaking = None
            yield event

    def _plan(self, update: Frame) -> Iterator[AgentEvent]:
        todos = tuple(
            Todo(string(one, "content"), _STATES.get(string(one, "status"), TodoState.OPEN))
            for one in objects(update, "entries")
        )
        yield PlanUpdated(self.turn, todos)

    def _used(self, update: Frame) -> Iterator[AgentEvent]:
        seen = self._usage.update(update, self.turn)
        if self.turn is not None:
            yield seen

    def _informed(self, update: Frame) -> Iterator[AgentEvent]:
        # Not in the protocol: Codex's adapter tells in this way that the model's service failed.
        status = mapping(mapping(mapping(update, "_meta"), "codex"), "threadStatus")
        if status.get("type") == "systemError":
            self._broken = "The agent reports an error of its system."
        return iter(())

    # --- requests ----------------------------------------------------------------------------

    def _may(self, number: wire.Id, params: Frame) -> Iterator[AgentEvent]:
        call = mapping(params, "toolCall")
        run = self._tools.run(call, self.turn)
        pending = asking.permission(params, run)
        if not pending.plan:
            yield from run.start()
        self._speaking = None
        self._busy = True
        self._pending[wire.name_of(number)] = (number, pending, self.turn)
        yield asking.asked(wire.name_of(number), pending, run, call)

    def _asked(self, number: wire.Id, params: Frame) -> Iterator[AgentEvent]:
        found = asking.form(wire.name_of(number), params, self.turn)
        if found is None:
            yield Unknown(self.turn, "elicitation/create")
            return
        pending, event = found
        self._busy = True
        self._pending[wire.name_of(number)] = (number, pending, self.turn)
        yield event

    # --- settings ----------------------------------------------------------------------------

    def _moved(self, mode: str) -> Iterator[AgentEvent]:
        if mode and mode != self.mode:
            self.mode = mode
            yield ModeChanged(short(mode))

    def _configured(self, update: Frame) -> Iterator[AgentEvent]:
        told = config(update)
        if "model" in told:
            self._usage.model = told["model"].current
        if "mode" in told:
            yield from self._moved(told["mode"].current)

    # --- the end of a turn -------------------------------------------------------------------

    def _responded(self, frame: Frame) -> Iterator[AgentEvent]:
        if self.turn is None or wire.id_of(frame) != self._prompt:
            return
        result = mapping(frame, "result")
        ended = self._ended(wire.error_of(frame), result)
        yield from self._tools.end(
            frozenset(self._refused), cut_off=ended.outcome is not Outcome.DONE
        )
        for _, _, withdrawn in self.interrupt():  # the agent waits for no answer any more
            yield withdrawn
        seen = self._usage.settle(result, self.turn)
        if seen is not None:
            yield seen
        self.turn = self._prompt = None
        self._speaking = None
        yield ended

    def _ended(self, error: wire.RpcError | None, result: Frame) -> TurnEnded:
        turn = self.turn or ""
        if error is not None and self._interrupted:
            return TurnEnded(turn, Outcome.INTERRUPTED)
        if error is not None:
            return TurnEnded(turn, Outcome.FAILED, "", failure_of(error), error.text)
        reason = string(result, "stopReason")
        ended = stopped(turn, reason, interrupted=self._interrupted, refused=bool(self._refused))
        words = self._failure() if ended.outcome is Outcome.DONE else ""
        if words:
            return TurnEnded(turn, Outcome.FAILED, "", failure_in(words), words)
        return ended

    def _failure(self) -> str:
        """The words of a failure that looks like an end as any other; "" when it is one."""
        said = self._words.strip()
        if self._broken:
            return said or self._broken
        pattern = self._quirks.error_speech
        if pattern and re.match(pattern, said):
            return said
        return _SILENT if self._quirks.silent_failure and not self._busy else ""


def _shown(content: Frame) -> str:
    match string(content, "type"):
        case "text":
            return string(content, "text")
        case "resource_link":
            uri = string(content, "uri")
            return f"[{string(content, 'name') or uri}]({uri})"
        case "resource":
            return string(mapping(content, "resource"), "text")
        case _:
            return ""
