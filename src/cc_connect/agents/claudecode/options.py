"""What `[projects.agent.options]` may say when `type = "claudecode"`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MODES = ("default", "acceptEdits", "plan", "auto", "bypassPermissions", "dontAsk")

_ALIASES = {
    "edit": "acceptEdits",
    "yolo": "bypassPermissions",
    "bypass": "bypassPermissions",
    "acceptedits": "acceptEdits",
    "bypasspermissions": "bypassPermissions",
    "dontask": "dontAsk",
    "manual": "default",
}


def normal_mode(mode: str) -> str:
    """Return the agent's spelling of a permission mode; "" is the default mode.

    Hyphens, underscores and case do not count. A mode nobody knows comes back as it is: a newer
    agent may have it, and an older one will say so.
    """
    plain = mode.strip()
    if plain in MODES or not plain:
        return plain or "default"
    folded = plain.replace("-", "").replace("_", "").lower()
    return _ALIASES.get(folded, folded if folded in MODES else plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a project that works with Claude Code."""

    work_dir: str = field(
        default=".",
        metadata={"doc": "The folder the agent works in. It must exist."},
    )
    mode: str = field(
        default="default",
        metadata={
            "doc": "Permission mode: default (asks), acceptEdits or edit (file edits run), plan "
            "(plans first), auto (the agent decides what is risky), bypassPermissions or yolo "
            "(asks nothing), dontAsk (refuses what would be asked).",
            "choices": (*MODES, "edit", "yolo"),
        },
    )
    model: str = field(
        default="",
        metadata={"doc": "Model name or alias (opus, sonnet, haiku); empty for the default."},
    )
    reasoning_effort: str = field(
        default="",
        metadata={
            "doc": "How hard to think: low, medium, high, xhigh or max.",
            "choices": ("", "low", "medium", "high", "xhigh", "max"),
        },
    )
    allowed_tools: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Tools that run without asking, such as `Edit` or `Bash(git status *)`."},
    )
    disallowed_tools: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Tools that never run."},
    )
    system_prompt: str = field(
        default="",
        metadata={"doc": "Replaces the agent's own instructions."},
    )
    append_system_prompt: str = field(
        default="",
        metadata={"doc": "Added to the agent's own instructions."},
    )
    env: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"doc": "Environment variables of the agent.", "secret": True},
    )
    env_pass: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Names (or patterns such as GIT_*) of further variables of cc-connect's own "
            "environment that the agent gets to see."
        },
    )
    cmd: str | tuple[str, ...] = field(
        default="claude",
        metadata={"doc": "The command, or a list of the command and its first arguments."},
    )
    cmd_args_flag: str = field(
        default="",
        metadata={
            "doc": "For a wrapper around the command: all arguments are packed into one, which "
            "follows this flag."
        },
    )
    cli_args_flag: str = field(
        default="",
        metadata={"doc": "Old name of cmd_args_flag."},
    )
    router_url: str = field(
        default="",
        metadata={"doc": "Address of a router that speaks the Anthropic API."},
    )
    router_api_key: str = field(
        default="",
        metadata={"doc": "The key for the router.", "secret": True},
    )
    max_context_tokens: int = field(
        default=0,
        metadata={
            "doc": "The conversation is shortened when it nears this many tokens; 0 leaves that "
            "to the agent.",
            "min": 0,
        },
    )
    plugin_dir: str | tuple[str, ...] = field(
        default=(),
        metadata={"doc": "A folder of an agent plug-in, or a list of folders."},
    )
    start_timeout: float = field(
        default=60.0,
        metadata={"doc": "Seconds the agent has to get ready.", "min": 1},
    )
