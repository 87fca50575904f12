"""Weibo can be left out: when the program runs, and when the package is built."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cc_connect.app import discovery
from tests.packaging.building import AGENTS, PLATFORMS, Wheel, build

LOOK = """
import os, sys
from cc_connect.app import discovery
import cc_connect.app.house
shelf = discovery.platforms(discovery.disabled({config!r}, os.environ))
print("weibo" in shelf.names, "cc_connect.platforms.weibo" in sys.modules)
"""


def look(config: tuple[str, ...] = (), **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(config=config)],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_it_is_there_but_not_imported_unless_a_project_names_it() -> None:
    assert look() == "True False"


def test_the_plug_in_alone_is_light() -> None:
    code = "import sys, cc_connect.platforms.weibo; print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_it_can_be_switched_off() -> None:
    assert look(("weibo",)) == "False False"
    assert look(CC_CONNECT_DISABLE="weibo") == "False False"
    assert "weibo" not in discovery.platforms({"weibo"}).names


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    return Wheel(build("wheel", tmp_path_factory.mktemp("less"), exclude="weibo"))


def test_it_can_be_left_out_of_a_build(without: Wheel, tmp_path: Path) -> None:
    assert "weibo" not in without.plugins(PLATFORMS)
    assert "discord" in without.plugins(PLATFORMS)
    assert without.plugins(AGENTS)
    assert not [name for name in without.files if name.startswith("cc_connect/platforms/weibo/")]
