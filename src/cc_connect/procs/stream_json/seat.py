"""The loop of a program that plays Claude Code: prompts come in, runs go out.

`Seat` owns stdin and stdout. A thread reads; the main thread does one run after the other by
calling the player's `behave`. What a run may do is in `cc_connect.procs.stream_json.run`.
"""

import json
import os
import queue
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from cc_connect.procs.stream_json import frames
from cc_connect.procs.stream_json.transcript import Transcript, find

COMMANDS = ("compact", "clear", "cost")


class Interrupted(Exception):
    """The run is to be stopped."""


@dataclass(frozen=True, slots=True)
class Given:
    """A prompt, or (without an id) a notice that something in the background is over."""

    text: str
    id: str = ""
    images: int = 0
    payload: Any = None

    @property
    def asked(self) -> bool:
        """Whether a person asked for it."""
        return bool(self.id)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line and the environment say."""

    session: str
    resume: str | None
    fork: bool
    mode: str
    model: str
    cwd: str
    environ: Mapping[str, str] = field(repr=False)


def settings(argv: Sequence[str], environ: Mapping[str, str], model: str) -> Settings:
    """Read the arguments that Claude Code takes; others are passed over.

    `model` is the name of the model when the arguments name none.
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--resume")
    parser.add_argument("--session-id", default="")
    parser.add_argument("--fork-session", action="store_true")
    parser.add_argument("--permission-mode", default="default")
    parser.add_argument("--model", default="")
    given: Namespace = parser.parse_known_args(list(argv))[0]
    fresh = given.session_id or str(uuid4())
    return Settings(
        session=fresh if given.resume is None or given.fork_session else given.resume,
        resume=given.resume,
        fork=given.fork_session,
        mode=given.permission_mode,
        model=given.model or model,
        cwd=str(Path.cwd()),
        environ=environ,
    )


class Seat:
    """Where the player sits.

    Args:
        given: What the command line says.
        lifecycle: Whether the lives of prompts are told; old versions of Claude Code do not.
        received: Called in the reading thread with each prompt, before anything else.
    """

    def __init__(
        self,
        given: Settings,
        *,
        lifecycle: bool = True,
        received: Callable[[Given], None] | None = None,
        out: BinaryIO | None = None,
    ) -> None:
        self.settings = given
        self.session = given.session
        self.mode = given.mode
        self.model = given.model
        self.lifecycle = lifecycle
        self.transcript = Transcript(given.session, given.cwd, given.environ)
        self.stop = threading.Event()  # the run that goes on is to be stopped
        self.deaf = False  # interrupts are not listened to
        self.silent = False  # `initialize` is not answered
        self.running = False
        self.failed = False  # the last result was an error
        self.results = 0
        self._received = received
        self._out = out or sys.stdout.buffer
        self._lock = threading.RLock()
        self._waiting: dict[str, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._prompts: list[Given] = []
        self._filled = threading.Condition(self._lock)
        self._over = False
        self._tools_of_host: tuple[str, ...] = ()

    # --- writing -----------------------------------------------------------------------------

    def send(self, frame: Mapping[str, Any]) -> None:
        """Send a frame."""
        whole = {**frame, "session_id": self.session, "uuid": str(uuid4())}
        self.write(json.dumps(whole, ensure_ascii=False).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        with self._lock:
            self._out.write(data)
            self._out.flush()

    def lives(self, given: Given, state: str) -> None:
        """Tell how far a prompt has got."""
        if self.lifecycle and given.asked:
            self.send(frames.lived(given.id, state))

    # --- asking ------------------------------------------------------------------------------

    def ask(self, *bodies: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Send control requests, all at once, and wait for all the answers.

        Returns the `response` objects of the host's answers. Raises Interrupted, after taking the
        requests back. When stdin ends every open request is answered with an error.
        """
        waiting: dict[str, queue.SimpleQueue[dict[str, Any] | None]] = {}
        for body in bodies:
            name = str(uuid4())
            waiting[name] = queue.SimpleQueue()
            with self._lock:
                self._waiting[name] = waiting[name]
            self.send(frames.asked(name, body))
        self._told("requires_action")
        if self._over:
            self._hang_up()
        answers = [waited.get() for waited in waiting.values()]
        if any(answer is None for answer in answers):
            raise Interrupted
        self._told("running")
        return [answer for answer in answers if answer is not None]

    @property
    def sends_files(self) -> bool:
        """Whether the host offers a tool to send files to the chat."""
        return bool(self._tools_of_host)

    def call_host(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the host's MCP server answer a JSON-RPC message."""
        server = self._tools_of_host[0]
        body = {"subtype": "mcp_message", "server_name": server, "message": dict(message)}
        told = self.ask(body)[0].get("response") or {}
        answer = told.get("mcp_response") or {}
        return answer if isinstance(answer, dict) else {}

    # --- the loop ----------------------------------------------------------------------------

    def serve(self, behave: Callable[[Given], None], lines: BinaryIO | None = None) -> int:
        """Do runs until stdin ends; returns the exit code.

        `behave` does one run; it raises Interrupted when it was stopped.
        """
        source = lines or sys.stdin.buffer
        threading.Thread(target=self._read, args=(source,), daemon=True).start()
        while (given := self._next()) is not None:
            behave(given)
            with self._lock:
                self.running = False
                idle = not self._prompts
            if idle:
                self._told("idle")
        return 1 if self.failed else 0

    def queued(self) -> list[Given]:
        """Take the prompts that came while this run went on, to answer them in it."""
        with self._lock:
            taken = [given for given in self._prompts if given.asked]
            self._prompts = [given for given in self._prompts if not given.asked]
        return taken

    def later(self, given: Given) -> None:
        """Let a run come when this one is over."""
        with self._filled:
            self._prompts.append(given)
            self._filled.notify_all()

    def moved(self, session: str) -> None:
        """Go on under another session id (`/clear`)."""
        self.session = session
        self.transcript = Transcript(session, self.settings.cwd, self.settings.environ)

    def open(self) -> str:
        """Find the session to continue; returns what is wrong, or ""."""
        if self.settings.resume is None:
            return ""
        before = find(self.settings.resume, self.settings.environ)
        if before is None:
            return f"No conversation found with session ID: {self.settings.resume}"
        if self.settings.fork:
            self.transcript.copy_from(before)
        return ""

    def _next(self) -> Given | None:
        with self._filled:
            self._filled.wait_for(lambda: self._prompts or self._over)
            if not self._prompts:
                return None
            given = self._prompts.pop(0)
            self.running = True
            self.stop.clear()
            return given

    def _told(self, state: str) -> None:
        if self.lifecycle:
            self.send(frames.system("session_state_changed", state=state))

    # --- reading (in its own thread) ---------------------------------------------------------

    def _read(self, lines: BinaryIO) -> None:
        for line in lines:
            try:
                frame = json.loads(line)
            except ValueError:
                # So does the original: it cannot know what it has missed.
                os.write(2, b"Error parsing streaming input line\n")
                os._exit(1)
            self._take(frame)
        with self._filled:
            self._over = True
            self._filled.notify_all()
        self._hang_up()

    def _take(self, frame: Mapping[str, Any]) -> None:
        match frame.get("type"):
            case "user":
                self._prompted(frame)
            case "control_request":
                self._requested(str(frame.get("request_id")), frame.get("request") or {})
            case "control_response":
                response = frame.get("response") or {}
                with self._lock:
                    waited = self._waiting.pop(str(response.get("request_id")), None)
                if waited:
                    waited.put(response)
            case _:
                pass

    def _prompted(self, frame: Mapping[str, Any]) -> None:
        content = (frame.get("message") or {}).get("content") or ""
        parts = [] if isinstance(content, str) else content
        text = content if isinstance(content, str) else _joined(parts)
        pictures = sum(part.get("type") == "image" for part in parts)
        given = Given(text, str(frame.get("uuid") or uuid4()), pictures)
        if self._received:
            self._received(given)
        with self._filled:
            if not self.running and not self._prompts:
                self._told("running")
            self.lives(given, "queued")
            self._prompts.append(given)
            self._filled.notify_all()

    def _requested(self, name: str, body: Mapping[str, Any]) -> None:
        match body.get("subtype"):
            case "initialize" if self.silent:
                pass
            case "initialize":
                self._tools_of_host = tuple(body.get("sdkMcpServers") or ())
                self.send(
                    frames.initialized(name, mode=self.mode, model=self.model, commands=COMMANDS)
                )
            case "interrupt":
                if not self.deaf:
                    self._interrupted(name, cancel=bool(body.get("cancel_queued")))
            case "set_permission_mode":
                self.mode = str(body.get("mode"))
                self.send(frames.answer(name, {"mode": self.mode}))
                self.send(frames.system("status", status=None, permissionMode=self.mode))
            case other:
                self.send(frames.refused(name, f"Unsupported control request subtype: {other}"))

    def _interrupted(self, name: str, *, cancel: bool) -> None:
        with self._lock:
            called_back = [given for given in self._prompts if given.asked] if cancel else []
            self._prompts = [given for given in self._prompts if given not in called_back]
            running, idle = self.running, not self.running and not self._prompts
            ids = [given.id for given in self._prompts if given.asked]
        for given in called_back:
            self.lives(given, "cancelled")
        cancelled = [given.id for given in called_back]
        self.send(frames.answer(name, {"still_queued": ids, "cancelled": cancelled}))
        if running:
            self.stop.set()
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            for request, waited in waiting.items():
                self.send(frames.withdrawn(request))
                waited.put(None)
        elif called_back and idle:
            self._told("idle")

    def _hang_up(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for waited in waiting.values():
            waited.put({"subtype": "error", "error": "Tool permission stream closed"})


def _joined(parts: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(str(part.get("text")) for part in parts if part.get("type") == "text")
