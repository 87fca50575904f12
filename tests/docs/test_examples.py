"""The examples of the guides, installed as packages of their own, do a turn together."""

import re
import shutil
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.docs.embed import GUIDES, embedded
from tests.packaging.building import ROOT, Wheel, build, pip_install
from tests.packaging.running import running

EXAMPLES = ROOT / "docs" / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml"))
UP = re.compile("platform started.*lines")
CONFIG = """
[management]
enabled = false

[[projects]]
name = "desk"

[projects.agent]
type = "parrot"

[[projects.platforms]]
type = "lines"
options = {{ port = {port}, allow_from = "{allowed}" }}
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wheel = Wheel(build("wheel", tmp_path_factory.mktemp("whole")))
    programs = wheel.install(tmp_path_factory.mktemp("env"))
    for name in NAMES:
        source = tmp_path_factory.mktemp("source") / name
        shutil.copytree(EXAMPLES / name, source)
        pip_install(programs / "python", source)
    return programs


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        found: int = server.getsockname()[1]
        return found


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [("local", "HELLO OUT THERE"), ("somebody-else", "cc-connect pair")],
)
def test_a_turn_through_both(
    programs: Path,
    tmp_path_factory: pytest.TempPathFactory,
    port: int,
    allowed: str,
    answer: str,
) -> None:
    folder = tmp_path_factory.mktemp("run")
    with running(programs, folder, CONFIG.format(port=port, allowed=allowed)) as program:
        program.wait_for(UP)
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
            connection.makefile() as heard,
        ):
            connection.sendall(b"hello out there\n")
            assert any(answer in line for line in heard)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: str(guide.stem))
def test_a_guide_shows_the_code_as_it_is(guide: Path) -> None:
    text = guide.read_text()
    assert "<!-- code: " in text
    assert embedded(text) == text, "run: python -m tests.docs.embed"
