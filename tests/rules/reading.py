"""The sources of the package, read as text and as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "cc_connect"


@dataclass(frozen=True)
class Module:
    """A Python file of the package."""

    path: Path

    @property
    def parts(self) -> tuple[str, ...]:
        """Its place below the package: `("core", "turn", "step")`; of a package its own name."""
        parts = self.path.relative_to(PACKAGE).with_suffix("").parts
        return parts[:-1] if parts[-1] == "__init__" else parts

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        """What it says."""
        return ast.parse(self.text)

    def imports(self) -> Iterator[str]:
        """All modules it imports, anywhere in it; `from a import b` counts as `a.b` too."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    yield from (name.name for name in names)
                case ast.ImportFrom(module=str(module), names=names):
                    yield module
                    yield from (f"{module}.{name.name}" for name in names)
                case _:
                    pass


def modules() -> list[Module]:
    """All of them."""
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]
