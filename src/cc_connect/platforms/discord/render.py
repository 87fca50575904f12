"""From blocks to the body of a message: pure. Docs: Message > Create Message, Embed Limits."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cc_connect.contract.content import (
    Attachment,
    Buttons,
    Content,
    Diff,
    Footer,
    Form,
    Menu,
    Steps,
    StepState,
    Table,
    Text,
    Todos,
)
from cc_connect.contract.platform import Kind
from cc_connect.core.degrade import as_markdown
from cc_connect.core.markdown import clip, head, tail
from cc_connect.core.texts import Language
from cc_connect.platforms.discord.components import Group, rows
from cc_connect.platforms.discord.markdown import adapted
from cc_connect.platforms.discord.rights import TEXT_LIMIT
from cc_connect.platforms.discord.wire import Draft

DESCRIPTION = 4000
"""Of an embed; the documentation allows 4096."""
EMBED_FOOTER = 500
LEAST_ROOM = 40
"""Small print shorter than this says nothing; it goes."""
NONCE_BYTES = 12
RUNNING, DONE, FAILED = 0x5865F2, 0x57F287, 0xED4245
SEPARATOR = "\n\n"
NOTHING = "…"
"""Discord refuses a message without anything to read."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that goes as a file, because a message has no room for all of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message, ready to be sent but for the bytes of its files."""

    content: str
    embeds: tuple[Draft, ...] = ()
    components: tuple[Draft, ...] = ()
    files: tuple[Attachment, ...] = ()
    texts: tuple[Written, ...] = ()
    forms: tuple[Form, ...] = ()
    called: tuple[str, ...] = ()

    @property
    def body(self) -> Draft:
        """The JSON of it. It pings nobody but those whom it is meant to call."""
        return {
            "content": self.content,
            "embeds": list(self.embeds),
            "components": list(self.components),
            "allowed_mentions": {"parse": [], "users": list(self.called), "replied_user": False},
        }


def draw(
    content: Content, kind: Kind, *, mention: tuple[str, ...] = (), cards: bool = False
) -> Drawing:
    """Draw a message.

    Args:
        content: Blocks as the capabilities allow them; what exceeds a limit is cut all the same.
        kind: Progress calls nobody, whatever `mention` says.
        mention: Ids of those to call.
        cards: Steps and the like are shown in an embed.
    """
    called = mention if kind is not Kind.LIVE else ()
    groups: list[Group] = [b for b in content if isinstance(b, Buttons | Menu | Form)]
    framed = cards and kind is Kind.LIVE
    embed = _card(content) if framed else _frame(content) if cards else None
    text = "" if framed else _text(content, called, cards=cards)
    files = tuple(block for block in content if isinstance(block, Attachment))
    return Drawing(
        content=text if text or embed or files else NOTHING,
        embeds=() if embed is None else (embed,),
        components=tuple(rows(groups)),
        files=files,
        texts=tuple(_whole_diffs(content, embed["description"])) if embed and not framed else (),
        forms=tuple(group for group in groups if isinstance(group, Form)),
        called=called,
    )


def nonce_of(key: str) -> str:
    """A nonce for a post: the same for the same key, 24 characters (Discord takes 25)."""
    return hashlib.blake2b(key.encode(), digest_size=NONCE_BYTES).hexdigest()


# --- plain messages ---------------------------------------------------------------------------


def _text(content: Content, called: tuple[str, ...], *, cards: bool) -> str:
    prose = SEPARATOR.join(part for part in _prose(content, cards=cards) if part.strip())
    small = "\n".join(small_print(b.text) for b in content if isinstance(b, Footer))
    calls = " ".join(f"<@{person}>" for person in called)
    room = TEXT_LIMIT - len(calls) - 1
    body = adapted(prose, room)
    if len(body) > room:
        body = head(body, room)
    free = room - len(body) - 1
    if small and free >= min(len(small), LEAST_ROOM):
        body = f"{body}\n{clip(small, free - 1)}…" if len(small) > free else f"{body}\n{small}"
    if not calls:
        return body.strip()
    return f"{calls}{' ' if body[:1].isalnum() else chr(10)}{body}".strip()


def _prose(content: Content, *, cards: bool) -> Iterable[str]:
    for block in content:
        match block:
            case Text(markdown):
                yield markdown.strip("\n")
            case Steps() | Todos() | Diff() | Table() if not cards:
                yield as_markdown(block, Language.ENGLISH)
            case _:
                pass


def small_print(text: str) -> str:
    """Discord's subtext: every line has a mark of its own."""
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())


# --- cards ------------------------------------------------------------------------------------


def _card(content: Content) -> Draft:
    """The live message of a turn as one embed: steps above, the growing text below."""
    done = [_description(b) for b in content if isinstance(b, Steps | Todos | Diff | Table)]
    above = clip(SEPARATOR.join(done), DESCRIPTION // 2)
    said = SEPARATOR.join(block.markdown for block in content if isinstance(block, Text))
    room = DESCRIPTION - len(above) - len(SEPARATOR)
    below = tail(adapted(said, room), room) if said.strip() else ""
    card: Draft = {
        "description": SEPARATOR.join(part for part in (above, below) if part) or "…",
        "color": _colour(content),
    }
    small = " · ".join(block.text for block in content if isinstance(block, Footer))
    if small:
        card["footer"] = {"text": clip(small, EMBED_FOOTER)}
    return card


def _colour(content: Content) -> int:
    """A card with buttons can still be stopped, so it runs; else the last step says how it went."""
    if any(isinstance(block, Buttons) for block in content):
        return RUNNING
    steps = [step for block in content if isinstance(block, Steps) for step in block.items]
    return FAILED if steps and steps[-1].state is StepState.FAILED else DONE


def _frame(content: Content) -> Draft | None:
    """Blocks of a prompt or an answer that stand in an embed below the text."""
    drawn = [_description(b) for b in content if isinstance(b, Steps | Todos | Diff | Table)]
    description = SEPARATOR.join(part for part in drawn if part)
    if len(description) > DESCRIPTION:
        description = head(description, DESCRIPTION)
    return {"description": description, "color": RUNNING} if description else None


def _whole_diffs(content: Content, shown: str) -> Iterable[Written]:
    """Changes that the embed does not show to their end: who approves one must see it all."""
    for diff in content:
        if isinstance(diff, Diff) and diff.unified.strip("\n") not in shown:
            name = diff.path.replace("\\", "/").rpartition("/")[2] or "change"
            yield Written(f"{name}.diff", f"--- {diff.path}\n+++ {diff.path}\n{diff.unified}\n")


def _description(block: Steps | Todos | Diff | Table) -> str:
    return adapted(as_markdown(block, Language.ENGLISH), DESCRIPTION)
