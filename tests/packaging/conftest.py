from pathlib import Path

import pytest

from tests.packaging.building import Wheel, build


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    return Wheel(build("wheel", tmp_path_factory.mktemp("whole")))


@pytest.fixture(scope="session")
def without_discord(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    return Wheel(build("wheel", tmp_path_factory.mktemp("less"), exclude="discord"))


@pytest.fixture(scope="session")
def programs(whole: Wheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole.install(tmp_path_factory.mktemp("env"))
