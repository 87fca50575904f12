"""One thing to say as rows of the outbox: degraded for its platform, in pieces it can take."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from cc_connect.contract.content import Attachment, Content, Text
from cc_connect.contract.platform import Kind, Post, Support
from cc_connect.core.degrade import MEASURES, degrade, pieces
from cc_connect.core.markdown import head
from cc_connect.core.texts import say
from cc_connect.runtime.settings import LongAnswer, Settings
from cc_connect.store.changes import PostQueued

MOST_PIECES = 6
ROOM = 120
"""Characters left free beside the beginning of a long answer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a post belongs to, what it answers, whom it calls, and who alone should see it."""

    conversation: str | None = None
    turn: str | None = None
    reply_to: str | None = None
    mention: tuple[str, ...] = ()
    only_for: str = ""


def posts(
    settings: Settings, content: Content, key: str, kind: Kind, at: float, origin: Origin
) -> tuple[PostQueued, ...]:
    """The rows, in order.

    The last piece has the key itself: it holds the buttons, and is what is amended later.
    """
    parts = pieces(degrade(content, settings.can, settings.language), settings.can)
    if kind is Kind.FINAL and _too_long(parts, settings):
        parts = pieces(_as_file(content, settings), settings.can)
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
            only_for=origin.only_for,
        )
        queued.append(PostQueued(post.key, post, at, origin.conversation, origin.turn))
    return tuple(queued)


def _too_long(parts: tuple[Content, ...], settings: Settings) -> bool:
    if len(parts) == 1 or settings.can.files is Support.NONE or settings.long_texts is None:
        return False
    match settings.long_answer:
        case LongAnswer.AUTO:
            return len(parts) > MOST_PIECES
        case LongAnswer.FILE:
            return True
        case LongAnswer.SPLIT:
            return False
        case _:
            assert_never(settings.long_answer)


def _as_file(content: Content, settings: Settings) -> Content:
    """The beginning of a long answer, and the whole of it as a file that nobody changes."""
    text = "\n\n".join(block.markdown for block in content if isinstance(block, Text))
    rest = tuple(block for block in content if not isinstance(block, Text))
    data = text.encode()
    path = kept_text(settings.long_texts or Path(), data, ".md")
    note = say(settings.language, "long_answer")
    can = settings.can
    beginning = head(text, can.text_limit - len(note) - ROOM, MEASURES[can.text_unit])
    attachment = Attachment(str(path), "answer.md", "text/markdown", len(data))
    whole = (Text(beginning), Text(note), attachment, *rest)
    return degrade(whole, can, settings.language)


def kept_text(folder: Path, data: bytes, suffix: str, name: str = "") -> Path:
    """Write a long text into a file that only we can read, named by its content unless named."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name or hashlib.sha256(data).hexdigest()[:32]}{suffix}"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    return path
