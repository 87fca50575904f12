"""A module imports its own floor or a lower one; see docs/architecture.md."""

import sys
from collections.abc import Iterator

import pytest

from tests.rules.reading import Module, modules

LOWER = {
    "contract": frozenset[str](),
    "core": frozenset({"contract"}),
    "store": frozenset({"contract", "core"}),
    "procs": frozenset({"contract", "core"}),
    "runtime": frozenset({"contract", "core", "store", "procs"}),
    "testing": frozenset({"contract", "core", "store", "procs", "runtime"}),
    "platforms": frozenset({"contract", "core"}),
    "agents": frozenset({"contract", "core", "procs"}),
    "commands": frozenset({"contract", "core"}),
    "features": frozenset({"contract", "core"}),
    "web": frozenset(
        {"contract", "core", "store", "procs", "runtime", "platforms", "agents", "commands"}
    ),
}
"""What each package may import besides itself. `app` may import everything."""

SIBLINGS = {"platforms", "agents"}
"""Packages whose folders do not know each other."""


def targets(module: Module) -> Iterator[tuple[str, ...]]:
    """The places below the package that a module imports."""
    for name in module.imports():
        if name.startswith("cc_connect."):
            yield tuple(name.split(".")[1:])


@pytest.mark.parametrize("floor", LOWER)
def test_nobody_looks_up(floor: str) -> None:
    wrong = {
        f"{'.'.join(module.parts)} -> {'.'.join(target)}"
        for module in modules()
        if module.parts[:1] == (floor,)
        for target in targets(module)
        if target[0] not in LOWER[floor] | {floor, "__version__"}
    }
    assert not wrong


@pytest.mark.parametrize("floor", sorted(SIBLINGS))
def test_siblings_never_meet(floor: str) -> None:
    wrong = {
        f"{'.'.join(module.parts)} -> {'.'.join(target)}"
        for module in modules()
        if module.parts[:1] == (floor,) and len(module.parts) > 1
        for target in targets(module)
        if target[0] == floor and target[1:2] != module.parts[1:2]
    }
    assert not wrong


def test_the_contract_needs_nothing_but_python() -> None:
    wrong = {
        f"{'.'.join(module.parts)} -> {name}"
        for module in modules()
        if module.parts[:1] == ("contract",)
        for name in module.imports()
        if name.split(".")[0] not in sys.stdlib_module_names | {"cc_connect"}
    }
    assert not wrong


def test_every_folder_has_a_floor() -> None:
    assert {module.parts[0] for module in modules() if module.parts} <= {
        *LOWER,
        "app",
        "__main__",
    }
