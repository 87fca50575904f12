"""The small pure parts: steps, requests, to-do lists, command line, tools, endings."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cc_connect.agents.claudecode import command, requests, steps, tools
from cc_connect.agents.claudecode.endings import start_failure
from cc_connect.agents.claudecode.options import Options, normal_mode
from cc_connect.agents.claudecode.oversized import refusal
from cc_connect.agents.claudecode.requests import Pending
from cc_connect.agents.claudecode.todos import TodoBook
from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Decision,
    Denied,
    FileTaken,
    GrantScope,
    PermissionAsked,
    PlanApproved,
    PlanRejected,
    SessionSpec,
    Suggestion,
)
from cc_connect.contract.content import Todo, TodoState
from cc_connect.contract.errors import AgentStartFailed, ResumeFailed
from cc_connect.procs.death import Death

SPEC = SessionSpec(cwd="/w")


@pytest.mark.parametrize(
    ("tool", "arguments", "title"),
    [
        ("Bash", {"command": "ls -l\n  /tmp"}, "ls -l /tmp"),
        ("Read", {"file_path": "/w/a/b.py"}, "a/b.py"),
        ("Read", {"file_path": "/etc/hosts"}, "/etc/hosts"),
        ("Read", {"file_path": "/work_of/x"}, "/work_of/x"),
        ("Grep", {"pattern": "x"}, "x"),
        ("WebFetch", {"url": "https://example.org"}, "https://example.org"),
        ("mcp__x__y", {"a": 1}, '{"a":1}'),
        ("Bash", {}, ""),
        ("Read", {"file_path": 7}, ""),
    ],
)
def test_titles(tool: str, arguments: dict[str, Any], title: str) -> None:
    assert steps.title(tool, arguments, "/w") == title


def test_diffs() -> None:
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "c\nd"}]
    many = steps.diff("MultiEdit", {"file_path": "/w/f", "edits": edits}, "/w")
    assert many
    assert (many.path, many.added, many.removed) == ("f", 2, 1)
    new = steps.diff("Write", {"file_path": "/w/f", "content": "a\nb\n"}, "/w")
    assert new
    assert new.unified == "@@ -0,0 +1,2 @@\n+a\n+b"
    assert steps.diff("Bash", {"command": "x"}, "/w") is None


def test_a_huge_edit_is_shown_without_matching_lines() -> None:
    before, after = "\n".join("ab" * 2000), "\n".join("ba" * 2000)
    arguments = {"file_path": "/w/f", "old_string": before, "new_string": after}
    diff = steps.diff("Edit", arguments, "/w")
    assert diff
    assert (diff.added, diff.removed) == (4000, 4000)


SUGGESTED = [
    {
        "type": "addRules",
        "rules": [{"toolName": "Bash", "ruleContent": "git status *"}],
        "behavior": "allow",
        "destination": "localSettings",
    },
    {"type": "addDirectories", "directories": ["/proj"], "destination": "session"},
    {"type": "setMode", "mode": "acceptEdits", "destination": "session"},
    {"type": "novelty"},
]


def test_suggestions_are_for_the_session_only() -> None:
    body = {"tool_name": "Bash", "input": {}, "permission_suggestions": SUGGESTED}
    asked = requests.read("r", body, "T", cwd="/w", plan="")
    assert isinstance(asked, PermissionAsked)
    assert [one.label for one in asked.suggestions] == [
        "Bash(git status *)",
        "/proj/**",
        "mode acceptEdits",
    ]
    assert {json.loads(one.data)["destination"] for one in asked.suggestions} == {"session"}


PLAIN = Pending("Bash", {"command": "ls"})
RULE = Suggestion("x", json.dumps({"type": "addRules", "rules": [], "destination": "session"}))


@pytest.mark.parametrize(
    ("pending", "decision", "response"),
    [
        (PLAIN, Allowed(), {"behavior": "allow", "updatedInput": {"command": "ls"}}),
        (
            PLAIN,
            Allowed(GrantScope.SESSION, RULE),
            {
                "behavior": "allow",
                "updatedInput": {"command": "ls"},
                "updatedPermissions": [{"type": "addRules", "rules": [], "destination": "session"}],
            },
        ),
        (
            PLAIN,
            Allowed(GrantScope.SESSION),
            {
                "behavior": "allow",
                "updatedInput": {"command": "ls"},
                "updatedPermissions": [
                    {
                        "type": "addRules",
                        "rules": [{"toolName": "Bash"}],
                        "behavior": "allow",
                        "destination": "session",
                    }
                ],
            },
        ),
        (
            PLAIN,
            Allowed(GrantScope.SESSION, Suggestion("broken", "{")),
            {"behavior": "allow", "updatedInput": {"command": "ls"}},
        ),
        (PLAIN, Denied("no"), {"behavior": "deny", "message": "no"}),
        (
            Pending("AskUserQuestion", {"questions": []}),
            Answered({"Q": ("a", "b")}),
            {"behavior": "allow", "updatedInput": {"questions": [], "answers": {"Q": "a, b"}}},
        ),
        (
            Pending("ExitPlanMode", {}),
            PlanApproved(accept_edits=True),
            {
                "behavior": "allow",
                "updatedInput": {},
                "updatedPermissions": [
                    {"type": "setMode", "mode": "acceptEdits", "destination": "session"}
                ],
            },
        ),
        (PLAIN, FileTaken(), None),
    ],
)
def test_replies(pending: Pending, decision: Decision, response: dict[str, Any] | None) -> None:
    assert requests.reply(pending, decision) == response


def test_a_refusal_always_has_words() -> None:
    for decision in (Denied(), PlanRejected(), PlanRejected("shorter")):
        response = requests.reply(PLAIN, decision)
        assert response
        assert response["message"]
    assert "shorter" in str(requests.reply(PLAIN, PlanRejected("shorter")))


def test_todo_list_entry_by_entry() -> None:
    book = TodoBook()
    made = {"task": {"id": "1", "subject": "a"}}
    assert book.finished("TaskCreate", {"subject": "a"}, made) == (Todo("a"),)
    assert book.finished("TaskCreate", {"subject": "b"}, {"task": {"id": "2", "subject": "b"}})
    listed = book.finished("TaskUpdate", {"taskId": "1", "status": "in_progress"}, {})
    assert listed == (Todo("a", TodoState.ACTIVE), Todo("b"))
    assert book.finished("TaskUpdate", {"taskId": "9", "status": "completed"}, {}) is None
    assert book.finished("TaskUpdate", {"taskId": "2", "status": "deleted"}, {})
    assert book.finished("TaskGet", {"taskId": "1"}, {}) is None
    done = {"tasks": [{"id": "1", "subject": "a", "status": "completed"}]}
    assert book.finished("TaskList", {}, done) == (Todo("a", TodoState.DONE),)


def test_todo_list_as_a_whole() -> None:
    todos = [{"content": "a", "status": "completed"}, {"content": "b", "status": "odd"}]
    listed = (Todo("a", TodoState.DONE), Todo("b"))
    assert TodoBook().finished("TodoWrite", {}, {"newTodos": todos}) == listed
    assert TodoBook().finished("TodoWrite", {"todos": todos}, "text") == listed


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("", "default"),
        ("edit", "acceptEdits"),
        ("accept-edits", "acceptEdits"),
        ("YOLO", "bypassPermissions"),
        ("bypass_permissions", "bypassPermissions"),
        ("dont-ask", "dontAsk"),
        ("plan", "plan"),
        ("Auto", "auto"),
        ("futureMode", "futureMode"),
    ],
)
def test_modes(given: str, normal: str) -> None:
    assert normal_mode(given) == normal


def test_arguments_of_a_new_session() -> None:
    options = Options(
        cmd=("wrap", "claude"),
        mode="yolo",
        model="opus",
        reasoning_effort="high",
        allowed_tools=("Edit", "Bash(git *)"),
        disallowed_tools=("WebFetch",),
        plugin_dir=("/p1", "/p2"),
        system_prompt="SECRET PROMPT",
        router_api_key="SECRET KEY",
    )
    words = command.arguments(options, replace(SPEC, attachments="/att"), "ID")
    line = " ".join(words)
    assert words[:3] == ("wrap", "claude", "-p")
    assert "--session-id ID --permission-mode bypassPermissions --effort high" in line
    assert "mcp__cc-connect__send_file,Edit,Bash(git *),Read(//att/**)" in words
    assert line.endswith(
        "--disallowedTools WebFetch --plugin-dir /p1 --plugin-dir /p2 --model opus"
    )
    assert "SECRET" not in line


def test_the_spec_goes_before_the_options() -> None:
    options = Options(mode="plan", model="opus", reasoning_effort="high")
    spec = replace(SPEC, mode="default", model="haiku", effort="low", resume="R")
    line = " ".join(command.arguments(options, spec, "ID"))
    assert "--resume R --effort low" in line
    assert line.endswith("--model haiku")
    assert "--permission-mode" not in line
    assert "--session-id" not in line


def test_arguments_of_a_fork() -> None:
    spec = replace(SPEC, resume="R", fork=True, attachments="/with, comma")
    line = " ".join(command.arguments(Options(), spec, "ID"))
    assert "--resume R --fork-session --session-id ID --add-dir /with, comma" in line


def test_packed_arguments() -> None:
    words = command.arguments(Options(cmd="w", cli_args_flag="--args", model="m"), SPEC, "ID")
    assert words[:2] == ("w", "--args")
    assert words[2].startswith("-p --input-format stream-json")
    assert words[3:] == ("--model", "m")


def test_environment() -> None:
    options = Options(
        router_url="http://127.0.0.1:1",
        router_api_key="key",
        env={"A": "option", "B": "option"},
        env_pass=("GIT_*",),
        max_context_tokens=120_000,
    )
    around = {
        "PATH": "/bin",
        "DISCORD_TOKEN": "secret",
        "GIT_DIR": "g",
        "CLAUDECODE": "1",
        "CLAUDE_CODE_ENABLE_TASKS": "1",
    }
    env = command.environment(options, replace(SPEC, env={"B": "spec"}), around)
    assert env == {
        "PATH": "/bin",
        "GIT_DIR": "g",
        "A": "option",
        "B": "spec",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
        "ANTHROPIC_API_KEY": "key",
        "NO_PROXY": "127.0.0.1",
        "DISABLE_TELEMETRY": "true",
        "DISABLE_COST_WARNINGS": "true",
        "CLAUDE_CODE_AUTO_COMPACT_WINDOW": "120000",
        "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1",
        "CLAUDE_CODE_ENABLE_TODO_TOOLS": "1",
        "CLAUDE_CODE_ENABLE_TASKS": "1",
    }


def call(method: str, **params: Any) -> Any:
    return tools.serve({"jsonrpc": "2.0", "id": 5, "method": method, "params": params}, "/w")


def test_tool_server() -> None:
    assert call("initialize", protocolVersion="X")["result"]["protocolVersion"] == "X"
    assert [tool["name"] for tool in call("tools/list")["result"]["tools"]] == ["send_file"]
    assert call("ping") == {"jsonrpc": "2.0", "id": 5, "result": {}}
    assert call("notifications/initialized")["id"] == 0
    assert call("prompts/list")["error"]["code"] == -32601
    assert call("tools/call", name="other")["error"]["code"] == -32602
    assert call("tools/call", name="send_file", arguments={})["error"]["code"] == -32602
    offer = call("tools/call", name="send_file", arguments={"path": "a.txt", "caption": "c"})
    assert offer == tools.Offer(5, "", "/w/a.txt", "c")
    refused = tools.answered(offer, "too large")["result"]
    assert (refused["isError"], refused["content"][0]["text"]) == (True, "Not sent: too large")


def test_oversized_requests_are_refused() -> None:
    head = b'{"type":"control_request","request_id":"r-1","request":{"subtype":"can_use_tool"'
    response = refusal(head)
    assert response
    assert response["response"]["request_id"] == "r-1"
    assert refusal(b'{"type":"assistant","message":{') is None
    assert refusal(b"\xff\x00") is None


def test_endings() -> None:
    resuming = replace(SPEC, resume="R")
    unknown = Death(1, stderr="No conversation found with session ID: R")
    assert isinstance(start_failure(unknown, resuming), ResumeFailed)
    assert isinstance(start_failure(unknown, SPEC), AgentStartFailed)
    assert "exit code 1" in str(start_failure(Death(1), SPEC))
    assert "SIGTERM" in Death(-15).told
    assert "signal 99" in Death(-99).told
    assert "closed" in Death(None, said="I said so").told
