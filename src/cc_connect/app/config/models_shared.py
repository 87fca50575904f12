"""Tables that all projects share: log, display, limits, servers, providers, commands, hooks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cc_connect.app.config import built
from cc_connect.app.config.read import Complaint

_HTTP = ("http://", "https://")
_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """`[log]`."""

    level: Literal["debug", "info", "warn", "error"] = field(
        default="info",
        metadata={
            "doc": "The least serious lines that are logged.",
            "spelled": {"warning": "warn"},
            "forgiving": True,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """`[display]`, and `[projects.display]` which goes over it key by key.

    In the finished configuration every project has one with all precedence worked out.
    """

    mode: Literal["full", "compact", "quiet"] = field(
        default="full",
        metadata={
            "doc": "full: thinking and tools are shown; compact: only texts, each a message; "
            "quiet: one message with all texts."
        },
    )
    card_mode: Literal["legacy", "rich"] = field(
        default="legacy",
        metadata={"doc": "rich: one live card with the steps, where the platform has such cards."},
    )
    thinking_messages: bool = field(
        default=True,
        metadata={"doc": "Show what the agent thinks. Off in the modes compact and quiet."},
    )
    thinking_max_len: int = field(
        default=300,
        metadata={"doc": "Characters of a thought that are shown; 0 = all.", "min": 0},
    )
    tool_messages: bool = field(
        default=True,
        metadata={"doc": "Show the use of tools. Off in the modes compact and quiet."},
    )
    tool_max_len: int = field(
        default=500,
        metadata={"doc": "Characters of a tool's result that are shown; 0 = all.", "min": 0},
    )
    history_max_len: int = field(
        default=1000,
        metadata={"doc": "Characters of an entry in /history; 0 = all.", "min": 0},
    )
    show_context_indicator: bool = field(
        default=True, metadata={"doc": "Show how full the agent's context is."}
    )
    reply_footer: bool = field(
        default=True, metadata={"doc": "Put a footer (model, context, folder) under answers."}
    )
    hide_agent_footer: bool = field(
        default=False, metadata={"doc": "Remove footer lines that the agent itself prints."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPreview:
    """`[stream_preview]`."""

    enabled: bool = field(
        default=True, metadata={"doc": "Show the answer while the agent is still writing it."}
    )
    disabled_platforms: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Platforms without a preview.", "built": built.PREVIEW_TUNING},
    )
    interval_ms: int = field(
        default=1500, metadata={"doc": "Least time between two edits, in ms.", "min": 0}
    )
    min_delta_chars: int = field(
        default=30,
        metadata={
            "doc": "Least number of new characters for an edit.",
            "min": 0,
            "built": built.PREVIEW_TUNING,
        },
    )
    max_chars: int = field(
        default=2000,
        metadata={
            "doc": "Length at which a preview is cut.",
            "min": 0,
            "built": built.PREVIEW_TUNING,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantReply:
    """`[instant_reply]`."""

    enabled: bool = field(default=False, metadata={"doc": "Confirm every message at once."})
    content: str = field(
        default="",
        metadata={"doc": "Text of the confirmation.", "default": "a text in the chat's language"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """`[rate_limit]`, also of a role."""

    max_messages: int = field(
        default=20,
        metadata={"doc": "Messages that may come in within the window; 0 = no limit.", "min": 0},
    )
    window_secs: int = field(
        default=60, metadata={"doc": "Length of the window, in seconds.", "min": 0}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRate:
    """`[outgoing_rate_limit.platforms.<name>]`."""

    max_per_second: float = field(
        default=0.0, metadata={"doc": "Messages sent per second; 0 = no limit.", "min": 0}
    )
    burst: int = field(
        default=0,
        metadata={
            "doc": "Messages that may go out at once.",
            "default": "max_per_second, rounded up",
            "min": 0,
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRateLimit(PlatformRate):
    """`[outgoing_rate_limit]`."""

    platforms: Mapping[str, PlatformRate] = field(
        default_factory=dict, metadata={"doc": "Other limits for single platforms, by type."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`[queue]`."""

    max_depth: int = field(
        default=20,
        metadata={"doc": "Messages that may wait while the agent works, per chat.", "min": 0},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """`[relay]`."""

    timeout_secs: int = field(
        default=120, metadata={"doc": "How long a bot waits for another one; 0 = ever.", "min": 0}
    )
    visibility: Literal["full", "summary", "none"] = field(
        default="full", metadata={"doc": "What the chat sees of the exchange."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """`[cron]`."""

    silent: bool = field(
        default=False, metadata={"doc": "Do not announce that a job starts (timers too)."}
    )
    session_mode: Literal["reuse", "new_per_run"] = field(
        default="reuse",
        metadata={
            "doc": "Whether a job goes on in the chat's session.",
            "spelled": {"new-per-run": "new_per_run"},
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`[webhook]`."""

    enabled: bool = field(default=False, metadata={"doc": "Take prompts over HTTP."})
    port: int = field(default=9111, metadata={"doc": "Port.", "min": 0, "max": 65535, "zero": True})
    token: str = field(
        default="", repr=False, metadata={"doc": "What a caller has to present.", "secret": True}
    )
    path: str = field(default="/hook", metadata={"doc": "Path.", "starts": ("/",)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """`[bridge]`."""

    enabled: bool = field(default=False, metadata={"doc": "Let adapters in other languages in."})
    port: int = field(default=9810, metadata={"doc": "Port.", "min": 0, "max": 65535, "zero": True})
    token: str = field(
        default="",
        repr=False,
        metadata={"doc": "What an adapter has to present; needed.", "secret": True},
    )
    path: str = field(default="/bridge/ws", metadata={"doc": "Path.", "starts": ("/",)})
    cors_origins: tuple[str, ...] = field(
        default=(), metadata={"doc": "Other web pages that may connect."}
    )
    insecure: bool = field(default=False, metadata={"doc": "Allow an empty token."})

    def check(self) -> Iterable[Complaint]:
        """A bridge without a token has to be asked for."""
        if self.enabled and not self.token and not self.insecure:
            yield "token", "is needed", "or set insecure = true if nobody else can reach the port"


@dataclass(frozen=True, slots=True, kw_only=True)
class Management:
    """`[management]`: the web page and its API."""

    enabled: bool = field(default=True, metadata={"doc": "Serve the web page and its API."})
    host: str = field(
        default="127.0.0.1",
        metadata={"doc": "Address to listen on. Any other makes the page reachable from outside."},
    )
    port: int = field(
        default=9820, metadata={"doc": "Port; 0 = any free one.", "min": 0, "max": 65535}
    )
    token: str = field(
        default="",
        repr=False,
        metadata={"doc": "Bearer token for programs.", "secret": True},
    )
    cors_origins: tuple[str, ...] = field(
        default=(), metadata={"doc": "Other web pages that may use the API."}
    )
    names: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Further host names under which the page may be called, behind a reverse proxy "
            "for example."
        },
    )

    @property
    def on_loopback(self) -> bool:
        """Whether only programs of this machine can reach it."""
        host = self.host.strip("[]").casefold()
        return host in ("localhost", "::1") or _LOOPBACK.fullmatch(host) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderModel:
    """One of a provider's models."""

    model: str = field(metadata={"doc": "Name of the model."})
    alias: str = field(default="", metadata={"doc": "Short name for /model."})


@dataclass(frozen=True, slots=True, kw_only=True)
class CodexProvider:
    """What only Codex wants to know of a provider."""

    env_key: str = field(default="", metadata={"doc": "Variable that holds the key."})
    wire_api: Literal["", "responses", "chat"] = field(
        default="", metadata={"doc": "Which of the two API forms it speaks."}
    )
    http_headers: Mapping[str, str] = field(
        default_factory=dict,
        repr=False,
        metadata={"doc": "Headers to send along.", "secret": True},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`[[providers]]` and `[[projects.agent.providers]]`: who serves the model."""

    name: str = field(metadata={"doc": "Name, for /provider and provider_refs."})
    api_key: str = field(default="", repr=False, metadata={"doc": "Its key.", "secret": True})
    base_url: str = field(default="", metadata={"doc": "Its address.", "starts": _HTTP})
    model: str = field(default="", metadata={"doc": "Model to start with."})
    env: Mapping[str, str] = field(
        default_factory=dict,
        repr=False,
        metadata={"doc": "More environment for the agent.", "secret": True},
    )
    models: tuple[ProviderModel, ...] = field(
        default=(), metadata={"doc": "What /model offers.", "built": built.PROVIDER_MODELS}
    )
    thinking: Literal["", "enabled", "disabled"] = field(
        default="",
        metadata={
            "doc": "Rewrites the thinking mode in requests.",
            "built": built.PROVIDER_THINKING,
        },
    )
    agent_types: tuple[str, ...] = field(
        default=(), metadata={"doc": "Only for these agents; empty = for all."}
    )
    endpoints: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"doc": "Address by agent.", "built": built.PROVIDER_OVERRIDES, "starts": _HTTP},
    )
    agent_models: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"doc": "Model by agent.", "built": built.PROVIDER_OVERRIDES},
    )
    agent_model_lists: Mapping[str, tuple[ProviderModel, ...]] = field(
        default_factory=dict,
        metadata={"doc": "What /model offers, by agent.", "built": built.PROVIDER_OVERRIDES},
    )
    codex: CodexProvider | None = field(
        default=None, metadata={"doc": "For Codex only.", "built": built.PROVIDER_CODEX}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`[[commands]]`: a command of your own."""

    name: str = field(metadata={"doc": "The word after the slash."})
    description: str = field(default="", metadata={"doc": "One line for menus."})
    prompt: str = field(default="", metadata={"doc": "Prompt, with {{1}}, {{args}} filled in."})
    exec: str = field(
        default="", metadata={"doc": "Shell command in its place. Shell text: see ${NAME} above."}
    )
    work_dir: str = field(default="", metadata={"doc": "Folder for `exec`."})

    def check(self) -> Iterable[Complaint]:
        """A command is either a prompt or a shell command."""
        if self.prompt and self.exec:
            yield "exec", "cannot be together with prompt"
        elif not self.prompt and not self.exec:
            yield "prompt", "is missing", "a command needs prompt or exec"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """`[[aliases]]`: another way to say a command."""

    name: str = field(metadata={"doc": "The whole message, or its first word."})
    command: str = field(metadata={"doc": "What is run, as /help."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """`[[hooks]]`: tell another program what happens."""

    event: Literal[
        "*",
        "message.received",
        "message.sent",
        "session.started",
        "session.ended",
        "cron.triggered",
        "timer.triggered",
        "permission.requested",
        "error",
    ] = field(metadata={"doc": "What to tell."})
    type: Literal["command", "http"] = field(metadata={"doc": "Run a command or send a POST."})
    command: str = field(
        default="", metadata={"doc": "Command line. Shell text: see ${NAME} above."}
    )
    url: str = field(default="", metadata={"doc": "Address to post to.", "starts": _HTTP})
    timeout: int = field(
        default=0,
        metadata={"doc": "In seconds.", "default": "10 for a command, 5 for http", "min": 0},
    )
    async_: bool = field(default=True, metadata={"doc": "Do not wait for its end.", "key": "async"})

    def check(self) -> Iterable[Complaint]:
        """Each type has its own target."""
        needed = "command" if self.type == "command" else "url"
        if not getattr(self, needed):
            yield needed, "is missing", f'a hook of the type "{self.type}" needs it'
