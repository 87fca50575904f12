from __future__ import annotations

import os
from pathlib import Path

import pytest

from cc_connect.testing.claude_cli import claude_environment, find_claude


def test_the_program_is_found_bundled_or_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_claude()
    assert found is not None
    assert found == program or found.parent.name == "_bundled"
    assert os.access(found, os.X_OK)


def test_the_environment_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the real one")
    first = claude_environment(tmp_path, "http://127.0.0.1:1")
    second = claude_environment(tmp_path, "http://127.0.0.1:1")

    assert "CLAUDECODE" not in first
    assert first["HOME"] == str(tmp_path)
    assert first["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"
    assert first["PATH"] == os.environ["PATH"]
    keys = {first["ANTHROPIC_API_KEY"], second["ANTHROPIC_API_KEY"], "the real one"}
    assert len(keys) == 3
    assert min(len(key) for key in keys - {"the real one"}) > 40
