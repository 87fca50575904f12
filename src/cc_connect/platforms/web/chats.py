"""The conversations of the page: names, projects, titles; kept over restarts as small values.

Each is kept by itself, so that the cost of a turn does not grow with their number.
"""

import re
from collections.abc import Iterator

import msgspec

NAME = re.compile(r"\w[\w.-]{0,63}\Z")
"""What a conversation may be called: it stands in the address of its page."""

LONGEST_TITLE = 80
MOST_CHATS = 500
_MOST_NEEDS = 50


class Chat(msgspec.Struct, omit_defaults=True):
    """A conversation of the page.

    Attributes:
        name: Its name, the last part of its address.
        project: The project it belongs to.
        title: Its first words, or "".
        updated: When something happened in it; Unix seconds.
        needs: Keys of the messages that wait for the person.
    """

    name: str
    project: str
    title: str = ""
    updated: float = 0.0
    needs: list[str] = msgspec.field(default_factory=list)


class Chats:
    """All conversations, newest first when listed. The oldest are forgotten after `MOST_CHATS`."""

    def __init__(self, projects: tuple[str, ...]) -> None:
        self.projects = projects or ("",)
        self._chats: dict[str, Chat] = {}

    def load(self, name: str, text: str | None) -> None:
        """Take over what `dump` wrote; what cannot be read is left out."""
        try:
            chat = msgspec.json.decode(text or "", type=Chat)
        except msgspec.MsgspecError:
            return
        if chat.name == name:
            self._chats.setdefault(name, chat)

    def load_names(self, text: str | None) -> list[str]:
        """The names that `dump_names` wrote; none when they cannot be read."""
        try:
            return msgspec.json.decode(text or "[]", type=list[str])
        except msgspec.MsgspecError:
            return []

    def dump_names(self) -> str:
        """The names of all conversations as one text."""
        return msgspec.json.encode(list(self._chats)).decode()

    def find(self, name: str) -> Chat | None:
        """The conversation with this name, if it was begun."""
        return self._chats.get(name)

    def peek(self, name: str, project: str = "") -> Chat:
        """The conversation with this name, or what it would be if it were begun now."""
        known = self._chats.get(name)
        if known is not None:
            return known
        if project not in self.projects:
            project = name if name in self.projects else self.projects[0]
        return Chat(name, project)

    def begin(self, chat: Chat) -> Chat:
        """Keep a conversation from now on."""
        kept = self._chats.setdefault(chat.name, chat)
        while len(self._chats) > MOST_CHATS:
            oldest = min(self._chats.values(), key=lambda one: one.updated)
            del self._chats[oldest.name]
        return kept

    def fresh_name(self) -> str:
        """The lowest number that names no conversation yet."""
        number = 1
        while str(number) in self._chats:
            number += 1
        return str(number)

    def latest(self) -> Chat:
        """The conversation in which something happened last; the first project's if none."""
        if self._chats:
            return max(self._chats.values(), key=lambda chat: chat.updated)
        first = self.projects[0]
        return self.peek(first if NAME.match(first) else "main")

    def __iter__(self) -> Iterator[Chat]:
        return iter(sorted(self._chats.values(), key=lambda chat: -chat.updated))


def dump(chat: Chat) -> str:
    """A conversation as one text."""
    return msgspec.json.encode(chat).decode()


def need(chat: Chat, key: str) -> bool:
    """Note that a message waits for the person; False when that was known."""
    if key in chat.needs:
        return False
    chat.needs.append(key)
    del chat.needs[:-_MOST_NEEDS]
    return True


def settle(chat: Chat, key: str) -> bool:
    """Note that a message waits no longer; False when it did not."""
    if key not in chat.needs:
        return False
    chat.needs.remove(key)
    return True


def entitle(chat: Chat, words: str) -> None:
    """Name a conversation by the first words said in it."""
    line = " ".join(words.split())
    if not chat.title and line:
        chat.title = line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"
