"""What set-up and the doctor hear of Codex."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.codex import plugin
from cc_connect.agents.codex.options import Options
from cc_connect.contract.errors import AgentMissing, AgentStartFailed
from cc_connect.contract.plugin import AgentContext, Checked, Note
from cc_connect.testing.scripted_codex import COMMAND, SETTINGS
from tests.agents.codex.harness import SOURCE


async def checked(home: Path, wishes: dict[str, Any], language: str = "en") -> Checked:
    env = {"PYTHONPATH": SOURCE, SETTINGS: json.dumps(wishes)}
    return await told(home, Options(cmd=COMMAND, env=env), language)


async def told(home: Path, options: Options, language: str = "en") -> Checked:
    around = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    assert plugin.check
    return await plugin.check(AgentContext("p", options, around, home, {}), language)


async def test_signed_in(home: Path) -> None:
    assert await checked(home, {}) == Checked("0.169.0", (Note("signed in"),))


async def test_not_signed_in(home: Path) -> None:
    found = await checked(home, {"signed_out": True}, "zh")
    (note,) = found.notes
    assert note.text.startswith("没有登录")
    assert not note.good


async def test_a_key_will_do(home: Path) -> None:
    env = {"PYTHONPATH": SOURCE, SETTINGS: json.dumps({"signed_out": True}), "OPENAI_API_KEY": "k"}
    assert all(note.good for note in (await told(home, Options(cmd=COMMAND, env=env))).notes)


async def test_missing(home: Path) -> None:
    with pytest.raises(AgentMissing, match="npm install"):
        await told(home, Options(cmd="no-such-codex"))


async def test_too_old(home: Path) -> None:
    with pytest.raises(AgentStartFailed, match="too old"):
        await checked(home, {"exit": 2, "stderr": "error: unrecognized subcommand 'app-server'"})
