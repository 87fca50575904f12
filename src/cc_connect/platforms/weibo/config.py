"""What a person can set under `[projects.platforms.options]` of type `weibo`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

TOKEN_ENDPOINT = "https://open-im.api.weibo.com/open/auth/ws_token"  # noqa: S105 - an address
WS_ENDPOINT = "wss://open-im.api.weibo.com/ws/stream"


class Streaming(StrEnum):
    """How an answer is sent."""

    DELTA = "delta"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeiboOptions:
    """Options of a Weibo assistant. Who is let in is read by the program as well."""

    app_id: str = field(
        metadata={
            "doc": "AppId that @微博龙虾助手 gave when it was sent `连接龙虾`.",
            "number": True,
            "nonempty": True,
        }
    )
    app_secret: str = field(
        repr=False,
        metadata={"doc": "AppSecret from the same message.", "secret": True, "nonempty": True},
    )
    allow_from: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "uids of the people who may use the assistant, or `*` for everybody.",
            "csv": True,
        },
    )
    name: str = field(default="weibo", metadata={"doc": "What log lines call it."})
    stream: Streaming = field(
        default=Streaming.DELTA,
        metadata={
            "doc": "How an answer is sent: `delta` (it grows while it is written) or `final` (at "
            "its end, in pieces)."
        },
    )
    token_endpoint: str = field(
        default=TOKEN_ENDPOINT,
        metadata={"doc": "Where tokens come from.", "starts": ("http://", "https://")},
    )
    ws_endpoint: str = field(
        default=WS_ENDPOINT,
        metadata={"doc": "Where messages come from.", "starts": ("ws://", "wss://")},
    )
    proxy: str = field(
        default="",
        metadata={
            "doc": "HTTP proxy for everything that is sent and received.",
            "starts": ("http://", "https://"),
        },
    )

    def check(self) -> Iterator[tuple[str, str, str]]:
        """Tell what does not fit together, as (key, message, hint)."""
        for key in ("token_endpoint", "ws_endpoint"):
            try:
                host = urlsplit(getattr(self, key)).hostname
            except ValueError:
                host = None
            if not host:
                yield key, "is no address", "leave it out to use Weibo's own"
