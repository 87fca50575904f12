"""From the text of a file to its tables, going on after a mistake.

`tomllib` stops at the first mistake. So that a person sees all of them at once, the statement with
the mistake is blanked out and the rest is read again.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from cc_connect.app.config.locate import MAX_DEPTH, Places, Spot, scan

_ROUNDS = 20
_ROUNDS_OF_A_LARGE_FILE = 3
_LARGE = 64 * 1024

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_QUOTES = ('"""', "'''")
_LONG_NUMBER = re.compile(r"[0-9][0-9_]{4000}")
_NOT_A_NEWLINE = re.compile(r"[^\n]")

_TWICE = "this key is set a second time"
_WORDS = (
    ("Cannot overwrite", _TWICE, ""),
    ("Cannot declare", "this table is written a second time", ""),
    ("Cannot redefine", "this adds to a table that is already complete", ""),
    ("Cannot mutate", "this adds to a table or list that is already complete", ""),
    ("Duplicate inline table key", "a key is set a second time in { }", ""),
    ("Unescaped '\\' in a string", "a lone \\ in text", "double it, or use 'single quotes'"),
    ("Illegal character '\\n'", "the text is not closed on its line", ""),
    ("Found invalid character '\\n'", "the text is not closed on its line", ""),
    ("Illegal character", "there is a control character", ""),
    ("Found invalid character", "there is a control character", ""),
    ("Invalid value", "this is not a TOML value", "text has to stand in quotes"),
    ("Invalid date", "this is not a date, time or number", "text has to stand in quotes"),
    ("Invalid hex value", "a \\u or \\U has to be followed by a code", ""),
    ("Escaped character", "a \\u or \\U stands for no character", ""),
    ("Expected newline", "something follows the value", "text has to stand in quotes"),
    ("Expected '='", "a = has to follow the key", ""),
    ("Expected ']]'", "the line has to end with ]]", ""),
    ("Expected ']'", "the line has to end with ]", ""),
    ("Invalid statement", "this is neither key = value nor a [table]", ""),
    ("Invalid initial character", "a key cannot begin like this", ""),
    ("Unclosed array", "a list is never closed", "it needs a ] or a comma before this"),
    ("Unclosed inline", "a { } table is never closed", "it needs a } or a comma before this"),
    ("Exceeds the limit", "this number is too long", ""),
)
"""What `tomllib` says, what a person is told, and what to do."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is not TOML."""

    spot: Spot | None
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of a text.

    Attributes:
        data: The tables; parts with mistakes are left out.
    """

    data: dict[str, Any]
    places: Places
    mistakes: tuple[Mistake, ...]


def parse(text: str) -> Parsed:
    """Read a TOML text. Nothing is raised.

    Args:
        text: As `locate.normal` gives it.
    """
    places = scan(text)
    if places.too_deep is not None:
        deep = Mistake(
            places.spot(places.too_deep), f"nested too deeply: at most {MAX_DEPTH} levels are read"
        )
        return Parsed({}, places, (deep,))
    mistakes: list[Mistake] = []
    rounds = _ROUNDS if len(text) <= _LARGE else _ROUNDS_OF_A_LARGE_FILE
    for _ in range(rounds):
        try:
            return Parsed(tomllib.loads(text), places, tuple(mistakes))
        except (ValueError, RecursionError) as error:
            mistake = _understood(error, text, places)
        mistakes.append(mistake)
        blanked = _without(text, places, mistake.spot)
        if blanked == text:
            break
        text = blanked
    return Parsed({}, places, tuple(mistakes))


def _understood(error: Exception, text: str, places: Places) -> Mistake:
    """Our words for what `tomllib` says, with a place wherever there can be one."""
    told = str(error)
    found = _AT.search(told)
    message, hint = _in_our_words(told[: found.start()] if found else told)
    if found is None:
        number = _LONG_NUMBER.search(text)
        return Mistake(places.spot(number.start()) if number else None, message, hint)
    if found[1] is None and places.open_at is not None:
        return Mistake(places.spot(places.open_at), "what is opened here is never closed")
    spot = Spot(int(found[1]), int(found[2])) if found[1] else Spot(len(places.starts), 1)
    statement = places.statement_at(spot.line)
    if statement is not None and (message == _TWICE or found[1] is None):
        spot = places.spot(statement.start)
    return Mistake(spot, message, hint)


def _in_our_words(told: str) -> tuple[str, str]:
    for start, message, hint in _WORDS:
        if told.startswith(start):
            return message, hint
    plain = "".join(c if c.isprintable() else " " for c in told[:120])
    return f"not valid TOML: {plain}", ""


def _without(text: str, places: Places, spot: Spot | None) -> str:
    """The text with the statement at a place blanked out, all other places unchanged.

    A broken header takes its whole section along: what stands under it would otherwise be read as
    part of the section before. A long text that is never closed takes everything after it along.
    """
    statement = places.statement_at(spot.line) if spot is not None else None
    if statement is None or spot is None:
        return text
    end_of_line = places.starts[spot.line] if spot.line < len(places.starts) else len(text)
    end = max(statement.end, end_of_line)
    if statement.header:
        after = (one.start for one in places.statements if one.header and one.start >= end)
        end = next(after, len(text))
    opened = places.open_at
    if opened is not None and statement.start <= opened < end:
        end = len(text) if text.startswith(_LONG_QUOTES, opened) else end
    blank = _NOT_A_NEWLINE.sub(" ", text[statement.start : end])
    return text[: statement.start] + blank + text[end:]
