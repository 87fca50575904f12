"""What `[projects.agent.options]` may say for an agent of the Agent Client Protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a project that works with such an agent, by preset or with `type = "acp"`."""

    work_dir: str = field(
        default=".",
        metadata={"doc": "The folder the agent works in. It must exist."},
    )
    mode: str = field(
        default="",
        metadata={
            "doc": "The mode the agent starts in, by its own name for it or one of ours: default, "
            "acceptEdits, plan, yolo. Empty leaves it to the agent."
        },
    )
    model: str = field(
        default="",
        metadata={"doc": "The model, by the agent's name for it; empty for its default."},
    )
    reasoning_effort: str = field(
        default="",
        metadata={"doc": "How hard to think, where the agent lets us choose."},
    )
    cmd: str | tuple[str, ...] = field(
        default="",
        metadata={
            "doc": "The command, or a list of the command and its first arguments. A preset has "
            'one; with `type = "acp"` it is needed.',
            "renamed": "command",
        },
    )
    args: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Arguments; when given, they take the place of those of the preset."},
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
    auth_method: str = field(
        default="",
        metadata={"doc": "The way of signing in that the agent is asked to use, by its id."},
    )
    display_name: str = field(
        default="",
        metadata={"doc": "What people see as the agent's name."},
    )
    append_system_prompt: str = field(
        default="",
        metadata={"doc": "Instructions that are given to the agent at the start of a session."},
    )
    start_timeout: float = field(
        default=60.0,
        metadata={"doc": "Seconds the agent has to get ready.", "min": 1},
    )
