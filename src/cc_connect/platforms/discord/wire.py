"""Reading Discord's JSON without counting on any of its fields being there.

Servers that speak Discord's protocol leave things out, Discord itself adds some; an event that
lacks what is not needed is still an event.
"""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
Draft = dict[str, Any]

EPOCH = 1_420_070_400.0
"""The first second of 2015, from which snowflakes count. Docs: Reference > Snowflakes."""
_TIME_SHIFT = 22
_LONGEST = 20
"""Digits of the largest snowflake; a longer id of another server carries no time."""


def text(data: Json, name: str) -> str:
    """A field as text; "" when it is missing or null."""
    value = data.get(name)
    return "" if value is None else str(value)


def number(data: Json, name: str) -> int:
    """A whole number; 0 when it is missing or something else."""
    value = data.get(name)
    return value if isinstance(value, int) else 0


def part(data: Json, name: str) -> Json:
    """An object inside; empty when it is missing or something else."""
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(data: Json, name: str) -> tuple[Json, ...]:
    """A list of objects; what is no object is left out."""
    value = data.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(each for each in value if isinstance(each, Mapping))


def texts(data: Json, name: str) -> tuple[str, ...]:
    """A list of texts or ids."""
    value = data.get(name)
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def made_at(snowflake: str) -> float | None:
    """Unix seconds at which an id was made; None when it does not tell."""
    if not snowflake.isdecimal() or len(snowflake) > _LONGEST:
        return None
    return (int(snowflake) >> _TIME_SHIFT) / 1000 + EPOCH


def before(snowflake: str) -> str:
    """An id just below this one; "0" when it is no number."""
    return str(int(snowflake) - 1) if snowflake.isdecimal() and int(snowflake) else "0"


def order(snowflake: str) -> tuple[int, str]:
    """A key that puts ids into the order of their making."""
    return (len(snowflake), snowflake)
