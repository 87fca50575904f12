"""Configurations made to hurt: each has a short answer and costs next to nothing."""

import tracemalloc
from pathlib import Path

import pytest

from cc_connect.app.config import load
from cc_connect.app.config.problems import MAX_KEPT

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 500_000,
        "a." * 400_000 + "b = 1",
        "[" + "a." * 400_000 + "b]",
        "a = " + "{b = " * 150_000,
        "[[a]]\n" * 150_000,
        'a = """' + '\\"' * 400_000,
        "a = " + "9" * 900_000,
        "a = 0x" + "f" * 900_000,
        "a = [" + "{}," * 300_000 + "]",
    ],
    ids=["lists", "dotted", "headers", "inline", "tables", "text", "number", "hex", "empty"],
)
def test_toml_bomb(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    loaded = load(path, {})
    assert loaded.config is None
    assert 0 < len(loaded.problems) <= MAX_KEPT + 1
    assert max(len(str(problem)) for problem in loaded.problems) < 1000


def test_config_of_100_mb(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(100 * MIB)
    tracemalloc.start()
    loaded = load(path, {})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.message for one in loaded.problems] == [
        "the file is larger than 1 MiB: it is not read"
    ]
    assert most < 5 * MIB


def test_variables_that_blow_up(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("banned_words = [" + '"${BIG}",' * 10_000 + "]")
    loaded = load(path, {"BIG": "x" * MIB})
    assert loaded.errors
