"""The wheel, installed alone, runs: its page, its texts, its tables are all inside."""

import re
import signal
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.packaging.building import Wheel
from tests.packaging.running import LINK, get, running

CONFIG: Final = """
[management]
port = 0

[[projects]]
name = "shop"

[projects.agent]
type = "demo"

[[projects.platforms]]
type = "web"
"""


def test_it_comes_from_the_wheel(programs: Path) -> None:
    where = subprocess.run(
        [programs / "python", "-c", "import cc_connect; print(cc_connect.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout).is_relative_to(programs.parent)


def test_it_serves_the_page_and_ends_when_told(
    programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    with running(programs, folder, CONFIG) as program:
        address, login = program.wait_for(LINK).groups()
        assert get(address, "/healthz")[0].status == 200
        welcome, _ = get(address, login)
        cookie = (welcome.headers["Set-Cookie"] or "").partition(";")[0]
        assert get(address, "/")[0].status != 200
        page, html = get(address, "/c/shop", cookie)
        assert page.status == 200
        static = re.findall(r'"(/static/[^"]+)"', html)
        assert static
        assert {get(address, path)[0].status for path in static} == {200}
        program.process.send_signal(signal.SIGTERM)
        said, _ = program.process.communicate()
        assert program.process.returncode == 0, said
    assert list((folder / ".cc-connect").rglob("*.db")), "the tables were not made"


def test_it_runs_without_an_excluded_plugin(
    without_discord: Wheel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    programs = without_discord.install(tmp_path_factory.mktemp("env"))
    with running(programs, tmp_path_factory.mktemp("run"), CONFIG) as program:
        address, _ = program.wait_for(LINK).groups()
        assert get(address, "/healthz")[0].status == 200
