"""An immutable sequence that grows at its end in constant time.

A turn gathers its answer from thousands of pieces inside a frozen state. Rebuilding a tuple for
each piece would cost the square of their number, and so would adding strings. Trails of one
history share a list and differ in how much of it they see; only a trail that is not the newest has
to copy.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Trail(Generic[T]):
    """A sequence to append to: `longer = trail.plus(item)`; `trail` itself never changes."""

    __slots__ = ("_items", "_size")

    def __init__(self, items: tuple[T, ...] = ()) -> None:
        self._items: list[T] = list(items)
        self._size = len(items)

    def plus(self, item: T) -> "Trail[T]":
        """This trail with one more item at its end."""
        longer: Trail[T] = Trail.__new__(Trail)
        shared = len(self._items) == self._size
        longer._items = self._items if shared else self._items[: self._size]
        longer._items.append(item)
        longer._size = self._size + 1
        return longer

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        items = self._items
        return (items[index] for index in range(self._size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trail):
            return NotImplemented
        return self._size == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Trail({tuple(self)!r})"


def joined(trail: Trail[str]) -> str:
    """The pieces of a text as one text."""
    return "".join(trail)
