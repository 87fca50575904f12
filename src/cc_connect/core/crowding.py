"""Which idle agents are closed when there are too many of them, or too little memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_OF_MACHINE = 0.5
"""Part of the machine's memory that all agents together may hold."""
LEAST_FREE = 0.1
"""Part of the machine's memory that shall be free."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes; `free` counts what the system could give at once."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Lodger:
    """An open agent: whose it is, when it was last used (Unix seconds), and its memory in bytes."""

    name: str
    used_at: float
    memory: int
    busy: bool


def surplus(lodgers: Sequence[Lodger], machine: Machine, most: int) -> tuple[str, ...]:
    """The idle agents to close, least recently used first; `most` 0 sets no number.

    One that works is never closed, whatever it takes.
    """
    return tuple(_closed(lodgers, machine, most))


def _closed(lodgers: Sequence[Lodger], machine: Machine, most: int) -> Iterator[str]:
    count = len(lodgers)
    held, free = sum(one.memory for one in lodgers), machine.free
    idle = sorted((one for one in lodgers if not one.busy), key=lambda one: one.used_at)
    for one in idle:
        many = bool(most) and count > most
        large = held > machine.total * MOST_OF_MACHINE
        short = free < machine.total * LEAST_FREE
        if not (many or large or short):
            return
        yield one.name
        count -= 1
        held -= one.memory
        free += one.memory
