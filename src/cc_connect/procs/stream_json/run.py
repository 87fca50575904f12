"""One run: what the player does with a prompt, frame by frame."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Self

from cc_connect.procs.stream_json import frames
from cc_connect.procs.stream_json.grants import Grants
from cc_connect.procs.stream_json.seat import Given, Interrupted, Seat

Block = dict[str, Any]
SEND_FILE = "send_file"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool gave. `told` is the structured form that goes beside the text."""

    output: str = ""
    failed: bool = False
    told: object = None


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants to run.

    Attributes:
        name: Name of the tool.
        input: Its arguments.
        work: Does it, with the arguments a person may have changed.
        ask: Whether permission is needed where the mode and the grants do not give it.
    """

    name: str
    input: Mapping[str, Any]
    work: Callable[[Mapping[str, Any]], Outcome]
    ask: bool = True


class Run:
    """Use as a context: entering tells that the run begins, leaving that it is over.

    Leaving with Interrupted, Over or Failed is an end like others, and is not raised further.
    """

    def __init__(self, seat: Seat, given: Given, grants: Grants) -> None:
        self.seat = seat
        self.given = [given]
        self.steered: list[Given] = []
        self.parent: str | None = None
        self._grants = grants
        self._message = ""
        self._index = 0
        self._blocks: list[Block] = []
        self.last_tool = ""  # id of the tool run asked for last
        self.last_output = ""  # what the last tool gave
        self._calls = 0
        self._last = ""

    # --- begin and end -----------------------------------------------------------------------

    def __enter__(self) -> Self:
        first = self.given[0]
        if first.asked:
            self.given += self.seat.queued()
        for given in self.given:
            self.seat.lives(given, "started")
            if given.asked:
                self.seat.transcript.asked(given.id, given.text)
        self.announce()
        self.seat.send(frames.system("status", status="requesting"))
        return self

    def announce(self) -> None:
        """Tell session, model and mode, as every run does when it begins."""
        seat = self.seat
        tools = ("Bash", "Read", "Edit", "Write", "AskUserQuestion", "ExitPlanMode", "TodoWrite")
        seat.send(
            frames.started(
                cwd=seat.settings.cwd,
                model=seat.model,
                mode=seat.mode,
                lifecycle=seat.lifecycle,
                tools=tools,
            )
        )

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        match error:
            case None:
                self.close("end_turn")
                self._finish({"result": self._last})
            case Interrupted():
                reason = "aborted_streaming" if self._blocks or not self._calls else "aborted_tools"
                self.close(None)
                words = {"type": "text", "text": "[Request interrupted by user]"}
                self.seat.send({"type": "user", "message": {"role": "user", "content": [words]}})
                told = {"subtype": "error_during_execution", "terminal_reason": reason}
                self._finish({**told, "is_error": True, "errors": ["interrupted"]}, "cancelled")
            case Failed():
                self.close(None)
                self._finish({"is_error": True, **error.told}, "cancelled")
            case Over():
                self._finish(error.told)
            case _:
                return False
        return True

    def _finish(self, told: Mapping[str, Any], state: str = "completed") -> None:
        seat, first = self.seat, self.given[0]
        origin = {} if first.asked else {"origin": {"kind": "task-notification"}}
        for given in self.steered:
            seat.lives(given, state)
        seat.failed = bool(told.get("is_error"))
        seat.send(
            frames.result(index=seat.results, model=seat.model, calls=self._calls, **origin, **told)
        )
        seat.results += 1
        for given in self.given:
            seat.lives(given, state)

    # --- words -------------------------------------------------------------------------------

    def say(self, text: str, pieces: int = 1, delay: float = 0.0) -> None:
        """Answer with a text, in so many pieces, with so many seconds before each."""
        self._streamed("text", "text", "text_delta", text, pieces, delay)
        self._last = text

    def think(self, text: str, pieces: int = 1, delay: float = 0.0) -> None:
        """Think aloud."""
        self._streamed("thinking", "thinking", "thinking_delta", text, pieces, delay)

    def _streamed(
        self, kind: str, key: str, delta: str, text: str, pieces: int, delay: float
    ) -> None:
        self._open()
        seat, index = self.seat, self._index
        seat.send(frames.block_start(index, {"type": kind, key: ""}))
        block = {"type": kind, key: ""}
        self._blocks.append(block)
        said: list[str] = []
        try:
            for piece in cut(text, pieces):
                self.pause(delay)
                seat.send(frames.block_delta(index, {"type": delta, key: piece}))
                said.append(piece)
        finally:
            block[key] = "".join(said)
            seat.send(frames.assistant(self._message, seat.model, block, None))
            seat.send(frames.block_stop(index))
            self._index += 1

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises Interrupted."""
        if self.seat.stop.wait(seconds) and not self.seat.deaf:
            raise Interrupted

    def _open(self) -> None:
        if not self._message:
            self._message = frames.new_id("msg")
            self._index = 0
            self.seat.send(frames.message_start(self._message, self.seat.model))

    def close(self, stop_reason: str | None) -> None:
        """End the message that is open, if any."""
        if not self._message:
            return
        for frame in frames.message_end(stop_reason or "", 20):
            self.seat.send(frame)
        for block in self._blocks:
            last = block is self._blocks[-1]
            self.seat.transcript.said(block, stop_reason if last else None)
        self._blocks.clear()
        self._message = ""
        self._calls += 1

    # --- tools -------------------------------------------------------------------------------

    def use(self, *calls: Call, absorb: bool = True) -> list[Outcome]:
        """Run tools; the permissions they need are asked for all at once."""
        ids = [self._tool_use(call) for call in calls]
        if self.parent is None:
            self.close("tool_use")
        asking = [at for at, call in enumerate(calls) if self._must_ask(call)]
        bodies = [self._permission(calls[at], ids[at]) for at in asking]
        answers = dict(zip(asking, self.seat.ask(*bodies), strict=True)) if asking else {}
        done: list[Outcome] = []
        for at, call in enumerate(calls):
            outcome = self._worked(call, answers.get(at))
            done.append(outcome)
            self.last_output = outcome.output
            self.seat.send(
                frames.tool_result(
                    ids[at],
                    outcome.output,
                    failed=outcome.failed,
                    told=outcome.told,
                    parent=self.parent,
                )
            )
        if absorb:
            self.absorb()
        return done

    def absorb(self) -> None:
        """Take in what was said meanwhile, as an agent does between two calls of its model."""
        for given in self.seat.queued():
            self.seat.lives(given, "started")
            self.seat.transcript.absorbed(given.id, given.text)
            self.steered.append(given)

    def _tool_use(self, call: Call) -> str:
        name = self.last_tool = frames.new_id("toolu")
        block = {"type": "tool_use", "id": name, "name": call.name, "input": dict(call.input)}
        if self.parent is None:
            self._open()
            self._blocks.append(block)
            self.seat.send(frames.block_start(self._index, {**block, "input": {}}))
            self.seat.send(frames.assistant(self._message, self.seat.model, block, None))
            self.seat.send(frames.block_stop(self._index))
            self._index += 1
        else:
            message = frames.new_id("msg")
            self.seat.send(frames.assistant(message, self.seat.model, block, self.parent))
        return name

    def _must_ask(self, call: Call) -> bool:
        return call.ask and self._grants.verdict(call.name, call.input, self.seat.mode) is None

    def _worked(self, call: Call, answer: Mapping[str, Any] | None) -> Outcome:
        arguments = call.input
        if answer is None:
            granted = self._grants.verdict(call.name, call.input, self.seat.mode)
            if call.ask and granted is False:
                return Outcome("Permission to use this tool was denied by the mode.", failed=True)
        else:
            response = answer.get("response") or {}
            if response.get("behavior") != "allow":
                message = response.get("message") or answer.get("error") or "denied"
                return Outcome(str(message), failed=True)
            arguments = response.get("updatedInput") or arguments
            self._update(response.get("updatedPermissions") or ())
        return call.work(arguments)

    def _update(self, updates: Sequence[Mapping[str, Any]]) -> None:
        for update in updates:
            if mode := self._grants.take(update):
                self.change_mode(mode)

    def change_mode(self, mode: str) -> None:
        """Go on in another permission mode."""
        self.seat.mode = mode
        self.seat.send(frames.system("status", status=None, permissionMode=mode))

    def _permission(self, call: Call, tool_use: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "subtype": "can_use_tool",
            "tool_name": call.name,
            "display_name": call.name,
            "input": dict(call.input),
            "permission_suggestions": self._grants.suggestions(call.name, call.input),
            "tool_use_id": tool_use,
        }
        if call.name in ("AskUserQuestion", "ExitPlanMode"):
            body["requires_user_interaction"] = True
        return body

    # --- more than tools ---------------------------------------------------------------------

    def question(self, questions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Ask the person; returns the answers by question, empty when there are none."""
        answers: dict[str, str] = {}

        def work(arguments: Mapping[str, Any]) -> Outcome:
            answers.update(arguments.get("answers") or {})
            return Outcome(f"The user answered: {answers}")

        self.use(Call("AskUserQuestion", {"questions": list(questions)}, work))
        return answers

    def plan(self, plan: str) -> bool:
        """Show a plan; returns whether it is approved, and leaves plan mode if so."""

        def work(_: Mapping[str, Any]) -> Outcome:
            if self.seat.mode == "plan":
                self.change_mode("default")
            return Outcome("User has approved your plan.")

        return not self.use(Call("ExitPlanMode", {"plan": plan}, work))[0].failed

    def todo(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Show a to-do list."""
        told = {"oldTodos": [], "newTodos": list(items)}

        def work(_: Mapping[str, Any]) -> Outcome:
            return Outcome("Todos have been modified.", told=told)

        self.use(Call("TodoWrite", {"todos": list(items)}, work, ask=False))

    def send_file(self, path: str, caption: str = "") -> str:
        """Send a file to the chat; returns what the host says about it."""
        arguments = {"path": path, **({"caption": caption} if caption else {})}
        params = {"name": SEND_FILE, "arguments": arguments}

        def work(_: Mapping[str, Any]) -> Outcome:
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            told = self.seat.call_host(message).get("result") or {}
            content = told.get("content") or [{"text": "no answer"}]
            return Outcome(str(content[0].get("text")), failed=bool(told.get("isError")))

        if not self.seat.sends_files:
            return f"{PurePath(path).name} cannot be sent: there is no chat."
        return self.use(Call("mcp__cc-connect__send_file", arguments, work, ask=False))[0].output


class Over(Exception):  # no error: a way out of a run
    """The run is over at once; `told` goes into its result."""

    def __init__(self, **told: object) -> None:
        super().__init__(str(told))
        self.told = told


class Failed(Over):
    """The run ends in failure."""


def cut(text: str, pieces: int) -> list[str]:
    """Cut a text into so many pieces of about the same length, none of them empty."""
    count = max(1, min(pieces, len(text)))
    size, rest = divmod(len(text), count)
    ends = [size * (at + 1) + min(at + 1, rest) for at in range(count)]
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False) if end > start]
