"""Where to cut inside a line that has to be cut."""

import re

from cc_connect.core.markdown.measure import whole_characters, within_character

# Chinese: full stop, exclamation, question, semicolon; closing quotes and brackets.
_STOPS = "\u3002\uff01\uff1f\uff1b\u2026"
_CLOSERS = "\u201d\u2019\u300d\u300f\uff09\u3011"
# Chinese: comma, list comma, colon.
_COMMAS = "\uff0c\u3001\uff1a"
_SENTENCE = re.compile(
    rf"[.!?\u2026]++[\"')\]{_CLOSERS}]*+[ \t]++|[{_STOPS}]++[{_CLOSERS}]*+[ \t]*+"
)
_WORD = re.compile(rf"[ \t\u2000-\u200a\u3000]++|[{_COMMAS}][ \t]*+")
_MARK_BEGINS = re.compile(r"[ \t]{0,32}+(?:[-#>*+=|]|\d{1,9}[.)]|`{3}|~{3})")
_FENCE_BEGINS = re.compile(r"[-+*>\d.) \t]{0,32}+(?:`{3}|~{3})")
_TRIES = 256


def seam(text: str, bottom: int, top: int, start: int) -> int:
    """Return where to cut in `bottom`..`top`: after a sentence, else a word, else a character.

    The later text becomes the start of a line, so a place where it would turn into a heading, a
    list item or, worst of all, a fence is passed over. `start` is where the piece begins.
    """
    for pattern in (_SENTENCE, _WORD):
        ends = [found.end() for found in pattern.finditer(text, max(start, bottom - 1), top)]
        for cut in reversed(ends):
            if cut >= bottom and _harmless(text, cut, start, _MARK_BEGINS):
                return cut
    for begins in (_MARK_BEGINS, _FENCE_BEGINS):
        for cut in range(top, max(bottom - 1, top - _TRIES), -1):
            if _harmless(text, cut, start, begins):
                return cut
    return whole_characters(text, top, start)


def word_start(text: str, start: int, stop: int) -> int:
    """Return the first harmless place from `start` on to begin a text that was cut before it.

    That is after a blank in the first half of `text[start:stop]`, else the next character.
    """
    for found in _WORD.finditer(text, start, start + (stop - start) // 2):
        if _harmless(text, found.end(), 0, _MARK_BEGINS):
            return found.end()
    for cut in range(start, min(stop, start + _TRIES)):
        if _harmless(text, cut, max(0, cut - _TRIES), _FENCE_BEGINS):
            return cut
    return start


def _harmless(text: str, cut: int, start: int, begins: re.Pattern[str]) -> bool:
    return begins.match(text, cut) is None and not within_character(text, cut, start)
