"""The harness of the contract suite for Claude Code's driver over the scripted agent."""

from typing import Any

from cc_connect.contract.agent import Agent
from cc_connect.testing.contracts.agent import Script
from cc_connect.testing.scripted_agent import script
from tests.agents.claudecode.watching import scripted
from tests.agents.harness import Harness, opening

LINE_LIMIT = 256 * 1024


class ScriptHarness(Harness):
    def agent(self) -> Agent:
        return scripted(self._home, line_limit=LINE_LIMIT)

    def without_program(self) -> Agent:
        return scripted(self._home, cmd="no-such-claude")

    def clear(self) -> str:
        return "/clear"

    def prompt(self, told: Script) -> str:
        return script(*steps(told))


def steps(told: Script) -> list[dict[str, Any]]:
    """The steps of the scripted agent for a script of the suite."""
    made = opening(told, [work(number) for number in range(told.permissions)])
    if told.sends:
        made.append({"file": told.sends})
    if told.reports:
        made.append({"text": "{output}"})
    if told.background:
        made.append({"background": [{"text": told.background}]})
    return made + rest(told)


def rest(told: Script) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if told.novelty:
        made.append({"raw": {"type": "novelty", "words": "psst"}})
    if told.flood:
        made.append({"huge": LINE_LIMIT * 2})
    if told.noise:
        made.append({"garbage": told.noise})
    if told.compacts:
        made.append({"compact": True})
    if told.says:
        made.append({"text": told.says, "pieces": told.pieces})
    if told.waits:
        made.append({"wait": 3600})
    if told.holds:
        made += [{**work(0), "ask": False, "hold": told.holds}, {"text": "{steered}"}]
    if told.fails:
        made.append({"error": 500, "message": "the service is down"})
    if told.exits:
        made.append({"exit": 3})
    return made


def work(number: int) -> dict[str, Any]:
    command = f"work {number}"
    return {"tool": "Bash", "input": {"command": command}, "output": f"ran {command}"}
