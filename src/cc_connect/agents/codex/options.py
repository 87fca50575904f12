"""What `[projects.agent.options]` may say when `type = "codex"`, and what a mode means to Codex."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MODES = ("suggest", "auto-edit", "full-auto", "yolo")
EFFORTS = ("minimal", "low", "medium", "high", "xhigh")


@dataclass(frozen=True, slots=True)
class Policy:
    """What Codex calls a mode: when it asks, and what it can reach without asking."""

    approval: str
    sandbox: str


# Seen with 0.169: what a sandbox forbids is asked for under `on-request`, and refused to the model
# under `never`. `untrusted` is not supported any more.
_POLICIES = {
    "suggest": Policy("on-request", "read-only"),
    "auto-edit": Policy("on-request", "workspace-write"),
    "full-auto": Policy("never", "workspace-write"),
    "yolo": Policy("never", "danger-full-access"),
}
_ALIASES = {
    "default": "suggest",
    "plan": "suggest",
    "edit": "auto-edit",
    "acceptedits": "auto-edit",
    "autoedit": "auto-edit",
    "auto": "full-auto",
    "fullauto": "full-auto",
    "bypass": "yolo",
    "bypasspermissions": "yolo",
}


def normal_mode(mode: str) -> str:
    """Return our spelling of a mode; "" and a mode nobody knows are the one that asks most."""
    plain = mode.strip().lower()
    if plain in MODES:
        return plain
    return _ALIASES.get(plain.replace("-", "").replace("_", ""), "suggest")


def policy(mode: str) -> Policy:
    """Return what a mode means to Codex."""
    return _POLICIES[normal_mode(mode)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a project that works with Codex."""

    work_dir: str = field(
        default=".",
        metadata={"doc": "The folder the agent works in. It must exist."},
    )
    mode: str = field(
        default="suggest",
        metadata={
            "doc": "Permission mode: suggest (reads; asks before it changes anything), auto-edit "
            "(changes files in its folder, asks for everything else), full-auto (the same, and "
            "what the sandbox forbids is refused instead of asked), yolo (no sandbox, asks "
            "nothing).",
            "choices": MODES,
        },
    )
    model: str = field(
        default="",
        metadata={"doc": "Model name; empty for the one of Codex's own configuration."},
    )
    reasoning_effort: str = field(
        default="",
        metadata={
            "doc": "How hard to think: minimal, low, medium, high or xhigh.",
            "choices": ("", *EFFORTS),
        },
    )
    codex_home: str = field(
        default="",
        metadata={
            "doc": "Codex's own folder with its configuration, its login and its sessions "
            "(CODEX_HOME); empty for ~/.codex. cc-connect never writes into it."
        },
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
        default="codex",
        metadata={"doc": "The command, or a list of the command and its first arguments."},
    )
    start_timeout: float = field(
        default=60.0,
        metadata={"doc": "Seconds the agent has to get ready.", "min": 1},
    )
