"""An agent of launchd: started at login, restarted when it fails."""

import os
import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

from cc_connect.app.service.wanted import ServiceFailed, Wanted

LABEL = "cc-connect"
_AGAIN = 10
"""Seconds between two starts."""


class LaunchdAgent:
    """The property list in a person's `LaunchAgents`."""

    def __init__(self, home: Path) -> None:
        self.file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._domain = f"gui/{os.getuid()}"
        self._target = f"{self._domain}/{LABEL}"

    def text(self, wanted: Wanted) -> bytes:
        """The property list; no secret is in it.

        launchd reads no file of variables, so a shell does, and becomes the program.
        """
        secrets = shlex.quote(str(wanted.secrets))
        reading = f"if [ -r {secrets} ]; then set -a; . {secrets}; set +a; fi"
        line = f"{reading}; exec {shlex.join(wanted.command)}"
        settings = {
            "Label": LABEL,
            "ProgramArguments": ["/bin/sh", "-c", line],
            "EnvironmentVariables": {"PATH": wanted.path},
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": _AGAIN,
            "ExitTimeOut": 30,
            "StandardOutPath": str(wanted.log),
            "StandardErrorPath": str(wanted.log),
        }
        return plistlib.dumps(settings)

    def install(self, wanted: Wanted) -> None:
        """Write the list, start it, and have it started at each login. Raises ServiceFailed."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        wanted.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.file.exists():
            _run("launchctl", "bootout", self._target)
        self.file.write_bytes(self.text(wanted))
        self._tell("bootstrap", self._domain, str(self.file))

    def uninstall(self) -> None:
        """Stop it and take the list away. Raises ServiceFailed."""
        self._tell("bootout", self._target)
        self.file.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it. Raises ServiceFailed."""
        self._tell("kickstart", self._target)

    def stop(self) -> None:
        """Stop it, until the next login: it ends properly, so launchd lets it be."""
        self._tell("kill", "SIGTERM", self._target)

    def status(self) -> int:
        """Let launchd tell how it stands; 0 when it knows it."""
        return _run("launchctl", "print", self._target)

    def logs(self, count: int, *, follow: bool) -> int:
        """Show the end of the log."""
        settings = plistlib.loads(self.file.read_bytes()) if self.file.exists() else {}
        if not settings:
            raise ServiceFailed("it is not installed; see: cc-connect service install")
        more = ("-F",) if follow else ()
        return _run("tail", "-n", str(count), *more, settings["StandardErrorPath"])

    def _tell(self, *words: str) -> None:
        if _run("launchctl", *words):
            raise ServiceFailed(f"launchctl {' '.join(words)} failed")


def _run(program: str, *words: str) -> int:
    found = shutil.which(program)
    if found is None:
        raise ServiceFailed(f"there is no {program} here")
    return subprocess.run([found, *words], check=False).returncode
