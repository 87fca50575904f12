"""The core is pure to the letter: it awaits nothing, reaches for nothing, and has no clock."""

import ast
from collections.abc import Iterator

import pytest

from tests.rules.reading import Module, modules

_OUTSIDE = """
aiohttp asyncio concurrent ctypes fcntl getpass glob http importlib io logging mmap multiprocessing
os pathlib platform psutil queue random resource secrets select selectors shutil signal socket
socketserver sqlite3 ssl structlog subprocess sys tempfile threading time urllib uuid
"""
IMPURE = frozenset(_OUTSIDE.split())
CALLS = frozenset({"open", "print", "input", "breakpoint", "exec", "eval"})
CLOCKS = frozenset({"now", "utcnow", "today"})


def impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What reaches out of the program, waits, or looks at a clock: line and reason."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names, lineno=line):
                yield from ((line, f"import {one.name}") for one in names if impure(one.name))
            case ast.ImportFrom(module=str(module), lineno=line) if impure(module):
                yield line, f"import {module}"
            case (
                ast.AsyncFunctionDef(lineno=line)
                | ast.AsyncFor(lineno=line)
                | ast.AsyncWith(lineno=line)
                | ast.Await(lineno=line)
            ):
                yield line, "async"
            case ast.Call(func=ast.Name(id=name), lineno=line) if name in CALLS:
                yield line, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name), lineno=line) if name in CLOCKS:
                yield line, f"{name}()"
            case _:
                pass


def impure(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in IMPURE


def of_core() -> list[Module]:
    return [module for module in modules() if module.parts[:1] == ("core",)]


@pytest.mark.parametrize("module", of_core(), ids=lambda module: ".".join(module.parts))
def test_a_module_of_the_core_is_pure(module: Module) -> None:
    assert list(impurities(module.tree)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time", ["import time"]),
        ("def f():\n from os.path import join", ["import os.path"]),
        ("async def f(): ...", ["async"]),
        ("open('x')", ["open()"]),
        ("datetime.now(UTC)", ["now()"]),
        ("from cc_connect.contract.ids import Address\nimport re", []),
    ],
)
def test_what_is_impure_is_found(source: str, found: list[str]) -> None:
    assert [reason for _, reason in impurities(ast.parse(source))] == found
