"""Which step answers a request. Pure, but for the count of failures it keeps."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cc_connect.testing.model_api.request import ModelRequest, Prompt, bookmark, read_prompt
from cc_connect.testing.model_api.script import (
    ScriptError,
    Step,
    Steps,
    choose,
    fill,
    find_script,
    read_steps,
    script,
)

Hook = Callable[[ModelRequest], Step | None]


class Answers:
    """The scripts of prompts, the scenarios of the test, and its hook."""

    def __init__(self) -> None:
        self.hook: Hook | None = None
        self._scenarios: list[tuple[str, Steps]] = []
        # How often a step has failed is all that is remembered from one request to the next.
        self._failures: Counter[tuple[object, ...]] = Counter()

    def add(self, words: str, steps: Sequence[Step | Mapping[str, Any]]) -> None:
        """Answer prompts that contain `words` with `steps`. Raises ScriptError."""
        self._scenarios.insert(0, (words, read_steps(steps)))

    def choose(self, request: ModelRequest) -> tuple[Step, bool]:
        """Return the step that answers, and whether it is to fail. Raises ScriptError."""
        if self.hook is not None and (step := self.hook(request)) is not None:
            return self._next((step,), request, 0)
        prompt = request.prompt
        steps = self._steps(prompt)
        if steps is not None:
            return self._next(steps, request, prompt.replies)
        if prompt.wants_summary:
            return Step(text=self._summary(request)), False
        return Step(text=f"You said: {prompt.text}" if prompt.text else "Done."), False

    def _steps(self, prompt: Prompt) -> Steps | None:
        found = find_script(prompt.text)
        if found is not None or prompt.wants_summary:
            return found
        for words, steps in self._scenarios:
            if words in prompt.text:
                return steps
        return None

    def _next(self, steps: Steps, request: ModelRequest, replies: int) -> tuple[Step, bool]:
        prompt = request.prompt
        key = (request.session, request.subagent, prompt.before, prompt.text)
        index, step, fails = choose(
            steps,
            replies=replies,
            failed=lambda index: self._failures[*key, index],
            streaming=request.streaming,
        )
        if step is None:
            return Step(text="Done."), False
        self._failures[*key, index] += fails
        return fill(step, request.places), fails

    def _summary(self, request: ModelRequest) -> str:
        """Sum the conversation up, keeping the script of a turn that is not over."""
        kept = ""
        with contextlib.suppress(ScriptError):  # Its own turn has told so already.
            prompt = read_prompt(request.messages[:-1])
            steps = self._steps(prompt) or ()
            if sum(step.replies for step in steps) > prompt.replies:
                kept = "\n" + bookmark(prompt.replies, script(*steps))
        return f"<analysis>\nNone.\n</analysis>\n<summary>\nWe talked.{kept}\n</summary>"
