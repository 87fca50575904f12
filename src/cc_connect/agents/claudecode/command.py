"""The command line and the environment of the agent. Pure.

Nothing of a person and no secret goes into the arguments, which every user of the machine can
read: prompts go over stdin, instructions with the `initialize` request, keys into the environment.
"""

import shlex
from collections.abc import Mapping

from cc_connect.agents.claudecode.options import Options, normal_mode
from cc_connect.agents.claudecode.translate import SEND_FILE
from cc_connect.contract.agent import SessionSpec
from cc_connect.procs import child_environment

_WIRE = (
    *("-p", "--input-format", "stream-json", "--output-format", "stream-json"),
    *("--verbose", "--include-partial-messages", "--permission-prompt-tool", "stdio"),
)


def mode_of(options: Options, spec: SessionSpec) -> str:
    """Return the permission mode a session starts in, in the agent's spelling."""
    return normal_mode(spec.mode or options.mode)


def arguments(options: Options, spec: SessionSpec, session: str) -> tuple[str, ...]:
    """Return the command with all its arguments.

    Args:
        options: Those of the project.
        spec: What is wanted of this session; goes before the options.
        session: The id of a session that is new or a fork.
    """
    command = (options.cmd,) if isinstance(options.cmd, str) else options.cmd
    inner = (*_WIRE, *_identity(spec, session), *_wishes(options, spec), *_tools(options, spec))
    model = spec.model or options.model
    outer = ("--model", model) if model else ()
    if flag := options.cmd_args_flag or options.cli_args_flag:
        return (*command, flag, shlex.join(inner), *outer)
    return (*command, *inner, *outer)


def environment(options: Options, spec: SessionSpec, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of the agent."""
    given = {**_routed(options), **options.env, **spec.env}
    if options.max_context_tokens > 0:
        given.setdefault("CLAUDE_CODE_AUTO_COMPACT_WINDOW", str(options.max_context_tokens))
    chosen = child_environment(environ, given, options.env_pass)
    return {**_DEFAULTS, **chosen}


# To-do tools are off without these (2.1.329). TodoWrite is chosen over the TaskCreate family since
# it tells the whole list each time, so the list is right again after a resume.
_DEFAULTS = {
    "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1",
    "CLAUDE_CODE_ENABLE_TODO_TOOLS": "1",
    "CLAUDE_CODE_ENABLE_TASKS": "0",
}


def _identity(spec: SessionSpec, session: str) -> tuple[str, ...]:
    if spec.resume is None:
        return ("--session-id", session)
    if spec.fork:
        return ("--resume", spec.resume, "--fork-session", "--session-id", session)
    return ("--resume", spec.resume)


def _wishes(options: Options, spec: SessionSpec) -> tuple[str, ...]:
    words: list[str] = []
    mode = mode_of(options, spec)
    if mode != "default":
        words += ["--permission-mode", mode]
    if effort := spec.effort or options.reasoning_effort:
        words += ["--effort", "medium" if effort == "med" else effort]
    return tuple(words)


def _tools(options: Options, spec: SessionSpec) -> tuple[str, ...]:
    # A file that is sent is offered to the host, which decides; asking before would ask twice.
    allowed = [SEND_FILE, *options.allowed_tools]
    words: list[str] = []
    if spec.attachments:
        if set(spec.attachments) & set(",() "):  # such a path cannot stand in a rule
            words += ["--add-dir", spec.attachments]
        else:
            allowed.append(f"Read(/{spec.attachments}/**)")  # "//" is the root in a rule
    words += ["--allowedTools", ",".join(allowed)]
    if options.disallowed_tools:
        words += ["--disallowedTools", ",".join(options.disallowed_tools)]
    folders = options.plugin_dir
    for folder in (folders,) if isinstance(folders, str) else folders:
        if folder:
            words += ["--plugin-dir", folder]
    return tuple(words)


def _routed(options: Options) -> dict[str, str]:
    if not options.router_url:
        return {}
    routed = {
        "ANTHROPIC_BASE_URL": options.router_url,
        "NO_PROXY": "127.0.0.1",
        "DISABLE_TELEMETRY": "true",
        "DISABLE_COST_WARNINGS": "true",
    }
    if options.router_api_key:
        routed["ANTHROPIC_API_KEY"] = options.router_api_key
    return routed
