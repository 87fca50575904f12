"""Sizes and names that stand in CONTRIBUTING.md, and what must not be in the repository."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.rules.reading import ROOT, modules

MOST_LINES = 500
LONGER = {"contract/agent": 600}
"""A closed union of events and what each means; more docstring than code. Not to grow."""

NAMES = re.compile(r"(Manager|Helper|Util|Utils|Info|Impl)$")
# The next two are written in pieces, so that this file does not find itself.
# An interpreter's path is a value of the machine, no function: a test may set it.
PATCHES = re.compile(
    r"unittest\." + r"mock|Magic" + r"Mock|monkeypatch\." + r'setattr\((?!sys, "executable")'
)
REGISTRIES = re.compile(
    r"(index-url|registry) *[= ] *[\"']?https?:/" + r"/|"
    r"https?:/" + r"/[\w.-]*(pypi|pythonhosted|npmjs|npmmirror)\."
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


def test_no_file_is_long() -> None:
    lengths = {"/".join(module.parts): module.text.count("\n") for module in modules()}
    assert not {
        name: length for name, length in lengths.items() if length > LONGER.get(name, MOST_LINES)
    }


def test_no_class_is_named_for_nothing() -> None:
    assert not [
        (module.parts, node.name)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and NAMES.search(node.name)
    ]


def test_nothing_is_patched() -> None:
    python = [path for path in tracked() if path.suffix == ".py"]
    assert not [path for path in python if PATCHES.search(path.read_text())]


def test_no_machine_and_no_registry_is_named() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in tracked()
        if (text := path.read_text(errors="replace"))
        if REGISTRIES.search(text) or f"{ROOT}/" in text
    }
    assert not found
