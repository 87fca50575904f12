"""Records what the real claude says, for the golden files: run it by hand.

    PYTHONPATH=src python -m tests.agents.claudecode.recording tests/data/claude [NAME...]

Each line of a recording is `{"t": seconds, "dir": "in" | "out", "m": frame}`.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from cc_connect.agents.claudecode.command import arguments, environment
from cc_connect.agents.claudecode.options import Options
from cc_connect.contract.agent import SessionSpec
from cc_connect.testing.claude_cli import claude_environment, find_claude
from cc_connect.testing.model_api import ModelApi, script

Frame = dict[str, Any]
WORDS = "one two three four five six seven eight nine ten " * 4
SLEEP = {"command": "python3 -c 'import time;time.sleep(0.7)'", "description": "wait"}
LONG_LISTS = ("tools", "slash_commands", "terminal_slash_commands", "agents", "skills", "plugins")


def stripped(frame: Frame) -> Frame:
    """The frame without the long lists that are the same in every session."""
    if frame.get("subtype") == "init":
        cut = {key: frame[key][:3] for key in LONG_LISTS if key in frame}
        told = [one for one in frame.get("capabilities", ()) if "lifecycle" in one]
        return {**frame, **cut, "capabilities": told}
    answer = frame.get("response", {}).get("response", {})
    if "commands" in answer:
        kept = {"current_permission_mode": answer.get("current_permission_mode"), "commands": []}
        return {**frame, "response": {**frame["response"], "response": kept}}
    return frame


class Recorded:
    def __init__(self, child: asyncio.subprocess.Process, api: ModelApi) -> None:
        self.api = api
        self.lines: list[Frame] = []
        self.allow = True
        self._child = child
        self._start = time.monotonic()
        self._news = asyncio.Condition()

    def _note(self, direction: str, frame: Frame) -> None:
        at = round(time.monotonic() - self._start, 3)
        self.lines.append({"t": at, "dir": direction, "m": stripped(frame)})

    def put(self, frame: Frame) -> None:
        assert self._child.stdin
        self._note("in", frame)
        self._child.stdin.write(json.dumps(frame).encode() + b"\n")

    def say(self, text: str) -> None:
        message = {"role": "user", "content": text}
        self.put({"type": "user", "message": message, "uuid": str(uuid4())})

    def control(self, subtype: str, **more: object) -> None:
        request = {"subtype": subtype, **more}
        self.put({"type": "control_request", "request_id": str(uuid4()), "request": request})

    async def read(self) -> None:
        assert self._child.stdout
        async for line in self._child.stdout:
            frame = json.loads(line)
            async with self._news:
                self._note("out", frame)
                self._news.notify_all()
            if frame["type"] == "control_request" and self.allow:
                answer = {"behavior": "allow", "updatedInput": frame["request"].get("input")}
                inner = {"subtype": "success", "request_id": frame["request_id"]}
                self.put({"type": "control_response", "response": {**inner, "response": answer}})

    async def until(self, seen: Callable[[Frame], bool], count: int = 1) -> None:
        """Waits until so many frames more of this kind have come."""
        place, found = len(self.lines), 0
        async with asyncio.timeout(30), self._news:
            while found < count:
                while place < len(self.lines):
                    line = self.lines[place]
                    place += 1
                    found += line["dir"] == "out" and seen(line["m"])
                if found < count:
                    await self._news.wait()

    async def idle(self, count: int = 1) -> None:
        await self.until(lambda frame: frame.get("state") == "idle", count)


def is_delta(frame: Frame) -> bool:
    return bool(frame.get("event", {}).get("type") == "content_block_delta")


def asks(frame: Frame) -> bool:
    return bool(frame["type"] == "control_request")


async def steer_stream(live: Recorded) -> None:
    live.say(script({"text": WORDS, "piece": 8, "chunk_delay": 0.03}))
    await live.until(is_delta)
    live.say("and this")
    live.say("and that")
    await live.idle()


async def steer_tool(live: Recorded) -> None:
    live.say(script({"tools": [{"name": "Bash", "input": SLEEP}]}, {"text": "after the tool"}))
    await live.until(asks)
    await asyncio.sleep(0.2)
    live.say("hurry")
    await live.idle()


async def interrupt(live: Recorded) -> None:
    live.say(script({"text": WORDS, "piece": 8, "chunk_delay": 0.03}))
    await live.until(is_delta)
    live.say("queued words")
    await asyncio.sleep(0.1)
    live.control("interrupt", cancel_queued=True)
    await live.idle()
    live.say(script({"text": "never begun"}))
    live.control("interrupt", cancel_queued=True)
    await live.idle()
    live.say(script({"text": "the next one"}))
    await live.idle()


async def background(live: Recorded) -> None:
    tool = {"name": "Bash", "input": {**SLEEP, "run_in_background": True}}
    live.say(script({"tools": [tool]}, {"text": "it runs"}, {"text": "it is over"}))
    await live.idle(2)
    live.say(script({"tools": [tool]}, {"text": "it runs"}, {"text": "it is over"}))
    await live.until(lambda frame: frame.get("subtype") == "task_notification")
    live.say(script({"text": "in between"}))
    await live.idle()


async def two_reads(live: Recorded) -> None:
    live.allow = False
    reads = [{"name": "Read", "input": {"file_path": f"/etc/{name}"}} for name in ("a", "b")]
    live.say(script({"tools": reads}, {"text": "done"}))
    await live.until(asks, 2)
    live.control("interrupt", cancel_queued=True)
    await live.idle()


async def commands(live: Recorded) -> None:
    for text in (script({"text": "hello"}), "/cost", "/compact", "/clear", script({"text": "new"})):
        live.say(text)
        await live.idle()


async def trouble(live: Recorded) -> None:
    live.say(script({"error": 529, "times": 1}, {"text": "made it"}))
    await live.idle()
    live.say(script({"text": WORDS, "cut": 3, "times": 1}))
    await live.idle()
    live.say(script({"error": 400, "message": "no"}))
    await live.idle()


async def todos(live: Recorded) -> None:
    listed = [
        {"content": "first", "status": "completed", "activeForm": "doing first"},
        {"content": "second", "status": "in_progress", "activeForm": "doing second"},
    ]
    live.say(script({"tools": [{"name": "TodoWrite", "input": {"todos": listed}}]}, {"text": "ok"}))
    await live.idle()


SCENES: dict[str, Callable[[Recorded], Awaitable[None]]] = {
    "20_steer_stream": steer_stream,
    "20_steer_tool": steer_tool,
    "20_interrupt": interrupt,
    "20_background": background,
    "20_two_reads": two_reads,
    "20_commands": commands,
    "20_trouble": trouble,
    "20_todos": todos,
}


async def record(name: str, folder: Path) -> None:
    program = find_claude()
    assert program
    with tempfile.TemporaryDirectory() as place:
        home, cwd = Path(place) / "home", Path(place) / "project"
        home.mkdir()
        cwd.mkdir()
        spec = SessionSpec(cwd=str(cwd))
        async with ModelApi() as api:
            around = claude_environment(home, api.url)
            options = Options(cmd=str(program), env=around)
            child = await asyncio.create_subprocess_exec(
                *arguments(options, spec, str(uuid4())),
                cwd=cwd,
                env=environment(options, spec, around),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**25,
            )
            live = Recorded(child, api)
            reading = asyncio.create_task(live.read())
            live.control("initialize")
            await SCENES[name](live)
            assert child.stdin
            child.stdin.close()
            await reading
            await child.wait()
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in live.lines)
        text = text.replace(place, "/tmp/recorded")
    (folder / f"{name}.jsonl").write_text(text)


if __name__ == "__main__":
    for wanted in sys.argv[2:] or SCENES:
        print(wanted)
        asyncio.run(record(wanted, Path(sys.argv[1])))
