"""What a person can set under `[projects.platforms.options]` of type `discord`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cc_connect.contract.platform import ProgressStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What holds at a place, unless a person there said otherwise."""

    project: str = field(default="", metadata={"doc": "The project that is worked on there."})
    mode: str = field(default="", metadata={"doc": "The mode in which sessions begin there."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordOptions:
    """Options of a Discord bot.

    Who is let in, how a chat is shared and `progress_style` are read by the program as well; the
    rest concerns the adapter alone.
    """

    token: str = field(
        repr=False,
        metadata={"doc": "Token of the bot, from the page Bot of the portal.", "secret": True},
    )
    allow_from: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Ids of the people or roles who may use the bot, or `*` for everybody.",
            "csv": True,
        },
    )
    guild_id: str = field(
        default="",
        metadata={
            "doc": "Id of the server whose members are offered the commands at once; "
            "without it Discord takes up to an hour. Other servers are served all the same.",
            "number": True,
        },
    )
    group_reply_all: bool = field(
        default=False,
        metadata={"doc": "Answer every message of a channel, not only those that call the bot."},
    )
    group_reply_all_guilds: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Ids of servers: `group_reply_all` for these only.", "csv": True},
    )
    share_session_in_channel: bool = field(
        default=False, metadata={"doc": "One conversation for everybody in a channel."}
    )
    thread_isolation: bool = field(
        default=False,
        metadata={"doc": "Open a thread for every conversation that begins in a channel."},
    )
    respond_to_at_everyone_and_here: bool = field(
        default=False, metadata={"doc": "`@everyone` and `@here` call the bot too."}
    )
    channels: Mapping[str, Assigned] = field(
        default_factory=dict,
        metadata={
            "doc": "Projects and modes by the id of a thread, channel, category or server; the "
            "nearest counts."
        },
    )
    bots: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Ids of other bots that may call this one, by its mention. They must be let in "
            "by `allow_from`, too. All others are ignored.",
            "csv": True,
        },
    )
    bot_hops: int = field(
        default=3,
        metadata={
            "doc": "Most messages of bots in a row, in one channel, that are answered; then a "
            "person must say something.",
            "min": 0,
            "max": 100,
        },
    )
    progress_style: ProgressStyle = field(
        default=ProgressStyle.COMPACT,
        metadata={
            "doc": "How work in progress is shown: `compact` (one message, edited), `card` (the "
            "same in a frame) or `legacy` (a message per step)."
        },
    )
    link_previews: bool = field(
        default=True, metadata={"doc": "Discord may show what is behind links in answers."}
    )
    long_answer: str = field(
        default="",
        metadata={
            "doc": "For this bot, instead of the project's key of the same name: `split`, `file`, "
            "or empty for several messages up to six and else a file.",
            "choices": ("", "split", "file"),
        },
    )
    proxy: str = field(
        default="",
        metadata={
            "doc": "HTTP proxy for everything the bot sends and receives.",
            "starts": ("http://", "https://"),
        },
    )
    proxy_username: str = field(default="", metadata={"doc": "User name for the proxy."})
    proxy_password: str = field(
        default="", repr=False, metadata={"doc": "Password for the proxy.", "secret": True}
    )
    api_base: str = field(
        default="",
        metadata={
            "doc": "Address of the REST API, version included, for tests and for self-hosted "
            "servers that speak the same protocol.",
            "starts": ("http://", "https://"),
            "default": "Discord's own",
        },
    )
    gateway_url: str = field(
        default="",
        metadata={
            "doc": "Address of the gateway, for the same purpose.",
            "starts": ("ws://", "wss://"),
            "default": "Discord's own",
        },
    )

    def check(self) -> Iterator[tuple[str, str, str]]:
        """Tell what does not fit together, as (key, message, hint)."""
        if (self.proxy_username or self.proxy_password) and not self.proxy:
            yield "proxy", "is missing", "proxy_username and proxy_password need a proxy"
        if self.proxy_password and not self.proxy_username:
            yield "proxy_username", "is missing", "proxy_password alone is not sent"
        if bool(self.api_base) != bool(self.gateway_url):
            missing = "gateway_url" if self.api_base else "api_base"
            yield missing, "is missing", "api_base and gateway_url belong to the same server"

    @property
    def account(self) -> str:
        """Tables with the same token are one bot with one connection."""
        return self.token

    @property
    def projects(self) -> tuple[str, ...]:
        """Projects that are named for channels."""
        return tuple(one.project for one in self.channels.values() if one.project)

    def joined(self, other: "DiscordOptions", project: str) -> "DiscordOptions":
        """The same bot as named by another project, whose channels are that one's."""
        theirs = {
            place: replace(one, project=one.project or project)
            for place, one in other.channels.items()
        }
        people = tuple(dict.fromkeys((*self.allow_from, *other.allow_from)))
        return replace(self, channels={**theirs, **self.channels}, allow_from=people)

    def assigned(self, places: Iterable[str]) -> Assigned:
        """What holds at a place, given by ids from the nearest to the farthest."""
        found = [self.channels[place] for place in places if place in self.channels]
        project = next((one.project for one in found if one.project), "")
        return Assigned(project=project, mode=next((one.mode for one in found if one.mode), ""))

    @property
    def reply_all(self) -> frozenset[str]:
        """Ids of the servers in which every message is for the bot; `*` for all."""
        if self.group_reply_all_guilds:
            return frozenset(self.group_reply_all_guilds)
        return frozenset({"*"} if self.group_reply_all else ())
