"""Put text that is not Markdown into Markdown, so that it stays what it is."""

import re

_RUNS = re.compile(r"`+")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_LANGUAGE = re.compile(r"[^\s`~]+")
_SHORTEST_FENCE = 3
_MARKS = re.compile(
    r"""
      [*`\\]                 # emphasis, code, an escape
    | (?<!\w)_ | _(?!\w)      # an underscore within a word means nothing
    | ~(?=~) | (?<=~)~        # struck out
    | \|(?=\|) | (?<=\|)\|    # hidden, on Discord
    | <(?=[\w/@#!?])          # a tag, a link, a mention
    | &(?=\#?\w+;)            # a character by its name
    | \[(?=[^\[\]]*\]\()      # a link with words
    """,
    re.VERBOSE,
)


def code_block(text: str, lang: str = "") -> str:
    """Return a fenced code block; its fence is longer than any run of backticks inside.

    The result does not end in a line break. Of `lang` only the first word is used.
    """
    fence = "`" * max(_SHORTEST_FENCE, _longest_run(text) + 1)
    word = _LANGUAGE.search(lang)
    end = "" if not text or text.endswith(("\n", "\r")) else "\n"
    return f"{fence}{word.group() if word else ''}\n{text}{end}{fence}"


def inline_code(text: str) -> str:
    """Return a code span in one line; an empty text gives an empty string.

    A span cannot hold a line break: each becomes a blank.
    """
    text = _LINE_BREAK.sub(" ", text)
    if not text:
        return ""
    mark = "`" * (_longest_run(text) + 1)
    # A renderer strips one blank from both ends when there is one at both.
    stripped = text.startswith(" ") and text.endswith(" ") and text.strip(" ") != ""
    pad = " " if stripped or "`" in (text[0], text[-1]) else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def verbatim(text: str) -> str:
    """Return plain text as Markdown that shows just this text, for use within a line.

    Line breaks become blanks. Only what would mean something is escaped, so that most texts stay
    as they are; what has a meaning at the beginning of a line only (a list, a heading) is not.
    """
    return _MARKS.sub(r"\\\g<0>", _LINE_BREAK.sub(" ", text))


def quote(text: str) -> str:
    """Return the text as a block quote; every line, blank ones too, gets a mark."""
    return "\n".join(f"> {line}" if line else ">" for line in _LINE_BREAK.split(text))


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUNS.findall(text)), default=0)
