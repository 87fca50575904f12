import asyncio
import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Compacted,
    Denied,
    Failure,
    Fate,
    FileOffered,
    FileTaken,
    GrantScope,
    LimitHit,
    ModeChanged,
    Noted,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    PlanUpdated,
    Prompt,
    PromptFile,
    QuestionAsked,
    Retrying,
    SessionLost,
    SessionSpec,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    Unknown,
)
from cc_connect.contract.content import TodoState
from cc_connect.contract.errors import AgentGone
from cc_connect.testing.scripted_agent import JOURNAL, journal
from tests.agents.claudecode.watching import scripted, watching

BASH = {"tool": "Bash", "input": {"command": "touch x"}, "output": "made"}
LONG = {"text": "abcdefghij" * 400, "pieces": 4000, "delay": 0.005}


async def test_a_turn_streams_its_words(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        ended = await live.turn({"think": "let me see"}, {"text": "Hello there", "pieces": 4})
        spoken = live.of(Spoke)
    assert ended.outcome is Outcome.DONE
    assert ended.text == live.spoken(ended.turn) == "Hello there"
    assert [piece.begins for piece in spoken] == [True, False, False, False]
    assert "".join(piece.text for piece in live.of(Thought)) == "let me see"
    assert isinstance(live.events[0], Opened)
    assert live.events[-1] == SessionLost()


async def test_many_turns_in_one_process(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        for number in range(5):
            assert (await live.turn({"text": f"answer {number}"})).text == f"answer {number}"
    assert len(live.of(TurnEnded)) == 5


async def test_tool_with_permission(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        turn = await live.start(BASH, {"text": "{output}"})
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        ended = await live.next(TurnEnded)
    assert (asked.turn, asked.tool, asked.title) == (turn, "Bash", "touch x")
    assert [one.label for one in asked.suggestions] == ["Bash(touch *)"]
    started, finished = live.of(ToolStarted)[0], live.of(ToolFinished)[0]
    assert (started.id, started.title) == (finished.id, "touch x")
    assert (finished.output, finished.failed) == ("made", False)
    assert ended.text == "made"


async def test_denied_with_a_reason(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start(BASH, {"text": "so: {output}"})
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Denied("use another name"))
        ended = await live.next(TurnEnded)
    assert ended.text == "so: use another name"
    assert live.of(ToolFinished)[0].failed


@pytest.mark.parametrize("grant", ["by suggestion", "whole tool"])
async def test_always_for_this_session(home: Path, spec: SessionSpec, grant: str) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start(BASH)
        asked = await live.next(PermissionAsked)
        chosen = asked.suggestions[0] if grant == "by suggestion" else None
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION, chosen))
        await live.next(TurnEnded)
        await live.turn(BASH, BASH)
    assert len(live.of(PermissionAsked)) == 1
    assert len(live.of(ToolFinished)) == 3


async def test_two_permissions_at_once_answered_in_reverse(home: Path, spec: SessionSpec) -> None:
    other = {"tool": "Bash", "input": {"command": "rm y"}, "output": "gone"}
    async with watching(scripted(home), spec) as live:
        await live.start({"tools": [BASH, other]}, {"text": "{output}"})
        first, second = await live.next(PermissionAsked), await live.next(PermissionAsked)
        await live.session.answer(second.request, Denied("no"))
        await live.session.answer(first.request, Allowed())
        ended = await live.next(TurnEnded)
    assert (first.title, second.title) == ("touch x", "rm y")
    assert ended.text == "made\nno"


async def test_answers_nobody_waits_for_are_ignored(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.session.answer("no such request", Allowed())
        await live.start(BASH)
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, PlanApproved())
        await live.session.answer(asked.request, Denied())
        await live.next(TurnEnded)
        assert (await live.turn({"text": "still here"})).text == "still here"


async def test_edit_shows_its_diff(home: Path, spec: SessionSpec, cwd: Path) -> None:
    edit = {"file_path": str(cwd / "a.py"), "old_string": "x = 1\n", "new_string": "x = 2\n"}
    async with watching(scripted(home), spec) as live:
        await live.start({"tool": "Edit", "input": edit})
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.next(TurnEnded)
    assert asked.title == "a.py"
    assert asked.diff
    assert (asked.diff.added, asked.diff.removed) == (1, 1)
    assert "-x = 1\n+x = 2" in asked.diff.unified


async def test_questions(home: Path, spec: SessionSpec) -> None:
    asking = [
        {"question": "Color?", "header": "C", "options": [{"label": "Red", "description": "warm"}]},
        {"question": "Sizes?", "multiSelect": True, "options": [{"label": "S"}, {"label": "L"}]},
        {"question": "Why?", "options": []},
    ]
    given = {"Color?": ("Red",), "Sizes?": ("S", "L"), "Why?": ("because, you know",)}
    async with watching(scripted(home), spec) as live:
        await live.start({"ask": asking}, {"text": "{answer}"})
        asked = await live.next(QuestionAsked)
        await live.session.answer(asked.request, Answered(given))
        ended = await live.next(TurnEnded)
    assert [(q.text, q.multiple, len(q.choices)) for q in asked.questions] == [
        ("Color?", False, 1),
        ("Sizes?", True, 2),
        ("Why?", False, 0),
    ]
    assert ended.text == "Color?=Red; Sizes?=S, L; Why?=because, you know"
    assert not live.of(ToolStarted)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (PlanApproved(), "approved, mode default"),
        (PlanApproved(accept_edits=True), "approved, mode acceptEdits"),
        (PlanRejected("shorter"), "rejected"),
    ],
)
async def test_plan(
    home: Path, spec: SessionSpec, decision: PlanApproved | PlanRejected, said: str
) -> None:
    async with watching(scripted(home), replace(spec, mode="plan")) as live:
        await live.start({"plan": "# First this"}, {"text": "{answer}"})
        proposed = await live.next(PlanProposed)
        await live.session.answer(proposed.request, decision)
        ended = await live.next(TurnEnded)
    assert proposed.plan == "# First this"
    assert ended.text == said
    modes = [event.mode for event in live.of(ModeChanged)]
    assert modes == ([said.rsplit(maxsplit=1)[-1]] if isinstance(decision, PlanApproved) else [])


async def test_plan_only_in_a_file(home: Path, spec: SessionSpec, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text("# From the file")
    body = {"subtype": "can_use_tool", "tool_name": "ExitPlanMode", "tool_use_id": "t1"}
    request = {**body, "input": {"planFilePath": str(plan)}, "requires_user_interaction": True}
    frame = {"type": "control_request", "request_id": "r1", "request": request}
    async with watching(scripted(home), spec) as live:
        await live.start({"raw": frame})
        assert (await live.next(PlanProposed)).plan == "# From the file"


async def test_todo_list(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.turn({"todo": [["a", "completed"], ["b", "in_progress"], ["c", "pending"]]})
    todos = live.of(PlanUpdated)[0].todos
    assert [(todo.text, todo.state) for todo in todos] == [
        ("a", TodoState.DONE),
        ("b", TodoState.ACTIVE),
        ("c", TodoState.OPEN),
    ]


async def test_file_out(home: Path, spec: SessionSpec, cwd: Path) -> None:
    (cwd / "report.txt").write_text("r")
    steps = [{"file": "report.txt", "caption": "here"}, {"text": "{output}"}]
    async with watching(scripted(home), spec) as live:
        await live.start(*steps)
        offered = await live.next(FileOffered)
        await live.session.answer(offered.request, FileTaken())
        taken = await live.next(TurnEnded)
        await live.start(*steps)
        again = await live.next(FileOffered)
        await live.session.answer(again.request, FileTaken(refused="too large"))
        refused = await live.next(TurnEnded)
    assert (offered.path, offered.caption) == (str(cwd / "report.txt"), "here")
    assert offered.turn == taken.turn
    assert taken.text == "Sent report.txt to the chat."
    assert refused.text == "Not sent: too large"


async def test_a_file_that_is_not_there_is_refused_at_once(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        ended = await live.turn({"file": "/no/such"}, {"text": "{output}"})
    assert ended.text == "Not sent: there is no file /no/such"
    assert not live.of(FileOffered)


async def test_pictures_and_files_in(home: Path, spec: SessionSpec, tmp_path: Path) -> None:
    picture, other = tmp_path / "p.png", tmp_path / "data.csv"
    picture.write_bytes(b"\x89PNG")
    other.write_text("1,2")
    files = (
        PromptFile(str(picture), "p.png", "image/png", 4),
        PromptFile(str(other), "figures.csv", "text/csv", 3),
        PromptFile("/gone.png", "gone.png", "image/png", 4),
    )
    async with watching(scripted(home), spec) as live:
        await live.submit('look @@ {"text": "{images}|{prompt}"} @@', files)
        ended = await live.next(TurnEnded)
        await live.submit("", files)
        bare = await live.next(TurnEnded)
    assert ended.text == "1|look"
    assert f"- {picture}\n- {other} (figures.csv)\n- /gone.png" in bare.text


async def test_api_trouble(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.turn({"retry": 2}, {"text": "made it"})
        refused = await live.turn({"error": 400, "message": "bad"})
        limited = await live.turn({"limit": "rejected"}, {"error": 429})
        signed_out = await live.turn({"signed_out": True})
        fine = await live.turn({"text": "again"})
    assert [event.attempt for event in live.of(Retrying)] == [1, 2]
    assert refused.failure is Failure.MODEL
    assert refused.detail == "API Error: 400 bad"
    assert limited.failure is Failure.LIMIT
    assert live.of(LimitHit)[0].window == "five_hour"
    assert signed_out.failure is Failure.NOT_SIGNED_IN
    assert "/login" in signed_out.detail
    assert "login" in signed_out.detail.lower()
    assert fine.outcome is Outcome.DONE
    assert live.spoken(refused.turn) == live.spoken(signed_out.turn) == ""


async def test_compaction_in_the_middle(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        ended = await live.turn({"text": "a"}, {"compact": True}, {"text": "b"})
        asked = await live.told("/compact")
    assert (ended.outcome, asked.outcome) == (Outcome.DONE, Outcome.DONE)
    assert [event.turn for event in live.of(Compacted)] == [ended.turn, asked.turn]


async def test_clear_changes_the_session(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.turn({"text": "a"})
        await live.told("/clear")
        ended = await live.turn({"text": "b"})
    first, second = live.of(Opened)
    assert first.session != second.session
    library = scripted(home).library()
    assert ended.turn
    assert (await library.trace(second.session, ended.turn)).fate is Fate.ANSWERED
    assert (await library.trace(first.session, ended.turn)).fate is Fate.ABSENT


async def test_what_the_driver_does_not_know(home: Path, spec: SessionSpec) -> None:
    asking = {"type": "control_request", "request_id": "q", "request": {"subtype": "dance"}}
    async with watching(scripted(home), spec) as live:
        ended = await live.turn(
            {"raw": {"type": "novelty"}},
            {"raw": {"type": "system", "subtype": "novelty"}},
            {"raw": asking},
            {"text": "fine"},
        )
    assert ended.text == "fine"
    kinds = [event.kind for event in live.of(Unknown)]
    assert kinds == ["novelty", "system/novelty", "control_request/dance"]


async def test_garbage_and_huge_lines_do_not_end_the_turn(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        ended = await live.turn(
            {"garbage": "npm notice new version", "times": 3},
            {"huge": 33 * 1024 * 1024},
            {"huge": 2 * 1024 * 1024},
            {"stderr": 3_000_000},
            {"text": "fine"},
        )
    assert ended.text == "fine"
    noted = [event.text for event in live.of(Noted)]
    assert noted[0] == "The agent printed: npm notice new version"
    assert "too long" in noted[1]
    assert len(noted) == 2


async def test_a_request_too_long_to_show_is_refused(home: Path, spec: SessionSpec) -> None:
    tool = {"tool": "Write", "input": {"file_path": "/x", "content": "y" * 8000}}
    async with watching(scripted(home, line_limit=4096), spec) as live:
        ended = await live.turn(tool, {"text": "{output}"})
    assert "too long" in ended.text


async def test_exit_in_the_middle(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start({"text": "half"}, {"stderr": 5000}, {"exit": 3})
        lost = await live.lost()
        with pytest.raises(AgentGone):
            await live.submit("more")
        with pytest.raises(AgentGone):
            await live.steer("more")
        await live.session.answer("r", Allowed())
        await live.session.interrupt()
        assert live.session.pid is None
    assert lost.failure is Failure.EXIT
    assert "exit code 3" in lost.detail
    assert "xxxx" in lost.detail
    assert len(lost.detail) < 2000


async def test_killed_by_the_system(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start({"kill": 9})
        lost = await live.lost()
    assert "SIGKILL" in lost.detail
    assert "memory" in lost.detail


async def test_closing_ends_the_whole_tree(home: Path, spec: SessionSpec) -> None:
    agent = scripted(home)
    async with watching(agent, spec) as live:
        await live.start(LONG)
        await live.next(Spoke)
        pid = live.session.pid
        assert pid
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)
    assert live.events[-1] == SessionLost()


async def test_resume_and_fork(home: Path, spec: SessionSpec) -> None:
    agent = scripted(home)
    async with watching(agent, spec) as live:
        first = await live.turn({"text": "one"})
        session = live.of(Opened)[0].session
    async with watching(agent, replace(spec, resume=session)) as live:
        second = await live.turn({"text": "two"})
        assert live.of(Opened)[0].session == session
    fork = str(uuid4())
    async with watching(agent, replace(spec, resume=session, fork=True, session=fork)) as live:
        third = await live.turn({"text": "three"})
        assert live.of(Opened)[0].session == fork
    library = agent.library()
    traces = {
        name: [
            (await library.trace(name, one.turn or "")).fate is Fate.ANSWERED
            for one in (first, second, third)
        ]
        for name in (session, fork)
    }
    assert traces == {session: [True, True, False], fork: [True, True, True]}


async def test_modes_and_models_reach_the_agent(home: Path, spec: SessionSpec) -> None:
    agent = scripted(home, mode="plan", model="one")
    async with watching(agent, replace(spec, mode="edit", model="two")) as live:
        await live.turn({"tool": "Write", "input": {"file_path": "/x", "content": ""}})
    opened = live.of(Opened)[0]
    assert opened.mode == "acceptEdits"
    assert not live.of(PermissionAsked)
    assert [event.model for event in live.of(Opened)][-1] == "two"


async def test_an_agent_that_does_not_tell_lives(home: Path, spec: SessionSpec) -> None:
    old = {"CC_SCRIPTED_AGENT": '{"old": true}'}
    async with watching(scripted(home, old), spec) as live:
        first = await live.turn({"background": [{"text": "bg"}], "after": 0.1}, {"text": "a"})
        await live.next(TurnEnded, lambda one: one.turn is None)
        second = await live.turn({"text": "b"})
        await live.start(LONG)
        await live.next(Spoke)
        await live.session.interrupt()
        third = await live.next(TurnEnded)
    assert [first.text, second.text] == ["a", "b"]
    assert third.outcome is Outcome.INTERRUPTED


async def test_a_second_turn_at_once_is_a_mistake(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start({"wait": 30})
        with pytest.raises(RuntimeError):
            await live.submit("too early")


async def test_a_slow_reader_slows_the_agent_and_loses_nothing(
    home: Path, spec: SessionSpec
) -> None:
    async with scripted(home).open(spec) as session:
        turn = str(uuid4())
        text = "0123456789" * 2000
        steps = f'@@ [{{"text": "{text}", "pieces": 20000}}] @@'
        await session.submit(Prompt(turn, steps))
        await asyncio.sleep(0.3)
        said = []
        async for event in session.events():
            if isinstance(event, Spoke):
                said.append(event.text)
            if isinstance(event, TurnEnded):
                break
    assert "".join(said) == text


async def test_the_journal_counts_what_arrived(
    home: Path, spec: SessionSpec, tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    async with watching(scripted(home, {JOURNAL: str(path)}), spec) as live:
        done = await live.turn({"text": "a"})
        lost = await live.start({"exit": 1})
        await live.lost()
    entries = journal(path)
    assert [one["got"] for one in entries if "got" in one] == [done.turn, lost]
    assert [one["done"] for one in entries if "done" in one] == [done.turn]
    assert entries[0]["pid"] != os.getpid()
