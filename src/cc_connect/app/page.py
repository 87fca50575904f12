"""The page wired to the store: its history, and where its logins are kept."""

import json
from dataclasses import replace

from cc_connect.contract.content import Buttons, Content, Form, Menu
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Inbound, Said
from cc_connect.contract.platform import Amend, Kind, Post
from cc_connect.platforms.web.adapter import WebPlatform
from cc_connect.runtime.outbox import KEY
from cc_connect.store.rows import HistoryItem, Place
from cc_connect.store.store import NEWEST, Store
from cc_connect.web.history import Item, Page, PostItem, PromptItem

OWNER = "web"


class StoredHistory:
    """Reads the conversations of the page from the store."""

    def __init__(self, store: Store, page: WebPlatform) -> None:
        self._store = store
        self._page = page

    async def page(self, place: Address, before: str | None, limit: int) -> Page:
        """The newest items of a place, or those before a mark of an earlier page."""
        chat = self._page.chats.peek(place.chat)
        key = ConversationKey(chat.project, place)
        mark = _read(before)
        if mark is None:
            return Page()
        found = await self._store.history(key.text, before=mark, limit=limit)
        asked = await self._store.open_requests(key.text)
        items = _folded(found, frozenset(f"request:{request.id}" for request in asked))
        more = _written(found[-1].place) if len(found) == limit else None
        return Page(tuple(items), more)


def _read(mark: str | None) -> Place | None:
    if mark is None:
        return NEWEST
    try:
        at, way, row = json.loads(mark)
        return (float(at), str(way), int(row))
    except (ValueError, TypeError):
        return None


def _written(place: Place) -> str:
    return json.dumps(list(place))


def _folded(found: list[HistoryItem], asked: frozenset[str]) -> list[Item]:
    """Items oldest first, amendments put into the posts they change.

    An amendment may stand on a later page, so a prompt that is not open has no buttons in any case.
    """
    latest: dict[str, Content] = {}
    items: list[Item] = []
    for entry in found:  # newest first: the first amendment met is the one that holds
        match entry.intent:
            case Amend(message=message, content=content):
                latest.setdefault(message.removeprefix(KEY), content)
            case Post() as post:
                item = PostItem(post.key, post.content, post.kind, entry.at)
                content = latest.get(post.key, post.content)
                if post.kind is Kind.PROMPT and post.key not in asked:
                    content = _without_answers(content)
                items.append(replace(item, content=content))
            case _:
                if entry.inbound is not None:
                    items += _prompt(entry.inbound, entry.at)
    items.reverse()
    return items


def _without_answers(content: Content) -> Content:
    return tuple(block for block in content if not isinstance(block, Buttons | Menu | Form))


def _prompt(inbound: Inbound, at: float) -> list[Item]:
    if not isinstance(inbound.body, Said):
        return []
    return [PromptItem(inbound.id, inbound.body.text, inbound.body.media, at)]


class StoredLogins:
    """Keeps logins over restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, key: str) -> str | None:
        """What was saved under `key`."""
        return await self._store.load(OWNER, key)

    async def save(self, key: str, value: str) -> None:
        """Keep a value."""
        await self._store.save(OWNER, key, value)
