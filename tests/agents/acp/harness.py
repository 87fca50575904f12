"""The ACP driver over the scripted agent: for the contract suite and the other tests."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from cc_connect.agents.acp import AcpAgent
from cc_connect.agents.acp.options import Options
from cc_connect.agents.acp.presets import ACP, Preset
from cc_connect.contract.agent import Agent, SessionSpec
from cc_connect.testing.contracts.agent import Act, Script, Watched
from cc_connect.testing.scripted_acp import COMMAND, SETTINGS
from cc_connect.testing.scripted_agent import script
from tests.agents.harness import opening

LINE_LIMIT = 256 * 1024
LACKS = {
    Act.REASON: "an answer to a permission carries no words",
    Act.STEER: "the protocol has no way to speak into a running turn",
    Act.FILE: "the protocol has no way to send a file to the client",
    Act.CLEAR: "the protocol has no way to tell that a session has another id",
    Act.COMPACT: "the protocol has no word for it",
    Act.TRACE: "a prompt carries no id of ours",
}


class Place:
    """Folders for the home and the work of an agent."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.cwd = folder / "project"
        self.home.mkdir()
        self.cwd.mkdir()

    def agent(
        self, preset: Preset = ACP, wishes: Mapping[str, Any] | None = None, **options: Any
    ) -> AcpAgent:
        """The driver with a scripted agent that has these wishes."""
        paths = (str(_SOURCE), os.environ.get("PYTHONPATH"))
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }
        env = {SETTINGS: json.dumps(wishes or {}), **options.pop("env", {})}
        chosen = Options(
            cmd=options.pop("cmd", COMMAND),
            env=env,
            env_pass=("PYTHONPATH",),
            **{"start_timeout": 20.0, **options},
        )
        return AcpAgent(preset, chosen, environ, line_limit=LINE_LIMIT)

    def spec(self, **fields: Any) -> SessionSpec:
        return SessionSpec(cwd=str(self.cwd), **fields)

    @asynccontextmanager
    async def live(self, agent: AcpAgent | None = None, **fields: Any) -> AsyncIterator[Watched]:
        """An open session; its events end when it is left."""
        async with (agent or self.agent()).open(self.spec(**fields)) as session:
            live = Watched(session)
            yield live
        await live.lost()


_SOURCE = Path(__file__).parents[3] / "src"


class AcpHarness:
    lacks: Mapping[Act, str] = LACKS
    patience = 20.0

    def __init__(self, folder: Path) -> None:
        self._place = Place(folder)

    def agent(self) -> Agent:
        return self._place.agent()

    def without_program(self) -> Agent:
        return self._place.agent(cmd="no-such-agent")

    def spec(self) -> SessionSpec:
        return self._place.spec()

    def clear(self) -> str:
        raise NotImplementedError

    def alive(self, pid: int) -> bool:
        return psutil.pid_exists(pid) and pid != os.getpid()

    def prompt(self, told: Script) -> str:
        return script(*steps(told))


def steps(told: Script) -> list[dict[str, Any]]:
    """The steps of the scripted agent for a script of the suite."""
    made = opening(told, [work(number) for number in range(told.permissions)])
    if told.reports:
        made.append({"text": "{output}"})
    if told.background:
        made.append({"background": [{"text": told.background}]})
    return made + rest(told)


def rest(told: Script) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if told.novelty:
        novelty = {"sessionUpdate": "novelty", "content": {"type": "text", "text": "psst"}}
        made.append({"raw": {"method": "session/update", "params": {"update": novelty}}})
        made.append({"raw": {"method": "_agent/novelty", "params": {}}})
    if told.flood:
        made.append({"huge": LINE_LIMIT * 2})
    if told.noise:
        made.append({"garbage": told.noise})
    if told.says:
        made.append({"text": told.says, "pieces": told.pieces})
    if told.waits:
        made.append({"wait": 3600})
    if told.fails:
        made.append({"error": 500, "message": "the service is down"})
    if told.exits:
        made.append({"exit": 3})
    return made


def work(number: int) -> dict[str, Any]:
    command = f"work {number}"
    return {"tool": "Bash", "input": {"command": command}, "output": f"ran {command}"}
