"""The harness of the contract suite for Codex's driver over the scripted app-server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cc_connect
from cc_connect.agents.codex import Codex, Options
from cc_connect.procs import MAX_LINE
from cc_connect.testing.contracts.agent import Act, Script
from cc_connect.testing.scripted_codex import COMMAND, SETTINGS, script
from tests.agents.harness import Harness

LINE_LIMIT = 256 * 1024
SOURCE = str(Path(cc_connect.__file__).parents[1])


def scripted(
    home: Path,
    wishes: Mapping[str, Any] | None = None,
    line_limit: int = MAX_LINE,
    **options: object,
) -> Codex:
    """The driver over the scripted app-server, with everything below `home`."""
    env = {"PYTHONPATH": SOURCE, SETTINGS: json.dumps(wishes or {})}
    chosen = Options(**{"cmd": COMMAND, "env": env, **options})  # type: ignore[arg-type]  # by name
    around = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    return Codex(chosen, around, line_limit=line_limit)


class CodexHarness(Harness):
    lacks: Mapping[Act, str] = {
        Act.QUESTION: "its questions take one choice; see test_turns for what they can",
        Act.PLAN: "it shows plans as lists, and never waits for approval of one",
        Act.CLEAR: "it has no order for that; /new opens another thread",
    }

    def agent(self) -> Codex:
        return scripted(self._home, line_limit=LINE_LIMIT)

    def without_program(self) -> Codex:
        return scripted(self._home, cmd="no-such-codex")

    def prompt(self, told: Script) -> str:
        return script(*steps(told))


def steps(told: Script) -> list[dict[str, Any]]:
    """The steps of the scripted app-server for a script of the suite."""
    made: list[dict[str, Any]] = []
    if told.thinks:
        made.append({"think": told.thinks})
    if told.permissions:
        made.append({"run": [f"work {number}" for number in range(told.permissions)]})
    if told.todos:
        states = ["completed", "inProgress", *("pending" for _ in told.todos)]
        made.append({"todo": list(zip(told.todos, states, strict=False))})
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
        made.append({"raw": {"method": "thread/novelty", "params": {"words": "psst"}}})
        made.append({"raw": {"method": "item/started", "params": {"item": {"type": "novelty"}}}})
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
        made += [{"run": ["work 0"], "ask": False, "hold": told.holds}, {"text": "{steered}"}]
    if told.fails:
        made.append({"error": "internalServerError", "message": "the service is down"})
    if told.exits:
        made.append({"exit": 3})
    return made
