"""`cc-connect agents`, as a person at a terminal sees it."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cc_connect.app.cli import main
from cc_connect.testing.scripted_acp import COMMAND, SETTINGS


def install(folder: Path, name: str, version: str) -> None:
    """A program that tells a version, and is an agent of the protocol otherwise."""
    agent = " ".join(COMMAND)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "{name} version {version}" && exit\n'
        f"exec env PYTHONPATH={os.pathsep.join(filter(None, sys.path))} {agent}\n"
    )
    path.chmod(0o755)


def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, str]:
    """The lines of the list, by the agent they are about."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["agents", *arguments])
    assert done.exit_code == 0, done.output
    return {line.split()[0]: line for line in done.output.splitlines()}


@pytest.fixture(autouse=True)
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    install(folder, "opencode", "9.8.7")
    return folder


def test_it_tells_what_is_installed_and_in_which_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = listed(tmp_path, monkeypatch)
    assert "9.8.7" in lines["opencode"]
    assert str(tmp_path / "bin" / "opencode") in lines["opencode"]
    assert "1.18.33" in lines["opencode"]
    assert list(lines)[:2] == ["AGENT", "opencode"]
    assert "demo" not in lines


def test_it_tells_how_to_get_the_others_and_which_were_never_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = listed(tmp_path, monkeypatch)
    assert "npm install -g @google/gemini-cli" in lines["gemini"]
    assert "untested" in lines["goose"]
    assert "untested" not in lines["gemini"]


def test_check_opens_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = listed(tmp_path, monkeypatch, "--check")
    assert lines["opencode"].endswith("a session opens")
    assert lines["gemini"].endswith("-")


def test_check_tells_who_is_not_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bin" / "opencode"
    wishes = f'{SETTINGS}=\'{{"auth": "key"}}\''
    path.write_text(path.read_text().replace("exec env ", f"exec env {wishes} "))
    lines = listed(tmp_path, monkeypatch, "--check")
    assert "OpenCode is not signed in" in lines["opencode"]
    assert "opencode auth login" in lines["opencode"]
