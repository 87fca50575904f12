"""Does what scripts say."""

import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cc_connect.procs.stream_json import frames
from cc_connect.procs.stream_json.grants import Grants
from cc_connect.procs.stream_json.run import Call, Failed, Outcome, Over, Run
from cc_connect.procs.stream_json.seat import Given, Seat

Step = Mapping[str, Any]
_POLL = 0.01  # seconds between two looks for a file
_LINE = 4096
_SCRIPT = re.compile(r"@@\s*([\[{].*[\]}])\s*@@", re.DOTALL)
_TOO_MANY = 429


def find_script(text: str) -> list[Step] | None:
    """Return the steps in a prompt, or None. Raises ValueError for JSON that is none."""
    found = _SCRIPT.search(text)
    if not found:
        return None
    steps = json.loads(found[1])
    return steps if isinstance(steps, list) else [steps]


def begin(steps: Iterable[Step]) -> None:
    """Do what is to be done before the first frame is read."""
    for step in steps:
        match step:
            case {"stderr": int(size)}:
                _stderr(size)
            case {"stderr": str(text)}:
                sys.stderr.write(f"{text}\n")
            case {"garbage": text}:
                print(text, flush=True)  # noqa: T201  # the wire is stdout
            case {"touch": path}:
                Path(path).touch()
            case {"exit": code}:
                sys.stdout.flush()
                os._exit(int(code))
            case {"hang": _}:
                _hang()
            case _:
                raise ValueError(f"not a step for the start: {step}")


class Player:
    """Plays the prompts of one session.

    Args:
        seat: Where it sits.
        default: The steps for a prompt without a script.
        done: Called with each prompt whose run is over.
    """

    def __init__(self, seat: Seat, default: Sequence[Step], done: Callable[[Given], None]) -> None:
        self._seat = seat
        self._default = default
        self._done = done
        self._grants = Grants()
        self._words: dict[str, str] = {}
        self._steps: dict[str, Callable[[Run, Step], None]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    def behave(self, given: Given) -> None:
        """Do one run."""
        run = Run(self._seat, given, self._grants)
        with run:
            self._words = {"answer": "", "output": "", "images": str(given.images)}
            text = "\n".join(one.text for one in run.given)
            self._words["prompt"] = text.partition("@@")[0].strip() or text
            if text.startswith("/") and self._command(run, text.split()[0]):
                return
            steps = given.payload or find_script(text) or self._default
            self._play(run, steps or [{"text": f"You said: {text}"}])
        for one in (*run.given, *run.steered):
            if one.asked:
                self._done(one)

    def _play(self, run: Run, steps: Iterable[Step]) -> None:
        for step in steps:
            name = next((key for key in step if key in self._steps), None)
            if name is None:
                raise Failed(result=f"bad step: {json.dumps(step)}", terminal_reason="api_error")
            self._steps[name](run, step)

    def _filled(self, run: Run, text: str) -> str:
        said = "\n".join(given.text for given in run.steered)
        for name, value in {**self._words, "steered": said}.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _command(self, run: Run, name: str) -> bool:
        seat = self._seat
        match name:
            case "/compact":
                self._do_compact(run, {})
                raise Over(result="", local_command="compact")
            case "/clear":
                fresh = frames.new_session()
                seat.send({"type": "conversation_reset", "trigger": "clear"})
                seat.moved(fresh)
                run.announce()
                raise Over(result="", local_command="clear")
            case "/cost":
                run.say("Total cost: $0.00")
                return True
            case _:
                return False

    # --- the steps ---------------------------------------------------------------------------

    def _do_text(self, run: Run, step: Step) -> None:
        text = self._filled(run, str(step["text"]))
        run.say(text, int(step.get("pieces", 1)), float(step.get("delay", 0)))

    def _do_think(self, run: Run, step: Step) -> None:
        text = self._filled(run, str(step["think"]))
        run.think(text, int(step.get("pieces", 1)), float(step.get("delay", 0)))

    def _do_tool(self, run: Run, step: Step) -> None:
        self._used(run.use(self._call(run, step)))

    def _do_tools(self, run: Run, step: Step) -> None:
        self._used(run.use(*(self._call(run, one) for one in step["tools"])))

    def _used(self, outcomes: list[Outcome]) -> None:
        self._words["output"] = "\n".join(outcome.output for outcome in outcomes)

    def _call(self, run: Run, step: Step) -> Call:
        def work(_: Step) -> Outcome:
            if "hold" in step:
                self._do_hold(run, step)
            run.pause(float(step.get("seconds", 0)))
            return Outcome(
                str(step.get("output", "ok")), failed=bool(step.get("fails")), told=step.get("told")
            )

        return Call(str(step["tool"]), step.get("input") or {}, work, bool(step.get("ask", True)))

    def _do_ask(self, run: Run, step: Step) -> None:
        answers = run.question(step["ask"])
        self._words["answer"] = "; ".join(f"{asked}={told}" for asked, told in answers.items())

    def _do_plan(self, run: Run, step: Step) -> None:
        approved = run.plan(str(step["plan"]))
        self._words["answer"] = f"approved, mode {run.seat.mode}" if approved else "rejected"

    def _do_todo(self, run: Run, step: Step) -> None:
        run.todo([{"content": text, "status": status} for text, status in step["todo"]])

    def _do_file(self, run: Run, step: Step) -> None:
        self._words["output"] = run.send_file(str(step["file"]), str(step.get("caption", "")))

    def _do_subagent(self, run: Run, step: Step) -> None:
        description = str(step.get("description", "look around"))

        def work(_: Step) -> Outcome:
            run.parent = run.last_tool
            try:
                self._play(run, step["subagent"])
            finally:
                run.parent = None
            return Outcome("the report of the sub-agent")

        run.use(Call("Task", {"description": description}, work, ask=False))

    def _do_background(self, run: Run, step: Step) -> None:
        seat, steps = run.seat, step["background"]
        task = frames.new_id("task")
        told = {"task_id": task, "tool_use_id": frames.new_id("toolu")}
        seat.send(frames.system("task_started", **told, description="a job", is_backgrounded=True))

        def over() -> None:
            time.sleep(float(step.get("after", 0)))
            done = {"status": "completed", "summary": "The job is done."}
            seat.send(frames.system("task_notification", **told, **done))
            seat.later(Given("", payload=steps))

        threading.Thread(target=over, daemon=True).start()

    def _do_retry(self, run: Run, step: Step) -> None:
        for attempt in range(1, int(step["retry"]) + 1):
            told = {"attempt": attempt, "max_retries": int(step["retry"]), "retry_delay_ms": 500}
            status = int(step.get("status", 529))
            run.seat.send(
                frames.system("api_retry", **told, error_status=status, error="overloaded")
            )
            run.pause(float(step.get("delay", 0)))

    def _do_error(self, run: Run, step: Step) -> None:
        status = int(step["error"])
        message = f"API Error: {status} {step.get('message', 'refused')}"
        self._api_error(run, "rate_limit" if status == _TOO_MANY else "unknown", message)
        raise Failed(result=message, terminal_reason="api_error", api_error_status=status)

    def _do_signed_out(self, run: Run, _: Step) -> None:
        message = "Not logged in · Please run /login"
        self._api_error(run, "authentication_failed", message)
        raise Failed(result=message, terminal_reason="api_error")

    def _api_error(self, run: Run, error: str, message: str) -> None:
        block = {"type": "text", "text": message}
        frame = frames.assistant(frames.new_id("msg"), "<synthetic>", block, None)
        run.seat.send({**frame, "error": error, "is_api_error_message": True})

    def _do_limit(self, run: Run, step: Step) -> None:
        told = {"status": step["limit"], "rateLimitType": "five_hour", "resetsAt": 1795198312}
        told["utilization"] = float(step.get("used", 0.9))
        run.seat.send({"type": "rate_limit_event", "rate_limit_info": told})

    def _do_compact(self, run: Run, _: Step) -> None:
        seat = run.seat
        run.close("end_turn")
        seat.send(frames.system("status", status="compacting"))
        seat.send(frames.system("status", status=None, compact_result="success"))
        told = {"trigger": "manual", "pre_tokens": 1000, "post_tokens": 100}
        seat.send(frames.system("compact_boundary", compact_metadata=told))

    def _do_mode(self, run: Run, step: Step) -> None:
        run.change_mode(str(step["mode"]))

    def _do_note(self, run: Run, step: Step) -> None:
        run.seat.send(frames.system("informational", content=step["note"], level="notice"))

    def _do_wait(self, run: Run, step: Step) -> None:
        run.pause(float(step["wait"]))

    def _do_hold(self, run: Run, step: Step) -> None:
        while not Path(str(step["hold"])).exists():
            run.pause(_POLL)

    def _do_touch(self, _: Run, step: Step) -> None:
        Path(str(step["touch"])).touch()

    def _do_exit(self, _: Run, step: Step) -> None:
        os._exit(int(step["exit"]))

    def _do_kill(self, _: Run, step: Step) -> None:
        os.kill(os.getpid(), int(step["kill"]))
        time.sleep(60)

    def _do_hang(self, run: Run, _: Step) -> None:
        run.seat.deaf = True
        _hang()

    def _do_deaf(self, run: Run, _: Step) -> None:
        run.seat.deaf = True

    def _do_garbage(self, run: Run, step: Step) -> None:
        for _ in range(int(step.get("times", 1))):
            run.seat.write(str(step["garbage"]).encode() + b"\n")

    def _do_huge(self, run: Run, step: Step) -> None:
        head = b'{"type":"system","subtype":"huge","filler":"'
        run.seat.write(head + b"x" * max(0, int(step["huge"]) - len(head) - 2) + b'"}\n')

    def _do_stderr(self, _: Run, step: Step) -> None:
        _stderr(int(step["stderr"]))

    def _do_raw(self, run: Run, step: Step) -> None:
        run.seat.send(step["raw"])


def _stderr(size: int) -> None:
    line = b"x" * (_LINE - 1) + b"\n"
    for _ in range(-(-size // _LINE)):
        os.write(2, line)


def _hang() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(3600)
