"""Where the real `claude` program is, and an environment in which it can be tested."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from pathlib import Path

_KEPT = ("PATH", "TMPDIR", "SHELL", "USER", "LOGNAME")


def find_claude() -> Path | None:
    """Return the program, or None where there is none.

    The wheel of claude-agent-sdk carries a whole claude, which goes before one on PATH: its
    version is the one the tests were written for. The package is found without importing it,
    which would take half a second.
    """
    package = importlib.util.find_spec("claude_agent_sdk")
    for folder in (package and package.submodule_search_locations) or ():
        bundled = Path(folder) / "_bundled" / "claude"
        if os.access(bundled, os.X_OK):
            return bundled
    found = shutil.which("claude")
    return Path(found) if found else None


def claude_environment(home: Path, api_url: str) -> dict[str, str]:
    """Return the whole environment for a claude that talks to a mock at `api_url` only.

    `home` should be a fresh folder: sessions and settings are written below it. Nothing else of
    the caller's environment comes along (a test run inside claude must not hand its own
    settings down), except PATH and the like. The key is a dummy of its own for each call: long,
    so that a program that masks it in its output masks nothing else.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "ANTHROPIC_BASE_URL": api_url,
        "ANTHROPIC_API_KEY": f"dummy-key-{secrets.token_hex(24)}",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_BUG_COMMAND": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_TELEMETRY": "1",
        # Without it root may not skip permissions, and test machines often run as root.
        "IS_SANDBOX": "1",
    }
