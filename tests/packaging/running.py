"""The installed program, running with a home of its own."""

import http.client
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

LINK: Final = re.compile(r"(http://127\.0\.0\.1:\d+)(/login\?code=\S+)")


@dataclass(frozen=True, slots=True)
class Running:
    """The program, started."""

    process: subprocess.Popen[str]

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read what it prints until something matches; it has ended when nothing does."""
        said = []
        for line in self.process.stdout or ():
            said.append(line)
            if found := pattern.search(line):
                return found
        raise AssertionError("".join(said))


@contextmanager
def running(programs: Path, folder: Path, config: str) -> Iterator[Running]:
    """The installed program in a folder that is its home; killed at the end if it still runs."""
    (folder / "config.toml").write_text(config)
    process = subprocess.Popen(
        [programs / "cc-connect"],
        cwd=folder,
        env={"HOME": str(folder), "PATH": f"{programs}:/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield Running(process)
        finally:
            process.kill()


def get(address: str, path: str, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()
