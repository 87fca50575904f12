"""The harness of the contract suite for Claude Code's driver over the scripted agent."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from cc_connect.contract.agent import Agent, SessionSpec
from cc_connect.testing.contracts.agent import Act, Script
from cc_connect.testing.scripted_agent import script
from tests.agents.claudecode.watching import scripted

LINE_LIMIT = 256 * 1024


class ScriptHarness:
    lacks: Mapping[Act, str] = {}
    patience = 20.0

    def __init__(self, folder: Path) -> None:
        self._home = folder / "home"
        self._cwd = folder / "project"
        self._home.mkdir()
        self._cwd.mkdir()

    def agent(self) -> Agent:
        return scripted(self._home, line_limit=LINE_LIMIT)

    def without_program(self) -> Agent:
        return scripted(self._home, cmd="no-such-claude")

    def spec(self) -> SessionSpec:
        return SessionSpec(cwd=str(self._cwd))

    def clear(self) -> str:
        return "/clear"

    def alive(self, pid: int) -> bool:
        return psutil.pid_exists(pid) and pid != os.getpid()

    def prompt(self, told: Script) -> str:
        return script(*steps(told))


def steps(told: Script) -> list[dict[str, Any]]:
    """The steps of the scripted agent for a script of the suite."""
    made: list[dict[str, Any]] = []
    if told.thinks:
        made.append({"think": told.thinks})
    if told.permissions:
        made.append({"tools": [work(number) for number in range(told.permissions)]})
    if told.asks:
        choices = [{"label": "A"}, {"label": "B"}]
        question = {"question": told.asks, "options": choices, "multiSelect": True}
        made += [{"ask": [question]}, {"text": "{answer}"}]
    if told.plans:
        made += [{"plan": told.plans}, {"text": "{answer}"}]
    if told.todos:
        states = ["completed", "in_progress", *("pending" for _ in told.todos)]
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
