"""Careful reading of JSON objects: every accessor gives a value of the wanted type, whatever came.

A frame is the JSON object of one line of another program's output. Its shape belongs to that
program, which may change every few days, so nothing here raises: a missing or odd field reads as
its empty value, and fields nobody asks for are passed by.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

Frame = Mapping[str, Any]

_EMPTY: Mapping[str, Any] = {}


def string(frame: Frame, key: str) -> str:
    """Return the text under `key`, or ""."""
    value = frame.get(key)
    return value if isinstance(value, str) else ""


def mapping(frame: Frame, key: str) -> Mapping[str, Any]:
    """Return the object under `key`, or an empty one."""
    value = frame.get(key)
    return value if isinstance(value, dict) else _EMPTY


def objects(frame: Frame, key: str) -> list[Mapping[str, Any]]:
    """Return the objects in the list under `key`; what is no object is left out."""
    value = frame.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings(frame: Frame, key: str) -> tuple[str, ...]:
    """Return the texts in the list under `key`."""
    value = frame.get(key)
    return tuple(i for i in value if isinstance(i, str)) if isinstance(value, list) else ()


def integer(frame: Frame, key: str) -> int:
    """Return the number under `key` as a whole one, or 0."""
    value = number(frame, key)
    return int(value) if value is not None and isfinite(value) else 0


def number(frame: Frame, key: str) -> float | None:
    """Return the number under `key`, or None."""
    value = frame.get(key)
    return float(value) if isinstance(value, int | float) else None
