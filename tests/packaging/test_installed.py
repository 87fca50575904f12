"""The wheel, installed alone, runs: its page, its texts, its tables are all inside."""

import http.client
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.packaging.building import Wheel

LINK: Final = re.compile(r"(http://127\.0\.0\.1:\d+)(/login\?code=\S+)")
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


@contextmanager
def running(programs: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The installed program with a home of its own; yields it, its address, its login."""
    (folder / "config.toml").write_text(CONFIG)
    process = subprocess.Popen(
        [programs / "cc-connect"],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process, *_greeting(process)
        finally:
            process.kill()


def _greeting(process: subprocess.Popen[str]) -> tuple[str, str]:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := LINK.search(line):
            return found[1], found[2]
    raise AssertionError("".join(said))


def get(address: str, path: str, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


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
    with running(programs, folder) as (process, address, login):
        assert get(address, "/healthz")[0].status == 200
        welcome, _ = get(address, login)
        cookie = (welcome.headers["Set-Cookie"] or "").partition(";")[0]
        assert get(address, "/")[0].status != 200
        page, html = get(address, "/c/shop", cookie)
        assert page.status == 200
        static = re.findall(r'"(/static/[^"]+)"', html)
        assert static
        assert {get(address, path)[0].status for path in static} == {200}
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate()
        assert process.returncode == 0, said
    assert list((folder / ".cc-connect").rglob("*.db")), "the tables were not made"


def test_it_runs_without_an_excluded_plugin(
    without_discord: Wheel, tmp_path_factory: pytest.TempPathFactory
) -> None:
    programs = without_discord.install(tmp_path_factory.mktemp("env"))
    with running(programs, tmp_path_factory.mktemp("run")) as (_, address, _):
        assert get(address, "/healthz")[0].status == 200
