"""A user unit of systemd: started at login, watched, restarted when it fails."""

import shutil
import subprocess
from pathlib import Path

from cc_connect.app.service.wanted import ServiceFailed, Wanted

NAME = "cc-connect.service"
_UNIT = """\
# Written by `cc-connect service install`; changes are lost when that is run again.
[Unit]
Description=cc-connect: coding agents in chat apps
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=notify
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Environment={path}
EnvironmentFile=-{secrets}
WorkingDirectory=%h
# A configuration with errors does not get better by trying again.
Restart=on-failure
RestartPreventExitStatus=2
RestartSec=5
# The program says that it is alive; agents are ended by it, and what is left by systemd.
WatchdogSec=60
TimeoutStartSec=120
TimeoutStopSec=30
KillMode=mixed
# An agent that takes all memory is not to take the program with it.
OOMPolicy=continue
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""


class SystemdUnit:
    """The unit in the folder of a person's units."""

    def __init__(self, config_home: Path) -> None:
        self.file = config_home / "systemd" / "user" / NAME

    def text(self, wanted: Wanted) -> str:
        """The unit; no secret is in it."""
        return _UNIT.format(
            command=" ".join(_quoted(word).replace("$", "$$") for word in wanted.command),
            path=_quoted(f"PATH={wanted.path}"),
            secrets=str(wanted.secrets).replace("%", "%%"),
        )

    def install(self, wanted: Wanted) -> None:
        """Write the unit, start it, and have it started at each login.

        Raises:
            ServiceFailed: systemd does not take it.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.text(wanted))
        self._tell("daemon-reload")
        self._tell("enable", NAME)
        self._tell("restart", NAME)

    def uninstall(self) -> None:
        """Stop it and take the unit away. Raises ServiceFailed."""
        self._tell("disable", "--now", NAME)
        self.file.unlink(missing_ok=True)
        self._tell("daemon-reload")

    def start(self) -> None:
        """Start it. Raises ServiceFailed."""
        self._tell("start", NAME)

    def stop(self) -> None:
        """Stop it, until the next login. Raises ServiceFailed."""
        self._tell("stop", NAME)

    def status(self) -> int:
        """Let systemd tell how it stands; 0 when it runs."""
        return _run("systemctl", "--user", "status", "--no-pager", NAME)

    def logs(self, count: int, *, follow: bool) -> int:
        """Let the journal show the log."""
        more = ("--follow",) if follow else ()
        return _run("journalctl", "--user", f"--unit={NAME}", f"--lines={count}", *more)

    def _tell(self, *words: str) -> None:
        if _run("systemctl", "--user", *words):
            raise ServiceFailed(f"systemctl --user {' '.join(words)} failed")


def _quoted(word: str) -> str:
    """A word of a unit file (systemd.syntax(7)); `%` would be a specifier."""
    inner = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{inner}"'


def _run(program: str, *words: str) -> int:
    found = shutil.which(program)
    if found is None:
        raise ServiceFailed(f"there is no {program} here: is this a system with systemd?")
    return subprocess.run([found, *words], check=False).returncode
