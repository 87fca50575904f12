"""Tables inside a project: roles, heartbeat, compressing, observing, references to files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cc_connect.app.config.models_shared import RateLimit
from cc_connect.app.config.problems import quoted
from cc_connect.app.config.read import Complaint

EVERYBODY = "*"

_PARTS_OF_A_CHAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`[projects.users.roles.<name>]`."""

    user_ids: tuple[str, ...] = field(
        metadata={"doc": 'Who has the role; "*" = everybody else.', "csv": True, "nonempty": True}
    )
    disabled_commands: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Commands they cannot use, in place of the project's list.", "csv": True},
    )
    rate_limit: RateLimit | None = field(
        default=None, metadata={"doc": "A limit of their own.", "default": "the common one"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """`[projects.users]`."""

    default_role: str | None = field(
        default=None, metadata={"doc": "Role of people that no role names.", "default": '"member"'}
    )
    roles: Mapping[str, Role] = field(default_factory=dict, metadata={"doc": "Roles by name."})

    def check(self) -> Iterable[Complaint]:
        """Nobody is in two roles, and there is one role at most for everybody else."""
        seen: dict[str, str] = {}
        for name, role in self.roles.items():
            for index, user in enumerate(role.user_ids):
                other = seen.setdefault(user.casefold(), name)
                if other != name:
                    who = "everybody" if user == EVERYBODY else "this user"
                    place = ("roles", name, "user_ids")
                    yield (*place, index), f"{who} is in the role {quoted(other)} already"
        default = self.default_role or "member"
        implied = self.default_role is None and EVERYBODY in seen
        if self.roles and default not in self.roles and not implied:
            names = ", ".join(quoted(name) for name in self.roles)
            yield "default_role", f"there is no role {quoted(default)}", f"only {names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """`[projects.heartbeat]`: wake the agent at intervals."""

    enabled: bool = field(default=False, metadata={"doc": "Do it."})
    interval_mins: int = field(
        default=30, metadata={"doc": "Minutes between two.", "min": 1, "zero": True}
    )
    only_when_idle: bool = field(
        default=True, metadata={"doc": "Pass over one while the agent works."}
    )
    session_key: str = field(
        default="", metadata={"doc": "Chat, as `discord:<channel>:<user>`; needed."}
    )
    prompt: str = field(
        default="", metadata={"doc": "What to say.", "default": "HEARTBEAT.md of the work folder"}
    )
    silent: bool = field(default=True, metadata={"doc": "Do not announce it in the chat."})
    timeout_mins: int = field(
        default=30, metadata={"doc": "Minutes it may take.", "min": 1, "zero": True}
    )

    def check(self) -> Iterable[Complaint]:
        """It has to know its chat."""
        chat = self.session_key.split(":")
        if not self.session_key:
            if self.enabled:
                yield "session_key", "is missing", "a heartbeat needs the chat to go to"
        elif len(chat) < _PARTS_OF_A_CHAT or not all(chat[:_PARTS_OF_A_CHAT]):
            yield "session_key", "has to be like platform:chat or platform:chat:user"


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoCompress:
    """`[projects.auto_compress]`: have the agent shorten a long session."""

    enabled: bool = field(default=False, metadata={"doc": "Do it."})
    max_tokens: int = field(
        default=12000, metadata={"doc": "Estimated length at which.", "min": 1, "zero": True}
    )
    min_gap_mins: int = field(default=30, metadata={"doc": "Minutes between two.", "min": 0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """`[projects.observe]`: show in a channel what happens in sessions of the terminal."""

    enabled: bool = field(default=False, metadata={"doc": "Do it."})
    channel: str = field(default="", metadata={"doc": "The channel.", "number": True})

    def check(self) -> Iterable[Complaint]:
        """It has to know its channel."""
        if self.enabled and not self.channel:
            yield "channel", "is missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """`[projects.references]`: how files are named in answers."""

    normalize_agents: tuple[str, ...] = field(
        default=(), metadata={"doc": 'Agents whose answers are looked through; "all" = all.'}
    )
    render_platforms: tuple[str, ...] = field(
        default=(), metadata={"doc": 'Platforms for which they are rewritten; "all" = all.'}
    )
    display_path: Literal["absolute", "relative", "basename", "dirname_basename", "smart"] = field(
        default="dirname_basename", metadata={"doc": "How much of a path is shown."}
    )
    marker_style: Literal["none", "ascii", "emoji"] = field(
        default="emoji", metadata={"doc": "What stands before it."}
    )
    enclosure_style: Literal["none", "bracket", "angle", "fullwidth", "code"] = field(
        default="code", metadata={"doc": "What stands around it."}
    )
