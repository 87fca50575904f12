from pathlib import Path

import pytest

from cc_connect.contract.agent import (
    Allowed,
    Outcome,
    PermissionAsked,
    RequestWithdrawn,
    SessionSpec,
    Spoke,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    UsageSeen,
)
from tests.agents.claudecode.watching import appears, scripted, watching

BASH = {"tool": "Bash", "input": {"command": "touch x"}, "output": "made"}
LONG = {"text": "abcdefghij" * 400, "pieces": 4000, "delay": 0.005}


async def test_interrupt_while_streaming(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        turn = await live.start(LONG)
        await live.next(Spoke)
        await live.session.interrupt()
        ended = await live.next(TurnEnded)
        assert (await live.turn({"text": "next"})).outcome is Outcome.DONE
    assert (ended.turn, ended.outcome, ended.failure) == (turn, Outcome.INTERRUPTED, None)
    assert live.spoken(turn).startswith("a")


async def test_interrupt_takes_requests_back(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start({"tools": [BASH, BASH]})
        asked = [await live.next(PermissionAsked), await live.next(PermissionAsked)]
        await live.session.interrupt()
        ended = await live.next(TurnEnded)
        await live.session.answer(asked[0].request, Allowed())
    withdrawn = {event.request for event in live.of(RequestWithdrawn)}
    assert withdrawn == {event.request for event in asked}
    assert ended.outcome is Outcome.INTERRUPTED


async def test_interrupt_at_once_after_submit(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        for _ in range(5):
            turn = await live.start(LONG)
            await live.session.interrupt()
            ended = await live.next(TurnEnded)
            assert (ended.turn, ended.outcome) == (turn, Outcome.INTERRUPTED)


async def test_interrupt_of_nothing(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.session.interrupt()
        assert (await live.turn({"text": "fine"})).text == "fine"
    assert len(live.of(TurnEnded)) == 1


async def test_steering_while_text_streams_is_one_turn(
    home: Path, spec: SessionSpec, tmp_path: Path
) -> None:
    async with watching(scripted(home), spec) as live:
        turn = await live.start({"text": "first"}, {"hold": str(tmp_path / "go")})
        await live.next(Spoke)
        await live.steer("and this")
        await live.steer("and that")
        (tmp_path / "go").touch()
        ended = await live.next(TurnEnded)
        await live.turn({"text": "next"})
    assert ended.turn == turn
    assert ended.text == "first\n\nYou said: and this\nand that"
    assert len(live.of(TurnEnded)) == 2
    assert {event.turn for event in live.of(Spoke)} == {one.turn for one in live.of(TurnEnded)}


async def test_steering_while_a_tool_runs_is_taken_in(
    home: Path, spec: SessionSpec, tmp_path: Path
) -> None:
    tool = {"tool": "Bash", "input": {"command": "wait"}, "ask": False, "hold": str(tmp_path / "g")}
    async with watching(scripted(home), spec) as live:
        turn = await live.start(tool, {"text": "heard: {steered}"})
        await live.next(ToolStarted)
        await live.steer("hurry")
        (tmp_path / "g").touch()
        ended = await live.next(TurnEnded)
    assert (ended.turn, ended.text) == (turn, "heard: hurry")


async def test_interrupt_calls_steered_words_back(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.start(LONG)
        await live.next(Spoke)
        await live.steer("never mind")
        await live.session.interrupt()
        ended = await live.next(TurnEnded)
        await live.turn({"text": "next"})
    assert ended.outcome is Outcome.INTERRUPTED
    assert "never mind" not in "".join(event.text for event in live.of(Spoke))


async def test_a_background_run_belongs_to_nobody(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        ended = await live.turn({"background": [{"text": "the job says"}]}, {"text": "started"})
        other = await live.next(TurnEnded)
    assert ended.text == "started"
    assert other == TurnEnded(None, Outcome.DONE, "the job says")
    assert live.spoken(None) == "the job says"


async def test_submitting_while_a_background_run_goes_on(
    home: Path, spec: SessionSpec, tmp_path: Path
) -> None:
    steps = [{"text": "busy"}, {"touch": str(tmp_path / "on")}, {"hold": str(tmp_path / "go")}]
    async with watching(scripted(home), spec) as live:
        await live.turn({"background": [*steps, {"text": "done"}]})
        await appears(tmp_path / "on")
        turn = await live.start({"text": "mine"})
        (tmp_path / "go").touch()
        ended = await live.next(TurnEnded, lambda one: one.turn == turn)
    assert ended.text == live.spoken(turn) == "mine"
    assert live.spoken(None) == "busydone"
    assert [one.turn for one in live.of(TurnEnded)][1:] == [None, turn]


async def test_subagent_steps_have_a_parent(home: Path, spec: SessionSpec) -> None:
    inner = {"tool": "Grep", "input": {"pattern": "z"}, "ask": False}
    async with watching(scripted(home), spec) as live:
        await live.turn({"subagent": [inner], "description": "search"})
    task, grep = live.of(ToolStarted)
    assert (task.title, grep.parent, grep.title) == ("search", task.id, "z")
    assert [event.id for event in live.of(ToolFinished)] == [grep.id, task.id]


async def test_usage_is_per_turn(home: Path, spec: SessionSpec) -> None:
    async with watching(scripted(home), spec) as live:
        await live.turn({"tool": "Bash", "input": {}, "ask": False}, {"text": "x"})
        first = live.of(UsageSeen)[-1]
        await live.turn({"text": "x"})
        second = live.of(UsageSeen)[-1]
    assert (first.input_tokens, first.output_tokens, first.context_window) == (200, 40, 200_000)
    assert (second.input_tokens, second.output_tokens) == (100, 20)
    assert first.cost == pytest.approx(2 * second.cost)
    assert first.model == "scripted-model"
