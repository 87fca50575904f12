"""Where the real `codex` program is, and an environment in which it can be tested."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from pathlib import Path

_KEPT = ("PATH", "TMPDIR", "SHELL", "USER", "LOGNAME")
CHOSEN = "CC_CONNECT_CODEX"
"""Names another program for the tests: a newer version, say."""

_CONFIG = """\
model = "mock-model"
model_provider = "mock"
check_for_update_on_startup = false

[model_providers.mock]
name = "Mock"
base_url = "{url}"
wire_api = "responses"
env_key = "MOCK_KEY"
request_max_retries = {retries}
stream_max_retries = {retries}
"""


def find_codex() -> Path | None:
    """Return the program, or None where there is none.

    The wheel of openai-codex-cli-bin carries a whole native codex, which goes before one on PATH:
    its version is the one the tests are pinned to.
    """
    if chosen := os.environ.get(CHOSEN):
        return Path(chosen)
    package = importlib.util.find_spec("codex_cli_bin")
    for folder in (package and package.submodule_search_locations) or ():
        bundled = Path(folder) / "bin" / "codex"
        if os.access(bundled, os.X_OK):
            return bundled
    found = shutil.which("codex")
    return Path(found) if found else None


def codex_environment(home: Path, api_url: str, retries: int = 1) -> dict[str, str]:
    """Return the whole environment for a codex that talks to a mock at `api_url` only.

    `home` should be a fresh folder: a configuration is written below it, sessions too. The key is
    a dummy of its own for each call.
    """
    settings = home / ".codex"
    settings.mkdir(parents=True, exist_ok=True)
    config = settings / "config.toml"
    if not config.exists():
        config.write_text(_CONFIG.format(url=api_url, retries=retries), "utf-8")
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "MOCK_KEY": f"dummy-key-{secrets.token_hex(24)}",
        "RUST_LOG": "error",
    }
