from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cc_connect.contract.agent import SessionSpec
from cc_connect.testing.model_api import ModelApi
from tests.agents.claudecode.stage import Stage


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
def spec(cwd: Path) -> SessionSpec:
    return SessionSpec(cwd=str(cwd))


@pytest.fixture
async def stage(home: Path, cwd: Path) -> AsyncIterator[Stage]:
    async with ModelApi() as api:
        yield Stage(api, home, cwd)
