"""How platforms count a text, and how to take as much of it as fits.

A `Measure` must be a sum over the characters of a text, at least one unit for each, as all three
here are: then the size of a part is the difference of two sums, and no text is measured twice.
"""

import unicodedata
from collections.abc import Callable
from typing import assert_never

from cc_connect.contract.platform import TextUnit

Measure = Callable[[str], int]

_ZERO_WIDTH_JOINER = "\u200d"
_FIRST_FLAG, _LAST_FLAG = "\U0001f1e6", "\U0001f1ff"
_FIRST_SKIN, _LAST_SKIN = "\U0001f3fb", "\U0001f3ff"
_FIRST_TAG, _LAST_TAG = "\U000e0020", "\U000e007f"
_CLUSTER = 64
"""A cluster longer than this is a prank (stacked accents); it may be cut."""


def code_points(text: str) -> int:
    """Count Unicode code points, as Discord does (its maintainers: discord-api-docs issue 1315)."""
    return len(text)


def utf16_units(text: str) -> int:
    """Count UTF-16 code units, as platforms built on JavaScript, Java or Telegram's wire do."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """Count bytes in UTF-8; a lone surrogate counts three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def measure_of(unit: TextUnit) -> Measure:
    """Return the measure that counts in this unit."""
    match unit:
        case TextUnit.CODE_POINTS:
            return code_points
        case TextUnit.UTF16:
            return utf16_units
        case TextUnit.BYTES:
            return utf8_bytes
        case _:
            assert_never(unit)


def clip(text: str, limit: int, measure: Measure = code_points) -> str:
    """Return the longest start of `text` that fits in `limit` units and ends between characters.

    For labels and titles; it knows nothing of Markdown. Never raises: nothing fits in no room.
    """
    return text[: whole_characters(text, reach(text, 0, len(text), limit, measure), 0)]


def reach(text: str, start: int, stop: int, room: int, measure: Measure) -> int:
    """Return the furthest position up to `stop` such that the text from `start` fits in `room`.

    Measures at most twice as many characters as `room` has units, however long the text is.
    """
    width = min(room, stop - start)
    if width < 1:
        return start
    size = measure(text[start : start + width])
    if size <= room:
        return start + width
    while width > 1:  # here, and after each round: `width` characters from `start` do not fit
        half = width // 2
        size = measure(text[start : start + half])
        if size <= room:
            start, room, width = start + half, room - size, width - half
        else:
            width = half
    return start


def reach_back(text: str, start: int, stop: int, room: int, measure: Measure) -> int:
    """Return the earliest position from `start` on such that the text up to `stop` fits in `room`.

    The mirror image of `reach`, at the same cost.
    """
    width = min(room, stop - start)
    if width < 1:
        return stop
    size = measure(text[stop - width : stop])
    if size <= room:
        return stop - width
    while width > 1:
        half = width // 2
        size = measure(text[stop - half : stop])
        if size <= room:
            stop, room, width = stop - half, room - size, width - half
        else:
            width = half
    return stop


def whole_characters(text: str, cut: int, start: int) -> int:
    """Move a cut back so that it does not fall within what a person sees as one character.

    The cut stays where it is when that would leave nothing after `start`, or when the character
    is absurdly long.
    """
    for back in range(cut, max(start, cut - _CLUSTER), -1):
        if not within_character(text, back, start):
            return back
    return cut


def within_character(text: str, cut: int, start: int) -> bool:
    """Tell whether a cut falls within one visible character; `start` is a known border before it.

    The main rules of Unicode's extended grapheme clusters (annex 29): line ends of two characters,
    surrogates, joined emoji, skin tones, flags, combining marks, variation selectors, Hangul.
    """
    if not start < cut < len(text):
        return False
    before, after = text[cut - 1], text[cut]
    if after < "\u0300":
        return before == "\r" and after == "\n"
    return (
        before == _ZERO_WIDTH_JOINER
        or _extends(after)
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or (_is_flag(before) and _is_flag(after) and _odd_flags(text, cut, start))
    )


def _extends(char: str) -> bool:
    return (
        char == _ZERO_WIDTH_JOINER
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or _FIRST_SKIN <= char <= _LAST_SKIN
        or _FIRST_TAG <= char <= _LAST_TAG
        or "\u1160" <= char <= "\u11ff"  # Hangul vowels and finals of decomposed syllables
    )


def _is_flag(char: str) -> bool:
    return _FIRST_FLAG <= char <= _LAST_FLAG


def _odd_flags(text: str, cut: int, start: int) -> bool:
    first = cut
    while first > start and _is_flag(text[first - 1]):
        first -= 1
    return (cut - first) % 2 == 1
