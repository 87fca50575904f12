from pathlib import Path

import pytest

from cc_connect.contract.agent import SessionSpec


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
