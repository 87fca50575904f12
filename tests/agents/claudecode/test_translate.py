import time
from random import Random
from typing import Any

import pytest

from cc_connect.agents.claudecode.translate import Translator
from cc_connect.contract.agent import (
    Allowed,
    Failure,
    LimitHit,
    Noted,
    Outcome,
    PermissionAsked,
    PlanProposed,
    RequestWithdrawn,
    Spoke,
    Thought,
    ToolFinished,
    ToolStarted,
    TurnEnded,
    Unknown,
)

INIT = {"type": "system", "subtype": "init", "session_id": "s", "model": "m"}
LIVES = {**INIT, "capabilities": ["msg_lifecycle_v1"]}
IDLE = {"type": "system", "subtype": "session_state_changed", "state": "idle"}


def stream(**event: Any) -> dict[str, Any]:
    return {"type": "stream_event", "event": event, "parent_tool_use_id": None}


def text_delta(text: str) -> dict[str, Any]:
    return stream(type="content_block_delta", delta={"type": "text_delta", "text": text})


def said(text: str, **more: Any) -> dict[str, Any]:
    message = {"content": [{"type": "text", "text": text}]}
    return {"type": "assistant", "message": message, **more}


def used(name: str, tool_use: str = "t1", parent: str | None = None, **arguments: Any) -> Any:
    block = {"type": "tool_use", "id": tool_use, "name": name, "input": arguments}
    return {"type": "assistant", "message": {"content": [block]}, "parent_tool_use_id": parent}


def gave(output: Any, tool_use: str = "t1", **more: Any) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": tool_use, "content": output, **more}
    return {"type": "user", "message": {"content": [block]}}


def result(**more: Any) -> dict[str, Any]:
    return {"type": "result", "subtype": "success", "is_error": False, **more}


def lived(prompt: str, state: str) -> dict[str, Any]:
    return {"type": "command_lifecycle", "command_uuid": prompt, "state": state}


class Fed:
    """A translator with a turn `T` that has begun, and all its events."""

    def __init__(self, *, begun: bool = True) -> None:
        self.translator = Translator("s", "/w", "default", "m")
        self.events: list[Any] = []
        if begun:
            self.translator.submit("T")
            self(LIVES, lived("T", "queued"), lived("T", "started"))

    def __call__(self, *frames: dict[str, Any]) -> list[Any]:
        new = [event for frame in frames for event in self.translator.feed(frame)]
        self.events += new
        return new

    def text(self, turn: str | None = "T") -> str:
        return "".join(e.text for e in self.events if isinstance(e, Spoke) and e.turn == turn)


def test_what_streamed_is_not_said_again() -> None:
    fed = Fed()
    block = stream(type="content_block_start", content_block={"type": "text"})
    fed(block, text_delta("Hel"), text_delta("lo"), said("Hello"), block, text_delta("x"))
    fed(said("x and more"))
    assert [(e.text, e.begins) for e in fed.events if isinstance(e, Spoke)] == [
        ("Hel", True),
        ("lo", False),
        ("x", True),
        (" and more", False),
    ]


def test_what_did_not_stream_is_said_whole() -> None:
    fed = Fed()
    fed(said("Total cost: $0"), said("Second"))
    assert [e.text for e in fed.events] == ["Total cost: $0", "Second"]


def test_a_stream_that_breaks_and_comes_again() -> None:
    fed = Fed()
    begin = stream(type="message_start", message={"model": "m"})
    fed(begin, text_delta("one two thr"), begin, text_delta("one "), text_delta("two three four"))
    fed(said("one two three four"))
    assert fed.text() == "one two three four"


def test_a_stream_that_breaks_and_comes_whole() -> None:
    fed = Fed()
    begin = stream(type="message_start", message={"model": "m"})
    fed(begin, text_delta("one tw"), begin, said("one two three"))
    assert fed.text() == "one two three"


def test_a_stream_that_breaks_and_says_something_else() -> None:
    fed = Fed()
    begin = stream(type="message_start", message={"model": "m"})
    fed(begin, text_delta("one two"), begin, text_delta("one "), text_delta("three"))
    fed(said("one three"))
    assert [(e.text, e.begins) for e in fed.events if isinstance(e, Spoke)] == [
        ("one two", True),
        ("one three", True),
    ]


def test_interrupted_speech_does_not_come_back_in_the_next_turn() -> None:
    fed = Fed()
    fed(text_delta("abc"), result(is_error=True, terminal_reason="aborted_streaming"))
    fed(lived("T", "cancelled"))
    fed.translator.submit("U")
    fed(lived("U", "started"), text_delta("abc"), text_delta("def"))
    assert fed.text("U") == "abcdef"


def test_subagents_do_not_speak() -> None:
    fed = Fed()
    fed({**text_delta("inner"), "parent_tool_use_id": "t9"})
    fed(said("inner", parent_tool_use_id="t9"))
    assert fed.text() == ""


def test_tools() -> None:
    fed = Fed()
    fed(used("Read", file_path="/w/sub/a.py"), gave([{"type": "text", "text": "A"}]))
    started, finished = fed.events
    assert started == ToolStarted("T", "t1", "Read", {"file_path": "/w/sub/a.py"}, "sub/a.py")
    assert finished == ToolFinished("T", "t1", "A")
    fed(gave("twice"), gave("never begun", "t7"))
    assert len(fed.events) == 2


def test_a_subagent_in_the_background_belongs_to_its_own_turn() -> None:
    fed = Fed()
    fed(used("Agent", "agent", description="d"), gave("launched", "agent"))
    inner = fed(used("Grep", "t2", "agent", pattern="x"))[0]
    fed(result(result="bye"), lived("T", "completed"))
    fed.translator.submit("U")
    fed(lived("U", "started"))
    late = fed(used("Grep", "t3", "agent", pattern="y"))[0]
    asking = {"subtype": "can_use_tool", "tool_name": "Grep", "tool_use_id": "t3", "input": {}}
    asked = fed({"type": "control_request", "request_id": "r", "request": asking})[0]
    own = fed(used("Grep", "t4", pattern="z"))[0]
    assert [inner.turn, late.turn, asked.turn, own.turn] == ["T", None, None, "U"]
    assert (inner.parent, late.parent, own.parent) == ("agent", "agent", None)


def test_turn_ends_once_by_lives() -> None:
    fed = Fed()
    assert not fed(result(result="A"))[:-1]
    assert fed(lived("T", "completed"), IDLE) == [TurnEnded("T", Outcome.DONE, "A")]
    assert fed.translator.turn is None


def test_idle_of_the_time_before_does_not_end_a_turn() -> None:
    fed = Fed(begun=False)
    fed.translator.submit("T")
    assert fed(IDLE, lived("T", "queued"), IDLE) == []
    assert fed.translator.turn == "T"


def test_idle_ends_a_turn_whose_result_was_lost() -> None:
    fed = Fed()
    assert fed(IDLE) == [TurnEnded("T", Outcome.INTERRUPTED)]
    fed = Fed()
    assert fed(lived("T", "completed"), IDLE) == [TurnEnded("T", Outcome.DONE)]


def test_called_back_before_it_began() -> None:
    fed = Fed(begun=False)
    fed.translator.submit("T")
    ended = fed(lived("T", "queued"), lived("T", "cancelled"))
    assert ended == [TurnEnded("T", Outcome.INTERRUPTED)]


def test_a_result_nobody_asked_for() -> None:
    fed = Fed(begun=False)
    assert fed(LIVES, said("psst"), result(result="psst")) == [
        Spoke(None, "psst", begins=True),
        TurnEnded(None, Outcome.DONE, "psst"),
    ]


def test_steering_after_the_end_is_nobodys() -> None:
    fed = Fed()
    fed(result(), lived("T", "completed"))
    fed.translator.steer("late")
    fed(lived("late", "started"), said("x"), result(result="x"), lived("late", "completed"))
    assert fed.text(None) == "x"
    assert [e.turn for e in fed.events if isinstance(e, TurnEnded)] == ["T", None]


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        ({"terminal_reason": "api_error", "api_error_status": 529}, Failure.MODEL),
        ({"terminal_reason": "api_error", "api_error_status": 429}, Failure.LIMIT),
        ({"terminal_reason": "api_error", "api_error_status": 401}, Failure.NOT_SIGNED_IN),
        ({"result": "Not logged in · Please run /login"}, Failure.NOT_SIGNED_IN),
        ({"terminal_reason": "prompt_too_long", "api_error_status": 400}, Failure.TOO_LONG),
        ({"terminal_reason": "image_error", "api_error_status": 413}, Failure.TOO_LONG),
        ({"terminal_reason": "max_turns", "errors": ["Reached 2"]}, Failure.OTHER),
    ],
)
def test_failures(told: dict[str, Any], failure: Failure) -> None:
    fed = Fed()
    fed(result(**{"is_error": True, **told}))
    (ended,) = fed(lived("T", "cancelled"))
    assert (ended.outcome, ended.failure) == (Outcome.FAILED, failure)
    assert ended.detail or "result" not in told


def test_rejected_limit_explains_the_failure() -> None:
    fed = Fed()
    told = {"status": "rejected", "rateLimitType": "seven_day", "resetsAt": 5}
    assert fed({"type": "rate_limit_event", "rate_limit_info": told}) == [
        LimitHit("T", "seven_day", rejected=True, resets_at=5.0)
    ]
    assert fed({"type": "rate_limit_event", "rate_limit_info": {"status": "allowed"}}) == []
    fed(result(is_error=True, terminal_reason="api_error", result="You have hit your limit"))
    assert fed(lived("T", "cancelled"))[0].failure is Failure.LIMIT


def test_plan_from_the_tool_call() -> None:
    fed = Fed()
    asking = {"subtype": "can_use_tool", "tool_name": "ExitPlanMode", "tool_use_id": "t1"}
    fed(used("ExitPlanMode", plan="# From the model"))
    fed({"type": "control_request", "request_id": "r", "request": {**asking, "input": {}}})
    assert fed.events == [PlanProposed("T", "r", "# From the model")]


def test_requests_taken_back_can_not_be_answered() -> None:
    fed = Fed()
    asking = {"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "ls"}}
    fed({"type": "control_request", "request_id": "r", "request": asking})
    cancel = {"type": "control_cancel_request", "request_id": "r"}
    assert fed(cancel, cancel) == [RequestWithdrawn("T", "r")]
    assert fed.translator.reply("r", Allowed()) is None
    assert isinstance(fed.events[0], PermissionAsked)


def test_thinking() -> None:
    fed = Fed()
    delta = {"type": "thinking_delta", "thinking": "hm"}
    fed(stream(type="content_block_delta", delta=delta))
    block = {"type": "thinking", "thinking": "hm, yes"}
    fed({"type": "assistant", "message": {"content": [block]}})
    assert fed.events == [Thought("T", "hm", begins=True), Thought("T", ", yes")]


def test_notes() -> None:
    fed = Fed()
    denied = {"type": "system", "subtype": "permission_denied", "tool_name": "Bash"}
    fed({**denied, "message": "by the mode"})
    fed({"type": "system", "subtype": "informational", "content": "fyi"})
    failed = {"compact_result": "failed", "compact_error": "too_few"}
    fed({"type": "system", "subtype": "status", **failed})
    assert [e.text for e in fed.events if isinstance(e, Noted)] == [
        "Bash was not allowed: by the mode",
        "fyi",
        "The memory could not be shortened: too_few",
    ]


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"type": None},
        {"type": ["x"]},
        {"type": "system"},
        {"type": "assistant", "message": {"content": [{"type": "hologram"}]}},
        stream(type="content_block_delta", delta={"type": "smell_delta"}),
        stream(type="novelty"),
    ],
)
def test_unknown_frames(frame: dict[str, Any]) -> None:
    (event,) = Fed()(frame)
    assert isinstance(event, Unknown)


KEYS = (
    *("type", "subtype", "message", "event", "request", "request_id", "content", "delta", "input"),
    *("response", "rate_limit_info", "is_error", "result", "errors", "usage", "modelUsage", "id"),
    *("model_usage_since_last_result", "command_uuid", "state", "compact_metadata", "text", "name"),
    *("tool_name", "permission_suggestions", "questions", "tool_use_id", "tool_use_result"),
)
KINDS = (
    *("system", "assistant", "user", "result", "stream_event", "control_request", "text"),
    *("command_lifecycle", "rate_limit_event", "control_cancel_request", "can_use_tool", "init"),
    *("status", "api_retry", "tool_use", "tool_result", "content_block_delta", "message_delta"),
    *("Edit", "MultiEdit", "Write", "Bash", "AskUserQuestion", "ExitPlanMode", "TodoWrite", "T"),
)
PLAIN = (None, True, False, 0, -1, 2**70, 1.5, float("nan"), float("inf"), "", "x", *KINDS)


def odd(random: Random, depth: int) -> Any:
    """Any JSON value, with the names that the wire uses."""
    shape = random.randrange(4) if depth else 0
    if shape == 1:
        return [odd(random, depth - 1) for _ in range(random.randrange(3))]
    if shape:
        keys = random.sample(KEYS, random.randrange(6))
        return {key: odd(random, depth - 1) for key in keys}
    return random.choice(PLAIN)


@pytest.mark.parametrize("seed", range(20))
def test_no_frame_whatever_breaks_it(seed: int) -> None:
    random = Random(seed)
    fed = Fed()
    for _ in range(300):
        frame = {key: odd(random, 4) for key in random.sample(KEYS, random.randrange(8))}
        fed({**frame, "type": random.choice(KINDS)})
        fed({"type": "system", **frame}, {"type": "stream_event", "event": frame})
        fed({"type": "control_request", "request": {"subtype": "can_use_tool", **frame}})


def test_many_deltas_stay_cheap() -> None:
    fed = Fed()
    frames = [text_delta(f"word {n} ") for n in range(8000)]
    start = time.perf_counter()
    for frame in frames:
        fed.translator.feed(frame)
    each = (time.perf_counter() - start) / len(frames)
    print(f"{each * 1e6:.1f} µs per delta")
    fed(said("".join(f"word {n} " for n in range(8000))), result(), lived("T", "completed"))
    assert fed.text() == ""  # nothing was said a second time
