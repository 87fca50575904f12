"""What was said in a conversation of the page: the view of the store that the page needs.

The composition root gives an object that reads it from the store. Both kinds of items are keyed so
that an item read here and the same item told over the WebSocket are one: a prompt by the id of its
`Inbound`, a post by its key.
"""

from dataclasses import dataclass
from typing import Protocol

from cc_connect.contract.content import Content
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Media
from cc_connect.contract.platform import Kind


@dataclass(frozen=True, slots=True)
class PromptItem:
    """Something the person said. `id` is `Inbound.id`; `at` is Unix seconds."""

    id: str
    text: str
    files: tuple[Media, ...] = ()
    at: float | None = None


@dataclass(frozen=True, slots=True)
class PostItem:
    """A message to the person, as it looks now (amendments included). `key` is `Post.key`."""

    key: str
    content: Content
    kind: Kind = Kind.NOTICE
    at: float | None = None


Item = PromptItem | PostItem


@dataclass(frozen=True, slots=True)
class Page:
    """Some items of a conversation, oldest first.

    `before` leads to the page of earlier ones; None when there are none.
    """

    items: tuple[Item, ...] = ()
    before: str | None = None


class HistorySource(Protocol):
    """Reads conversations of the page from wherever they are kept."""

    async def page(self, place: Address, before: str | None, limit: int) -> Page:
        """The newest `limit` items of a place, or the newest before a mark of an earlier page.

        Posts that were retracted are left out. Posts of kind LIVE may be left out. A mark that
        cannot be read gives an empty page.
        """
        ...


class EmptyHistory:
    """A history with nothing in it, for a server without a store."""

    async def page(self, place: Address, before: str | None, limit: int) -> Page:  # noqa: ARG002 - empty
        """Nothing."""
        return Page()
