from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cc_connect.testing.model_api.request import ModelRequest, Prompt, bookmark, read_prompt
from cc_connect.testing.model_api.script import (
    ScriptError,
    Step,
    ToolCall,
    choose,
    fill,
    find_script,
    read_steps,
    script,
)

Entry = dict[str, Any]
REMINDER = {"type": "text", "text": "<system-reminder>\nbe nice\n</system-reminder>\n"}
NEVER: Callable[[int], int] = lambda _index: 0  # noqa: E731 - a table of one figure


def text(words: str) -> Entry:
    return {"type": "text", "text": words}


def user(*content: Entry | str) -> Entry:
    blocks = [text(block) if isinstance(block, str) else block for block in content]
    return {"role": "user", "content": blocks}


def assistant(*content: Entry) -> Entry:
    return {"role": "assistant", "content": list(content or (text("well"),))}


def call(identity: str) -> Entry:
    return {"type": "tool_use", "id": identity, "name": "Bash", "input": {}}


def result(identity: str) -> Entry:
    return {"type": "tool_result", "tool_use_id": identity, "content": "ok"}


def test_a_script_is_found_among_other_words() -> None:
    found = find_script('please @@ [{"text": "a"}, {"tools": [{"name": "Bash"}]}] @@ thanks')
    assert found == (Step(text="a"), Step(tools=(ToolCall("Bash"),)))


def test_one_step_needs_no_list() -> None:
    assert find_script('@@{"text": "a"}@@') == (Step(text="a"),)


def test_the_last_of_several_scripts_counts() -> None:
    assert find_script('@@ {"text": "a"} @@\n@@ {"text": "b"} @@') == (Step(text="b"),)


def test_a_script_may_hold_a_script() -> None:
    inner = script({"text": "inner"})
    outer = script({"tools": [{"name": "Agent", "input": {"prompt": inner}}]}, {"text": "outer"})
    found = find_script(outer)
    assert found is not None
    assert find_script(found[0].tools[0].input["prompt"]) == (Step(text="inner"),)
    assert found[1] == Step(text="outer")


@pytest.mark.parametrize("words", ["", "hello", "a @@ b", "@@ -1,3 +1,4 @@", "x@@y.org"])
def test_other_words_hold_no_script(words: str) -> None:
    assert find_script(words) is None


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("@@ [nonsense", "bad script"),
        ('@@ [{"text": "a"}]', "no closing @@"),
        ('@@ [{"txt": "a"}] @@', "unknown field"),
        ('@@ [{"text": 7}] @@', "bad step"),
        ('@@ ["a"] @@', "bad step"),
        ('@@ {"delay": -1} @@', "below zero"),
        ('@@ {"text": "a", "size": 0} @@', "start at 1"),
        ('@@ {"after": 3} @@', "belong to an error"),
        ('@@ {"error": 500, "cut": 1} @@', "not both"),
        ('@@ {"text": "a", "times": 1} @@', "times belongs"),
    ],
)
def test_a_bad_script_says_what_is_wrong(words: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        find_script(words)


def test_a_script_written_in_python_reads_back_the_same() -> None:
    steps = (
        Step(thinking="hm", text="a", tools=(ToolCall("Bash", {"command": "ls"}, "toolu_1"),)),
        Step(error=429, times=1, headers={"retry-after": "1"}),
        Step(text="äöü @@ {", cut=3),
    )
    written = script(*steps, say="do it")
    assert written.startswith("do it @@ [")
    assert find_script(written) == steps
    assert script({"text": "a"}) == '@@ [{"text":"a"}] @@'


def test_names_are_filled_in_everywhere_in_an_input() -> None:
    tool = ToolCall("X", {"a": ["$CWD/b", {"c": "$CWD and $PLAN_FILE"}], "n": 1})
    (filled,) = fill(Step(text="$CWD", tools=(tool,)), {"CWD": "/p"}).tools
    assert filled.input == {"a": ["/p/b", {"c": "/p and $PLAN_FILE"}], "n": 1}


def test_the_step_is_chosen_by_the_number_of_replies() -> None:
    steps = read_steps([{"text": "a"}, {"text": "b"}])
    chosen = [choose(steps, replies=count, failed=NEVER, streaming=True) for count in range(3)]
    assert chosen == [(0, steps[0], False), (1, steps[1], False), (2, None, False)]


def test_a_failure_without_content_stands_before_the_next_reply() -> None:
    steps = read_steps(
        [{"text": "a"}, {"error": 529, "times": 2}, {"error": 500, "times": 1}, {"text": "b"}]
    )
    failures = {1: 0, 2: 0}
    seen = []
    for _ in range(4):
        index, _, fails = choose(steps, replies=1, failed=failures.__getitem__, streaming=True)
        seen.append(index)
        if fails:
            failures[index] += 1
    assert seen == [1, 1, 2, 3]
    assert choose(steps, replies=0, failed=NEVER, streaming=True) == (0, steps[0], False)
    assert choose(steps, replies=2, failed=NEVER, streaming=True)[1] is None


def test_a_failure_with_content_becomes_a_reply() -> None:
    steps = read_steps([{"text": "a", "cut": 1, "times": 1}, {"text": "b"}])
    assert choose(steps, replies=0, failed=NEVER, streaming=True) == (0, steps[0], True)
    assert choose(steps, replies=0, failed=lambda _: 1, streaming=True) == (0, steps[0], False)
    assert choose(steps, replies=1, failed=lambda _: 1, streaming=True) == (1, steps[1], False)


def test_what_happens_inside_streams_spares_plain_requests() -> None:
    for fault in ({"cut": 1}, {"error": 529, "after": 1}):
        steps = read_steps([{"text": "a", **fault}])
        assert choose(steps, replies=0, failed=NEVER, streaming=False) == (0, steps[0], False)
    steps = read_steps([{"text": "a", "error": 529}])
    assert choose(steps, replies=0, failed=NEVER, streaming=False) == (0, steps[0], True)


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ([], Prompt("", 0, 0)),
        ([{"role": "user", "content": "hello"}], Prompt("hello", 0, 0)),
        ([user(REMINDER, "hello"), {"role": "system", "content": "env"}], Prompt("hello", 0, 0)),
        ([user("a"), assistant(), user("b", "c")], Prompt("b\nc", 0, 1)),
        ([user("a"), assistant(call("t1")), user(result("t1"))], Prompt("a", 1, 0)),
        # One reply, sent back as two messages.
        ([user("a"), assistant(), assistant(call("t1")), user(result("t1"))], Prompt("a", 1, 0)),
        # Glued together, for the first got no reply.
        ([user("a\n", "b")], Prompt("b", 0, 0)),
        ([user("a", REMINDER, "b")], Prompt("b", 0, 0)),
        ([user("a"), assistant(), user("[Request interrupted by user]\n", "b")], Prompt("b", 0, 1)),
        ([user("a", "[Request interrupted by user]", "b")], Prompt("b", 0, 0)),
        # The picture claude names after the prompt.
        ([user("look\n", "[Image: source: /tmp/1.png]")], Prompt("look", 0, 0)),
        # What claude says in the name of the person.
        ([user("a"), assistant(), user("Output token limit hit. Go on.")], Prompt("a", 1, 0)),
        ([user("a\n", "[Your previous response had no visible output. Go]")], Prompt("a", 1, 0)),
    ],
)
def test_the_prompt_is_the_last_words_of_the_person(messages: list[Entry], prompt: Prompt) -> None:
    assert read_prompt(messages) == prompt


def test_words_during_a_tool_count_with_a_script_only() -> None:
    def conversation(words: str) -> list[Entry]:
        steering = f"The user sent a new message while you were working:\n{words}\n\nThis is how"
        steering += " Claude Code surfaces messages the user sends mid-turn"
        return [
            user("a"),
            assistant(call("t1")),
            user(result("t1")),
            {"role": "system", "content": steering},
            assistant(call("t2")),
            user(result("t2")),
        ]

    assert read_prompt(conversation("faster")) == Prompt("a", 2, 0)
    scripted = script({"text": "b"}, say="no:")
    assert read_prompt(conversation(scripted)) == Prompt(scripted, 1, 1)


def test_an_unfinished_script_is_read_from_the_summary() -> None:
    steps = script({"text": "a"}, {"text": "b"})
    summary = "This session is being continued from a previous conversation that ran out.\n"
    summary += f"{bookmark(1, steps)}\nMore"
    kept = [assistant(call("toolu_7_001_00")), user(result("toolu_7_001_00"))]
    assert read_prompt([user(summary)]) == Prompt(steps, 1, 0)
    assert read_prompt([user(summary), *kept]) == Prompt(steps, 2, 0)
    assert read_prompt([user(summary), *kept, user("new")]) == Prompt("new", 0, 1)


def test_a_request_tells_what_is_in_it() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "AAEC"}
    failed = {**result("t1"), "content": [text("one"), text("two")], "is_error": True}
    body = {
        "model": "m",
        "stream": True,
        "system": [text("You work in"), text("Primary working directory: /a b/c\n")],
        "tools": [{"name": "Bash"}, {"name": "Read"}],
        "messages": [
            user("look", {"type": "image", "source": source}),
            assistant(call("t1")),
            user(failed),
            {"role": "system", "content": "plan: /h/.claude/plans/old.md, `/h/.claude/plans/p.md`"},
        ],
    }
    request = ModelRequest("POST", "/v1/messages", {"authorization": "Bearer secret"}, body)

    assert request.is_message
    assert request.streaming
    assert request.key == "secret"
    assert "secret" not in repr(request)
    assert request.tools == ("Bash", "Read")
    assert request.system.startswith("You work in\nPrimary")
    assert [image.data for image in request.images] == [b"\0\1\2"]
    assert [(done.text, done.is_error) for done in request.tool_results] == [("one\ntwo", True)]
    assert request.blocks("tool_use", role="assistant") == (call("t1"),)
    assert request.places == {"CWD": "/a b/c", "PLAN_FILE": "/h/.claude/plans/p.md"}
