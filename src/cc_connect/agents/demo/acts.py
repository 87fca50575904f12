"""What the demo agent does: real work on the files of one folder, shown as an agent shows it."""

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cc_connect.agents.demo.words import GO_ON, Texts, Wish, understand
from cc_connect.procs.stream_json import frames
from cc_connect.procs.stream_json.grants import Grants
from cc_connect.procs.stream_json.run import Call, Outcome, Over, Run
from cc_connect.procs.stream_json.seat import Given, Seat

_SHOWN = 20_000  # characters of a file
_LINES = 40  # of a long answer
_LISTED = 200  # files
_REPORT = "report.csv"


class Outside(Exception):  # a refusal, as the contract's are
    """A path that leaves the folder."""


class Demo:
    """One session of the demo agent.

    Args:
        seat: Where it sits.
        delay: Seconds between two words.
    """

    def __init__(self, seat: Seat, delay: float) -> None:
        self._seat = seat
        self._delay = delay
        self._folder = Path(seat.settings.cwd).resolve()
        self._grants = Grants()
        self._say = Texts(chinese=False)

    def behave(self, given: Given) -> None:
        """Do one run."""
        with Run(self._seat, given, self._grants) as run:
            if given.payload:
                self._speak(run, str(given.payload))
                return
            if given.text == "/clear":
                self._seat.moved(frames.new_session())
                run.announce()
                raise Over(result="", local_command="clear")
            for one in run.given:
                self._answer(run, one)
            answered = 0
            while answered < len(run.steered):
                one = run.steered[answered]
                self._speak(run, self._say("also", text=one.text))
                self._answer(run, one)
                answered += 1

    def _answer(self, run: Run, given: Given) -> None:
        wish = understand(self._cut_off() if given.text in GO_ON else given.text)
        self._say = Texts(chinese=wish.chinese)
        if given.images:
            self._speak(run, self._say("picture", number=given.images))
        try:
            match wish.meaning:
                case "list":
                    self._list(run)
                case "read":
                    self._read(run, wish.name or "notes.txt")
                case "edit":
                    self._edit_or_plan(run, wish.name or "notes.txt")
                case "question":
                    self._question(run)
                case "plan":
                    self._plan(run, wish.name or "notes.txt")
                case "todo":
                    self._todo(run)
                case "file":
                    self._file(run)
                case "long":
                    self._long(run)
                case "background":
                    self._background(run)
                case _:
                    self._talk(run, wish)
        except Outside as outside:
            self._speak(run, self._say("outside", name=outside))

    def _cut_off(self) -> str:
        """What a person said last: a restart of cc-connect has cut the answer off."""
        prompts = (
            entry["message"]["content"]
            for entry in reversed(self._seat.transcript.entries())
            if entry.get("type") == "user" and "message" in entry
        )
        said = (text for text in prompts if isinstance(text, str) and text not in GO_ON)
        return next(said, "")

    # --- what it can do ----------------------------------------------------------------------

    def _talk(self, run: Run, wish: Wish) -> None:
        first = {"hello": "hello", "unknown": "unknown"}.get(wish.meaning, "")
        opening = self._say(first, text=wish.text[:200]) if first else ""
        parts = (opening, self._say("about"), self._say("install"))
        self._speak(run, "\n\n".join(filter(None, parts)))

    def _list(self, run: Run) -> None:
        self._think(run, self._say("think_list"))
        call = Call("LS", {"path": str(self._folder)}, lambda _: Outcome(self._tree()), ask=False)
        tree = run.use(call)[0].output
        told = f"{self._say('listed')}\n\n```\n{tree}\n```" if tree else self._say("empty")
        self._speak(run, told)

    def _read(self, run: Run, name: str) -> None:
        path = self._inside(name)
        self._think(run, self._say("think_read", name=name))
        done = run.use(self._reading(path))[0]
        if done.failed:
            self._speak(run, self._say("gone", name=name))
            return
        fence = "`" * (3 + ("```" in done.output))
        self._speak(run, f"{self._say('read', name=name)}\n\n{fence}\n{done.output}\n{fence}")

    def _edit_or_plan(self, run: Run, name: str) -> None:
        if run.seat.mode == "plan":
            self._plan(run, name)
        else:
            self._edit(run, name)

    def _edit(self, run: Run, name: str) -> None:
        path = self._inside(name)
        self._think(run, self._say("think_edit", name=name))
        steps = [self._say("todo_look", name=name), self._say("todo_change")]
        steps.append(self._say("todo_check"))
        self._todos(run, steps, 0)
        looked = run.use(self._reading(path))[0]
        if looked.failed:
            self._speak(run, self._say("gone", name=name))
            return
        self._todos(run, steps, 1)
        last = looked.output.rstrip("\n").rpartition("\n")[2]
        change = {"file_path": str(path), "old_string": last}
        change["new_string"] = f"{last}\n{self._say('line')}"
        done = run.use(Call("Edit", change, self._edited))[0]
        if done.failed:
            self._speak(run, self._say("not_edited", name=name, why=done.output))
            return
        self._todos(run, steps, 2)
        run.use(self._reading(path))
        self._todos(run, steps, 3)
        self._speak(run, self._say("edited", name=name))

    def _question(self, run: Run) -> None:
        say = self._say
        color = [("blue", "blue_about"), ("green", "green_about")]
        sizes = [("small", "small_about"), ("large", "large_about")]
        answers = run.question(
            [
                {
                    "question": say("question_color"),
                    "header": say("question_color_header"),
                    "multiSelect": False,
                    "options": [{"label": say(a), "description": say(b)} for a, b in color],
                },
                {
                    "question": say("question_sizes"),
                    "header": say("question_sizes_header"),
                    "multiSelect": True,
                    "options": [{"label": say(a), "description": say(b)} for a, b in sizes],
                },
            ]
        )
        if answers:
            noted = "\n".join(f"- {asked} **{told}**" for asked, told in answers.items())
            self._speak(run, f"{say('answered')}\n\n{noted}")
        else:
            self._speak(run, say("not_answered"))

    def _plan(self, run: Run, name: str) -> None:
        if run.plan(self._say("plan").replace("notes.txt", name)):
            self._speak(run, self._say("planned"))
            self._edit(run, name)
        else:
            self._speak(run, self._say("not_planned", why=run.last_output))

    def _todo(self, run: Run) -> None:
        steps = [self._say("todo_step", number=number) for number in (1, 2, 3)]
        for done in range(len(steps) + 1):
            self._todos(run, steps, done)
            run.pause(self._delay * 20)
        self._speak(run, self._say("todo_done"))

    def _file(self, run: Run) -> None:
        text = "file,bytes\n" + "".join(
            f"{path.relative_to(self._folder)},{path.stat().st_size}\n" for path in self._files()
        )
        report = {"file_path": str(self._folder / _REPORT), "content": text}
        done = run.use(Call("Write", report, self._written))[0]
        if done.failed:
            self._speak(run, self._say("not_edited", name=_REPORT, why=done.output))
            return
        output = run.send_file(_REPORT, self._say("report_caption"))
        self._speak(run, self._say("sent", output=output))

    def _long(self, run: Run) -> None:
        self._think(run, self._say("think_long"))
        lines = (f"{number}. {self._say('long', number=number)}" for number in range(1, _LINES + 1))
        self._speak(run, "\n".join(lines))

    def _background(self, run: Run) -> None:
        seat, done = run.seat, self._say("background_done")
        told = {"task_id": frames.new_id("task"), "tool_use_id": frames.new_id("toolu")}
        task = self._say("background_task")
        seat.send(frames.system("task_started", **told, description=task, is_backgrounded=True))

        def work() -> None:
            time.sleep(self._delay * 100)
            over = frames.system("task_notification", **told, status="completed", summary=task)
            seat.send(over)
            seat.later(Given("", payload=done))

        threading.Thread(target=work, daemon=True).start()
        self._speak(run, self._say("background"))

    # --- its hands ---------------------------------------------------------------------------

    def _inside(self, name: str) -> Path:
        """The path of a file in the folder; raises Outside for any other, links included."""
        path = Path(os.path.realpath(self._folder / name))
        if name.startswith("~") or not path.is_relative_to(self._folder):
            raise Outside(name)
        return path

    def _files(self) -> list[Path]:
        found = (path for path in sorted(self._folder.rglob("*")) if path.is_file())
        return [path for path, _ in zip(found, range(_LISTED), strict=False)]

    def _tree(self) -> str:
        return "\n".join(str(path.relative_to(self._folder)) for path in self._files())

    def _reading(self, path: Path) -> Call:
        def work(_: Mapping[str, Any]) -> Outcome:
            try:
                with path.open(encoding="utf-8", errors="replace") as opened:
                    return Outcome(opened.read(_SHOWN))
            except OSError as error:
                return Outcome(error.strerror or "it cannot be read", failed=True)

        return Call("Read", {"file_path": str(path)}, work, ask=False)

    def _edited(self, arguments: Mapping[str, Any]) -> Outcome:
        path = self._inside(str(arguments["file_path"]))
        text = path.read_text("utf-8")
        at = text.rfind(str(arguments["old_string"]))
        if at < 0:
            return Outcome("The text to replace is not there.", failed=True)
        end = at + len(str(arguments["old_string"]))
        path.write_text(text[:at] + str(arguments["new_string"]) + text[end:], "utf-8")
        return Outcome(f"The file {path.name} has been updated.")

    def _written(self, arguments: Mapping[str, Any]) -> Outcome:
        path = self._inside(str(arguments["file_path"]))
        path.write_text(str(arguments["content"]), "utf-8")
        return Outcome(f"File created: {path.name}")

    # --- its voice ---------------------------------------------------------------------------

    def _speak(self, run: Run, text: str) -> None:
        run.say(text, max(1, len(text) // 5), self._delay)

    def _think(self, run: Run, text: str) -> None:
        run.think(text, max(1, len(text) // 5), self._delay)

    def _todos(self, run: Run, steps: list[str], done: int) -> None:
        states = ["completed"] * done + ["in_progress"] + ["pending"] * len(steps)
        run.todo(
            [
                {"content": step, "status": state, "activeForm": step}
                for step, state in zip(steps, states, strict=False)
            ]
        )
