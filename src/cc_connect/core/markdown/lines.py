"""What a single line of Markdown begins with: containers, fence runs, headings, table rows.

Every pattern here takes time in proportion to the characters it passes: the quantifiers are
possessive wherever two of them could share the same blanks.
"""

import re
from dataclasses import dataclass

LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)?")
_LEAD = re.compile(r"(?:[ \t]*+(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t\r\n]|\Z)))*+[ \t]*+")
_BLANK = re.compile(r"[ \t]*+(?=[\r\n]|\Z)")
_QUOTE_MARK = re.compile(r"[ \t]*+> ?")
_RUN = re.compile(r"`{3,}+|~{3,}+")
_SEEMS_FENCE = re.compile(r"[-+*>\d.) \t]*+(?:`{3}|~{3})")
_HEADING = re.compile(r"#{1,6}(?=[ \t\r\n]|\Z)|([-*_])(?:[ \t]*+\1){2,}[ \t]*+(?=[\r\n]|\Z)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*+(?=[\r\n]|\Z)")
_DELIMITERS = re.compile(r"[-|: \t]*+(?=[\r\n]|\Z)")
_NOT_CONTAINER = re.compile(r"[^>\t ]")


@dataclass(frozen=True, slots=True)
class Lead:
    """The start of a line: its quote and list marks, up to the content.

    Attributes:
        text: The characters of the lead, as written.
        end: Position of the content.
        quotes: How many quotes the line stands in by its own marks.
        listed: Whether the line begins a list item.
        indent: Columns between the last quote mark (or the line's start) and the content.
    """

    text: str
    end: int
    quotes: int
    listed: bool
    indent: int

    @property
    def continued(self) -> str:
        """The lead of a further line in the same containers: list marks turned into blanks."""
        return _NOT_CONTAINER.sub(" ", self.text)


def lead_of(text: str, start: int, end: int) -> Lead:
    """Read the lead of the line in `text[start:end]`."""
    found = _LEAD.match(text, start, end)
    stop = found.end() if found else start
    if stop == start:
        return Lead("", start, 0, listed=False, indent=0)
    lead = text[start:stop]
    return Lead(
        text=lead,
        end=stop,
        quotes=lead.count(">"),
        listed=_NOT_CONTAINER.search(lead) is not None,
        indent=_columns(lead.rpartition(">")),
    )


def after_quotes(text: str, start: int, end: int, quotes: int) -> int | None:
    """Return where a line goes on after that many quote marks; None when it has fewer."""
    for _ in range(quotes):
        found = _QUOTE_MARK.match(text, start, end)
        if found is None:
            return None
        start = found.end()
    return start


def blank_from(text: str, start: int, end: int) -> bool:
    """Tell whether nothing but blanks follows in the line."""
    return _BLANK.match(text, start, end) is not None


def indent_from(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the position of the next content and how many columns it is indented."""
    stop = start
    while stop < end and text[stop] in " \t":
        stop += 1
    return stop, _columns(("", "", text[start:stop]))


def run_at(text: str, start: int, end: int) -> str:
    """Return the run of three or more backticks or tildes that stands here, or ""."""
    found = _RUN.match(text, start, end)
    return found.group() if found else ""


def seems_fence(text: str, start: int, end: int) -> bool:
    """Tell whether a run stands here, after what may be the lead of a line."""
    return _SEEMS_FENCE.match(text, start, end) is not None


def is_heading(text: str, start: int, end: int) -> bool:
    """Tell whether the content is a heading or a rule across the page."""
    return _HEADING.match(text, start, end) is not None


def is_underline(text: str, start: int, end: int) -> bool:
    """Tell whether the content would make a heading of the paragraph line above it."""
    return _UNDERLINE.match(text, start, end) is not None


def is_delimiter_row(text: str, start: int, end: int) -> bool:
    """Tell whether the content is the `|---|---|` under the header of a table."""
    found = _DELIMITERS.match(text, start, end)
    return found is not None and "-" in found.group() and "|" in found.group()


def _columns(parted: tuple[str, str, str]) -> int:
    _, quote, rest = parted
    if quote and rest.startswith(" "):
        rest = rest[1:]
    return len(rest.expandtabs(4))
