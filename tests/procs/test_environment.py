import json
import os
import sys
from pathlib import Path

import pytest

from cc_connect.procs import MARKER, Child, Launch, Line, child_environment

ALWAYS = {
    *("HOME", "PATH", "LANG", "LC_ALL", "LC_TIME", "TERM", "TMPDIR", "TZ", "USER", "LOGNAME"),
    *("SHELL", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "IS_SANDBOX"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_MAX_RETRIES"),
    *("AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS"),
}
NEVER = {
    *("CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT"),
    *("DISCORD_TOKEN", "MY_SECRET", "home", "XPATH", "PATH2", "Http_Proxy", "CC_CONNECT_CHILD"),
}


def test_what_is_on_the_list_passes_and_nothing_else() -> None:
    base = {name: f"value of {name}" for name in ALWAYS | NEVER}
    assert child_environment(base, {}) == {name: f"value of {name}" for name in ALWAYS}


def test_named_patterns_pass_too() -> None:
    base = {"GIT_DIR": "1", "GITHUB_TOKEN": "2", "CARGO_HOME": "3", "PATH": "4"}
    chosen = child_environment(base, {}, ["GIT_*", "CARGO_HOME"])
    assert chosen == {"GIT_DIR": "1", "CARGO_HOME": "3", "PATH": "4"}


def test_extra_wins_and_nothing_is_changed() -> None:
    base = {"PATH": "/bin", "LANG": "C"}
    extra = {"PATH": "/opt", "TOKEN": "wanted"}
    assert child_environment(base, extra) == {"PATH": "/opt", "LANG": "C", "TOKEN": "wanted"}
    assert base == {"PATH": "/bin", "LANG": "C"}


@pytest.mark.parametrize("name", ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT"])
def test_an_outer_session_shows_through_no_pattern(name: str) -> None:
    assert child_environment({name: "1"}, {}, ["*", name]) == {}
    assert child_environment({name: "1"}, {name: "ours"}) == {name: "ours"}


async def test_a_real_child_sees_the_list_and_its_marker_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-of-the-bridge")
    monkeypatch.setenv("CLAUDECODE", "1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    # In the C locale Python sets LC_CTYPE for itself; the program must get what was asked for.
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.delenv("LC_CTYPE", raising=False)
    env = child_environment(os.environ, {"EXTRA": "with = and ä"})
    show = "import json, os; print(json.dumps([f'{k}={v}' for k, v in os.environ.items()]))"
    if sys.platform == "linux":  # there it can be seen before Python has touched it
        block = "open('/proc/self/environ', 'rb').read().decode()"
        show = f"import json; print(json.dumps([e for e in {block}.split(chr(0)) if e]))"
    argv = [sys.executable, "-I", "-S", "-X", "utf8", "-c", show]
    async with await Child.start(Launch(argv, tmp_path, env, marker="m")) as child:
        frames = [frame async for frame in child.lines()]
    match frames:
        case [Line(data)]:
            entries = json.loads(data)
        case _:
            pytest.fail(f"one line was expected: {frames} {child.stderr_tail}")
    seen = dict(entry.split("=", 1) for entry in entries)
    assert seen.pop(MARKER).startswith("m:")
    assert seen == env
    assert not any("secret-of-the-bridge" in entry for entry in entries)
    assert seen["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"
