from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from cc_connect.app.config import Loaded, Problems, Source, load_text

PROJECT = """
[[projects]]
name = "a"
[projects.agent]
type = "claudecode"
[[projects.platforms]]
type = "web"
"""
"""A small project without a fault."""


def told(loaded: Loaded) -> list[str]:
    """What a person would see."""
    return [str(one) for one in loaded.problems]


class Load(Protocol):
    def __call__(self, text: str, environ: Mapping[str, str] | None = None) -> Loaded: ...


@pytest.fixture
def load_toml() -> Load:
    """Load a text as if it stood in a file called config.toml."""

    def run(text: str, environ: Mapping[str, str] | None = None) -> Loaded:
        source = Source(home=Path("/home/ann"))
        return load_text(text, source, environ or {}, Problems())

    return run
