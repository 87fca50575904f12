"""The real claude on a stage: a mock of the API of its model, a fresh home, an empty project."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cc_connect.agents.claudecode import ClaudeCode, Options
from cc_connect.contract.agent import SessionSpec
from cc_connect.testing.claude_cli import claude_environment, find_claude
from cc_connect.testing.model_api import ModelApi
from tests.agents.claudecode.watching import Watched, watching

CLAUDE = find_claude()
REAL = [
    pytest.mark.real,
    pytest.mark.skipif(CLAUDE is None, reason="no claude: install claude-agent-sdk"),
]


def bash(command: str, **more: Any) -> dict[str, Any]:
    """A tool call of the model."""
    return {"name": "Bash", "input": {"command": command, "description": "d", **more}}


@dataclass
class Stage:
    api: ModelApi
    home: Path
    cwd: Path

    def agent(self, env: dict[str, str] | None = None, **options: Any) -> ClaudeCode:
        around = claude_environment(self.home, self.api.url)
        return ClaudeCode(Options(cmd=str(CLAUDE), env=around | (env or {}), **options), around)

    @asynccontextmanager
    async def live(self, spec: SessionSpec | None = None, **options: Any) -> AsyncIterator[Watched]:
        chosen = spec or SessionSpec(cwd=str(self.cwd))
        async with watching(self.agent(**options), chosen) as live:
            yield live
