"""Every recorded frame of the real agents passes, and what it becomes is written down."""

import json
import os
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.acp import wire
from cc_connect.agents.acp.presets import PRESETS
from cc_connect.agents.acp.quirks import PLAIN, Quirks
from cc_connect.agents.acp.translate import Translator
from cc_connect.contract.agent import (
    AgentEvent,
    Allowed,
    Answered,
    Denied,
    Failure,
    Spoke,
    Thought,
    TurnEnded,
    Unknown,
)

DATA = Path(__file__).parents[2] / "data"
GOLDEN = DATA / "acp" / "golden"
RECORDINGS = sorted((DATA / "acp").glob("*.jsonl"))
OTHERS = sorted((DATA / "opencode").glob("*.jsonl"))
PRESET_OF = {"claude-acp-new": "claude-acp", "claude_acp_extra": "claude-acp", "kimi-code": "kimi"}


def quirks_of(recording: Path) -> Quirks:
    name = recording.stem.removesuffix("_load")
    preset = PRESETS.get(PRESET_OF.get(name, name))
    return preset.quirks if preset else PLAIN


def replay(recording: Path) -> list[AgentEvent]:
    """All events of a recording; each prompt is a turn named after its request."""
    translator = Translator("/home/dev/work", quirks_of(recording))
    events: list[AgentEvent] = []
    for line in recording.read_text("utf-8").splitlines():
        told = json.loads(line)
        frame = told.get("m")
        if not isinstance(frame, dict):
            continue
        if told.get("dir") == "in":
            events += sent(translator, frame)
        elif told.get("dir") == "out":
            events += translator.feed(frame)
    return events


def sent(translator: Translator, frame: dict[str, Any]) -> list[AgentEvent]:
    """What the one who recorded did."""
    match frame.get("method"):
        case "session/prompt" if translator.turn is None:
            return translator.submit(f"turn-{frame['id']}", frame["id"])
        case "session/load":
            translator.replaying = True
        case "session/cancel":
            return [event for _, _, event in translator.interrupt()]
        case None if "result" in frame:
            decided(translator, frame)
        case _:
            pass
    return []


def decided(translator: Translator, frame: dict[str, Any]) -> None:
    """What the person decided, read from the answer that was recorded."""
    request = wire.name_of(frame["id"])
    if "outcome" not in frame["result"]:
        translator.reply(request, Answered({}))
        return
    option = frame["result"]["outcome"].get("optionId", "")
    _, pending, _ = translator._pending.get(request, (None, None, None))
    kinds = {one.id: one.kind for one in getattr(pending, "options", ())}
    allowed = kinds.get(option, "").startswith("allow")
    translator.reply(request, Allowed() if allowed else Denied())


def shown(events: list[AgentEvent]) -> str:
    """One line for each event; pieces of one speech are joined."""

    def kind(event: AgentEvent) -> object:
        speech = isinstance(event, Spoke | Thought)
        return (type(event), event.turn) if speech else id(event)  # type: ignore[union-attr]

    lines = []
    for _, group in groupby(events, kind):
        pieces = list(group)
        if isinstance(pieces[0], Spoke | Thought):
            text = "".join(("|" if one.begins else "") + one.text for one in pieces)  # type: ignore[union-attr]
            lines.append(
                f"{type(pieces[0]).__name__} {pieces[0].turn or '-'} x{len(pieces)} {text!r}"
            )
        else:
            lines.append(plain(pieces[0]))
    return "\n".join(lines) + "\n"


def plain(event: AgentEvent) -> str:
    words = [type(event).__name__]
    for one in fields(event):
        value = getattr(event, one.name)
        if value not in ("", None, (), {}, 0, 0.0, False):
            words.append(f"{one.name}={value!r}")
    return " ".join(words)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_golden(recording: Path) -> None:
    text = shown(replay(recording))
    golden = GOLDEN / f"{recording.stem}.txt"
    if os.environ.get("CC_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_what_is_unknown_is_of_no_weight() -> None:
    unknown = {
        event.kind
        for recording in RECORDINGS
        for event in replay(recording)
        if isinstance(event, Unknown)
    }
    assert unknown == {
        "_auth/status_update",  # private to some agents: who pays
        "fs/read_text_file",  # only a client that offers files gets them
        "fs/write_text_file",
    }


@pytest.mark.parametrize("recording", OTHERS, ids=lambda path: path.stem)
def test_frames_of_another_protocol_pass_by(recording: Path) -> None:
    # What OpenCode says over HTTP; the driver speaks its ACP, and must not stumble over the rest.
    told_all = [json.loads(line)["m"] for line in recording.read_text("utf-8").splitlines()]
    frames = [one for one in told_all if isinstance(one, dict)]
    translator = Translator("/")
    told = [event for one in frames for event in translator.feed(one)]
    assert len(frames) > 100
    assert all(isinstance(event, Unknown) for event in told)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_each_turn_of_a_recording_ends_at_most_once(recording: Path) -> None:
    events = replay(recording)
    ended = [event.turn for event in events if isinstance(event, TurnEnded)]
    assert len(ended) == len(set(ended))
    for turn in ended:
        of_turn = [event for event in events if getattr(event, "turn", None) == turn]
        assert isinstance(of_turn[-1], TurnEnded)


@pytest.mark.parametrize(
    "name", ["opencode", "gemini", "qwen", "copilot", "codex-acp", "kimi-code"]
)
def test_a_service_that_refuses_is_a_failure_however_it_looks(name: str) -> None:
    # In each of these recordings the mock answers one prompt with HTTP 400.
    failed = [
        event
        for event in replay(DATA / "acp" / f"{name}.jsonl")
        if isinstance(event, TurnEnded) and event.failure is Failure.MODEL
    ]
    assert failed
    words = "without a word" if name == "kimi-code" else "bad request"
    assert any(words in event.detail for event in failed)


def test_ids_that_differ_only_in_type_are_told_apart() -> None:
    assert wire.name_of(0) != wire.name_of("0")
