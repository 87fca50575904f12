from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cc_connect.testing.responses_api import ResponsesApi
from tests.agents.codex.stage import Stage


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
async def stage(home: Path, cwd: Path) -> AsyncIterator[Stage]:
    async with ResponsesApi() as api:
        yield Stage(api, home, cwd)
