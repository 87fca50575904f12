"""The pure parts: modes, the command line, the environment, items, failures."""

from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.codex import plugin
from cc_connect.agents.codex.command import arguments, effort_of, environment, opening, service
from cc_connect.agents.codex.failures import failure, words
from cc_connect.agents.codex.items import diff_of, plain_command
from cc_connect.agents.codex.opening import last_words
from cc_connect.agents.codex.options import Options, Policy, normal_mode, policy
from cc_connect.agents.codex.oversized import request_in
from cc_connect.agents.codex.translate import Translator
from cc_connect.contract.agent import Failure, SessionSpec, Spoke, ToolStarted


@pytest.mark.parametrize(
    ("mode", "meant"),
    [
        ("suggest", Policy("on-request", "read-only")),
        ("auto-edit", Policy("on-request", "workspace-write")),
        ("full-auto", Policy("never", "workspace-write")),
        ("yolo", Policy("never", "danger-full-access")),
    ],
)
def test_modes(mode: str, meant: Policy) -> None:
    assert policy(mode) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("", "suggest"), ("YOLO", "yolo"), ("auto_edit", "auto-edit"), ("acceptEdits", "auto-edit")],
)
def test_spellings_of_modes(said: str, meant: str) -> None:
    assert normal_mode(said) == meant


def test_a_mode_nobody_knows_asks_most() -> None:
    assert normal_mode("bypass-everything") == "suggest"


def test_what_a_thread_is_started_with() -> None:
    options = Options(system_prompt="Be X.", append_system_prompt="And Y.", model="m")
    spec = SessionSpec(cwd="/p", instructions="In a chat.", mode="yolo")
    method, params = opening(options, spec, {})
    assert method == "thread/start"
    assert [tool["name"] for tool in params.pop("dynamicTools")] == ["send_file"]
    assert params == {
        "cwd": "/p",
        "approvalPolicy": "never",
        "sandbox": "danger-full-access",
        "model": "m",
        "baseInstructions": "Be X.",
        "developerInstructions": "And Y.\n\nIn a chat.",
    }
    assert opening(options, SessionSpec(cwd="/p", resume="t"), {})[0] == "thread/resume"
    assert opening(options, SessionSpec(cwd="/p", resume="t", fork=True), {})[0] == "thread/fork"


def test_a_service_for_the_one_thread() -> None:
    assert service({"PATH": "/bin"}) == {}
    named = service({"OPENAI_API_KEY": "secret", "OPENAI_BASE_URL": "http://here/v1"})
    assert "secret" not in str(named)
    assert named["model_providers.cc-connect"] == {
        "name": "cc-connect",
        "base_url": "http://here/v1",
        "wire_api": "responses",
        "env_key": "OPENAI_API_KEY",
    }
    assert opening(Options(), SessionSpec(cwd="/p"), named)[1]["config"] == named


def test_nothing_secret_is_in_the_arguments() -> None:
    options = Options(cmd=("nice", "codex"), env={"OPENAI_API_KEY": "secret"}, system_prompt="x")
    assert arguments(options) == ("nice", "codex", "app-server")


def test_what_codex_sees_of_our_environment() -> None:
    around = {
        "PATH": "/bin",
        "OPENAI_API_KEY": "k",
        "CODEX_SANDBOX": "seatbelt",
        "DISCORD_TOKEN": "t",
    }
    options = Options(codex_home="/c", env={"A": "1"})
    assert environment(options, around, {"B": "2"}) == {
        "PATH": "/bin",
        "OPENAI_API_KEY": "k",
        "CODEX_HOME": "/c",
        "A": "1",
        "B": "2",
    }


def test_efforts() -> None:
    assert effort_of(Options(reasoning_effort="high"), SessionSpec(cwd="/")) == "high"
    assert effort_of(Options(), SessionSpec(cwd="/", effort="max")) == "xhigh"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/bin/bash -lc 'echo hi; touch f1'", "echo hi; touch f1"),
        ("ls -l", "ls -l"),
        ("echo 'no end", "echo 'no end"),
    ],
)
def test_commands_are_shown_without_their_shell(command: str, shown: str) -> None:
    assert plain_command(command) == shown


@pytest.mark.parametrize(
    ("kind", "text", "path", "figures"),
    [
        ({"type": "add"}, "a\nb\n", "x.py", (2, 0)),
        ({"type": "delete"}, "a\nb\n", "x.py", (0, 2)),
        ({"type": "update"}, "@@ -1 +1 @@\n-a\n+b\n", "x.py", (1, 1)),
        ({"type": "update", "move_path": "/p/y.py"}, "", "x.py -> y.py", (0, 0)),
    ],
)
def test_changes(kind: dict[str, str], text: str, path: str, figures: tuple[int, int]) -> None:
    made = diff_of({"path": "/p/x.py", "kind": kind, "diff": text}, "/p")
    assert (made.path, (made.added, made.removed)) == (path, figures)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("usageLimitExceeded", Failure.LIMIT),
        ("contextWindowExceeded", Failure.TOO_LONG),
        ("unauthorized", Failure.NOT_SIGNED_IN),
        ("something new", Failure.OTHER),
        ({"httpConnectionFailed": {"httpStatusCode": 401}}, Failure.NOT_SIGNED_IN),
        ({"responseTooManyFailedAttempts": {"httpStatusCode": 429}}, Failure.LIMIT),
        ({"responseStreamDisconnected": {"httpStatusCode": None}}, Failure.MODEL),
        (None, Failure.OTHER),
    ],
)
def test_failures(told: object, kind: Failure) -> None:
    assert failure({"codexErrorInfo": told}) is kind


def test_words_of_failures() -> None:
    assert words({}) == "no reason given"
    assert words({"message": "a", "additionalDetails": "b"}) == "a (b)"


def test_last_words_without_what_is_said_every_time() -> None:
    said = (
        "WARNING: proceeding, even though we could not create PATH aliases: /tmp\n"
        "\x1b[31mERROR\x1b[0m: Codex could not find bubblewrap on PATH.\n"
        "\x1b[31mError\x1b[0m: no such profile\n"
    )
    assert last_words(said) == "Error: no such profile"


@pytest.mark.parametrize(
    ("head", "request_id"),
    [
        (b'{"method":"item/fileChange/requestApproval","id":0,"params":{"id":5', 0),
        (b'{"id":"abc","method":"x","params":{', "abc"),
        (b'{"method":"item/completed","params":{"id":5', None),
        (b'{"id":3,"result":{"method":"x"', None),
    ],
)
def test_long_frames(head: bytes, request_id: object) -> None:
    found = request_in(head)
    assert found == request_id
    assert type(found) is type(request_id)


def feed(translator: Translator, *frames: dict[str, Any]) -> list[object]:
    return [event for frame in frames for event in translator.feed(frame)]


def test_a_change_of_several_files_is_a_step_for_each() -> None:
    changes = [{"path": f"/p/{name}", "kind": {"type": "add"}, "diff": "x"} for name in "ab"]
    item = {"type": "fileChange", "id": "c", "changes": changes}
    events = feed(Translator("", "/p"), {"method": "item/started", "params": {"item": item}})
    assert [(one.id, one.title) for one in events if isinstance(one, ToolStarted)] == [
        ("c/0", "a"),
        ("c/1", "b"),
    ]


def test_what_was_not_streamed_is_said_at_the_end() -> None:
    translator = Translator("", "/p")
    events = feed(
        translator,
        {"method": "item/agentMessage/delta", "params": {"itemId": "m", "delta": "hel"}},
        {
            "method": "item/completed",
            "params": {"item": {"type": "agentMessage", "id": "m", "text": "hello"}},
        },
        {
            "method": "item/completed",
            "params": {"item": {"type": "agentMessage", "id": "n", "text": "whole"}},
        },
    )
    assert events == [
        Spoke(None, "hel", begins=True),
        Spoke(None, "lo"),
        Spoke(None, "whole", begins=True),
    ]


@pytest.mark.parametrize(
    "frame",
    [
        {"method": "turn/completed"},
        {"method": "turn/completed", "params": {"turn": None}},
        {"method": "item/started", "params": {"item": []}},
        {"method": "item/completed", "params": {"item": {"type": 5, "id": {}}}},
        {"method": "thread/tokenUsage/updated", "params": {"tokenUsage": "many"}},
        {"method": "turn/plan/updated", "params": {"plan": [1, None, {}]}},
        {"method": "account/rateLimits/updated", "params": {"rateLimits": {"primary": 1}}},
        {"method": "item/commandExecution/requestApproval", "id": 0, "params": None},
        {"method": "item/fileChange/requestApproval", "id": "x", "params": {"itemId": 3}},
        {"method": "mcpServer/elicitation/request", "id": 1, "params": {"requestedSchema": 3}},
        {"method": "item/tool/requestUserInput", "id": 1, "params": {"questions": [{}]}},
        {"id": 5, "result": None},
        {"id": None, "error": "no"},
        {},
    ],
)
def test_odd_frames_break_nothing(frame: dict[str, Any]) -> None:
    feed(Translator("t", "/p"), frame)


def test_it_is_found_on_the_path_or_not(tmp_path: Path) -> None:
    assert plugin.find({"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None
    program = tmp_path / ".local" / "bin" / "codex"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = plugin.find({"PATH": "", "HOME": str(tmp_path)})
    assert found is not None
    assert found.command == str(program)
