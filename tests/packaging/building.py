"""Builds the package and installs it somewhere of its own, without the network."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXCLUDE = "CC_CONNECT_EXCLUDE"
PLATFORMS = "cc_connect.platforms"
AGENTS = "cc_connect.agents"


class BuildFailed(Exception):
    """The package could not be built; the text is what the build said."""


def build(kind: str, into: Path, exclude: str = "") -> Path:
    """Build a "wheel" or an "sdist" of the checkout, by what is installed here already."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", into, ROOT],
        env={**os.environ, EXCLUDE: exclude},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(done.stdout + done.stderr)
    (built,) = into.iterdir()
    return built


@dataclass(frozen=True, slots=True)
class Wheel:
    """What is in a wheel."""

    path: Path

    @property
    def files(self) -> frozenset[str]:
        """All files, by their path in the wheel."""
        with zipfile.ZipFile(self.path) as archive:
            return frozenset(archive.namelist())

    def plugins(self, group: str) -> dict[str, str]:
        """The entry points of a group."""
        points = ConfigParser()
        with zipfile.ZipFile(self.path) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
            points.read_string(archive.read(name).decode())
        return dict(points[group]) if group in points else {}

    def install(self, folder: Path) -> Path:
        """Install it, alone, into a new virtual environment; returns the folder of programs.

        What it depends on comes from the environment of the tests by a path file: nothing is
        downloaded. The environment's own entries go first, so the package itself is the wheel's.
        """
        venv.create(folder, with_pip=False, symlinks=True)
        python = folder / "bin" / "python"
        pip_install(python, self.path)
        where = subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True,
            text=True,
            check=True,
        )
        here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (Path(where.stdout.strip()) / "needs.pth").write_text("\n".join(sorted(here)) + "\n")
        return folder / "bin"


def pip_install(python: Path, package: Path) -> None:
    """Install a wheel or a source folder into another environment, without what it needs."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    offline = ["--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "install", "-q", *offline, str(package)], check=True)


def names_in(sdist: Path) -> frozenset[str]:
    """All files of an sdist, without its outer folder."""
    with tarfile.open(sdist) as archive:
        return frozenset(name.partition("/")[2] for name in archive.getnames())
