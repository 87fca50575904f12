"""Where real agents from npm are, and how they are set to talk to a mock of a model only.

`sh scripts/agents.sh` installs them into a folder of the checkout; `CC_CONNECT_AGENTS` names
another one. None needs a network beyond the mock: Gemini CLI speaks its own protocol to it,
claude-agent-acp Anthropic's, codex-acp that of OpenAI's responses, the others Chat Completions.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from cc_connect.testing.claude_cli import claude_environment
from cc_connect.testing.codex_cli import codex_environment

FOLDER = "CC_CONNECT_AGENTS"
"""Names the folder in which npm has installed the agents."""

_ROOT = Path(__file__).parents[3]
_MODEL = {
    "tool_call": True,
    "attachment": True,
    "modalities": {"input": ["text", "image"], "output": ["text"]},
    "limit": {"context": 200_000, "output": 8_000},
}

_KIMI = """\
default_model = "mock"

[models.mock]
provider = "mock"
model = "mock-model"
max_context_size = 200000
capabilities = ["image_in", "thinking"]

[providers.mock]
type = "openai"
base_url = "{url}/v1"
api_key = "{key}"
"""


def find_agent(name: str) -> Path | None:
    """Return the program of this name, or None where there is none."""
    folder = Path(os.environ.get(FOLDER) or _ROOT / ".venv-test" / "agents")
    found = folder / "node_modules" / ".bin" / name
    if os.access(found, os.X_OK):
        return found
    elsewhere = shutil.which(name)
    return Path(elsewhere) if elsewhere else None


def node_path() -> str:
    """PATH with the node that was installed beside the agents, if one was."""
    wheels = [_ROOT / ".venv-test" / "node"]
    return os.pathsep.join([*map(str, wheels), os.environ["PATH"]])


def opencode_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Set OpenCode to the mock; returns what its environment needs besides."""
    options = {"baseURL": f"{api_url}/v1", "apiKey": _key()}
    mock = {
        "npm": "@ai-sdk/openai-compatible",
        "options": options,
        "models": {"mock-model": _MODEL},
    }
    settings = {
        "model": "mock/mock-model",
        "small_model": "mock/mock-model",
        "provider": {"mock": mock},
        "permission": {"edit": "ask", "bash": "ask", "webfetch": "ask"},
        "autoupdate": False,
        "share": "disabled",
    }
    (cwd / "opencode.json").write_text(json.dumps(settings), "utf-8")
    off = ("MODELS_FETCH", "AUTOUPDATE", "LSP_DOWNLOAD")
    return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")} | {
        f"OPENCODE_DISABLE_{name}": "1" for name in off
    }


def gemini_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Set Gemini CLI to the mock; returns what its environment needs besides."""
    del cwd
    folder = home / ".gemini"
    folder.mkdir(exist_ok=True)
    chosen = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
    (folder / "settings.json").write_text(json.dumps(chosen), "utf-8")
    return {
        "HOME": str(home),
        "GEMINI_API_KEY": _key(),
        "GOOGLE_GEMINI_BASE_URL": api_url,
        "GEMINI_TELEMETRY_ENABLED": "false",
    }


def qwen_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Return what the environment of Qwen Code needs to talk to the mock."""
    del cwd
    return {
        "HOME": str(home),
        "OPENAI_API_KEY": _key(),
        "OPENAI_BASE_URL": f"{api_url}/v1",
        "OPENAI_MODEL": "mock-model",
    }


def copilot_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Return what the environment of GitHub Copilot needs to talk to the mock."""
    del cwd
    return {
        "HOME": str(home),
        "COPILOT_OFFLINE": "true",
        "COPILOT_PROVIDER_BASE_URL": f"{api_url}/v1",
        "COPILOT_PROVIDER_API_KEY": _key(),
        "COPILOT_MODEL": "gpt-5",
    }


def claude_acp_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Return what the environment of claude-agent-acp needs to talk to the mock."""
    del cwd
    found = claude_environment(home, api_url)
    return {name: value for name, value in found.items() if name != "PATH"}


def codex_acp_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Set codex-acp to a `ResponsesApi`; returns what its environment needs besides."""
    del cwd
    found = codex_environment(home, api_url)
    config = home / ".codex" / "config.toml"
    # It begins a session with a warning, as words of the agent, if it does not know the model.
    config.write_text(config.read_text("utf-8").replace("mock-model", "gpt-5.5"), "utf-8")
    return {name: value for name, value in found.items() if name != "PATH"}


def kimi_environment(home: Path, cwd: Path, api_url: str) -> Mapping[str, str]:
    """Set Kimi Code to the mock; returns what its environment needs besides."""
    del cwd
    folder = home / ".kimi-code"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(_KIMI.format(url=api_url, key=_key()), "utf-8")
    return {"HOME": str(home)}


def _key() -> str:
    # Long, so that a program that masks it in its output masks nothing else.
    return f"dummy-key-{secrets.token_hex(24)}"
