"""The real claude, spoken to over Weibo."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cc_connect.testing.claude_cli import claude_environment
from cc_connect.testing.model_api import ModelApi, script
from cc_connect.testing.weibo import WeiboTwin
from tests.agents.claudecode.stage import CLAUDE, REAL, bash
from tests.platforms.weibo.rig import WeiboRig

pytestmark = REAL


@pytest.fixture
async def api() -> AsyncIterator[ModelApi]:
    async with ModelApi() as api:
        yield api


async def test_a_journey(api: ModelApi, twin: WeiboTwin, tmp_path: Path) -> None:
    around = claude_environment(tmp_path, api.url)
    rig = WeiboRig(twin, tmp_path, command=(str(CLAUDE),), environ=around, agent_env=around)
    async with rig:
        await twin.say(script({"text": "**Hello** from the machine, 你好 👩‍💻.", "piece": 4}))
        await rig.sees("Hello from the machine, 你好 👩‍💻.")
        steps = {"tools": [bash("echo made > made.txt")]}, {"text": "It is done."}
        await twin.say(script(*steps))
        prompt = await rig.sees("echo made > made.txt")
        assert "1. " in prompt.text
        await twin.say("1")
        await rig.sees("It is done.")
    assert (rig.work / "made.txt").read_text() == "made\n"
