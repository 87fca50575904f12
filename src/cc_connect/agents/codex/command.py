"""The command line, the environment, and what a thread and a prompt are started with. Pure.

Nothing of a person and no secret goes into the arguments, which every user of the machine can
read: all of it goes over stdin, and keys into the environment.
"""

import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from cc_connect.agents.codex.options import Options, normal_mode, policy
from cc_connect.agents.codex.tools import SEND_FILE
from cc_connect.contract.agent import Prompt, PromptFile, SessionSpec
from cc_connect.procs import child_environment

# Not CODEX_*: Codex tells its commands with CODEX_SANDBOX and others that they are inside of one,
# and cc-connect may have been started from such a command.
_PASSED = (
    *("OPENAI_*", "AZURE_OPENAI_*"),
    *("CODEX_HOME", "CODEX_API_KEY", "CODEX_CA_CERTIFICATE", "CODEX_SQLITE_HOME"),
)
_KEY, _ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_OPENAI = "https://api.openai.com/v1"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def arguments(options: Options) -> tuple[str, ...]:
    """Return the command with all its arguments. Without `--listen` it speaks on stdio."""
    command = (options.cmd,) if isinstance(options.cmd, str) else options.cmd
    return (*command, "app-server")


def environment(
    options: Options, environ: Mapping[str, str], more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the whole environment of the agent; `more` goes over the options."""
    given = {**options.env, **(more or {})}
    if options.codex_home:
        given["CODEX_HOME"] = os.path.expanduser(options.codex_home)  # noqa: PTH111 - keeps a "~" it cannot resolve
    return child_environment(environ, given, (*_PASSED, *options.env_pass))


def thread(options: Options, spec: SessionSpec) -> dict[str, Any]:
    """Return the parameters that `thread/start`, `thread/resume` and `thread/fork` share."""
    chosen = policy(spec.mode or options.mode)
    wishes: dict[str, Any] = {
        "cwd": spec.cwd,
        "approvalPolicy": chosen.approval,
        "sandbox": chosen.sandbox,
    }
    if model := spec.model or options.model:
        wishes["model"] = model
    if options.system_prompt:
        wishes["baseInstructions"] = options.system_prompt
    added = "\n\n".join(filter(None, (options.append_system_prompt, spec.instructions)))
    if added:
        wishes["developerInstructions"] = added
    return wishes


def service(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of a model's service that variables name; empty when they name none.

    Codex itself does not read these: without a login it needs a provider in its configuration.
    They are settings of the one thread, so its configuration stays as it is.
    """
    address, key = given.get(_ADDRESS, ""), given.get(_KEY, "")
    if not address and not key:
        return {}
    provider = {
        "name": "cc-connect",
        "base_url": address or _OPENAI,
        "wire_api": "responses",
        **({"env_key": _KEY} if key else {}),
    }
    return {"model_provider": "cc-connect", "model_providers.cc-connect": provider}


def named_service(options: Options, spec: SessionSpec) -> dict[str, Any]:
    """Return the settings of the service that the options or the session ask for."""
    return service({**options.env, **spec.env})


def opening(
    options: Options, spec: SessionSpec, settings: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the request that opens a session, and its parameters.

    A continued thread keeps the tools it was started with: Codex stores them with the thread.

    Args:
        options: Those of the project.
        spec: What is wanted of this session; goes before the options.
        settings: Those of Codex's configuration that are different for this session.
    """
    wishes = thread(options, spec)
    if settings:
        wishes["config"] = dict(settings)
    if spec.resume is None:
        return "thread/start", {**wishes, "dynamicTools": [SEND_FILE]}
    # Its turns are on disk, and could be a frame of many megabytes.
    old = {**wishes, "threadId": spec.resume, "excludeTurns": True}
    return ("thread/fork" if spec.fork else "thread/resume"), old


def mode_of(options: Options, spec: SessionSpec) -> str:
    """Return the mode a session starts in, in our spelling."""
    return normal_mode(spec.mode or options.mode)


def effort_of(options: Options, spec: SessionSpec) -> str:
    """Return how hard the agent thinks in this session, or ""."""
    effort = spec.effort or options.reasoning_effort
    return {"med": "medium", "max": "xhigh"}.get(effort, effort)


def content(prompt: Prompt) -> list[dict[str, Any]]:
    """Return a prompt as Codex takes it: pictures to look at, and words that name all files."""
    pictures = [
        {"type": "localImage", "path": file.path} for file in prompt.files if file.mime in _PICTURES
    ]
    return [*pictures, {"type": "text", "text": _worded(prompt)}]


def _worded(prompt: Prompt) -> str:
    if not prompt.files:
        return prompt.text
    named = "\n".join(f"- {_named(file)}" for file in prompt.files)
    return f"{prompt.text}\n\nFiles from the user:\n{named}".strip()


def _named(file: PromptFile) -> str:
    own_name = PurePath(file.path).name
    return file.path if file.name in ("", own_name) else f"{file.path} ({file.name})"


def user_home(environ: Mapping[str, str]) -> Path:
    """Return the home folder of whoever this environment belongs to."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()
