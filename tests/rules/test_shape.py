"""What git knows of the repository, and that its tests patch nothing."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.rules.reading import ROOT

# Written in pieces, so that this file does not find itself.
# An interpreter's path is a value of the machine, no function: a test may set it.
PATCHES = re.compile(
    r"unittest\." + r"mock|Magic" + r"Mock|monkeypatch\." + r'setattr\((?!sys, "executable")'
)


def tracked() -> Iterator[Path]:
    """All text files that git knows."""
    names = subprocess.run(
        ["/usr/bin/env", "git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes():
            yield path


def test_nothing_is_patched() -> None:
    python = [path for path in tracked() if path.suffix == ".py"]
    assert not [path for path in python if PATCHES.search(path.read_text())]
