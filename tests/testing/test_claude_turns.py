"""The real claude does whole turns against the mock of its model API."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from cc_connect.testing.claude_cli import claude_environment, find_claude
from cc_connect.testing.model_api import ModelApi, script

CLAUDE = find_claude()
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(CLAUDE is None, reason="no claude: install claude-agent-sdk"),
]
ARGUMENTS = (
    *("-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json"),
    *("--include-partial-messages", "--permission-prompt-tool", "stdio"),
)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Frame = dict[str, Any]
Answerer = Callable[[Frame], Frame]


def allow(request: Frame) -> Frame:
    return {"behavior": "allow", "updatedInput": request["input"]}


def deny(request: Frame) -> Frame:
    return {"behavior": "deny", "message": "not today"}


class Claude:
    """Just enough of a driver: one process, frames in the order they came."""

    def __init__(self, process: Process, answer: Answerer) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._answer = answer
        self.asked: list[Frame] = []
        self.frames: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self._stdin.write(json.dumps(frame).encode() + b"\n")

    def say(self, content: str | list[Frame]) -> None:
        message = {"role": "user", "content": content}
        self.send({"type": "user", "message": message, "parent_tool_use_id": None})

    def control(self, subtype: str) -> None:
        request = {"subtype": subtype}
        self.send({"type": "control_request", "request_id": subtype, "request": request})

    async def until(self, kind: str) -> Frame:
        while line := await self._stdout.readline():
            frame: Frame = json.loads(line)
            self.frames.append(frame)
            if frame["type"] == "control_request":
                self._decide(frame)
            if frame["type"] == kind:
                return frame
        raise AssertionError(f"claude ended before {kind}: {self.frames[-3:]}")

    def _decide(self, frame: Frame) -> None:
        self.asked.append(frame["request"])
        answer = self._answer(frame["request"])
        outcome = {
            "subtype": "success",
            "request_id": frame["request_id"],
            "response": answer,
        }
        self.send({"type": "control_response", "response": outcome})

    async def turn(self, content: str | list[Frame]) -> Frame:
        self.frames.clear()
        self.say(content)
        return await self.until("result")

    def deltas(self, kind: str) -> str:
        events = [frame["event"] for frame in self.frames if frame["type"] == "stream_event"]
        found = [event["delta"] for event in events if event["type"] == "content_block_delta"]
        return "".join(delta[kind] for delta in found if kind in delta)

    async def close(self) -> None:
        self._stdin.close()
        await self._process.wait()


class Box:
    """A fresh home and project, and claudes that live there."""

    def __init__(self, folder: Path, api: ModelApi) -> None:
        self.api = api
        self.home = folder / "home"
        self.project = folder / "project"
        self.home.mkdir()
        self.project.mkdir()

    @contextlib.asynccontextmanager
    async def claude(
        self, *more: str, answer: Answerer = allow, **env: str
    ) -> AsyncIterator[Claude]:
        process = await asyncio.create_subprocess_exec(
            *(str(CLAUDE), *ARGUMENTS, *more),
            cwd=self.project,
            env=claude_environment(self.home, self.api.url) | env,
            stdin=PIPE,
            stdout=PIPE,
            limit=32 * 1024 * 1024,
        )
        claude = Claude(process, answer)
        try:
            yield claude
            await claude.close()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def api() -> AsyncIterator[ModelApi]:
    async with ModelApi() as api:
        yield api


@pytest.fixture
def box(tmp_path: Path, api: ModelApi) -> Box:
    return Box(tmp_path, api)


async def test_text_and_thinking_arrive_as_deltas_and_whole(box: Box) -> None:
    async with box.claude() as claude:
        step = {"thinking": "let me see, this is a hard one", "text": "the answer is 42"}
        result = await claude.turn(script(step))

        assert result["result"] == "the answer is 42"
        assert claude.deltas("text") == "the answer is 42"
        assert claude.deltas("thinking") == "let me see, this is a hard one"
        assert result["usage"]["input_tokens"] == 100


async def test_unscripted_prompts_are_echoed_and_known_words_answered(box: Box) -> None:
    box.api.when("how are you", [{"text": "very well"}])
    async with box.claude() as claude:
        assert (await claude.turn("hello"))["result"] == "You said: hello"
        assert (await claude.turn("so how are you?"))["result"] == "very well"
        assert (await claude.turn("bye"))["result"] == "You said: bye"
    assert box.api.messages[-1].session


async def test_an_allowed_tool_runs_and_its_result_comes_back(box: Box) -> None:
    write = {"name": "Write", "input": {"file_path": "$CWD/x.txt", "content": "hi"}}
    read = {"name": "Bash", "input": {"command": "cat x.txt", "description": "look"}}
    async with box.claude() as claude:
        prompt = script({"text": "first", "tools": [write]}, {"tools": [read]}, {"text": "done"})
        result = await claude.turn(prompt)

    assert result["result"] == "done"
    assert [asked["tool_name"] for asked in claude.asked] == ["Write"]
    assert (box.project / "x.txt").read_text() == "hi"
    assert [done.is_error for done in box.api.messages[-1].tool_results] == [False, False]
    assert box.api.messages[-1].tool_results[-1].text == "hi"


async def test_a_denied_tool_does_not_run_and_the_turn_goes_on(box: Box) -> None:
    write = {"name": "Write", "input": {"file_path": "$CWD/x.txt", "content": "hi"}}
    async with box.claude(answer=deny) as claude:
        result = await claude.turn(script({"tools": [write]}))

    assert result["result"] == "Done."
    assert len(result["permission_denials"]) == 1
    assert not (box.project / "x.txt").exists()
    (failed,) = box.api.messages[-1].tool_results
    assert failed.is_error
    assert failed.text == "not today"


async def test_a_question_is_put_to_the_person(box: Box) -> None:
    question = {
        "question": "Which color?",
        "header": "Color",
        "multiSelect": False,
        "options": [{"label": color, "description": color} for color in ("Red", "Blue")],
    }

    def blue(request: Frame) -> Frame:
        answers = {"answers": {"Which color?": "Blue"}}
        return {"behavior": "allow", "updatedInput": request["input"] | answers}

    async with box.claude(answer=blue) as claude:
        ask = {"name": "AskUserQuestion", "input": {"questions": [question]}}
        result = await claude.turn(script({"tools": [ask]}, {"text": "blue then"}))

    assert result["result"] == "blue then"
    assert claude.asked[0]["input"]["questions"] == [question]
    assert '"Which color?"="Blue"' in box.api.messages[-1].tool_results[0].text


async def test_a_plan_is_written_and_proposed(box: Box) -> None:
    async with box.claude("--permission-mode", "plan") as claude:
        plan = {"file_path": "$PLAN_FILE", "content": "# The plan\n1. win"}
        result = await claude.turn(
            script(
                {"tools": [{"name": "Write", "input": plan}]},
                {"tools": [{"name": "ExitPlanMode", "input": {}}]},
                {"text": "now I start"},
            )
        )

    assert result["result"] == "now I start"
    assert [asked["tool_name"] for asked in claude.asked] == ["ExitPlanMode"]
    assert claude.asked[0]["input"]["plan"] == "# The plan\n1. win"


async def test_the_list_of_tasks_is_written(box: Box) -> None:
    tasks = [{"content": "a", "status": "in_progress", "activeForm": "doing a"}]
    flags = {"CLAUDE_CODE_ENABLE_TODO_TOOLS": "1", "CLAUDE_CODE_ENABLE_TASKS": "0"}
    async with box.claude(answer=allow, **flags) as claude:
        todo = {"name": "TodoWrite", "input": {"todos": tasks}}
        result = await claude.turn(script({"tools": [todo]}, {"text": "noted"}))

    assert result["result"] == "noted"
    results = [frame["tool_use_result"] for frame in claude.frames if "tool_use_result" in frame]
    assert results[0]["newTodos"] == tasks


async def test_tools_side_by_side_belong_to_one_reply(box: Box) -> None:
    calls = [
        {"name": "Bash", "input": {"command": f"echo {name}", "description": "say"}}
        for name in ("one", "two", "three")
    ]
    async with box.claude() as claude:
        result = await claude.turn(script({"tools": calls}, {"text": "all three"}))

    assert result["result"] == "all three"
    # They come back in the order in which they ended.
    results = sorted(box.api.messages[-1].tool_results, key=lambda done: done.id)
    assert [done.text for done in results] == ["one", "two", "three"]


async def test_a_subagent_has_its_own_script(box: Box) -> None:
    look = {"name": "Bash", "input": {"command": "echo inner", "description": "look"}}
    task = {
        "description": "a job",
        "prompt": script({"tools": [look]}, {"text": "report of the helper"}),
        "subagent_type": "general-purpose",
        "run_in_background": False,
    }
    async with box.claude() as claude:
        agent = {"name": "Agent", "input": task}
        result = await claude.turn(script({"tools": [agent]}, {"text": "thanks"}))

    assert result["result"] == "thanks"
    assert "report of the helper" in box.api.messages[-1].tool_results[0].text
    assert any(request.subagent for request in box.api.messages)


async def test_a_turn_nobody_asked_for_goes_on_with_the_script(box: Box) -> None:
    task = {
        "description": "a job",
        "prompt": script({"text": "found it", "wait": "helper"}),
        "subagent_type": "general-purpose",
    }
    agent = {"name": "Agent", "input": task}
    async with box.claude() as claude:
        steps = ({"tools": [agent]}, {"text": "it is running"}, {"text": "it has ended"})
        assert (await claude.turn(script(*steps)))["result"] == "it is running"
        box.api.release("helper")
        result = await claude.until("result")

    assert result["result"] == "it has ended"
    assert result["origin"]["kind"] == "task-notification"


async def test_an_image_reaches_the_model(box: Box) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PIXEL).decode()}
    async with box.claude() as claude:
        words = {"type": "text", "text": script({"text": "I see"}, say="look")}
        result = await claude.turn([{"type": "image", "source": source}, words])

    assert result["result"] == "I see"
    (image,) = box.api.messages[-1].images
    assert image.media_type == "image/png"
    assert image.data.startswith(b"\x89PNG")


async def test_an_overload_is_tried_again(box: Box) -> None:
    async with box.claude() as claude:
        result = await claude.turn(script({"error": 529, "times": 1}, {"text": "ok now"}))

    assert result["result"] == "ok now"
    retries = [frame for frame in claude.frames if frame.get("subtype") == "api_retry"]
    assert [retry["error_status"] for retry in retries] == [529]
    assert len(box.api.messages) == 2


async def test_a_refused_request_ends_the_turn_and_not_the_session(box: Box) -> None:
    refusal = {"error": 400, "message": "no credit left"}
    async with box.claude() as claude:
        result = await claude.turn(script(refusal))
        assert result["is_error"] is True
        assert result["terminal_reason"] == "api_error"
        assert "no credit left" in result["result"]

        # claude glues the two prompts together, for the first got no reply.
        assert (await claude.turn("and now?"))["result"] == "You said: and now?"


@pytest.mark.parametrize("fault", [{"cut": 2}, {"error": 529, "after": 2}])
async def test_a_stream_that_fails_midway_is_asked_for_again_and_then_whole(
    box: Box, fault: dict[str, Any]
) -> None:
    async with box.claude() as claude:
        step = {"text": "a long answer " * 20, **fault}
        result = await claude.turn(script(step))

    assert result["is_error"] is False
    assert result["result"].strip() == ("a long answer " * 20).strip()
    assert [request.streaming for request in box.api.messages][-1] is False


async def test_an_interrupted_answer_and_the_next_prompt(box: Box) -> None:
    async with box.claude() as claude:
        claude.say(script({"text": "I begin and never end", "hold": "midway"}))
        await claude.until("stream_event")
        await box.api.reached("midway")
        claude.control("interrupt")
        result = await claude.until("result")
        assert result["terminal_reason"] == "aborted_streaming"

        assert (await claude.turn("go on"))["result"] == "You said: go on"


async def test_a_script_goes_on_in_a_resumed_session(box: Box) -> None:
    session = str(uuid.uuid4())
    async with box.claude("--session-id", session) as claude:
        await claude.turn("remember me")
    async with box.claude("--resume", session) as claude:
        result = await claude.turn(script({"text": "I do"}))

    assert result["session_id"] == session
    assert result["result"] == "I do"
    texts = [block["text"] for block in box.api.messages[-1].blocks("text")]
    assert "remember me" in texts


async def test_a_conversation_is_compacted_and_goes_on(box: Box) -> None:
    async with box.claude() as claude:
        await claude.turn(script({"text": "one"}))
        await claude.turn("/compact")
        assert any(frame.get("subtype") == "compact_boundary" for frame in claude.frames)
        assert (await claude.turn(script({"text": "two"})))["result"] == "two"


async def test_a_script_outlives_a_compaction_in_the_middle_of_a_turn(box: Box) -> None:
    look = {"name": "Bash", "input": {"command": "echo hi", "description": "look"}}
    almost_full = {"tools": [look], "usage": {"input_tokens": 990_000}}
    async with box.claude() as claude:
        result = await claude.turn(script({"tools": [look]}, almost_full, {"text": "the end"}))

    assert result["result"] == "the end"
    (edge,) = [frame for frame in claude.frames if frame.get("subtype") == "compact_boundary"]
    assert edge["compact_metadata"]["trigger"] == "auto"


async def test_an_empty_answer_is_asked_for_again(box: Box) -> None:
    async with box.claude() as claude:
        result = await claude.turn(script({"text": ""}, {"text": "something"}))

    assert result["result"] == "something"


async def test_prompts_that_wait_are_joined_and_the_last_script_counts(box: Box) -> None:
    async with box.claude() as claude:
        claude.say(script({"text": "first", "hold": "midway"}))
        await box.api.reached("midway")
        for name in ("second", "third"):
            claude.say(script({"text": name}, say=name))
        # An answer to this says that the two were read.
        claude.control("get_settings")
        await claude.until("control_response")
        box.api.release("midway")

        assert (await claude.until("result"))["result"] == "first"
        assert (await claude.until("result"))["result"] == "third"


async def test_an_answer_cut_by_its_length_is_continued(box: Box) -> None:
    async with box.claude() as claude:
        steps = ({"text": "first half", "stop_reason": "max_tokens"}, {"text": "second half"})
        result = await claude.turn(script(*steps))

    assert result["result"] == "second half"


async def test_words_sent_while_a_tool_runs_are_absorbed(box: Box) -> None:
    wait = "until [ -e go ]; do :; done"
    tool = {"name": "Bash", "input": {"command": wait, "description": "wait"}}
    async with box.claude() as claude:
        claude.say(script({"tools": [tool]}, {"text": "first plan"}))
        await claude.until("control_request")
        claude.say(script({"text": "new plan"}, say="change of mind"))
        (box.project / "go").touch()
        result = await claude.until("result")

    assert result["result"] == "new plan"


async def test_thousands_of_deltas(box: Box) -> None:
    async with box.claude() as claude:
        result = await claude.turn(script({"chunks": 8000, "size": 100}))

    assert len(claude.deltas("text")) == 800_000
    assert result["is_error"] is False
