"""What an agent's own children may say, known by the processes above them."""

import json
import sys
from pathlib import Path

import pytest

from bench.faults.program import Program
from bench.faults.town import STARTED, Town, until

CHILD = """(
while [ ! -e "{folder}/go" ]; do sleep 0.1; done
unset CC_SESSION_TOKEN CC_SESSION_KEY
{program} send "word of a child" > "{folder}/sent" 2>&1
{program} pair ABCDEFGH > "{folder}/paired" 2>&1
) > /dev/null < /dev/null & """


@pytest.mark.parametrize("more", ["", "prewarm = true\n"], ids=["cold", "prewarmed"])
async def test_a_child_of_an_agent_sends_without_a_token(more: str) -> None:
    async with Town(1) as town:
        source = Path(__file__).parents[2] / "src"
        program = f"env PYTHONPATH={source} {sys.executable} -m cc_connect"
        child = CHILD.format(folder=town.folder, program=program)
        config = town.program.config.read_text()
        before, after = json.dumps(STARTED), json.dumps(child + STARTED)
        assert before in config
        config = config.replace(before, after).replace('name = "demo"\n', f'name = "demo"\n{more}')
        town.program = Program(town.folder, config)
        await town.program.start()
        assert not await town.answered(await town.say(town.channels[0]))
        (town.folder / "go").touch()
        assert await until(lambda: bool(town.seen(town.channels[0], "word of a child")))
        paired = town.folder / "paired"
        assert await until(lambda: paired.exists() and "agents may not" in paired.read_text())
        assert len(town.seen(town.channels[0], "word of a child")) == 1
