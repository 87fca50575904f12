"""How many small changes to the life of a conversation its unit tests notice.

    python -m bench.mutants

Mutates `src/cc_connect/core/turn` with mutmut (a dependency of the extra `dev`) and runs
`tests/core/turn/test_step_*.py` against each mutant, in two processes; the random walks are left
out. Takes a few minutes. Prints every mutant that survives as a diff, then the share that was
killed, and fails when that is less than BAR. The checkout itself is not touched: all of it happens
in a temporary folder.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BAR = 0.90
PROCESSES = 2
CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ("src/cc_connect/contract", "src/cc_connect/core")
TESTS = "tests/core/turn"
PACKAGES = ("src/cc_connect", "tests", "tests/core", TESTS)
# A line that no run reaches cannot be noticed when it is changed: hence `assert_never`.
SETTINGS = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/cc_connect/core/turn/*.py"]
do_not_mutate_patterns = ["assert_never"]
track_dependencies = false
use_git_change_detection = false
pytest_add_cli_args_test_selection = ["{TESTS}"]

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider"]
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        place = Path(name)
        _lay_out(place)
        print(f"mutating {SOURCES[1]}/turn; this takes a few minutes", flush=True)
        run = _mutmut(place, "run", "--max-children", str(PROCESSES))
        if run.returncode:
            print(run.stdout[-5000:])
            return run.returncode
        survivors = [line.split(":")[0] for line in _mutmut(place, "results").stdout.split("\n")]
        for survivor in filter(None, map(str.strip, survivors)):
            print(_shown(place, survivor))
        _mutmut(place, "export-cicd-stats")
        figures = json.loads((place / "mutants" / "mutmut-cicd-stats.json").read_text())
    killed = figures["killed"] + figures["timeout"]
    share = killed / figures["total"]
    survived = figures["total"] - killed
    print(f"{figures['total']} mutants, {killed} killed, {survived} survived: {share:.1%}")
    return 0 if share >= BAR else 1


def _lay_out(place: Path) -> None:
    """Copy what the tests need, and no more: mutmut copies it once again."""
    for source in SOURCES:
        shutil.copytree(
            CHECKOUT / source, place / source, ignore=shutil.ignore_patterns("__pycache__")
        )
    for package in PACKAGES:
        (place / package).mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / package / "__init__.py", place / package)
    for test in (CHECKOUT / TESTS).glob("*.py"):
        if test.name == "build.py" or test.name.startswith("test_step_"):
            shutil.copy(test, place / TESTS)
    (place / "pyproject.toml").write_text(SETTINGS)


def _mutmut(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # PYTHONPATH may name the checkout, and the tests must not find the unchanged sources there.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=place,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _shown(place: Path, mutant: str) -> str:
    lines = _mutmut(place, "show", mutant).stdout.splitlines()
    return "\n".join(line for line in lines if line.startswith(("#", "-", "+")))


if __name__ == "__main__":
    sys.exit(main())
