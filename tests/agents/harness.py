"""What the harnesses of the contract suite have in common, whatever agent they drive."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from cc_connect.contract.agent import SessionSpec
from cc_connect.testing.contracts.agent import Act, Script


class Harness:
    """A home and a project's folder, and how the suite waits and looks at processes."""

    lacks: Mapping[Act, str] = {}
    patience = 20.0

    def __init__(self, folder: Path) -> None:
        self._home = folder / "home"
        self._cwd = folder / "project"
        self._home.mkdir()
        self._cwd.mkdir()

    def spec(self) -> SessionSpec:
        return SessionSpec(cwd=str(self._cwd))

    def clear(self) -> str:
        raise NotImplementedError

    def alive(self, pid: int) -> bool:
        return psutil.pid_exists(pid) and pid != os.getpid()


def opening(told: Script, permissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps that the scripted agents of both protocols know by the same words."""
    made: list[dict[str, Any]] = []
    if told.thinks:
        made.append({"think": told.thinks})
    if permissions:
        made.append({"tools": permissions})
    if told.asks:
        choices = [{"label": "A"}, {"label": "B"}]
        question = {"question": told.asks, "options": choices, "multiSelect": True}
        made += [{"ask": [question]}, {"text": "{answer}"}]
    if told.plans:
        made += [{"plan": told.plans}, {"text": "{answer}"}]
    if told.todos:
        states = ["completed", "in_progress", *("pending" for _ in told.todos)]
        made.append({"todo": list(zip(told.todos, states, strict=False))})
    return made
