"""Every recorded frame of the real Codex passes, and what it becomes is written down."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.codex.translate import Translator
from cc_connect.contract.agent import AgentEvent, Allowed, TurnEnded, Unknown
from tests.agents.showing import shown

DATA = Path(__file__).parents[2] / "data" / "codex"
GOLDEN = DATA / "golden"
RECORDINGS = sorted(DATA.glob("*.jsonl"))
STARTS = ("turn/start", "thread/compact/start")


def frames_of(recording: Path) -> list[tuple[str, dict[str, Any]]]:
    lines = (json.loads(line) for line in recording.read_text("utf-8").splitlines())
    return [(line["dir"], line["m"]) for line in lines if line.get("dir") in ("in", "out")]


def replay(recording: Path) -> list[AgentEvent]:
    """All events of a recording. Each `turn/start` that was sent is a turn, named by its id."""
    translator = Translator("", "/home/dev/work/cxproj", "mock-model")
    events: list[AgentEvent] = []
    for direction, frame in frames_of(recording):
        if direction == "out":
            events += translator.feed(frame)
        elif "result" in frame:
            translator.answer(str(frame["id"]), Allowed())
        elif frame.get("method") in STARTS:
            translator.submit(f"prompt {frame['id']}")
            translator.starts(frame["id"])
    return events


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_golden(recording: Path) -> None:
    text = shown(replay(recording))
    golden = GOLDEN / f"{recording.stem}.txt"
    if os.environ.get("CC_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_nothing_recorded_is_unknown(recording: Path) -> None:
    assert not [event for event in replay(recording) if isinstance(event, Unknown)]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_each_turn_of_a_recording_ends_once(recording: Path) -> None:
    asked = [
        f"prompt {frame['id']}"
        for direction, frame in frames_of(recording)
        if direction == "in" and frame.get("method") in STARTS
    ]
    ended = [event.turn for event in replay(recording) if isinstance(event, TurnEnded)]
    assert ended == asked
