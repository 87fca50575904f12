"""The whole configuration: `Config`, and its projects with their agent and platforms.

Every option stands here (or in a `models_*` module) once: its type, its default, one line for
docs/config.md, and whether it works already (`built`). How a field is read is told in `read`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from cc_connect.app.config import built, reference
from cc_connect.app.config.models_project import (
    AutoCompress,
    Heartbeat,
    Observe,
    References,
    Users,
)
from cc_connect.app.config.models_shared import (
    Alias,
    Bridge,
    Command,
    Cron,
    Display,
    Hook,
    InstantReply,
    Log,
    Management,
    OutgoingRateLimit,
    Provider,
    Queue,
    RateLimit,
    Relay,
    StreamPreview,
    Webhook,
)
from cc_connect.app.config.models_voice import Speech, Tts
from cc_connect.app.config.problems import NOWHERE, Where
from cc_connect.app.config.read import Complaint

AUTO = "auto"
"""Type of an agent that is still to be looked for on this machine."""

PROVIDER = "provider"
"""The one option of every agent that the program itself acts on: which provider is used."""

OnRestart = Literal["resume", "notify"]

_USER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
_NOT_FOR_ANOTHER_USER = re.compile(
    r"LD_PRELOAD|LD_LIBRARY_PATH|DYLD_.*|PATH|HOME|USER|SHELL|SUDO_USER|SUDO_COMMAND", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """`[projects.agent]`.

    Attributes:
        options: As written, placeholders replaced. The agent's own class reads them.
        settings: What that class made of them (`settle`), or None.
        providers: In the finished configuration those that apply to this agent: the shared ones
            that are referred to, then the project's own, which take the place of namesakes.
        where: The place of this table.
    """

    type: str = field(metadata={"doc": "Which agent; `auto` = the first that is installed."})
    options: Mapping[str, object] = field(
        default_factory=dict, repr=False, metadata={"doc": "Options of the agent: see its page."}
    )
    provider_refs: tuple[str, ...] = field(
        default=(), metadata={"doc": "Names of shared providers that this project uses."}
    )
    providers: tuple[Provider, ...] = field(
        default=(), metadata={"doc": "Providers of this project only; keys as in `[[providers]]`."}
    )
    settings: object = field(default=None, repr=False, metadata={"internal": True})
    where: Where = field(default=NOWHERE, repr=False, compare=False)

    @property
    def provider(self) -> Provider | None:
        """The provider that is used; None for the agent's own account."""
        chosen = self.options.get(PROVIDER)
        return next((one for one in self.providers if one.name == chosen), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfig:
    """`[[projects.platforms]]`.

    Attributes:
        options: As written, placeholders replaced. The platform's own class reads them.
        settings: What that class made of them (`settle`), or None.
        where: The place of this table.
    """

    type: str = field(metadata={"doc": "Which chat platform."})
    options: Mapping[str, object] = field(
        default_factory=dict, repr=False, metadata={"doc": "Options of the platform: see its page."}
    )
    settings: object = field(default=None, repr=False, metadata={"internal": True})
    where: Where = field(default=NOWHERE, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectConfig:
    """`[[projects]]`: one agent, the chats it is driven from, and their rules.

    In the finished configuration `display` is complete, `show_context_indicator` and `reply_footer`
    agree with it, and what is None in the file but has a shared value has that value.
    """

    planned: ClassVar[frozenset[str]] = reference.PROJECT_KEYS

    name: str = field(metadata={"doc": "Name; also in scripts, so do not change it lightly."})
    admin_from: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'Who may use the commands of admins; "*" = everybody.', "csv": True},
    )
    disabled_commands: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'Commands that are switched off; "*" = all of them.', "csv": True},
    )
    users: Users | None = field(
        default=None, metadata={"doc": "Roles of people.", "built": built.ROLES}
    )
    approvers: tuple[str, ...] = field(
        default=("requester", "admin"),
        metadata={
            "doc": "Who may answer the agent: `requester`, `admin`, `member`, names of roles.",
            "csv": True,
            "nonempty": True,
        },
    )
    display: Display = field(
        default_factory=Display,
        metadata={"doc": "Keys of `[display]` that are different in this project."},
    )
    quiet: bool | None = field(
        default=None,
        metadata={"doc": 'Older way to say display.mode = "quiet".', "default": "as shared"},
    )
    show_context_indicator: bool | None = field(
        default=None, metadata={"doc": "Goes before display's.", "default": "as in display"}
    )
    show_workdir_indicator: bool = field(
        default=True, metadata={"doc": "Show the work folder in the footer."}
    )
    reply_footer: bool | None = field(
        default=None, metadata={"doc": "Goes before display's.", "default": "as in display"}
    )
    inject_sender: bool = field(
        default=False, metadata={"doc": "Tell the agent who speaks, in front of every prompt."}
    )
    agent_session_idle_timeout_mins: int = field(
        default=30,
        metadata={
            "doc": "Minutes without work after which the agent's process is ended (its session "
            "goes on with the next message); 0 = never.",
            "min": 0,
        },
    )
    reset_on_idle_mins: int = field(
        default=0,
        metadata={
            "doc": "Minutes without a message after which a new session begins; 0 = never.",
            "min": 0,
            "built": built.RESET_ON_IDLE,
        },
    )
    busy: Literal["queue", "steer", "interrupt"] = field(
        default="queue",
        metadata={
            "doc": "What a message does while the agent works: wait, go into the running turn, or "
            "end it."
        },
    )
    on_restart: OnRestart | None = field(
        default=None,
        metadata={"doc": "As the key at the top, for this project.", "default": "as shared"},
    )
    approval_timeout_mins: int | None = field(
        default=None,
        metadata={
            "doc": "As the key at the top, for this project.",
            "default": "as shared",
            "min": 0,
        },
    )
    merge_queued: bool = field(
        default=False,
        metadata={
            "doc": "Give what a person has waiting to the agent as one prompt.",
            "built": built.MERGE_QUEUED,
        },
    )
    prewarm: bool = field(
        default=False,
        metadata={"doc": "Keep a spare process for the next session.", "built": built.PREWARM},
    )
    long_answer: Literal["", "split", "file"] = field(
        default="",
        metadata={
            "doc": "A long answer becomes several messages (split) or a file with its beginning as "
            "text (file); empty = several messages up to six, else a file.",
        },
    )
    allow_roots: tuple[Path, ...] = field(
        default=(),
        metadata={
            "doc": "Folders that /dir may go to, and what is below; empty = any.",
            "built": built.ALLOW_ROOTS,
            "essential": True,
        },
    )
    mode: Literal["", "multi-workspace"] = field(
        default="",
        metadata={
            "doc": "multi-workspace: every channel has a folder of its own below base_dir.",
            "built": built.WORKSPACES,
            "essential": True,
        },
    )
    base_dir: Path | None = field(
        default=None, metadata={"doc": "Folder of the workspaces.", "built": built.WORKSPACES}
    )
    skip_git: bool = field(
        default=False,
        metadata={"doc": "A new workspace is an empty folder.", "built": built.WORKSPACES},
    )
    workspace_init_allow_local_paths: bool = field(
        default=False,
        metadata={"doc": "/workspace init takes folders too.", "built": built.WORKSPACES},
    )
    workspace_idle_timeout_mins: int | None = field(
        default=None,
        metadata={
            "doc": "Outdated: set it at the top.",
            "default": "as shared",
            "built": built.WORKSPACES,
            "min": 0,
        },
    )
    filter_external_sessions: bool = field(
        default=False,
        metadata={
            "doc": "/list shows only sessions that were begun from a chat.",
            "built": built.EXTERNAL_SESSIONS,
        },
    )
    run_as_user: str = field(
        default="",
        metadata={
            "doc": "System user that the agent runs as.",
            "built": built.RUN_AS_USER,
            "essential": True,
        },
    )
    run_as_env: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Variables that this user's agent gets.",
            "csv": True,
            "built": built.RUN_AS_USER,
        },
    )
    heartbeat: Heartbeat = field(
        default_factory=Heartbeat,
        metadata={"doc": "Wake the agent at intervals.", "built": built.HEARTBEAT},
    )
    auto_compress: AutoCompress = field(
        default_factory=AutoCompress,
        metadata={"doc": "Have long sessions shortened.", "built": built.AUTO_COMPRESS},
    )
    observe: Observe | None = field(
        default=None, metadata={"doc": "Show terminal sessions.", "built": built.OBSERVE}
    )
    references: References = field(
        default_factory=References,
        metadata={"doc": "How files are named.", "built": built.REFERENCES},
    )
    shell: str = field(
        default="",
        metadata={"doc": "As at the top.", "default": "as shared", "built": built.SHELL},
    )
    shell_profile: str = field(
        default="",
        metadata={"doc": "As at the top.", "default": "as shared", "built": built.SHELL},
    )
    agent: AgentConfig = field(metadata={"doc": "The agent."})
    platforms: tuple[PlatformConfig, ...] = field(
        default=(PlatformConfig(type="web"),),
        metadata={
            "doc": "The chat platforms. All projects are on the web page as well.",
            "nonempty": True,
            "default": "the web page",
        },
    )
    where: Where = field(default=NOWHERE, repr=False, compare=False)

    def check(self) -> Iterable[Complaint]:
        """The rules that concern several keys of a project."""
        if self.mode == "multi-workspace":
            if self.base_dir is None:
                yield "base_dir", "is missing", 'mode = "multi-workspace" needs it'
            if "work_dir" in self.agent.options:
                place = ("agent", "options", "work_dir")
                yield place, 'cannot be together with mode = "multi-workspace"'
        user = self.run_as_user
        if user.casefold() == "root" or user.strip("0") == "" != user:
            yield "run_as_user", "must not be root"
        elif user and not _USER_NAME.fullmatch(user):
            yield "run_as_user", "is not the name of a user", "up to 32 of a-z, 0-9, _ . and -"
        for index, name in enumerate(self.run_as_env):
            if _NOT_FOR_ANOTHER_USER.fullmatch(name.strip()):
                yield ("run_as_env", index), f"{name.strip()} must not be handed on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A configuration that can be run.

    Attributes:
        projects: Those without an error; the others are in `Loaded.parked`.
        where: The place of the file itself.
    """

    planned: ClassVar[frozenset[str]] = reference.TOP_KEYS

    data_dir: Path = field(
        default=Path("~/.cc-connect"), metadata={"doc": "Folder of everything that is kept."}
    )
    language: Literal["", "en", "zh", "zh-TW", "ja", "es"] = field(
        default="",
        metadata={
            "doc": "Language of the program's texts; empty = that of each message.",
            "spelled": {
                "auto": "",
                "english": "en",
                "chinese": "zh",
                "zh_TW": "zh-TW",
                "zhtw": "zh-TW",
                "japanese": "ja",
                "spanish": "es",
            },
            "forgiving": True,
        },
    )
    providers: tuple[Provider, ...] = field(
        default=(), metadata={"doc": "Who serves models; see `provider_refs`."}
    )
    disabled_plugins: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Platforms and agents that are kept out, by type.", "csv": True},
    )
    quiet: bool | None = field(
        default=None,
        metadata={"doc": 'Older way to say display.mode = "quiet".', "default": "false"},
    )
    idle_timeout_mins: int = field(
        default=120,
        metadata={"doc": "Minutes of silence after which a turn is ended; 0 = never.", "min": 0},
    )
    max_turn_time_mins: int = field(
        default=0, metadata={"doc": "Minutes a turn may take; 0 = no limit.", "min": 0}
    )
    approval_timeout_mins: int = field(
        default=1440,
        metadata={
            "doc": "Minutes after which an unanswered permission is refused; 0 = never.",
            "min": 0,
        },
    )
    on_restart: OnRestart = field(
        default="resume",
        metadata={
            "doc": "A turn that a restart cut off: go on with it, or only say that it was cut off."
        },
    )
    catch_up_max_age_mins: int = field(
        default=10,
        metadata={
            "doc": "Minutes: about an older message that came while the program was away people "
            "are asked before it is run; 0 = all are run.",
            "min": 0,
        },
    )
    retention_days: int = field(
        default=90, metadata={"doc": "Days that what is over is kept; 0 = for ever.", "min": 0}
    )
    max_live_agents: int = field(
        default=0,
        metadata={
            "doc": "Beyond so many agents idle ones are ended, the longest idle first; 0 = only "
            "when memory is short.",
            "min": 0,
            "built": built.LIVE_AGENTS_LIMIT,
        },
    )
    max_attachment_size_mb: int = field(
        default=50,
        metadata={
            "doc": "Largest attachment, in MB. CC_MAX_ATTACHMENT_SIZE_MB goes before it.",
            "min": 1,
            "zero": True,
        },
    )
    attachment_send: Literal["on", "off"] = field(
        default="on",
        metadata={
            "doc": "Whether agents may send files with `cc-connect send`.",
            "built": built.ATTACHMENT_SEND,
        },
    )
    banned_words: tuple[str, ...] = field(
        default=(), metadata={"doc": "Messages with one of these are refused (case is ignored)."}
    )
    workspace_idle_timeout_mins: int = field(
        default=15,
        metadata={
            "doc": "Minutes after which the agent of a workspace is ended; 0 = never.",
            "min": 0,
            "built": built.WORKSPACES,
        },
    )
    shell: str = field(
        default="sh", metadata={"doc": "Shell of commands, jobs and hooks.", "built": built.SHELL}
    )
    shell_profile: str = field(
        default="",
        metadata={
            "doc": "Goes before every command line. Shell text: see ${NAME} above.",
            "built": built.SHELL,
        },
    )
    provider_presets_url: str = field(
        default="",
        metadata={
            "doc": "Another list of well-known providers.",
            "starts": ("http://", "https://"),
            "built": built.PROVIDER_PRESETS,
        },
    )
    log: Log = field(default_factory=Log, metadata={"doc": "The log."})
    display: Display = field(default_factory=Display, metadata={"doc": "What is shown."})
    stream_preview: StreamPreview = field(
        default_factory=StreamPreview, metadata={"doc": "The answer while it is written."}
    )
    queue: Queue = field(default_factory=Queue, metadata={"doc": "Messages that wait."})
    rate_limit: RateLimit = field(
        default_factory=RateLimit, metadata={"doc": "How fast people may write."}
    )
    outgoing_rate_limit: OutgoingRateLimit = field(
        default_factory=OutgoingRateLimit,
        metadata={"doc": "How fast the program may write.", "built": built.OUTGOING_RATE_LIMIT},
    )
    instant_reply: InstantReply = field(
        default_factory=InstantReply,
        metadata={"doc": "Confirm messages.", "built": built.INSTANT_REPLY},
    )
    relay: Relay = field(
        default_factory=Relay, metadata={"doc": "Bots that ask bots.", "built": built.RELAY}
    )
    cron: Cron = field(default_factory=Cron, metadata={"doc": "Jobs.", "built": built.CRON})
    management: Management = field(
        default_factory=Management, metadata={"doc": "The web page and its API."}
    )
    webhook: Webhook = field(
        default_factory=Webhook, metadata={"doc": "Prompts over HTTP.", "built": built.WEBHOOK}
    )
    bridge: Bridge = field(
        default_factory=Bridge, metadata={"doc": "Adapters from outside.", "built": built.BRIDGE}
    )
    commands: tuple[Command, ...] = field(
        default=(), metadata={"doc": "Commands of your own.", "built": built.COMMANDS}
    )
    aliases: tuple[Alias, ...] = field(default=(), metadata={"doc": "Other names of commands."})
    hooks: tuple[Hook, ...] = field(
        default=(), metadata={"doc": "Programs that are told things.", "built": built.HOOKS}
    )
    speech: Speech = field(
        default_factory=Speech, metadata={"doc": "Voice to text.", "built": built.SPEECH}
    )
    tts: Tts = field(default_factory=Tts, metadata={"doc": "Text to voice.", "built": built.TTS})
    projects: tuple[ProjectConfig, ...] = field(
        metadata={
            "doc": "The projects.",
            "nonempty": True,
            "default": "one, in the folder of the start",
        }
    )
    where: Where = field(default=NOWHERE, repr=False, compare=False)
