"""The agent's words, each of them once, although the wire says them more than once. Pure.

With partial messages on, a text comes as deltas and then again whole, in an `assistant` frame. When
the stream breaks the agent asks its model again, by a stream or without one, and what had come
before the break comes once more. A local command (`/cost`) comes whole only. This module gives out
each piece of text exactly once, in linear time.
"""

from collections.abc import Iterator

Piece = tuple[str, bool]
"""New characters, and whether they begin a paragraph of their own."""


class Speech:
    """The text (or the thinking) of one run, fed with what the wire says."""

    __slots__ = ("_begins", "_parts", "_replayed", "_replaying")

    def __init__(self) -> None:
        self._parts: list[str] = []  # what has come in deltas and not whole yet
        self._begins = True
        self._replaying = ""  # what came before the stream broke
        self._replayed = 0  # how much of that has come again

    def message(self) -> None:
        """A message begins; deltas nobody confirmed belong to one that broke off."""
        if self._parts:
            self._replaying = "".join(self._parts)
            self._replayed = 0
            self._parts.clear()

    def block(self) -> None:
        """A block begins: the next piece is a paragraph of its own."""
        self._begins = True

    def delta(self, text: str) -> Iterator[Piece]:
        """More of the block has come."""
        if not text:
            return
        self._parts.append(text)
        if self._replaying:
            text = self._past_replay(text)
        if text:
            yield self._piece(text)

    def whole(self, text: str) -> Iterator[Piece]:
        """The block has come whole, which also confirms its deltas."""
        known = "".join(self._parts) if self._parts else self._replaying
        self._parts.clear()
        self._replaying = ""
        if not text.startswith(known):
            self._begins = True
            known = ""
        if rest := text[len(known) :]:
            yield self._piece(rest)
        self._begins = True

    def over(self) -> None:
        """The run is over; nothing that was cut off comes again."""
        self._parts.clear()
        self._replaying = ""
        self._begins = True

    def _piece(self, text: str) -> Piece:
        begins, self._begins = self._begins, False
        return text, begins

    def _past_replay(self, text: str) -> str:
        at = self._replayed
        expected = self._replaying[at : at + len(text)]
        if text.startswith(expected):
            self._replayed = at + len(expected)
            if self._replayed == len(self._replaying):
                self._replaying = ""
            self._begins = False  # it goes on with the paragraph that was cut off
            return text[len(expected) :]
        again = self._replaying[:at]  # the model says something else this time
        self._replaying = ""
        self._begins = True
        return again + text
