"""What every agent needs is said without naming one: an agent is known only where it is driven."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.rules.reading import PACKAGE, ROOT
from tests.rules.test_shape import tracked

FLOORS = ("core", "runtime", "commands", "platforms")
WRITTEN = frozenset({".py", ".js", ".css", ".html", ".json", ".sql"})
BRANDS = frozenset({"claude", "anthropic", "openai", "chatgpt", "copilot", "mistral", "moonshot"})
ORDINARY = frozenset({"demo", "cursor"})  # words that mean something else there


def names() -> frozenset[str]:
    """Every agent of the plug-in table, and who makes them."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    hooks = table["tool"]["hatch"]["metadata"]["hooks"]["custom"]
    return (frozenset(hooks["cc_connect.agents"]) | BRANDS) - ORDINARY


def written(floor: str) -> list[Path]:
    return [
        path for path in tracked() if PACKAGE / floor in path.parents and path.suffix in WRITTEN
    ]


@pytest.mark.parametrize("floor", FLOORS)
def test_no_line_names_an_agent(floor: str) -> None:
    word = re.compile(rf"(?<![a-z])({'|'.join(map(re.escape, names()))})(?![a-z])", re.IGNORECASE)
    assert len(written(floor)) > 5
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in written(floor)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if word.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_names_are_those_of_the_table() -> None:
    assert {"claudecode", "acp", "gemini", "opencode"} <= names()
