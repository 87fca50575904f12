"""Does what the script of a prompt says, in the frames of Codex."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from cc_connect.testing.scripted_codex.server import Server

Step = Mapping[str, Any]
_SCRIPT = re.compile(r"@@\s*([\[{].*[\]}])\s*@@", re.DOTALL)
_POLL = 0.01  # seconds between two looks for a file
_ACCEPTED = ("accept", "acceptForSession")


class Failed(Exception):
    """The turn ends with this error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


class Player:
    """Plays one turn; `background` holds the steps of one nobody will have asked for."""

    def __init__(self, server: Server, turn: dict[str, Any], prompt: str) -> None:
        self.background: list[Step] = []
        self._server = server
        self._turn = turn
        self._prompt = prompt
        self._words = {"prompt": prompt.partition("@@")[0].strip(), "answer": "", "output": ""}
        self._steps: dict[str, Callable[[Step], Awaitable[None]]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    async def play(self, steps: Sequence[Step] | None) -> None:
        """Do these steps, or those of the prompt."""
        found = _SCRIPT.search(self._prompt)
        if steps is None and found:
            steps = json.loads(found[1])
        for step in steps or [{"text": f"You said: {self._prompt}"}]:
            name = next((key for key in step if key in self._steps), None)
            if name is None:
                raise Failed({"message": f"bad step: {json.dumps(step)}", "codexErrorInfo": None})
            await self._steps[name](step)

    def _filled(self, text: str) -> str:
        words = {**self._words, "steered": "\n".join(self._server.steered)}
        words["instructions"] = self._server.instructions
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _notify(self, method: str, **params: object) -> None:
        self._server.notify(method, turnId=self._turn["id"], **params)

    def _started(self, kind: str, **more: object) -> dict[str, Any]:
        item = {"type": kind, "id": uuid4().hex, **more}
        self._notify("item/started", item=item)
        return item

    def _completed(self, item: dict[str, Any], **more: object) -> None:
        item.update(more)
        self._turn["items"].append(item)
        self._notify("item/completed", item=item)

    # --- words -------------------------------------------------------------------------------

    async def _do_text(self, step: Step) -> None:
        text = self._filled(str(step["text"]))
        item = self._started("agentMessage", text="")
        await self._deltas("item/agentMessage/delta", item, text, step)
        self._completed(item, text=text)

    async def _do_think(self, step: Step) -> None:
        item = self._started("reasoning", summary=[], content=[])
        await self._deltas("item/reasoning/summaryTextDelta", item, str(step["think"]), step)
        self._completed(item, summary=[step["think"]])

    async def _deltas(self, method: str, item: Step, text: str, step: Step) -> None:
        pieces = max(1, min(int(step.get("pieces", 1)), len(text)))
        size = -(-len(text) // pieces) or 1
        for at in range(0, len(text), size):
            await asyncio.sleep(float(step.get("delay", 0)))
            delta = text[at : at + size]
            self._notify(method, itemId=item["id"], delta=delta, summaryIndex=0)

    # --- tools -------------------------------------------------------------------------------

    async def _do_run(self, step: Step) -> None:
        outputs = await asyncio.gather(*(self._run(one, step) for one in step["run"]))
        self._words["output"] = "\n".join(outputs)

    async def _run(self, command: str, step: Step) -> str:
        wrapped = f"/bin/bash -lc '{command}'"
        item = self._started("commandExecution", command=wrapped, cwd="/", status="inProgress")
        ask = step.get("ask", True) and not self._server.granted(command)
        if ask and not await self._allowed("commandExecution", item, command=wrapped):
            said = "\n".join(self._server.steered)
            self._completed(item, status="declined", exitCode=None)
            return f"declined {said}".strip()
        if "hold" in step:
            await self._do_hold(step)
        output = f"ran {command}"
        self._notify("item/commandExecution/outputDelta", itemId=item["id"], delta=output)
        self._completed(item, status="completed", exitCode=0, aggregatedOutput=None)
        return output

    async def _do_edit(self, step: Step) -> None:
        change = {"path": step["edit"], "kind": step["kind"], "diff": step["diff"]}
        item = self._started("fileChange", changes=[change], status="inProgress")
        ask = step.get("ask", True)
        allowed = not ask or await self._allowed("fileChange", item)
        self._completed(item, status="completed" if allowed else "declined")

    async def _allowed(self, kind: str, item: Step, **more: object) -> bool:
        told = {"itemId": item["id"], "reason": None, **more}
        decision = (await self._server.ask(f"item/{kind}/requestApproval", told)).get("decision")
        if decision == "acceptForSession":
            self._server.grant(str(item.get("command", "")).split("'")[1])
        if decision == "cancel":
            raise asyncio.CancelledError
        return decision in _ACCEPTED

    async def _do_call(self, step: Step) -> None:
        await self._call(str(step["call"]), {})

    async def _do_file(self, step: Step) -> None:
        arguments = {"path": step["file"], "caption": step.get("caption", "")}
        await self._call("send_file", arguments)

    async def _call(self, tool: str, arguments: Step) -> None:
        item = self._started("dynamicToolCall", tool=tool, arguments=arguments, status="inProgress")
        told = {"callId": item["id"], "tool": tool, "arguments": arguments}
        result = await self._server.ask("item/tool/call", told)
        parts = result.get("contentItems", [])
        self._words["output"] = "\n".join(part["text"] for part in parts)
        self._completed(item, status="completed", success=result.get("success"), contentItems=parts)

    # --- questions ---------------------------------------------------------------------------

    async def _do_ask(self, step: Step) -> None:
        told = {"itemId": uuid4().hex, "questions": step["ask"], "isBlocking": True}
        result = await self._server.ask("item/tool/requestUserInput", told)
        answers = result.get("answers", {}).values()
        self._words["answer"] = "; ".join(", ".join(one["answers"]) for one in answers)

    async def _do_form(self, step: Step) -> None:
        told = await self._server.ask("mcpServer/elicitation/request", step["form"])
        self._words["answer"] = json.dumps(told)

    async def _do_rights(self, step: Step) -> None:
        told = {"itemId": uuid4().hex, **step["rights"]}
        answer = await self._server.ask("item/permissions/requestApproval", told)
        self._words["answer"] = json.dumps(answer)

    # --- the rest ----------------------------------------------------------------------------

    async def _do_todo(self, step: Step) -> None:
        plan = [{"step": text, "status": status} for text, status in step["todo"]]
        self._notify("turn/plan/updated", plan=plan, explanation=None)

    async def _do_background(self, step: Step) -> None:
        self.background = step["background"]

    async def _do_retry(self, step: Step) -> None:
        for attempt in range(1, int(step["retry"]) + 1):
            error = {"message": f"Reconnecting... {attempt}/{step['retry']}"}
            self._notify("error", error=error, willRetry=True)

    async def _do_error(self, step: Step) -> None:
        message = str(step.get("message", "refused"))
        raise Failed({"message": message, "codexErrorInfo": step["error"]})

    async def _do_limit(self, step: Step) -> None:
        window = {"usedPercent": step["limit"], "windowDurationMins": 300, "resetsAt": 1795198312}
        self._server.send(
            {"method": "account/rateLimits/updated", "params": {"rateLimits": {"primary": window}}}
        )

    async def _do_compact(self, _: Step) -> None:
        self._completed(self._started("contextCompaction"))

    async def _do_wait(self, step: Step) -> None:
        await asyncio.sleep(float(step["wait"]))

    async def _do_hold(self, step: Step) -> None:
        path = Path(str(step["hold"]))
        while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(_POLL)

    async def _do_exit(self, step: Step) -> None:
        os._exit(int(step["exit"]))

    async def _do_garbage(self, step: Step) -> None:
        self._server.write(str(step["garbage"]))

    async def _do_huge(self, step: Step) -> None:
        head = '{"method":"huge","id":77,"params":{"x":"' if step.get("request") else '{"x":{"x":"'
        self._server.write(head + "x" * int(step["huge"]) + '"}}')

    async def _do_raw(self, step: Step) -> None:
        self._server.send(dict(step["raw"]))
