"""Does what the script in a prompt says."""

import json
import os
import queue
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cc_connect.testing.scripted_agent.player import find_script

if TYPE_CHECKING:
    from cc_connect.testing.scripted_acp.seat import Seat

Step = Mapping[str, Any]
_POLL = 0.01  # seconds between two looks
_OPTIONS = (
    {"optionId": "for-ever", "kind": "allow_always", "name": "Always: {tool}"},
    {"optionId": "yes", "kind": "allow_once", "name": "Yes"},
    {"optionId": "no", "kind": "reject_once", "name": "No"},
)
_REFUSED = "The user refused this."


class Cancelled(Exception):
    """The client has stopped the turn."""


class Refused(Exception):
    """The turn ends with an error."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__()
        self.told = told


class Player:
    """Plays one prompt."""

    granted: frozenset[str] = frozenset()

    def __init__(self, seat: "Seat") -> None:
        self._seat = seat
        self._words: dict[str, str] = {"answer": "", "output": ""}
        self._result: dict[str, Any] = {"stopReason": "end_turn"}
        self._after: list[Step] = []
        self._steps: dict[str, Callable[[Step], None]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    def play(self, blocks: list[dict[str, Any]]) -> dict[str, Any]:
        """Do what the prompt says; returns the result of the turn.

        Raises:
            Cancelled, Refused: The turn ends in another way.
        """
        text = "\n".join(block["text"] for block in blocks if block["type"] == "text")
        links = [block["uri"] for block in blocks if block["type"] == "resource_link"]
        self._words["images"] = str(sum(block["type"] == "image" for block in blocks))
        self._words["links"] = " ".join(links)
        self._words["prompt"] = text.partition("@@")[0].strip()
        self._words["settings"] = self._seat.settings
        content = {"type": "text", "text": text}
        self._seat.shelf.add(
            self._seat.session, {"sessionUpdate": "user_message_chunk", "content": content}
        )
        self._play(find_script(text) or [{"text": f"You said: {text}"}])
        return self._result

    def afterwards(self) -> None:
        """Do what is to come when the turn is over."""
        self._play(self._after)

    def _play(self, steps: Iterable[Step]) -> None:
        for step in steps:
            name = next((key for key in step if key in self._steps), None)
            if name is None:
                raise Refused({"code": -32603, "message": f"bad step: {json.dumps(step)}"})
            self._check()
            self._steps[name](step)

    def _check(self) -> None:
        if self._seat.cancelled.is_set():
            raise Cancelled

    def _filled(self, text: str) -> str:
        for name, value in self._words.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _pause(self, seconds: float) -> None:
        if self._seat.cancelled.wait(seconds):
            raise Cancelled

    def _await(self, answer: "queue.Queue[dict[str, Any]]") -> dict[str, Any]:
        # As with real agents the turn ends only when the client has answered what is open.
        return answer.get()

    # --- speech ------------------------------------------------------------------------------

    def _do_text(self, step: Step) -> None:
        self._say("agent_message_chunk", self._filled(str(step["text"])), step)

    def _do_think(self, step: Step) -> None:
        self._say("agent_thought_chunk", self._filled(str(step["think"])), step)

    def _say(self, kind: str, text: str, step: Step) -> None:
        pieces = int(step.get("pieces", 1))
        size = max(1, -(-len(text) // pieces))
        for start in range(0, len(text), size):
            if step.get("delay"):
                self._pause(float(step["delay"]))
            content = {"type": "text", "text": text[start : start + size]}
            self._seat.update(kind, content=content)

    # --- tools -------------------------------------------------------------------------------

    def _do_tool(self, step: Step) -> None:
        self._use([step])

    def _do_tools(self, step: Step) -> None:
        self._use(step["tools"])

    def _use(self, steps: list[Step]) -> None:
        calls = [self._call(step) for step in steps]
        for call, _ in calls:
            told = {**call, "rawInput": {}}
            self._seat.update("tool_call", **told)
            known = {"toolCallId": call["toolCallId"], "rawInput": call["rawInput"]}
            self._seat.update("tool_call_update", **known)
        asked = [self._asked(call) if step.get("ask", True) else None for call, step in calls]
        outputs = [
            self._run(call, step, answer) for (call, step), answer in zip(calls, asked, strict=True)
        ]
        self._words["output"] = "\n".join(outputs)

    def _call(self, step: Step) -> tuple[dict[str, Any], Step]:
        given = step.get("input") or {}
        call = {
            "toolCallId": os.urandom(6).hex(),
            "name": str(step["tool"]),
            "kind": str(step.get("kind", "execute")),
            "title": str(given.get("command") or step["tool"]),
            "status": "pending",
            "rawInput": given,
            "content": step.get("content") or [],
        }
        return call, step

    def _asked(self, call: dict[str, Any]) -> "queue.Queue[dict[str, Any]] | None":
        if call["name"] in Player.granted:
            return None
        options = [{**one, "name": one["name"].format(tool=call["name"])} for one in _OPTIONS]
        params = {"sessionId": self._seat.session, "toolCall": call, "options": options}
        return self._seat.begin("session/request_permission", params)

    def _run(
        self, call: dict[str, Any], step: Step, answer: "queue.Queue[dict[str, Any]] | None"
    ) -> str:
        chosen = "yes"
        if answer is not None:
            outcome = self._await(answer)["result"]["outcome"]
            chosen = outcome.get("optionId") or outcome["outcome"]
        if chosen == "for-ever":
            Player.granted |= {call["name"]}
        if "hold" in step:
            self._do_hold(step)
        failed = chosen not in ("yes", "for-ever")
        output = _REFUSED if failed else str(step.get("output", "ok"))
        self._seat.update(
            "tool_call_update",
            toolCallId=call["toolCallId"],
            status="failed" if failed else "completed",
            content=[{"type": "content", "content": {"type": "text", "text": output}}],
        )
        return output

    # --- asking ------------------------------------------------------------------------------

    def _do_ask(self, step: Step) -> None:
        properties = {f"question_{at}": _property(one) for at, one in enumerate(step["ask"])}
        own = {f"{name}_custom": {"type": "string"} for name in properties}
        params = {
            "mode": "form",
            "sessionId": self._seat.session,
            "message": step["ask"][0]["question"],
            "requestedSchema": {"type": "object", "properties": properties | own},
        }
        answer = self._await(self._seat.begin("elicitation/create", params))["result"]
        told = [
            ", ".join(value) if isinstance(value, list) else str(value)
            for value in (answer.get("content") or {}).values()
        ]
        self._words["answer"] = "; ".join(told) or str(answer["action"])

    def _do_plan(self, step: Step) -> None:
        call = {
            "toolCallId": os.urandom(6).hex(),
            "kind": "switch_mode",
            "title": "Ready to code?",
            "rawInput": {"plan": step["plan"]},
        }
        answer = self._asked({**call, "name": "Plan"})
        assert answer is not None
        outcome = self._await(answer)["result"]["outcome"]
        approved = outcome.get("optionId") in ("yes", "for-ever")
        self._words["answer"] = "approved" if approved else "rejected"

    def _do_request(self, step: Step) -> None:
        params = {"sessionId": self._seat.session, **(step.get("params") or {})}
        answer = self._await(self._seat.begin(str(step["request"]), params))
        self._words["answer"] = json.dumps(answer.get("error") or answer.get("result"))

    # --- the rest ----------------------------------------------------------------------------

    def _do_todo(self, step: Step) -> None:
        entries = [{"content": text, "status": status} for text, status in step["todo"]]
        self._seat.update("plan", entries=entries)

    def _do_usage(self, step: Step) -> None:
        self._seat.update("usage_update", kept=False, used=step["usage"], size=1000)
        self._result["usage"] = {"inputTokens": step["usage"], "outputTokens": 7}

    def _do_background(self, step: Step) -> None:
        self._after += step["background"]

    def _do_mode(self, step: Step) -> None:
        self._seat.change_mode(str(step["mode"]))

    def _do_stop(self, step: Step) -> None:
        self._result["stopReason"] = step["stop"]

    def _do_error(self, step: Step) -> None:
        message = str(step.get("message", "refused"))
        data = {"details": f"{step['error']} {message}"}
        code = int(step.get("code", -32603))
        raise Refused({"code": code, "message": "Internal error", "data": data})

    def _do_wait(self, step: Step) -> None:
        self._pause(float(step["wait"]))

    def _do_hold(self, step: Step) -> None:
        while not Path(str(step["hold"])).exists():
            self._pause(_POLL)

    def _do_touch(self, step: Step) -> None:
        Path(str(step["touch"])).touch()

    def _do_exit(self, step: Step) -> None:
        os._exit(int(step["exit"]))

    def _do_garbage(self, step: Step) -> None:
        self._seat.write(str(step["garbage"]))

    def _do_huge(self, step: Step) -> None:
        self._seat.write(json.dumps({"method": "huge", "filler": "x" * int(step["huge"])}))

    def _do_stderr(self, step: Step) -> None:
        sys.stderr.write("x" * int(step["stderr"]) + "\n")

    def _do_raw(self, step: Step) -> None:
        self._seat.send(dict(step["raw"]))


def _property(question: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {"const": one["label"], "title": one["label"], "description": one.get("description", "")}
        for one in question["options"]
    ]
    title = {"title": str(question.get("header", ""))}
    if question.get("multiSelect"):
        return {"type": "array", "items": {"anyOf": options}, **title}
    return {"type": "string", "oneOf": options, **title}
