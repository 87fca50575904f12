"""The page about the test kit: its examples run, and its table is what the suite says.

`python -m tests.docs.test_testing` writes the table anew after a contract was changed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cc_connect.testing.contracts.platform import platform_contracts
from tests.docs.embed import ROOT

PAGE = ROOT / "docs" / "testing.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(?<=^<!-- contracts -->\n\n)(?:\|.*\n)*", re.MULTILINE)
_SETTINGS = """
[pytest]
asyncio_mode = auto
filterwarnings = error
asyncio_default_fixture_loop_scope = function
"""


def rows() -> Iterator[str]:
    yield "| | an adapter |"
    yield "| --- | --- |"
    for contract in platform_contracts():
        demand = " ".join(contract.must.partition("\n\n")[0].split())
        yield f"| {contract.number} | {demand} |"


def with_table(text: str) -> str:
    table = "".join(f"{row}\n" for row in rows())
    return _TABLE.sub(lambda _: table, text)


def test_the_table_is_what_the_suite_says() -> None:
    text = PAGE.read_text()
    assert with_table(text) == text, "run: python -m tests.docs.test_testing"


def test_the_examples_run(tmp_path: Path) -> None:
    examples = _BLOCK.findall(PAGE.read_text())
    assert len(examples) >= 7
    (tmp_path / "pytest.ini").write_text(_SETTINGS)
    for number, example in enumerate(examples):
        (tmp_path / f"test_example_{number}.py").write_text(example)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) == len(examples) - 1 + len(platform_contracts())


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text()))
