"""What the frames of `codex app-server` mean. Pure: a frame in, events out.

The wire is JSON-RPC without the version field: answers to our requests, requests of Codex, and
notifications, all in one order. Seen with 0.169; a frame nobody knows is `Unknown`.
"""

import re
from collections.abc import Iterator

from cc_connect.agents.codex import items, requests, tools
from cc_connect.agents.codex.failures import failure, words
from cc_connect.agents.codex.requests import Pending
from cc_connect.agents.codex.turns import TurnBook
from cc_connect.agents.codex.usage import UsageBook
from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    Decision,
    Failure,
    FileOffered,
    Noted,
    Outcome,
    PlanUpdated,
    RequestWithdrawn,
    Retrying,
    Spoke,
    Thought,
    TurnEnded,
    Unknown,
)
from cc_connect.contract.content import Todo, TodoState
from cc_connect.core.frames import Frame, mapping, objects, string, strings

_STATES = {
    "pending": TodoState.OPEN,
    "inProgress": TodoState.ACTIVE,
    "completed": TodoState.DONE,
}
_OUTCOMES = {"completed": Outcome.DONE, "interrupted": Outcome.INTERRUPTED}
_ATTEMPT = re.compile(r"(\d+)/(\d+)")
_OUTPUT_KEPT = 200_000  # characters of a command's output, where its end does not bring it
# Of no weight for people: states of the thread that other frames tell, other features of Codex.
_SILENT = (
    *("thread/started", "thread/status/", "thread/readState/", "thread/name/", "thread/goal/"),
    *("thread/settings/", "thread/queue/", "thread/closed", "thread/archived", "thread/compacted"),
    *("turn/diff/", "turn/moderation", "remoteControl/", "configWarning", "deprecationNotice"),
    *("skills/", "account/updated", "app/list/", "item/commandExecution/terminalInteraction"),
    *("item/fileChange/outputDelta", "item/mcpToolCall/progress", "mcpServer/startupStatus/"),
    "item/reasoning/summaryPartAdded",
)


class Translator:
    """Knows what has been seen of a session so far.

    Args:
        thread: Codex's id of the thread; "" takes frames of any.
        cwd: Where the agent works, for short paths.
        model: What answers.
    """

    def __init__(self, thread: str, cwd: str, model: str = "") -> None:
        self.thread = thread
        self.book = TurnBook()
        self.usage = UsageBook(model)
        self._cwd = cwd
        self._starts: set[object] = set()  # ids of our requests that start a turn
        self._pending: dict[str, Pending] = {}
        self._offers: dict[str, tuple[Pending, tools.Offer]] = {}
        self._told: dict[str, int] = {}  # characters said of an item
        self._shown: set[str] = set()  # tool runs that have started
        self._items: dict[str, Frame] = {}
        self._outputs: dict[str, list[str]] = {}
        self._part: tuple[str, object] = ("", None)

    @property
    def current(self) -> str | None:
        """The turn to which what comes in now belongs; None when nobody asked for it."""
        return self.book.owner(self.book.native) if self.book.native else None

    def submit(self, prompt: str) -> None:
        """A turn will be started. Raises RuntimeError while another one is not over."""
        self.book.submit(prompt)

    def starts(self, request: object) -> None:
        """Our request with this id starts the submitted turn."""
        self._starts.add(request)

    def feed(self, frame: Frame) -> Iterator[AgentEvent]:
        """Give the events of a frame."""
        method = frame.get("method")
        if not isinstance(method, str):
            yield from self._answered(frame)
        elif "id" in frame:
            yield from self._requested(frame, method)
        else:
            yield from self._notified(method, mapping(frame, "params"))

    def fail(self, why: Failure, detail: str) -> Iterator[AgentEvent]:
        """The submitted turn cannot be started."""
        refused = self.book.refused()
        if refused is not None:
            yield TurnEnded(refused, Outcome.FAILED, "", why, detail)

    # --- requests ----------------------------------------------------------------------------

    def is_open(self, request: str) -> bool:
        """Whether a request waits for its answer."""
        return request in self._pending or request in self._offers

    def answer(self, request: str, decision: Decision) -> tuple[Pending, Frame] | None:
        """Return what a decision answers and how; None when nothing waits for it."""
        pending = self._pending.get(request)
        result = requests.reply(pending, decision) if pending else None
        if pending is None or result is None:
            return None
        del self._pending[request]
        return pending, result

    def taken(self, request: str, refused: str) -> tuple[Pending, Frame] | None:
        """Return the answer to an offered file; None when nothing waits for it."""
        if request not in self._offers:
            return None
        pending, offer = self._offers.pop(request)
        return pending, tools.answered(offer, refused)

    def _requested(self, frame: Frame, method: str) -> Iterator[AgentEvent]:
        params = mapping(frame, "params")
        native = string(params, "turnId") or self.book.native
        pending = Pending(frame["id"], method, params, self.book.owner(native), native)
        if pending.turn is None and self._foreign(params):
            # A sub-agent has a thread of its own; it asks in the name of the turn that runs.
            pending = Pending(frame["id"], method, params, self.current, self.book.native)
        name = str(frame["id"])
        if method == requests.TOOL:
            offer = tools.read(params, self._cwd)
            if isinstance(offer, tools.Offer):
                self._offers[name] = pending, offer
                yield FileOffered(
                    pending.turn, name, offer.path, offer.path.rpartition("/")[2], offer.caption
                )
            return
        item = self._items.get(string(params, "itemId"), {})
        if asked := requests.read(pending, name, item, self._cwd):
            self._pending[name], event = asked
            yield event

    def _resolved(self, params: Frame) -> Iterator[AgentEvent]:
        name = str(params.get("requestId"))
        for kept in (self._pending, self._offers):
            if name in kept:
                found = kept.pop(name)
                pending = found[0] if isinstance(found, tuple) else found
                yield RequestWithdrawn(pending.turn, name)

    def _withdraw(self, native: str) -> Iterator[AgentEvent]:
        """The turn is over, so nothing waits for an answer any more."""
        for name, pending in [
            *self._pending.items(),
            *((name, pending) for name, (pending, _) in self._offers.items()),
        ]:
            if pending.native == native:
                yield from self._resolved({"requestId": name})

    # --- answers -----------------------------------------------------------------------------

    def _answered(self, frame: Frame) -> Iterator[AgentEvent]:
        request = frame.get("id")
        if request not in self._starts:
            return
        self._starts.discard(request)
        if error := mapping(frame, "error"):
            yield from self.fail(Failure.OTHER, words(error))
            return
        if native := string(mapping(mapping(frame, "result"), "turn"), "id"):
            if self.book.owner(native) is None:
                self.usage.start()
            self.book.named(native)

    # --- notifications -----------------------------------------------------------------------

    def _foreign(self, params: Frame) -> bool:
        thread = string(params, "threadId")
        return bool(self.thread and thread and thread != self.thread)

    def _notified(self, method: str, params: Frame) -> Iterator[AgentEvent]:
        if method == "serverRequest/resolved":
            yield from self._resolved(params)
            return
        if self._foreign(params):
            return  # a sub-agent: what it comes to is told by the item that started it
        native = string(params, "turnId") or self.book.native
        turn = self.book.owner(native)
        if method.startswith("item/"):
            yield from self._of_item(method, params, turn)
        else:
            yield from self._of_turn(method, params, turn)

    def _of_turn(self, method: str, params: Frame, turn: str | None) -> Iterator[AgentEvent]:
        match method:
            case "turn/started":
                self._began(string(mapping(params, "turn"), "id"))
            case "turn/completed":
                yield from self._completed(mapping(params, "turn"))
            case "turn/plan/updated":
                yield PlanUpdated(turn, _todos(params))
            case "thread/tokenUsage/updated":
                yield self.usage.seen(mapping(params, "tokenUsage"), turn)
            case "account/rateLimits/updated":
                yield from self.usage.limits(mapping(params, "rateLimits"), self.current)
            case "error":
                yield from self._troubled(params, turn)
            case "warning" | "guardianWarning":
                yield Noted(turn, string(params, "message"))
            case "model/rerouted":
                self.usage.model = string(params, "toModel") or self.usage.model
                yield Noted(turn, f"{string(params, 'toModel')} answers now.")
            case _ if not method.startswith(_SILENT):
                yield Unknown(turn, method)

    def _of_item(self, method: str, params: Frame, turn: str | None) -> Iterator[AgentEvent]:
        match method:
            case "item/started" | "item/completed":
                yield from self._item(method, mapping(params, "item"), turn)
            case "item/agentMessage/delta" | "item/plan/delta":
                yield self._spoke(params, turn)
            case "item/reasoning/summaryTextDelta" | "item/reasoning/textDelta":
                yield self._thought(params, turn)
            case "item/commandExecution/outputDelta":
                self._heard(params)
            case "item/fileChange/patchUpdated":
                name = string(params, "itemId")
                self._items[name] = {**params, "id": name}
            case _ if not method.startswith(_SILENT):
                yield Unknown(turn, method)

    def _began(self, native: str) -> None:
        if self.book.owner(native) is None:
            self.usage.start()
        self.book.began(native)

    def _completed(self, told: Frame) -> Iterator[AgentEvent]:
        native = string(told, "id")
        yield from self._withdraw(native)
        self._told.clear()
        self._items.clear()
        self._outputs.clear()
        self._shown.clear()
        turn = self.book.over(native)
        outcome = _OUTCOMES.get(string(told, "status"), Outcome.FAILED)
        if outcome is Outcome.FAILED:
            error = mapping(told, "error")
            yield TurnEnded(turn, outcome, "", failure(error), words(error))
        else:
            yield TurnEnded(turn, outcome)

    def _troubled(self, params: Frame, turn: str | None) -> Iterator[AgentEvent]:
        # What is not tried again is told by the end of the turn, in the same words.
        if params.get("willRetry") is True:
            error = mapping(params, "error")
            found = _ATTEMPT.search(string(error, "message"))
            attempt, attempts = (int(found[1]), int(found[2])) if found else (1, 1)
            yield Retrying(turn, attempt, attempts, 0.0, words(error))

    # --- items -------------------------------------------------------------------------------

    def _item(self, method: str, item: Frame, turn: str | None) -> Iterator[AgentEvent]:
        over = method == "item/completed"
        name, kind = string(item, "id"), string(item, "type")
        if items.is_work(item):
            yield from self._work(item, turn, over=over)
        elif kind in ("agentMessage", "plan"):
            if over:
                yield from self._rest(name, string(item, "text"), turn)
        elif kind == "reasoning":
            if over and name not in self._told:
                thought = "\n\n".join(strings(item, "summary") or strings(item, "content"))
                if thought:
                    yield Thought(turn, thought, begins=True)
        elif kind == "contextCompaction":
            if over:
                yield Compacted(turn)
        elif kind in ("enteredReviewMode", "exitedReviewMode"):
            if over and string(item, "review"):
                yield Spoke(turn, string(item, "review"), begins=True)
        elif kind not in ("userMessage", "hookPrompt", "subAgentActivity", "sleep"):
            yield Unknown(turn, f"{method}/{kind or '?'}")

    def _work(self, item: Frame, turn: str | None, *, over: bool) -> Iterator[AgentEvent]:
        name = string(item, "id")
        self._items[name] = item
        if name not in self._shown:
            self._shown.add(name)
            yield from items.started(item, turn, self._cwd)
        if over:
            self._shown.discard(name)
            self._items.pop(name, None)
            yield from items.finished(item, turn, "".join(self._outputs.pop(name, ())))

    def _spoke(self, params: Frame, turn: str | None) -> Spoke:
        name, text = string(params, "itemId"), string(params, "delta")
        begins = name not in self._told
        self._told[name] = self._told.get(name, 0) + len(text)
        return Spoke(turn, text, begins)

    def _rest(self, name: str, text: str, turn: str | None) -> Iterator[AgentEvent]:
        told = self._told.get(name, 0)
        if len(text) > told:
            self._told[name] = len(text)
            yield Spoke(turn, text[told:], begins=not told)

    def _thought(self, params: Frame, turn: str | None) -> Thought:
        part = (string(params, "itemId"), params.get("summaryIndex"))
        begins, self._part = part != self._part, part
        self._told[part[0]] = 1
        return Thought(turn, string(params, "delta"), begins)

    def _heard(self, params: Frame) -> None:
        name, text = string(params, "itemId"), string(params, "delta")
        heard = self._told.get(name, 0) + len(text)
        if heard <= _OUTPUT_KEPT:
            self._told[name] = heard
            self._outputs.setdefault(name, []).append(text)


def _todos(params: Frame) -> tuple[Todo, ...]:
    return tuple(
        Todo(string(step, "step"), _STATES.get(string(step, "status"), TodoState.OPEN))
        for step in objects(params, "plan")
    )
