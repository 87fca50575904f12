"""Sizes and names over the whole repository: scripts, styles and tests as well as the package."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.rules.reading import ROOT, modules
from tests.rules.test_shape import tracked
from tests.rules.wording import parsed

LONGEST_FILE = 500
LONGEST_FUNCTION = 40
VAGUE = frozenset({"Manager", "Helper", "Helpers", "Util", "Utils", "Info", "Impl"})
CLASS = re.compile(r"^ *class (\w+)", re.MULTILINE)
CODE = frozenset({".py", ".js", ".css", ".html", ".sql", ".sh"})

# All of these are written in pieces, so that this file does not find itself.
_HOSTS = """
pypi|.org python|hosted.org npm|js.org npm|js.com npm|mirror.com yarn|pkg.com crates|.io
ruby|gems.org proxy.gol|ang.org
"""
REGISTRIES = "|".join(re.escape(host.replace("|", "")) for host in _HOSTS.split())
MACHINE = r"(?<![\w.~\-\\])/(?:tmp/venv|work/|root/)"


@cache
def sources() -> tuple[Path, ...]:
    """What people write, in the three folders for code."""
    folders = (ROOT / "src", ROOT / "tests", ROOT / "bench")
    return tuple(
        path
        for path in tracked()
        if path.suffix in CODE
        and any(folder in path.parents for folder in folders)
        and ROOT / "tests" / "data" not in path.parents
    )


def shown(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def test_no_file_of_any_kind_is_long() -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules()
        for node in ast.walk(parsed(module.path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    p95 = lengths[len(lengths) * 95 // 100]
    assert p95 < LONGEST_FUNCTION, f"95 of 100 functions have up to {p95} lines"


def test_classes_are_named_for_what_they_are() -> None:
    wrong = [
        f"{shown(path)}: {name}"
        for path in sources()
        if path.suffix == ".py"
        for name in CLASS.findall(path.read_text("utf-8"))
        if VAGUE.intersection(words_of(name))
    ]
    assert not wrong


def words_of(name: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HTTPUtilFactory", ["HTTP", "Util", "Factory"]),
        ("_Information", ["Information"]),
        ("UserInfo", ["User", "Info"]),
    ],
)
def test_a_name_is_read_word_by_word(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("words", [REGISTRIES, MACHINE], ids=["registries", "this machine"])
def test_nothing_names_what_is_true_on_one_machine_only(words: str) -> None:
    wrong = [
        f"{shown(path, number)}: {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(words, line)
    ]
    assert not wrong, "\n".join(wrong)
