"""The fold behind the live message: events in, a bounded picture of the turn out.

Costs the same per event however many came before: the picture keeps the latest steps only, and the
growing text as pieces.
"""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from cc_connect.contract.agent import (
    AgentEvent,
    Compacted,
    LimitHit,
    Noted,
    PlanUpdated,
    Retrying,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    UsageSeen,
)
from cc_connect.contract.content import Diff, Step, StepKind, StepState, Todo
from cc_connect.core.display import Display, cut, one_line
from cc_connect.core.texts import Language, say

KEPT_STEPS = 40
KEPT_TEXT = 6000
TITLE = 160


class Progress:
    """The picture of one running turn."""

    def __init__(self, display: Display, language: Language) -> None:
        self._display = display
        self._language = language
        self._steps: deque[Step] = deque(maxlen=KEPT_STEPS)
        self._tools: dict[str, int] = {}
        self._thought: list[str] = []
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self.total = 0
        self.text_size = 0
        self.todos: tuple[Todo, ...] = ()
        self.diff: Diff | None = None
        self.usage: UsageSeen | None = None
        self.doing = ""

    @property
    def hidden(self) -> int:
        """How many earlier steps are not kept."""
        return self.total - len(self._steps)

    def steps(self) -> tuple[Step, ...]:
        """The kept steps, the thought in progress last."""
        steps = tuple(self._steps)
        thought = self._thought_step(StepState.RUNNING)
        return (*steps, thought) if thought else steps

    def tail(self) -> str:
        """The end of the answer so far: everything since the last tool, at most KEPT_TEXT."""
        return "".join(self._tail)[-KEPT_TEXT:]

    def take(self, event: AgentEvent) -> str:
        """Take in one event; returns the text that was added to the answer, if any."""
        match event:
            case Spoke():
                return self._spoke(event)
            case Thought():
                self._think(event)
            case ToolStarted():
                self._tool_started(event)
            case ToolFinished():
                self._tool_finished(event)
            case PlanUpdated(todos=todos):
                self.todos = todos
            case UsageSeen():
                self.usage = event
            case Retrying() | LimitHit() | Compacted() | Noted():
                self._note(event)
            case _:
                pass
        return ""

    def _spoke(self, event: Spoke) -> str:
        self._end_thought()
        self.doing = ""
        text = event.text
        if event.begins and self.text_size:
            text = "\n\n" + text
        self.text_size += len(text)
        kept = text[-KEPT_TEXT:]
        if kept:
            self._tail.append(kept)
            self._tail_size += len(kept)
        while self._tail and self._tail_size - len(self._tail[0]) > KEPT_TEXT:
            self._tail_size -= len(self._tail.popleft())
        return text

    def _think(self, event: Thought) -> None:
        if event.begins:
            self._end_thought()
        limit = self._display.thinking_max or KEPT_TEXT
        if sum(map(len, self._thought[-1:])) <= limit:
            self._thought = ["".join((*self._thought, event.text))[: limit + 1]]
        self.doing = say(self._language, "thinking")

    def _thought_step(self, state: StepState) -> Step | None:
        text = "".join(self._thought).strip().strip(".…")
        if not text or not self._display.thinking:
            return None
        title = cut(" ".join(text.split()), self._display.thinking_max)
        return Step(StepKind.THOUGHT, title, state=state)

    def _end_thought(self) -> None:
        step = self._thought_step(StepState.DONE)
        self._thought = []
        if step:
            self._add(step)

    def _add(self, step: Step) -> None:
        self._steps.append(step)
        self.total += 1

    def _tool_started(self, event: ToolStarted) -> None:
        self._end_thought()
        title = f"{event.name}({event.title})" if event.title else event.name
        self.doing = one_line(title, TITLE)
        if event.parent is None:
            self._remark()
        if event.diff is not None:
            self.diff = event.diff
        if not self._display.tools:
            self.total += 1
            return
        self._add(
            Step(
                StepKind.TOOL,
                one_line(title, TITLE),
                state=StepState.RUNNING,
                depth=0 if event.parent is None else 1,
            )
        )
        self._tools[event.id] = self.total - 1
        if len(self._tools) > 2 * KEPT_STEPS:
            kept = self.hidden
            self._tools = {key: at for key, at in self._tools.items() if at >= kept}

    def _remark(self) -> None:
        """What was said before a tool is a remark on the way, not the answer."""
        text = self.tail().strip()
        self._tail.clear()
        self._tail_size = self.text_size = 0
        if text and self._display.tools:
            self._add(Step(StepKind.SAID, cut(text, self._display.tool_max)))

    def _tool_finished(self, event: ToolFinished) -> None:
        self.doing = ""
        at = self._tools.pop(event.id, -1) - self.hidden
        if not 0 <= at < len(self._steps):
            return
        state = StepState.FAILED if event.failed else StepState.DONE
        output = event.output[: (self._display.tool_max or KEPT_TEXT) + 1]
        detail = cut(output.strip(), self._display.tool_max)
        self._steps[at] = replace(self._steps[at], state=state, detail=detail)

    def _note(self, event: Retrying | LimitHit | Compacted | Noted) -> None:
        self._end_thought()
        self._add(Step(StepKind.NOTE, one_line(note_text(event, self._language), TITLE)))


def note_text(event: Retrying | LimitHit | Compacted | Noted, language: Language) -> str:
    """The line that tells people about an event beside the agent's own words."""
    match event:
        case Retrying(attempt=attempt, attempts=attempts, reason=reason):
            return say(language, "retrying", reason=reason, attempt=attempt, attempts=attempts)
        case LimitHit(rejected=True):
            when = clock_time(event.resets_at)
            return say(language, "limit_reached", window=event.window, when=when)
        case LimitHit():
            used = round(100 * (event.used or 0))
            return say(language, "limit_near", window=event.window, used=used)
        case Compacted():
            return say(language, "compacted")
        case Noted(text=text):
            return text
        case _:
            assert_never(event)


def clock_time(at: float | None) -> str:
    """A moment for people, in UTC; "?" when it is not known."""
    return "?" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
