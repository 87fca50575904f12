"""The script language: what a test writes into a prompt to choose the model's answers.

Pure. The package docstring of `cc_connect.testing.model_api` is the reference of the language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

_OPENING = re.compile(r"@@\s*(?=[\[{])")
_CLOSING = re.compile(r"\s*@@")


class ScriptError(ValueError):
    """A script that cannot be read; the message says what is wrong and where."""


class ToolCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One tool the model asks for. `id` is made up when absent."""

    name: str
    input: dict[str, Any] = {}
    id: str | None = None


class Step(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """One reply of the model, or one failure in its place.

    Raises ValueError (as a msgspec.ValidationError when read from JSON) for figures below zero
    and for fields that mean nothing together.
    """

    thinking: str | None = None
    text: str | None = None
    chunks: int = 0
    size: int = 200
    tools: tuple[ToolCall, ...] = ()

    piece: int = 24
    delay: float = 0.0
    chunk_delay: float = 0.0
    wait: str | None = None
    hold: str | None = None

    error: int | None = None
    type: str | None = None
    message: str | None = None
    after: int | None = None
    cut: int | None = None
    times: int | None = None

    stop_reason: str | None = None
    usage: dict[str, int] = {}
    headers: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse what would be ignored in silence."""
        figures = (self.chunks, self.delay, self.chunk_delay, self.after, self.cut, self.times)
        if any(figure is not None and figure < 0 for figure in figures):
            raise ValueError("a figure below zero")
        if min(self.size, self.piece) < 1:
            raise ValueError("size and piece start at 1")
        details = (self.after, self.type, self.message)
        if self.error is None and any(detail is not None for detail in details):
            raise ValueError("after, type and message belong to an error")
        if self.error is not None and self.cut is not None:
            raise ValueError("a step has an error or a cut, not both")
        if self.times is not None and not self.faulty:
            raise ValueError("times belongs to an error or a cut")

    @property
    def faulty(self) -> bool:
        """Whether this step fails, at least at first."""
        return self.error is not None or self.cut is not None

    @property
    def replies(self) -> bool:
        """Whether this step becomes a reply of the model once its failures are used up."""
        content = self.text is not None or self.thinking or self.tools or self.chunks
        return bool(content) or not self.faulty

    @property
    def streaming_only(self) -> bool:
        """Whether the failure happens inside a stream, so that a plain request escapes it."""
        return self.cut is not None or self.after is not None


Steps = tuple[Step, ...]


def read_steps(steps: Sequence[Step | Mapping[str, Any]]) -> Steps:
    """Return `steps` checked. Raises ScriptError."""
    try:
        return tuple(
            step if isinstance(step, Step) else msgspec.convert(step, Step) for step in steps
        )
    except (msgspec.ValidationError, TypeError) as wrong:
        raise ScriptError(f"bad step: {wrong}") from wrong


def find_script(text: str) -> Steps | None:
    """Return the last script in `text`, or None where there is none. Raises ScriptError."""
    found: Steps | None = None
    place = 0
    while opening := _OPENING.search(text, place):
        try:
            value, place = json.JSONDecoder().raw_decode(text, opening.end())
        except json.JSONDecodeError as wrong:
            raise ScriptError(f"bad script: {wrong}") from wrong
        closing = _CLOSING.match(text, place)
        if closing is None:
            raise ScriptError(f"bad script: no closing @@ at char {place}")
        place = closing.end()
        found = read_steps(value if isinstance(value, list) else [value])
    return found


def script(*steps: Step | Mapping[str, Any], say: str = "") -> str:
    """Return a prompt that holds `steps`, after the words `say`. Raises ScriptError."""
    plain = msgspec.json.encode(read_steps(steps)).decode()
    return f"{say} @@ {plain} @@".strip()


def choose(
    steps: Steps, *, replies: int, failed: Callable[[int], int], streaming: bool
) -> tuple[int, Step | None, bool]:
    """Find the step that answers now.

    `replies` counts the replies the model has given since the prompt; `failed(index)` how often
    the step at `index` has failed already. Returns the index, the step, and whether it is to
    fail this time. The step is None past the end of the script.
    """
    given = 0
    for index, step in enumerate(steps):
        if given < replies:
            given += step.replies
            continue
        inside = streaming or not step.streaming_only
        if step.faulty and inside and (step.times is None or failed(index) < step.times):
            return index, step, True
        if step.replies:
            return index, step, False
    return len(steps), None, False


def fill(step: Step, values: Mapping[str, str]) -> Step:
    """Replace `$NAME` in the strings of the tools' inputs. Unknown names stay as they are."""
    if not step.tools:
        return step
    tools = tuple(
        msgspec.structs.replace(tool, input=_filled(tool.input, values)) for tool in step.tools
    )
    return msgspec.structs.replace(step, tools=tools)


def _filled(value: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case str():
            for name, replacement in values.items():
                value = value.replace(f"${name}", replacement)
            return value
        case list():
            return [_filled(item, values) for item in value]
        case dict():
            return {key: _filled(item, values) for key, item in value.items()}
        case _:
            return value
