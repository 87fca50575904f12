"""Names of places and conversations: opaque, durable, comparable.

Only the adapter that made a `chat`, `thread` or message id looks inside it. Everything here can be
written down today and used after a restart, with no live object behind it.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

_SEPARATOR = "|"
_KEY_PARTS = 5


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a chat application: enough to post there later.

    Attributes:
        platform: The platform *instance* (one bot or one page), as named by the composition root.
        chat: The channel, group or direct conversation, as its adapter spells it.
        thread: A thread inside the chat, where the platform has threads.
    """

    platform: str
    chat: str
    thread: str | None = None

    @property
    def lane(self) -> str:
        """A stable text for this place; messages of one lane keep their order."""
        return _join(self.platform, self.chat, self.thread)


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """The identity of a conversation: a project worked on from a place, perhaps by one person.

    Attributes:
        project: The name of the project in the configuration.
        address: Where the conversation takes place.
        owner: Set when each person of a shared chat has a conversation of their own.
    """

    project: str
    address: Address
    owner: str | None = None

    @property
    def text(self) -> str:
        """The key as one durable line; `parse` reads it back."""
        place = self.address
        return _join(self.project, place.platform, place.chat, place.thread, self.owner)

    @classmethod
    def parse(cls, text: str) -> "ConversationKey":
        """Read what `text` wrote.

        Raises:
            ValueError: The text is not a conversation key.
        """
        parts = text.split(_SEPARATOR)
        if len(parts) != _KEY_PARTS:
            raise ValueError(f"not a conversation key: {text!r}")
        project, platform, chat, thread, owner = (unquote(part) for part in parts)
        return cls(project, Address(platform, chat, thread or None), owner or None)


@lru_cache(maxsize=1024)  # asked for several times in every turn; a key has some 100 bytes
def _join(*parts: str | None) -> str:
    return _SEPARATOR.join(quote(part or "", safe=" :/@#.-_") for part in parts)
