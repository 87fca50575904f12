"""A store in a temporary folder, and values to put into it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from cc_connect.contract.content import Text
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Inbound, Person, Said
from cc_connect.contract.platform import Kind, Post
from cc_connect.store.changes import (
    Bound,
    ConversationSaved,
    PostQueued,
    RequestOpened,
    SessionOpened,
    TurnOpened,
)
from cc_connect.store.store import Store

PLACE = Address("web", "chat-1")
KEY = ConversationKey("home", PLACE)

SaidMaker = Callable[..., Inbound]
PostMaker = Callable[..., PostQueued]
TurnMaker = Callable[..., TurnOpened]
RequestMaker = Callable[..., RequestOpened]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(folder: Path) -> AsyncIterator[Store]:
    opened = await Store.open(folder)
    yield opened
    await opened.close()


@pytest.fixture
async def ground(store: Store) -> Store:
    """A store that has a conversation (`KEY`) with a session `s1`."""
    await store.commit(
        (
            ConversationSaved(KEY, "{}", 1.0, "First"),
            SessionOpened("s1", KEY.text, "demo", "/srv", 1.0),
            Bound("s1", "agent-1", "new", 1.0),
        )
    )
    return store


@pytest.fixture
def key() -> ConversationKey:
    return KEY


@pytest.fixture
def said() -> SaidMaker:
    def make(message: str, text: str = "hello", chat: str = "chat-1") -> Inbound:
        return Inbound(message, Address("web", chat), Person("p1", "Ada"), Said(text), sent_at=5.0)

    return make


@pytest.fixture
def post() -> PostMaker:
    def make(
        key: str, at: float = 1.0, kind: Kind = Kind.NOTICE, chat: str = "chat-1", text: str = "hi"
    ) -> PostQueued:
        place = Address("web", chat)
        return PostQueued(key, Post(place, (Text(text),), key, kind), at, KEY.text)

    return make


@pytest.fixture
def turn() -> TurnMaker:
    def make(name: str, at: float = 1.0, conversation: str = KEY.text) -> TurnOpened:
        return TurnOpened(name, conversation, "s1", at, "p1", "do it")

    return make


@pytest.fixture
def asked() -> RequestMaker:
    def make(name: str, number: int = 1, turn: str | None = None) -> RequestOpened:
        return RequestOpened(name, KEY.text, turn, number, f"agent-{name}", "permission", 1.0)

    return make
