"""Runs of tools, put together from what an agent says about them in pieces. Pure.

`tool_call` opens one, `tool_call_update` changes it; some agents leave the first one out, some say
what the tool does only in the second. So a run is shown when it is known what it does.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_connect.contract.agent import ToolFinished, ToolStarted
from cc_connect.contract.content import Diff
from cc_connect.core.diffs import compared, relative
from cc_connect.core.frames import Frame, mapping, objects, string

_NAMES = {
    "execute": "Shell",
    "edit": "Edit",
    "read": "Read",
    "delete": "Delete",
    "move": "Move",
    "search": "Search",
    "fetch": "Fetch",
    "think": "Think",
}
_ENDED = frozenset({"completed", "failed"})
_NAME = 60  # characters
_TITLE = 300


@dataclass(slots=True)
class ToolRun:
    """One run, as far as it has been told."""

    id: str
    turn: str | None
    name: str = ""
    kind: str = ""
    title: str = ""
    status: str = "pending"
    input: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    diff: Diff | None = None
    shown: bool = False

    def take(self, frame: Frame, cwd: str) -> None:
        """Take in a `tool_call`, a `tool_call_update`, or the `toolCall` of a permission."""
        meta = mapping(frame, "_meta")
        own = string(mapping(meta, "claudeCode"), "toolName") or string(meta, "toolName")
        self.name = string(frame, "name") or own or self.name
        self.kind = string(frame, "kind") or self.kind
        self.title = string(frame, "title") or self.title
        self.status = string(frame, "status") or self.status
        self.input = mapping(frame, "rawInput") or self.input
        texts = []
        for block in objects(frame, "content"):
            if block.get("type") == "diff":
                self.diff = _diff(block, cwd)
            elif text := string(mapping(block, "content"), "text"):
                texts.append(text)
        if self.status in _ENDED:
            self.output = _unfenced("\n".join(texts)) or _raw(frame.get("rawOutput"))
        elif texts and not self.input:
            self.input = _told(texts[0])

    @property
    def tool(self) -> str:
        """What the tool is called."""
        # A grant covers what is called the same, so what has no name must not be called alike.
        return self.name or _NAMES.get(self.kind, "") or self.title[:_NAME] or "Tool"

    @property
    def line(self) -> str:
        """One line for people: the command where there is one."""
        command = self.input.get("command")
        text = command if isinstance(command, str) and command else self.title
        return " ".join(text.split())[:_TITLE]

    @property
    def vague(self) -> bool:
        """Nothing tells yet what it does: the arguments are still to come."""
        return self.status == "pending" and not self.input.keys() - {"cwd"}

    def start(self) -> Iterator[ToolStarted]:
        """The event that shows it, the first time."""
        if not self.shown:
            self.shown = True
            yield ToolStarted(self.turn, self.id, self.tool, self.input, self.line, None, self.diff)

    def finish(self) -> ToolFinished:
        """The event that ends it."""
        return ToolFinished(self.turn, self.id, self.output, self.status == "failed")


class ToolBook:
    """The runs of a turn that are not over."""

    def __init__(self, cwd: str) -> None:
        self._cwd = cwd
        self._runs: dict[str, ToolRun] = {}

    def told(self, frame: Frame, turn: str | None) -> Iterator[ToolStarted | ToolFinished]:
        """Take in a `tool_call` or `tool_call_update`."""
        run = self.run(frame, turn)
        if run.status in _ENDED:
            yield from run.start()
            del self._runs[run.id]
            yield run.finish()
        elif not run.vague:
            yield from run.start()

    def run(self, frame: Frame, turn: str | None) -> ToolRun:
        """The run that a frame speaks of, with what the frame says taken in."""
        name = string(frame, "toolCallId")
        run = self._runs.setdefault(name, ToolRun(name, turn))
        run.take(frame, self._cwd)
        return run

    def end(
        self, refused: frozenset[str], *, cut_off: bool
    ) -> Iterator[ToolStarted | ToolFinished]:
        """The turn is over (`cut_off`: it was stopped), and so is all that was not said to be."""
        for run in self._runs.values():
            yield from run.start()
            if cut_off or run.id in refused:
                run.status = "failed"
            yield run.finish()
        self._runs.clear()


def _diff(block: Frame, cwd: str) -> Diff:
    path = relative(string(block, "path"), cwd)
    return compared(path, [(string(block, "oldText"), string(block, "newText"))])


def _told(text: str) -> Mapping[str, Any]:
    """The arguments, where the agent shows them as JSON in the content."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _unfenced(text: str) -> str:
    lines = text.strip("\n").split("\n")
    fenced = len(lines) > 1 and lines[0].startswith("```") and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else text


def _raw(output: object) -> str:
    if isinstance(output, str):
        return output
    if not isinstance(output, dict):
        return ""
    return next(
        (
            text
            for key in ("output", "content", "error", "message")
            if (text := string(output, key))
        ),
        "",
    )
