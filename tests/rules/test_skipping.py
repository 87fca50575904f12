"""On the build machine a test that proves nothing is a failure, however it came to that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.reading import ROOT

WAYS = {
    "skipped": "def test_it():\n    pytest.skip('there is no browser')\n",
    "marked": "@pytest.mark.skipif(True, reason='there is no browser')\ndef test_it(): ...\n",
    "whole module": "pytest.skip('there is no browser', allow_module_level=True)\n",
    "expected": "@pytest.mark.xfail(reason='there is no browser')\ndef test_it():\n    assert 0\n",
    "unexpected": "@pytest.mark.xfail(reason='there is no browser')\ndef test_it(): ...\n",
}


def run(folder: Path, source: str, *arguments: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    test = f"import pytest\n\n{source}\n\ndef test_that_passes():\n    pass\n"
    (folder / "test_it.py").write_text(test)
    (folder / "test_other.py").write_text("def test_that_passes():\n    pass\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    environ = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**environ, "CC_CONNECT_CI": ci, "CC_CONNECT_CHECKS_FAILED": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "together"])
@pytest.mark.parametrize("way", WAYS)
def test_it_fails(tmp_path: Path, way: str, arguments: tuple[str, ...]) -> None:
    if arguments:
        pytest.importorskip("xdist")
    done = run(tmp_path, WAYS[way], *arguments, ci="1")
    assert done.returncode == 1, done.stdout
    assert "not allowed to be skipped" in done.stdout
    assert "there is no browser" in done.stdout
    assert " passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("way", WAYS)
def test_elsewhere_it_does_not(tmp_path: Path, way: str) -> None:
    assert run(tmp_path, WAYS[way], ci="").returncode == 0


def test_what_passes_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "", ci="1").returncode == 0
