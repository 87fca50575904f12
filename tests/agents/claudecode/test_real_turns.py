"""Turns, sessions and failures of the real claude."""

import asyncio
import os
from dataclasses import replace
from uuid import uuid4

import psutil
import pytest

from cc_connect.contract.agent import (
    Compacted,
    Failure,
    Fate,
    Opened,
    Outcome,
    PermissionAsked,
    RequestWithdrawn,
    Retrying,
    SessionSpec,
    Spoke,
    ToolStarted,
    TurnEnded,
)
from cc_connect.contract.errors import AgentStartFailed, ResumeFailed
from cc_connect.testing.model_api import script
from tests.agents.claudecode.stage import REAL, Stage, bash
from tests.agents.claudecode.watching import Watched, watching

pytestmark = REAL
LONG = {"text": "words and words " * 60, "piece": 8, "chunk_delay": 0.02}


async def test_interrupt_while_streaming(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script(LONG))
        await live.next(Spoke)
        await live.steer("forget this")
        await live.session.interrupt()
        ended = await live.next(TurnEnded)
        following = await live.told(script({"text": "next"}))
    assert ended == TurnEnded(turn, Outcome.INTERRUPTED)
    assert following.text == "next"
    assert "forget this" not in str([one.prompt.text for one in stage.api.messages])


async def test_interrupt_at_once(stage: Stage) -> None:
    async with stage.live() as live:
        await live.told(script({"text": "warm"}))
        turn = await live.submit(script(LONG))
        await live.session.interrupt()
        ended = await live.next(TurnEnded, lambda one: one.turn == turn)
    assert ended.outcome is Outcome.INTERRUPTED
    assert len(live.of(TurnEnded)) == 2


async def test_interrupt_takes_questions_back(stage: Stage) -> None:
    async with stage.live() as live:
        await live.submit(script({"tools": [bash("touch x")]}, {"text": "done"}))
        asked = await live.next(PermissionAsked)
        await live.session.interrupt()
        assert (await live.next(RequestWithdrawn)).request == asked.request
        assert (await live.next(TurnEnded)).outcome is Outcome.INTERRUPTED


async def test_steering(stage: Stage) -> None:
    async with stage.live() as live:
        turn = await live.submit(script({"text": "first part", "hold": "gate"}))
        await stage.api.reached("gate")
        await live.steer("and this")
        await asyncio.sleep(0.2)
        stage.api.release("gate")
        ended = await live.next(TurnEnded)
        other = await live.told(script({"text": "other"}))
    assert ended.turn == turn
    assert ended.text == "first part\n\nYou said: and this"
    assert other.text == "other"
    assert {one.turn for one in live.of(Spoke)} == {turn, other.turn}


async def test_steering_while_a_tool_runs(stage: Stage) -> None:
    tool = bash("python3 -c 'import time;time.sleep(1)'")
    async with stage.live(allowed_tools=("Bash",)) as live:
        turn = await live.submit(script({"tools": [tool]}, {"text": "after"}))
        await live.next(ToolStarted)
        await live.steer("hurry up")
        ended = await live.next(TurnEnded)
        await live.told(script({"text": "next"}))
    assert (ended.turn, ended.text) == (turn, "after")
    assert len(live.of(TurnEnded)) == 2


async def test_resume_fork_and_library(stage: Stage) -> None:
    agent = stage.agent()
    spec = SessionSpec(cwd=str(stage.cwd), session=str(uuid4()))
    async with watching(agent, spec) as live:
        first = await live.told(script({"text": "one"}, say="remember this"))
        half = await live.submit(script({"text": "half", "hold": "never"}))
        await stage.api.reached("never")
        await live.next(Spoke, lambda one: one.turn == half)
    async with watching(agent, replace(spec, resume=spec.session)) as live:
        second = await live.told(script({"text": "two"}))
        assert live.of(Opened)[0].session == spec.session
    fork = str(uuid4())
    async with watching(agent, replace(spec, resume=spec.session, fork=True, session=fork)) as live:
        await live.told(script({"text": "three"}))
        assert [one.session for one in live.of(Opened)] == [fork]
    assert "remember this" in str(stage.api.messages[-1].body)
    library = agent.library()
    listed = {one.id: one for one in await library.list(str(stage.cwd))}
    assert set(listed) == {spec.session, fork}
    assert listed[spec.session].title.startswith("remember this")
    traces = {
        str(turn): await library.trace(spec.session, str(turn))
        for turn in (first.turn, half, second.turn, uuid4())
    }
    assert [one.fate for one in traces.values()] == [
        Fate.ANSWERED,
        Fate.PARTIAL,
        Fate.ANSWERED,
        Fate.ABSENT,
    ]
    assert traces[str(first.turn)].text == "one"
    history = await library.history(spec.session, 9)
    assert [one.answer for one in history][::2] == ["one", "two"]
    assert await library.delete(fork)
    assert {one.id for one in await library.list(str(stage.cwd))} == {spec.session}


async def test_killed_before_it_could_answer(stage: Stage) -> None:
    agent = stage.agent()
    async with agent.open(SessionSpec(cwd=str(stage.cwd))) as session:
        live = Watched(session)
        turn = await live.submit(script({"text": "x", "wait": "never"}))
        await stage.api.reached("never")
        name = live.of(Opened)[0].session
        for _ in range(400):  # the transcript is written with a delay
            if (await agent.library().trace(name, turn)).fate is not Fate.ABSENT:
                break
            await asyncio.sleep(0.05)
        assert session.pid
        os.kill(session.pid, 9)
        lost = await live.lost()
    assert "SIGKILL" in lost.detail
    assert (await agent.library().trace(name, turn)).fate is Fate.PARTIAL


async def test_bad_resume(stage: Stage) -> None:
    unknown = str(uuid4())
    for resume in (unknown, "not-a-uuid"):
        with pytest.raises(ResumeFailed):
            async with stage.agent().open(SessionSpec(cwd=str(stage.cwd), resume=resume)):
                pass


async def test_retry_and_errors(stage: Stage) -> None:
    async with stage.live() as live:
        fine = await live.told(script({"error": 529, "times": 1}, {"text": "made it"}))
        bad = await live.told(script({"error": 400, "message": "no such thing"}))
        long = await live.told(
            script({"error": 400, "message": "prompt is too long: 210000 tokens > 200000 maximum"})
        )
        after = await live.told(script({"text": "alive"}))
    assert fine.text == "made it"
    retried = live.of(Retrying)[0]
    assert (retried.turn, retried.attempt, retried.reason) == (fine.turn, 1, "529 overloaded")
    assert (bad.failure, "no such thing" in bad.detail) == (Failure.MODEL, True)
    assert long.failure is Failure.TOO_LONG
    assert after.outcome is Outcome.DONE


async def test_a_stream_that_breaks_is_told_once(stage: Stage) -> None:
    text = "one two three four five six seven eight nine ten " * 3
    broken = {"text": text, "piece": 10, "cut": 6, "times": 1}
    async with stage.live() as live:
        ended = await live.told(script(broken))
    assert live.spoken(ended.turn) == text


async def test_compaction_and_clear(stage: Stage) -> None:
    async with stage.live() as live:
        await live.told(script({"text": "a"}))
        compacted = await live.told("/compact")
        cost = await live.told("/cost")
        await live.told("/clear")
        ended = await live.told(script({"text": "b"}))
    assert compacted.outcome is Outcome.DONE
    assert live.of(Compacted)[0].turn == compacted.turn
    assert "cost" in live.spoken(cost.turn)
    first, second = live.of(Opened)
    assert first.session != second.session
    assert ended.turn
    trace = await stage.agent().library().trace(second.session, ended.turn)
    assert trace.fate is Fate.ANSWERED


async def test_not_signed_in(stage: Stage) -> None:
    async with stage.live(env={"ANTHROPIC_API_KEY": ""}) as live:
        ended = await live.told("hello")
    assert ended.failure is Failure.NOT_SIGNED_IN
    assert "/login" in ended.detail
    assert not live.of(Spoke)


async def test_background_task(stage: Stage) -> None:
    tool = bash("python3 -c 'import time;time.sleep(0.5)'", run_in_background=True)
    steps = ({"tools": [tool]}, {"text": "it runs"}, {"text": "it is over"})
    async with stage.live(allowed_tools=("Bash",)) as live:
        ended = await live.told(script(*steps))
        unasked = await live.next(TurnEnded)
        following = await live.told(script({"text": "next"}))
    assert ended.text == "it runs"
    assert unasked == TurnEnded(None, Outcome.DONE, "it is over")
    assert live.spoken(None) == "it is over"
    assert following.text == "next"


async def test_subagent(stage: Stage) -> None:
    inner = script({"tools": [bash("touch inner")]}, {"text": "report"})
    task = {
        "description": "inner job",
        "prompt": inner,
        "subagent_type": "general-purpose",
        "run_in_background": False,
    }
    async with stage.live(allowed_tools=("Bash",)) as live:
        ended = await live.told(
            script({"tools": [{"name": "Agent", "input": task}]}, {"text": "outer"})
        )
    outer, touch = live.of(ToolStarted)
    assert (outer.title, touch.title, touch.parent) == ("inner job", "touch inner", outer.id)
    assert {one.turn for one in (outer, touch)} == {ended.turn}
    assert live.spoken(ended.turn) == "outer"


async def test_instructions_effort_and_model(stage: Stage) -> None:
    spec = SessionSpec(
        cwd=str(stage.cwd), instructions="SPEC WORDS", effort="low", model="claude-haiku-5-5"
    )
    async with stage.live(spec, append_system_prompt="OPTION WORDS") as live:
        await live.told(script({"text": "x"}))
        assert "WORDS" not in " ".join(psutil.Process(live.session.pid).cmdline())
    system = str(stage.api.messages[0].body["system"])
    assert "OPTION WORDS\\n\\nSPEC WORDS" in system
    assert live.of(Opened)[0].model == "claude-haiku-5-5"


async def test_root_may_not_bypass(stage: Stage) -> None:
    spec = SessionSpec(cwd=str(stage.cwd), mode="yolo")
    if os.geteuid() == 0:
        with pytest.raises(AgentStartFailed, match="IS_SANDBOX"):
            async with stage.agent(env={"IS_SANDBOX": ""}).open(spec):
                pass
    async with stage.live(spec) as live:
        await live.told(script({"tools": [bash("touch free")]}, {"text": "x"}))
    assert (stage.cwd / "free").exists()
