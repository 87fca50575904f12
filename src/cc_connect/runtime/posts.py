"""One thing to say as rows of the outbox: degraded for its platform, in pieces it can take."""

from dataclasses import dataclass

from cc_connect.contract.content import Content
from cc_connect.contract.platform import Kind, Post
from cc_connect.core.degrade import degrade, pieces
from cc_connect.runtime.settings import Settings
from cc_connect.store.changes import PostQueued


@dataclass(frozen=True, slots=True)
class Origin:
    """What a post belongs to, what it answers and whom it calls."""

    conversation: str | None = None
    turn: str | None = None
    reply_to: str | None = None
    mention: tuple[str, ...] = ()


def posts(
    settings: Settings, content: Content, key: str, kind: Kind, at: float, origin: Origin
) -> tuple[PostQueued, ...]:
    """The rows, in order.

    The last piece has the key itself: it holds the buttons, and is what is amended later.
    """
    drawn = degrade(content, settings.can, settings.language)
    parts = pieces(drawn, settings.can)
    queued = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        post = Post(
            settings.address,
            part,
            key if last else f"{key}:{place + 1}",
            kind,
            reply_to=origin.reply_to if place == 0 else None,
            mention=origin.mention if last else (),
            stream=origin.turn if kind is Kind.FINAL else None,
        )
        queued.append(PostQueued(post.key, post, at, origin.conversation, origin.turn))
    return tuple(queued)
