"""What one turn can hold, over the scripted app-server."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_connect.contract.agent import (
    Agent,
    Allowed,
    Answered,
    Compacted,
    Decision,
    Denied,
    FileOffered,
    FileTaken,
    GrantScope,
    LimitHit,
    Noted,
    Outcome,
    PermissionAsked,
    PlanApproved,
    QuestionAsked,
    Retrying,
    SessionSpec,
    Spoke,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    UsageSeen,
)
from cc_connect.testing.scripted_codex import script
from tests.agents.codex.harness import LINE_LIMIT, scripted
from tests.agents.codex.stage import Watched, watching

COLORS = {
    "id": "color",
    "header": "Color",
    "question": "Which color?",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cold"}],
}
PLACES = {
    "serverName": "maps",
    "mode": "form",
    "message": "Where to?",
    "requestedSchema": {
        "type": "object",
        "properties": {
            "town": {"type": "string", "title": "Town"},
            "size": {"type": "string", "enum": ["s", "l"], "enumNames": ["small", "large"]},
            "walks": {"type": "integer"},
            "quiet": {"type": "boolean", "description": "Quiet?"},
            "with": {"type": "array", "items": {"type": "string", "enum": ["dog", "cat"]}},
        },
    },
}


@pytest.fixture
def agent(home: Path) -> Agent:
    return scripted(home, line_limit=LINE_LIMIT)


@pytest.fixture
def spec(cwd: Path) -> SessionSpec:
    return SessionSpec(cwd=str(cwd))


async def answered(live: Watched, request: str, decision: Decision, turn: str) -> str:
    await live.session.answer(request, decision)
    await live.end(turn)
    return live.spoken(turn)


async def test_questions(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"ask": [COLORS]}, {"text": "{answer}"}))
        asked = await live.next(QuestionAsked)
        await live.session.answer(asked.request, PlanApproved())  # no answer to this
        told = {"Which color?": ("something greenish",), "Which size?": ("none",)}
        assert await answered(live, asked.request, Answered(told), turn) == "something greenish"
        refused = await live.submit(script({"ask": [COLORS]}, {"text": "well {answer}"}))
        again = await live.next(QuestionAsked)
        assert await answered(live, again.request, Denied(), refused) == "well "
    (question,) = asked.questions
    assert (question.text, question.header) == ("Which color?", "Color")
    assert [choice.label for choice in question.choices] == ["Red", "Blue"]


async def test_a_form_of_an_mcp_server(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"form": PLACES}, {"text": "{answer}"}))
        asked = await live.next(QuestionAsked)
        town, size, walks, quiet, others = (one.text for one in asked.questions)
        decision = Answered(
            {
                town: ("Rome",),
                size: ("large",),
                walks: ("3",),
                quiet: ("yes",),
                others: ("dog", "cat"),
            }
        )
        said = json.loads(await answered(live, asked.request, decision, turn))
    assert town == "Where to?\nTown"
    assert asked.questions[4].multiple
    filled = {"town": "Rome", "size": "l", "walks": 3, "quiet": True, "with": ["dog", "cat"]}
    assert said == {"action": "accept", "content": filled}


@pytest.mark.parametrize(
    ("decision", "action"), [(Allowed(), "accept"), (Denied(), "decline")], ids=["yes", "no"]
)
async def test_a_page_of_an_mcp_server(
    agent: Agent, spec: SessionSpec, decision: Decision, action: str
) -> None:
    form = {"serverName": "maps", "mode": "url", "message": "Sign in", "url": "https://maps.test"}
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"form": form}, {"text": "{answer}"}))
        asked = await live.next(PermissionAsked)
        said = json.loads(await answered(live, asked.request, decision, turn))
    assert asked.title == "Sign in https://maps.test"
    assert said["action"] == action


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Allowed(), {"permissions": {"network": {"enabled": True}}, "scope": "turn"}),
        (
            Allowed(GrantScope.SESSION),
            {"permissions": {"network": {"enabled": True}}, "scope": "session"},
        ),
        (Denied(), {"permissions": {}, "scope": "turn"}),
    ],
    ids=["once", "always", "never"],
)
async def test_more_rights(
    agent: Agent, spec: SessionSpec, decision: Decision, told: dict[str, Any]
) -> None:
    rights = {"permissions": {"network": {"enabled": True}}, "reason": "to fetch it"}
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"rights": rights}, {"text": "{answer}"}))
        asked = await live.next(PermissionAsked)
        said = json.loads(await answered(live, asked.request, decision, turn))
    assert (asked.title, asked.reason) == ("network.enabled: True", "to fetch it")
    assert said == told


async def test_a_change_is_asked_for_with_its_diff(agent: Agent, spec: SessionSpec) -> None:
    path, diff = f"{spec.cwd}/a.py", "@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    step = {"edit": path, "kind": {"type": "update"}, "diff": diff}
    async with watching(agent, spec) as live:
        turn = await live.submit(script(step))
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Denied())
        await live.end(turn)
    assert (asked.tool, asked.title) == ("Edit", "a.py")
    assert asked.diff
    assert asked.diff.unified == "@@ -1 +1 @@\n-x = 1\n+x = 2"
    assert [(one.output, one.failed) for one in live.of(ToolFinished)] == [("declined", True)]


async def test_output_comes_piece_by_piece(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        await live.told(script({"run": ["make all"], "ask": False}))
    (started,) = live.of(ToolStarted)
    assert (started.name, started.title) == ("Shell", "make all")
    assert [one.output for one in live.of(ToolFinished)] == ["ran make all"]


async def test_a_file_that_is_not_there_and_a_tool_that_is_none(
    agent: Agent, spec: SessionSpec
) -> None:
    async with watching(agent, spec) as live:
        ended = await live.told(script({"file": "none.txt"}, {"text": "{output}"}))
        assert "Not sent: there is no file" in live.spoken(ended.turn)
        other = await live.told(script({"call": "teleport"}, {"text": "{output}"}))
        assert live.spoken(other.turn) == "this tool is not there"
        assert not live.of(FileOffered)


async def test_a_file_nobody_wants(agent: Agent, spec: SessionSpec) -> None:
    (Path(spec.cwd) / "a.txt").touch()
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"file": "a.txt"}, {"text": "{output}"}))
        offered = await live.next(FileOffered)
        assert "the user does not want it" in await answered(live, offered.request, Denied(), turn)
        await live.session.answer(offered.request, FileTaken())  # too late, and no harm


async def test_troubles_and_limits(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        await live.told(script({"retry": 2}, {"limit": 85}, {"limit": 87}, {"limit": 100}))
    assert [(one.attempt, one.attempts) for one in live.of(Retrying)] == [(1, 2), (2, 2)]
    assert [(one.window, one.used, one.rejected) for one in live.of(LimitHit)] == [
        ("5 h", 0.85, False),
        ("5 h", 1.0, True),
    ]


async def test_each_turn_costs_what_it_used_itself(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        for _ in range(3):
            await live.told("hello")
    assert [one.input_tokens for one in live.of(UsageSeen)] == [10, 10, 10]


async def test_compaction_on_request(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        ended = await live.told("/compact")
        assert ended.outcome is Outcome.DONE
        assert live.of(Compacted, ended.turn)


async def test_a_request_that_is_too_long_is_refused(agent: Agent, spec: SessionSpec) -> None:
    async with watching(agent, spec) as live:
        step = {"huge": LINE_LIMIT * 2, "request": True}
        assert (await live.told(script(step, {"text": "on"}))).outcome is Outcome.DONE
        assert live.of(Noted)


async def test_a_request_nobody_knows_is_refused_at_once(agent: Agent, spec: SessionSpec) -> None:
    frame = {"method": "attestation/generate", "id": 900, "params": {}}
    async with watching(agent, spec) as live:
        assert (await live.told(script({"raw": frame}, {"text": "on"}))).outcome is Outcome.DONE


async def test_words_for_a_turn_that_is_over_become_one_of_their_own(
    agent: Agent, spec: SessionSpec
) -> None:
    async with watching(agent, spec) as live:
        await live.told("hello")
        await live.steer("and another thing")
        await live.next(TurnEnded, lambda ended: ended.turn is None)
        assert live.spoken(None) == "You said: and another thing"


async def test_words_for_a_turn_that_has_not_begun_wait_for_it(
    agent: Agent, spec: SessionSpec
) -> None:
    async with watching(agent, spec) as live:
        turn = await live.submit(script({"run": ["work"]}, {"text": "{steered}"}))
        await live.steer("early words")
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed())
        await live.end(turn)
    assert live.spoken(turn) == "early words"


async def test_frames_of_a_sub_agent_are_not_ours(agent: Agent, spec: SessionSpec) -> None:
    foreign = {"threadId": "another", "turnId": "t", "itemId": "i", "delta": "psst"}
    spoken = {"method": "item/agentMessage/delta", "params": foreign}
    over = {
        "method": "turn/completed",
        "params": {"threadId": "another", "turn": {"id": "t", "status": "completed"}},
    }
    async with watching(agent, spec) as live:
        ended = await live.told(script({"raw": spoken}, {"raw": over}, {"text": "hello"}))
    assert [one.text for one in live.of(Spoke)] == ["hello"]
    assert live.of(TurnEnded) == [ended]
