import asyncio
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from cc_connect.agents.claudecode import ClaudeCode, Options, plugin
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentMissing, AgentStartFailed, ResumeFailed
from cc_connect.contract.plugin import AgentContext
from tests.agents.claudecode.watching import scripted


def wishing(**wishes: object) -> dict[str, str]:
    return {"CC_SCRIPTED_AGENT": json.dumps(wishes)}


async def open_and_close(agent: ClaudeCode, spec: SessionSpec) -> None:
    async with agent.open(spec):
        pass


async def test_missing_program_says_how_to_install(home: Path, spec: SessionSpec) -> None:
    with pytest.raises(AgentMissing, match="npm install -g @anthropic-ai/claude-code"):
        await open_and_close(scripted(home, cmd="no-such-claude"), spec)


async def test_missing_folder_is_named(home: Path) -> None:
    with pytest.raises(AgentStartFailed, match="/no/such/folder"):
        await open_and_close(scripted(home), SessionSpec(cwd="/no/such/folder"))


async def test_unknown_session(home: Path, spec: SessionSpec) -> None:
    unknown = str(uuid4())
    with pytest.raises(ResumeFailed, match=unknown):
        await open_and_close(scripted(home), replace(spec, resume=unknown))


async def test_exit_before_ready(home: Path, spec: SessionSpec) -> None:
    dying = wishing(start=[{"stderr": "no disk left"}, {"exit": 4}])
    with pytest.raises(AgentStartFailed, match=r"exit code 4.*no disk left"):
        await open_and_close(scripted(home, dying), spec)


async def test_root_without_sandbox(home: Path, spec: SessionSpec) -> None:
    words = "--dangerously-skip-permissions cannot be used with root/sudo privileges for security"
    dying = wishing(start=[{"stderr": words}, {"exit": 1}])
    with pytest.raises(AgentStartFailed, match="IS_SANDBOX"):
        await open_and_close(scripted(home, dying), spec)


async def test_only_garbage(home: Path, spec: SessionSpec) -> None:
    talking = wishing(start=[{"garbage": "Welcome to the wrong program!"}, {"exit": 0}])
    with pytest.raises(AgentStartFailed, match="Welcome to the wrong program"):
        await open_and_close(scripted(home, talking), spec)


async def test_never_ready(home: Path, spec: SessionSpec) -> None:
    agent = scripted(home, wishing(silent=True), start_timeout=0.5)
    with pytest.raises(AgentStartFailed, match=r"did not get ready within 0\.5 s"):
        await open_and_close(agent, spec)


async def test_cancelled_while_starting(home: Path, spec: SessionSpec) -> None:
    opening = asyncio.create_task(open_and_close(scripted(home, wishing(silent=True)), spec))
    await asyncio.sleep(0.3)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


def test_plugin(tmp_path: Path) -> None:
    context = AgentContext("p", Options(), {"HOME": str(tmp_path)}, tmp_path, {})
    agent = plugin.build(context)
    assert agent.features().display_name == "Claude Code"
    assert agent.library()
    assert plugin.find({"PATH": "/nowhere", "HOME": str(tmp_path)}) is None
    program = tmp_path / ".local/bin/claude"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    found = plugin.find({"PATH": "/nowhere", "HOME": str(tmp_path)})
    assert found
    assert found.command == str(program)
