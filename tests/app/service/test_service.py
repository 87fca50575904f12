"""`cc-connect service`, with programs on PATH that write down what managers are told."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cc_connect.app.service.launchd_agent import LaunchdAgent
from cc_connect.app.service.systemd_unit import SystemdUnit
from cc_connect.app.service.wanted import ServiceFailed, Wanted

FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> "$HOME/told"
echo "shown by $(basename "$0")"
[ ! -e "$HOME/refuse" ]
"""
SECRET = "mfa.not-to-be-seen"  # a token that a careless installer would copy
CONFIG = '[[projects]]\nname = "a"\n# token = "${SHOP_TOKEN}"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a configuration and managers of services."""
    home = tmp_path / 'the "home" of 100% $ann'
    programs = home / "bin"
    programs.mkdir(parents=True)
    for name in ("systemctl", "journalctl", "launchctl"):
        (programs / name).write_text(FAKE)
        (programs / name).chmod(0o755)
    (home / ".cc-connect").mkdir()
    (home / ".cc-connect" / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("SHOP_TOKEN", SECRET)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("CC_DATA_DIR", raising=False)
    return home


def told(home: Path) -> list[str]:
    return (home / "told").read_text().splitlines()


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cc_connect", *words],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def wanted(home: Path) -> Wanted:
    data = home / ".cc-connect"
    command = (sys.executable, "-m", "cc_connect", "--config", str(data / "config.toml"))
    return Wanted(command, os.environ["PATH"], data / "service.env", data / "service.log")


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is launchd")
def test_systemd_from_install_to_uninstall(home: Path) -> None:
    unit = home / ".config" / "systemd" / "user" / "cc-connect.service"
    done = run(home, "service", "install")
    assert done.returncode == 0, done.stderr
    assert f"installed: {unit}" in done.stdout
    assert "needs SHOP_TOKEN" in done.stdout
    text = unit.read_text()
    assert SECRET not in text
    assert "Type=notify" in text
    assert "WatchdogSec=" in text
    assert "NoNewPrivileges=yes" in text
    for word in ("start", "status", "stop"):
        assert run(home, "service", word).returncode == 0
    assert "shown by journalctl" in run(home, "service", "logs", "-n", "7").stdout
    done = run(home, "service", "uninstall")
    assert done.stdout.endswith(f"removed: {unit}\n")
    assert not unit.exists()
    assert told(home) == [
        "systemctl --user daemon-reload",
        "systemctl --user enable cc-connect.service",
        "systemctl --user restart cc-connect.service",
        "systemctl --user start cc-connect.service",
        "systemctl --user status --no-pager cc-connect.service",
        "systemctl --user stop cc-connect.service",
        "journalctl --user --unit=cc-connect.service --lines=7",
        "systemctl --user disable --now cc-connect.service",
        "systemctl --user daemon-reload",
    ]


def test_a_manager_that_refuses_is_told(home: Path) -> None:
    (home / "refuse").touch()
    done = run(home, "service", "start")
    assert done.returncode == 1
    assert "failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_configuration_nothing_is_installed(home: Path) -> None:
    (home / ".cc-connect" / "config.toml").unlink()
    done = run(home, "service", "install")
    assert done.returncode == 1
    assert "cc-connect init" in done.stderr
    assert not (home / "told").exists()


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is launchd")
def test_without_a_manager_it_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    done = run(home, "service", "install")
    assert done.returncode == 1
    assert "no systemctl here" in done.stderr


def test_systemd_takes_the_unit(home: Path, tmp_path: Path) -> None:
    """By its own checker where there is one, and by eye where not."""
    plain = tmp_path / "plain 100%"
    (plain / ".cc-connect").mkdir(parents=True)
    unit = SystemdUnit(plain)
    unit.file.parent.mkdir(parents=True)
    unit.file.write_text(unit.text(wanted(plain)))
    assert f'"--config" "{plain}/.cc-connect/config.toml"'.replace("%", "%%") in unit.text(
        wanted(plain)
    )
    checker = shutil.which("systemd-analyze")
    if checker is not None:
        done = subprocess.run(
            [checker, "--user", "verify", str(unit.file)],
            env={**os.environ, "XDG_RUNTIME_DIR": str(plain)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "cc-connect.service" not in done.stderr, done.stderr


def test_launchd_from_install_to_uninstall(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    agent = LaunchdAgent(home)
    target = f"gui/{os.getuid()}/cc-connect"
    agent.install(wanted(home))
    written = agent.file.read_bytes()
    assert SECRET.encode() not in written
    settings = plistlib.loads(written)
    assert settings["KeepAlive"] == {"SuccessfulExit": False}
    agent.start()
    agent.stop()
    assert agent.status() == 0
    Path(settings["StandardErrorPath"]).write_text("one\ntwo\nthree\n")
    assert agent.logs(2, follow=False) == 0
    assert capfd.readouterr().out.endswith("two\nthree\n")
    agent.uninstall()
    assert not agent.file.exists()
    assert told(home) == [
        f"launchctl bootstrap gui/{os.getuid()} {agent.file}",
        f"launchctl kickstart {target}",
        f"launchctl kill SIGTERM {target}",
        f"launchctl print {target}",
        f"launchctl bootout {target}",
    ]
    with pytest.raises(ServiceFailed, match="not installed"):
        agent.logs(1, follow=False)


def test_what_launchd_starts_gets_the_secrets_from_their_file(home: Path) -> None:
    known = wanted(home)
    known.secrets.write_text("SHOP_TOKEN='from the file'\n")
    shown = Wanted(("/bin/sh", "-c", 'echo "$SHOP_TOKEN"'), known.path, known.secrets, known.log)
    settings = plistlib.loads(LaunchdAgent(home).text(shown))
    done = subprocess.run(
        settings["ProgramArguments"], env={}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "from the file\n"
