"""Every recorded frame of the real claude passes, and what it becomes is written down."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.claudecode.translate import Translator
from cc_connect.contract.agent import AgentEvent, TurnEnded, Unknown
from tests.agents.showing import shown

DATA = Path(__file__).parents[2] / "data" / "claude"
GOLDEN = DATA / "golden"
RECORDINGS = sorted(DATA.glob("*.jsonl"))


def lines_of(recording: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in recording.read_text("utf-8").splitlines()]


def replay(recording: Path) -> list[tuple[AgentEvent, dict[str, Any]]]:
    """All events of a recording, each with the frame it came from.

    Prompts that were sent with a uuid are turns; most recordings have none, and all that happens
    in them belongs to nobody.
    """
    translator = Translator("", "/home/dev/work/proj")
    events: list[tuple[AgentEvent, dict[str, Any]]] = []
    for line in lines_of(recording):
        frame = line.get("m")
        if not isinstance(frame, dict):
            continue
        if line["dir"] == "in" and frame.get("type") == "user" and "uuid" in frame:
            if translator.turn is None:
                translator.submit(frame["uuid"])
            else:
                translator.steer(frame["uuid"])
        if line["dir"] == "out":
            events += [(event, frame) for event in translator.feed(frame)]
    return events


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_golden(recording: Path) -> None:
    text = shown([event for event, _ in replay(recording)])
    golden = GOLDEN / f"{recording.stem}.txt"
    if os.environ.get("CC_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_what_is_unknown_is_of_no_weight() -> None:
    unknown = {
        event.kind
        for recording in RECORDINGS
        for event, _ in replay(recording)
        if isinstance(event, Unknown)
    }
    assert unknown == {
        "control_request/hook_callback",  # only a host that sets hooks gets them
        "system/hook_started",
        "system/hook_response",
        "system/session_title_changed",  # somebody renamed the session
    }


@pytest.mark.parametrize(
    "recording", [one for one in RECORDINGS if one.stem.startswith("20_")], ids=lambda p: p.stem
)
def test_each_turn_of_a_recording_ends_once(recording: Path) -> None:
    translator = Translator("", "/")
    asked = []
    ended = []
    for line in lines_of(recording):
        frame = line["m"]
        if line["dir"] == "in" and frame["type"] == "user":
            if translator.turn is None:
                translator.submit(frame["uuid"])
                asked.append(frame["uuid"])
            else:
                translator.steer(frame["uuid"])
        if line["dir"] == "out":
            events = translator.feed(frame)
            ended += [one.turn for one in events if isinstance(one, TurnEnded) and one.turn]
    assert ended == asked
    assert translator.turn is None
