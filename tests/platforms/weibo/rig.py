"""A whole runtime whose only chat is the twin of Weibo, with an agent behind it."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from cc_connect.agents.claudecode import plugin as claude
from cc_connect.agents.claudecode.options import Options
from cc_connect.commands import COMMANDS, UNBUILT
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.plugin import AgentContext
from cc_connect.core.admission import Policy
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.settings import Project
from cc_connect.runtime.supervisor import Station
from cc_connect.store.blobs import Blobs
from cc_connect.store.store import Store
from cc_connect.testing.scripted_agent import COMMAND, script
from cc_connect.testing.weibo import Shown, WeiboTwin
from cc_connect.testing.weibo.twin import ANN
from tests.platforms.weibo.bench import adapter

PATIENCE = 30.0


class WeiboRig:
    """`async with WeiboRig(twin, tmp_path) as rig`; `restart` ends the program and starts anew."""

    def __init__(
        self,
        twin: WeiboTwin,
        folder: Path,
        *,
        command: tuple[str, ...] = COMMAND,
        environ: Mapping[str, str] | None = None,
        agent_env: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> None:
        self.twin = twin
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        env = dict(agent_env or {"CLAUDE_CONFIG_DIR": str(folder / "claude")})
        options = Options(work_dir=str(self.work), cmd=command, env=env)
        around = environ or {"PATH": os.environ["PATH"], "HOME": str(folder)}
        agent = claude.build(AgentContext("shop", options, around, folder, {}))
        policies = {"weibo": Policy(allowed=frozenset({ANN}))}
        spec = SessionSpec(cwd=str(self.work))
        self.project = Project("shop", agent, "claudecode", spec, policies=policies)
        self._changes = changes
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        self.store = await Store.open(self.folder / "data")
        self._stack.push_async_callback(self.store.close)
        platform = adapter(self.twin, self.folder / "weibo", **self._changes)
        self.runtime = Runtime(
            self.store,
            Blobs(self.folder / "data"),
            {"shop": self.project},
            [Station("weibo", "weibo", ("shop",), platform)],
            COMMANDS,
            unbuilt=UNBUILT,
            version="test",
        )
        self._stack.push_async_callback(self.runtime.stop)
        await self.runtime.start()
        await self.twin.until(lambda: self.twin.connected)

    async def restart(self) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        await self._open()

    async def say(self, text: str, *steps: dict[str, Any], **more: Any) -> None:
        await self.twin.say(script(*steps, say=text) if steps else text, **more)

    async def sees(self, text: str, count: int = 1) -> Shown:
        """Wait until so many whole messages say this; returns the last of them."""

        def look() -> Shown | None:
            shown = [one for one in self.twin.screen().messages if text in one.text and one.done]
            return shown[count - 1] if len(shown) >= count else None

        try:
            return await self.twin.pulse.until(look, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in {self.twin.texts()}") from None
