"""What one turn can hold, with the real claude against a mock of the API of its model."""

import base64
from pathlib import Path
from typing import Any

import pytest

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Denied,
    FileOffered,
    FileTaken,
    GrantScope,
    ModeChanged,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    PlanUpdated,
    PromptFile,
    QuestionAsked,
    SessionSpec,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    UsageSeen,
)
from cc_connect.contract.content import TodoState
from cc_connect.testing.model_api import script
from tests.agents.claudecode.stage import REAL, Stage, bash

pytestmark = REAL
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC"
)


async def test_text_thinking_and_usage(stage: Stage) -> None:
    async with stage.live() as live:
        ended = await live.told(script({"thinking": "let me see", "text": "Hello there, friend"}))
    assert ended == TurnEnded(ended.turn, Outcome.DONE, "Hello there, friend")
    assert live.spoken(ended.turn) == "Hello there, friend"
    assert "".join(one.text for one in live.of(Thought)) == "let me see"
    (opened,) = live.of(Opened)
    assert opened.mode == "default"
    assert opened.model.startswith("claude-")
    usage = live.of(UsageSeen)[-1]
    assert (usage.input_tokens, usage.output_tokens) == (100, 20)
    assert usage.cost > 0
    assert usage.context_window >= 200_000


async def test_permissions(stage: Stage) -> None:
    async with stage.live() as live:
        await live.submit(script({"tools": [bash("touch one")]}, {"text": "done"}))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.next(TurnEnded)
        await live.submit(script({"tools": [bash("touch two")]}, {"text": "done"}))
        refused = await live.next(PermissionAsked)
        await live.session.answer(refused.request, Denied("use another name"))
        await live.next(TurnEnded)
    assert [path.name for path in stage.cwd.iterdir()] == ["one"]
    assert asked.title == "touch one"
    assert next(one.label for one in asked.suggestions) == "Bash(touch one *)"
    assert [(one.output, one.failed) for one in live.of(ToolFinished)][1] == (
        "use another name",
        True,
    )


@pytest.mark.parametrize("grant", ["by suggestion", "whole tool"])
async def test_always(stage: Stage, grant: str) -> None:
    first, second = bash("touch one"), bash("touch one two")
    async with stage.live() as live:
        await live.submit(script({"tools": [first]}, {"text": "done"}))
        asked = await live.next(PermissionAsked)
        chosen = asked.suggestions[0] if grant == "by suggestion" else None
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION, chosen))
        await live.next(TurnEnded)
        more = [second] if grant == "by suggestion" else [second, bash("mv one three")]
        await live.told(script({"tools": more}, {"text": "done"}))
    assert len(live.of(PermissionAsked)) == 1
    assert not any(one.failed for one in live.of(ToolFinished))
    assert not (stage.cwd / ".claude").exists()  # a grant for the session leaves no file


async def test_two_permissions_at_once(stage: Stage, tmp_path: Path) -> None:
    outside = [tmp_path / "x" / "a.txt", tmp_path / "y" / "b.txt"]
    for path in outside:
        path.parent.mkdir()
        path.write_text(f"content of {path.name}")
    reads = [{"name": "Read", "input": {"file_path": str(path)}} for path in outside]
    async with stage.live() as live:
        await live.submit(script({"tools": reads}, {"text": "done"}))
        one, two = await live.next(PermissionAsked), await live.next(PermissionAsked)
        await live.session.answer(two.request, Denied("not this one"))
        await live.session.answer(one.request, Allowed())
        await live.next(TurnEnded)
    outputs = {event.id: event for event in live.of(ToolFinished)}
    assert sorted(event.failed for event in outputs.values()) == [False, True]


async def test_edit_with_diff(stage: Stage) -> None:
    path = stage.cwd / "a.py"
    path.write_text("x = 1\n")
    edit = {"file_path": str(path), "old_string": "x = 1", "new_string": "x = 2"}
    steps: list[dict[str, Any]] = [
        {"tools": [{"name": "Read", "input": {"file_path": str(path)}}]},
        {"tools": [{"name": "Edit", "input": edit}]},
        {"text": "done"},
    ]
    async with stage.live(mode="acceptEdits") as live:
        await live.told(script(*steps))
    assert path.read_text() == "x = 2\n"
    assert not live.of(PermissionAsked)
    step = live.of(ToolStarted)[1]
    assert step.title == "a.py"
    assert step.diff
    assert step.diff.unified == "@@ -1 +1 @@\n-x = 1\n+x = 2"


async def test_questions(stage: Stage) -> None:
    questions = [
        {
            "question": "Which color?",
            "header": "Color",
            "multiSelect": False,
            "options": [
                {"label": "Red", "description": "warm"},
                {"label": "Blue", "description": "cold"},
            ],
        },
        {
            "question": "Which sizes?",
            "header": "Size",
            "multiSelect": True,
            "options": [
                {"label": "S", "description": "small"},
                {"label": "L", "description": "large"},
            ],
        },
    ]
    tool = {"name": "AskUserQuestion", "input": {"questions": questions}}
    answers = {"Which color?": ("something greenish",), "Which sizes?": ("S", "L")}
    async with stage.live() as live:
        await live.submit(script({"tools": [tool]}, {"text": "thanks"}))
        asked = await live.next(QuestionAsked)
        await live.session.answer(asked.request, Answered(answers))
        await live.next(TurnEnded)
        await live.submit(script({"tools": [tool]}, {"text": "well"}))
        again = await live.next(QuestionAsked)
        await live.session.answer(again.request, Denied())
        await live.next(TurnEnded)
    assert [(one.text, one.multiple) for one in asked.questions] == [
        ("Which color?", False),
        ("Which sizes?", True),
    ]
    told = [result.text for result in stage.api.messages[1].tool_results]
    assert "something greenish" in told[-1]
    assert "S, L" in told[-1]


@pytest.mark.parametrize(
    ("decision", "modes"),
    [
        (PlanApproved(), ["default"]),
        (PlanApproved(accept_edits=True), ["acceptEdits"]),
        (PlanRejected("shorter please"), []),
    ],
)
async def test_plan(stage: Stage, decision: PlanApproved | PlanRejected, modes: list[str]) -> None:
    plan = "# The plan\n\n1. one\n2. two\n"
    tool = {"name": "ExitPlanMode", "input": {"plan": plan}}
    async with stage.live(SessionSpec(cwd=str(stage.cwd), mode="plan")) as live:
        await live.submit(script({"tools": [tool]}, {"text": "well"}))
        proposed = await live.next(PlanProposed)
        await live.session.answer(proposed.request, decision)
        ended = await live.next(TurnEnded)
    assert proposed.plan.strip() == plan.strip()
    assert ended.outcome is Outcome.DONE
    assert [one.mode for one in live.of(ModeChanged)][-1:] == modes
    told = str(stage.api.messages[1].tool_results[-1].text)
    assert ("shorter please" in told) == isinstance(decision, PlanRejected)


async def test_plan_from_its_file(stage: Stage) -> None:
    write = {"name": "Write", "input": {"file_path": "$PLAN_FILE", "content": "# From the file\n"}}
    leave = {"name": "ExitPlanMode", "input": {}}
    steps: list[dict[str, Any]] = [{"tools": [write]}, {"tools": [leave]}, {"text": "ok"}]
    async with stage.live(SessionSpec(cwd=str(stage.cwd), mode="plan")) as live:
        await live.submit(script(*steps))
        proposed = await live.next(PlanProposed)
        await live.session.answer(proposed.request, PlanApproved())
        await live.next(TurnEnded)
    assert proposed.plan == "# From the file\n"


async def test_todo_list(stage: Stage) -> None:
    todos = [
        {"content": "a", "status": "completed", "activeForm": "doing a"},
        {"content": "b", "status": "in_progress", "activeForm": "doing b"},
    ]
    tool = {"name": "TodoWrite", "input": {"todos": todos}}
    async with stage.live() as live:
        await live.told(script({"tools": [tool]}, {"text": "done"}))
    (update,) = live.of(PlanUpdated)
    assert [(todo.text, todo.state) for todo in update.todos] == [
        ("a", TodoState.DONE),
        ("b", TodoState.ACTIVE),
    ]


async def test_todo_list_of_the_other_family(stage: Stage) -> None:
    steps: list[dict[str, Any]] = [
        {"tools": [{"name": "TaskCreate", "input": {"subject": "a", "description": "d"}}]},
        {"tools": [{"name": "TaskUpdate", "input": {"taskId": "1", "status": "in_progress"}}]},
        {"text": "done"},
    ]
    async with stage.live(env={"CLAUDE_CODE_ENABLE_TASKS": "1"}) as live:
        await live.told(script(*steps))
    assert [one.todos[0].state for one in live.of(PlanUpdated)] == [
        TodoState.OPEN,
        TodoState.ACTIVE,
    ]


async def test_picture_and_attachments_folder(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    folder.mkdir()
    (folder / "p.png").write_bytes(PIXEL)
    (folder / "n.txt").write_text("read me")
    files = tuple(
        PromptFile(str(folder / name), name, mime)
        for name, mime in (("p.png", "image/png"), ("n.txt", "text/plain"))
    )
    read = {"name": "Read", "input": {"file_path": str(folder / "n.txt")}}
    async with stage.live(SessionSpec(cwd=str(stage.cwd), attachments=str(folder))) as live:
        await live.submit(script({"tools": [read]}, {"text": "seen"}, say="look"), files)
        await live.next(TurnEnded)
    assert not live.of(PermissionAsked)
    assert "read me" in live.of(ToolFinished)[0].output
    assert stage.api.messages[0].images[0].data == PIXEL
    assert str(folder / "n.txt") in stage.api.messages[0].prompt.text


async def test_file_out(stage: Stage) -> None:
    (stage.cwd / "report.txt").write_text("r")
    tool = {
        "name": "mcp__cc-connect__send_file",
        "input": {"path": "report.txt", "caption": "here it is"},
    }
    async with stage.live() as live:
        await live.submit(script({"tools": [tool]}, {"text": "sent"}))
        offered = await live.next(FileOffered)
        await live.session.answer(offered.request, FileTaken())
        ended = await live.next(TurnEnded)
    assert (offered.path, offered.caption) == (str(stage.cwd / "report.txt"), "here it is")
    assert offered.turn == ended.turn
    assert "Sent report.txt" in str(stage.api.messages[1].tool_results[-1].text)
    assert not live.of(PermissionAsked)
