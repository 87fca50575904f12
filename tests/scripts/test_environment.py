"""What the scripts say where something is missing: the exact line to type, and they stop."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rules.reading import ROOT

TOOLS = ("sh", "dirname", "id", "cat", "grep", "cksum")
APT = "apt-get update && apt-get install -y"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH of a bare machine, as root on Debian."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    program(folder, "uname", "echo Linux")
    program(folder, "apt-get", "exit 1")
    program(folder, "id", "echo 0")
    return folder


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def start(path: Path, script: str = "start") -> str:
    """What a script says, which must stop with 1."""
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / f"{script}.sh"],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert not done.stdout
    return done.stderr


@pytest.mark.parametrize("script", ["start", "test"])
def test_no_python(path: Path, script: str) -> None:
    assert f"{APT} python3 python3-venv\n" in start(path, script)


def test_an_old_python(path: Path) -> None:
    program(path, "python3", 'case $1 in --version) echo "Python 3.9.2" ;; *) exit 1 ;; esac')
    said = start(path)
    assert "Python 3.9.2 is too old" in said
    assert f"{APT} python3.11 python3.11-venv\n" in said


def test_python_without_venv(path: Path) -> None:
    program(path, "python3", "case $2 in *ensurepip*) exit 1 ;; *) exit 0 ;; esac")
    assert f"{APT} python3-venv\n" in start(path)


def test_a_newer_python_beside_an_old_one(path: Path) -> None:
    program(path, "python3", "exit 1")
    program(path, "python3.12", "case $2 in *ensurepip*) exit 1 ;; *) exit 0 ;; esac")
    assert f"{APT} python3.12-venv\n" in start(path)


def test_somebody_who_is_not_root(path: Path) -> None:
    program(path, "id", "echo 1000")
    assert "  sudo apt-get update && sudo apt-get install -y python3 python3-venv\n" in start(path)


def test_a_mac(path: Path) -> None:
    program(path, "uname", "echo Darwin")
    assert "brew install python" in start(path)


@pytest.mark.parametrize("system", ["MINGW64_NT-10.0", "MSYS_NT-10.0", "CYGWIN_NT-10.0"])
def test_windows(path: Path, system: str) -> None:
    program(path, "uname", f"echo {system}")
    assert "use WSL" in start(path)
