"""The app-server: requests in, answers and notifications out."""

import asyncio
import itertools
import json
import sys
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from cc_connect.testing.scripted_codex.player import Failed, Player
from cc_connect.testing.scripted_codex.threads import Thread, Threads, Turn

Frame = dict[str, Any]
UNKNOWN = -32600


class Refusal(Exception):
    """A request is answered with an error."""


class Server:
    """One process of the app-server; `wishes` are its settings."""

    def __init__(self, wishes: Mapping[str, Any]) -> None:
        self._wishes = wishes
        self._threads = Threads()
        self._thread: Thread | None = None
        self._numbers = itertools.count(0)
        self._asked: dict[int, asyncio.Future[Frame]] = {}
        self._granted: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn: asyncio.Task[None] | None = None
        self.active = ""
        self.instructions = ""
        self.steered: list[str] = []

    async def serve(self) -> None:
        """Read until the input ends."""
        if "garbage" in self._wishes:
            self.write(str(self._wishes["garbage"]))
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            frame = json.loads(line)
            if "method" not in frame:
                asked = self._asked.pop(frame["id"], None)
                if asked and not asked.done():
                    asked.set_result(frame)
            elif "id" in frame:
                self._answer(frame)

    def write(self, line: str) -> None:
        """Print a line as it is."""
        sys.stdout.buffer.write(line.encode() + b"\n")
        sys.stdout.buffer.flush()

    def send(self, frame: Frame) -> None:
        """Send a frame."""
        self.write(json.dumps(frame, ensure_ascii=False))

    def notify(self, method: str, **params: object) -> None:
        """Send a notification about the thread."""
        thread = self._thread.id if self._thread else ""
        self.send({"method": method, "params": {"threadId": thread, **params}})

    async def ask(self, method: str, params: Mapping[str, object]) -> Frame:
        """Ask the other side something; returns the result, or an empty one after an error."""
        number = next(self._numbers)
        waiting: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._asked[number] = waiting
        thread = self._thread.id if self._thread else ""
        base = {"threadId": thread, "turnId": self.active}
        self.send({"method": method, "id": number, "params": {**base, **params}})
        try:
            told = await waiting
        finally:
            self.notify("serverRequest/resolved", requestId=number)
        result = told.get("result")
        return result if isinstance(result, dict) else {}

    def granted(self, what: str) -> bool:
        """Whether this was allowed for the session."""
        return what in self._granted

    def grant(self, what: str) -> None:
        """Allow this for the session."""
        self._granted.add(what)

    def used(self, tokens: int = 10) -> None:
        """Tell the usage of the thread, so many tokens more."""
        total = self._thread.used(tokens) if self._thread else 0
        figures = {"inputTokens": total, "cachedInputTokens": 0, "outputTokens": total // 10}
        last = {**figures, "totalTokens": tokens}
        told = {"total": {**figures, "totalTokens": total}, "last": last}
        self.notify(
            "thread/tokenUsage/updated",
            turnId=self.active,
            tokenUsage={**told, "modelContextWindow": 1000},
        )

    # --- requests ----------------------------------------------------------------------------

    def _answer(self, frame: Frame) -> None:
        method, params = frame["method"], frame.get("params") or {}
        if method in self._wishes.get("unknown", ()):
            message = f"Invalid request: unknown variant `{method}`, expected one of `initialize`"
            self.send({"id": frame["id"], "error": {"code": UNKNOWN, "message": message}})
            return
        if method == "initialize" and self._wishes.get("silent"):
            return
        handler = getattr(self, f"_on_{method.replace('/', '_')}")
        try:
            result = handler(params)
        except Refusal as error:
            self.send({"id": frame["id"], "error": {"code": UNKNOWN, "message": str(error)}})
            return
        after = result.pop("_after", None)
        self.send({"id": frame["id"], "result": result})
        if after:
            after()

    def _on_initialize(self, _: Frame) -> Frame:
        return {"userAgent": "cc-connect/0.169.0 (scripted)", "codexHome": str(self._threads.home)}

    def _on_account_read(self, _: Frame) -> Frame:
        out = self._wishes.get("signed_out") and not (self._threads.home / "auth.json").exists()
        return {"account": None if out else {"type": "apiKey"}, "requiresOpenaiAuth": True}

    def _on_thread_start(self, params: Frame) -> Frame:
        self.instructions = params.get("developerInstructions") or ""
        return self._opened(self._threads.start(params["cwd"]))

    def _on_thread_resume(self, params: Frame) -> Frame:
        return self._opened(self._known(self._threads.load(params["threadId"]), params))

    def _on_thread_fork(self, params: Frame) -> Frame:
        return self._opened(self._known(self._threads.fork(params["threadId"]), params))

    def _on_thread_list(self, params: Frame) -> Frame:
        folders = params.get("cwd") or []
        shown = [one.shown() for one in self._threads.every() if one.cwd in folders]
        return {"data": shown, "nextCursor": None}

    def _on_thread_turns_list(self, params: Frame) -> Frame:
        thread = self._known(self._threads.load(params["threadId"]), params)
        return {"data": thread.turns[::-1], "nextCursor": None}

    def _on_thread_delete(self, params: Frame) -> Frame:
        if not self._threads.delete(params["threadId"]):
            raise Refusal(f"no rollout found for thread id {params['threadId']}")
        return {}

    def _on_turn_start(self, params: Frame) -> Frame:
        turn = self._fresh(params)
        return {"turn": _told(turn), "_after": lambda: self._begin(turn)}

    def _on_thread_compact_start(self, params: Frame) -> Frame:
        turn = self._fresh({**params, "input": []})
        turn["steps"] = [{"compact": True}]
        return {"_after": lambda: self._begin(turn)}

    def _on_turn_steer(self, params: Frame) -> Frame:
        if params["expectedTurnId"] != self.active:
            raise Refusal("no active turn to steer")
        self.steered.append(_words(params["input"]))
        return {"turnId": self.active}

    def _on_turn_interrupt(self, params: Frame) -> Frame:
        if self._turn and params["turnId"] == self.active:
            self._turn.cancel()
        return {}

    def _known(self, thread: Thread | None, params: Frame) -> Thread:
        if thread is None:
            raise Refusal(f"no rollout found for thread id {params['threadId']}")
        return thread

    def _opened(self, thread: Thread) -> Frame:
        self._thread = thread
        told = {} if self._wishes.get("without_thread") else thread.shown()
        started = lambda: self.notify("thread/started", thread=told)  # noqa: E731 - said after
        return {"thread": told, "model": "scripted-model", "_after": started}

    # --- turns -------------------------------------------------------------------------------

    def _fresh(self, params: Frame) -> Turn:
        thread = self._thread
        if thread is None or params["threadId"] != thread.id:
            raise Refusal(f"thread not found: {params['threadId']}")
        message = {"type": "userMessage", "id": uuid4().hex, "content": params["input"]}
        message["clientId"] = params.get("clientUserMessageId")
        items = [message] if params["input"] else []
        turn = {"id": uuid4().hex, "items": items, "status": "inProgress", "error": None}
        thread.turns.append(turn)
        return turn

    def _begin(self, turn: Turn) -> None:
        """Start the turn; a later turn waits for the one before it."""
        before = self._turn
        self._turn = asyncio.create_task(self._play(turn, before))
        self._tasks.add(self._turn)
        self._turn.add_done_callback(self._tasks.discard)

    async def _play(self, turn: Turn, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait({before})
        self.active = turn["id"]
        self.steered.clear()
        self.notify("turn/started", turn=_told(turn))
        player = Player(self, turn, _words(turn["items"][0]["content"]) if turn["items"] else "")
        status, error = "completed", None
        try:
            await player.play(turn.pop("steps", None))
            self.used()
        except asyncio.CancelledError:
            status = "interrupted"
        except Failed as failed:
            status, error = "failed", failed.error
            self.notify("error", turnId=turn["id"], error=error, willRetry=False)
        turn.update(status=status, error=error)
        if self._thread:
            self._thread.save()
        self.active = ""
        self.notify("turn/completed", turn={**_told(turn), "status": status, "error": error})
        if player.background:
            later: Turn = {"id": uuid4().hex, "items": [], "steps": player.background}
            self._begin(later)


def _told(turn: Turn) -> Frame:
    return {"id": turn["id"], "items": [], "status": "inProgress", "error": None}


def _words(content: list[Frame]) -> str:
    return "\n".join(part.get("text", "") for part in content if part.get("type") == "text")
