"""What set-up and doctor learn about the program: asked of scripts, and of the real one."""

import os
from pathlib import Path

import pytest

from cc_connect.agents.claudecode import plugin
from cc_connect.agents.claudecode.options import Options
from cc_connect.contract.errors import AgentMissing
from cc_connect.contract.plugin import AgentContext, Checked
from cc_connect.testing.claude_cli import claude_environment, find_claude

PROGRAM = """#!/bin/sh
case "$1" in
  --version) echo "9.9.9 (Claude Code)" ;;
  auth) {auth} ;;
esac
"""


def script(folder: Path, auth: str) -> str:
    path = folder / "claude"
    path.write_text(PROGRAM.format(auth=auth))
    path.chmod(0o755)
    return str(path)


async def asked(cmd: str, environ: dict[str, str], folder: Path) -> Checked:
    assert plugin.check is not None
    context = AgentContext("demo", Options(cmd=cmd), environ, folder, {})
    return await plugin.check(context, "en")


@pytest.mark.parametrize(
    ("auth", "notes"),
    [
        ("echo '{\"loggedIn\": true}'", [("signed in", True)]),
        (
            "echo '{\"loggedIn\": false}'; exit 1",
            [("not signed in; start it once in a terminal and sign in", False)],
        ),
        ("echo 'unknown command' >&2; exit 1", []),
    ],
)
async def test_version_and_login(tmp_path: Path, auth: str, notes: list[tuple[str, bool]]) -> None:
    found = await asked(script(tmp_path, auth), dict(os.environ), tmp_path)
    assert found.who == "9.9.9 (Claude Code)"
    assert [(note.text, note.good) for note in found.notes] == notes


async def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(AgentMissing):
        await asked("no-such-program-here", {"PATH": str(tmp_path)}, tmp_path)


@pytest.mark.real
async def test_the_real_program(tmp_path: Path) -> None:
    claude = find_claude()
    if claude is None:
        pytest.skip("no claude binary: install claude-agent-sdk to have one")
    environ = claude_environment(tmp_path, "http://127.0.0.1:9")
    del environ["ANTHROPIC_API_KEY"]
    found = await asked(str(claude), environ, tmp_path)
    assert "Claude Code" in found.who
    assert [note.good for note in found.notes] == [False]
