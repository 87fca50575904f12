"""The work grows with the text and no faster: counted in characters measured, not in seconds."""

import pytest

from cc_connect.core.markdown import head, split, tail
from cc_connect.core.markdown.scan import scan


class Counting:
    """A measure that counts what it is asked to look at."""

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0

    def __call__(self, text: str) -> int:
        self.calls += 1
        self.characters += len(text)
        return len(text)


def long_line(size: int) -> str:
    return "x" * size


def words(size: int) -> str:
    return "word " * (size // 5)


def fence_lines(size: int) -> str:
    return "```\n" * (size // 4)


def one_fence(size: int) -> str:
    return "```py\n" + "x = 1\n" * (size // 6) + "```"


def one_line_in_a_fence(size: int) -> str:
    return "> ```py\n> " + "x" * size


def run(size: int) -> str:
    return "`" * size


def long_info(size: int) -> str:
    return "```" + "info " * (size // 5) + "\ncode\n```"


def late_backtick(size: int) -> str:
    return "```" + "x" * size + "`"


def quotes(size: int) -> str:
    return ">" * size


def table(size: int) -> str:
    return "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * (size // 10)


def wide_table(size: int) -> str:
    row = "|" + "a" * (size // 4) + "\n"
    return row + "|-\n" + row * 3


def marks(size: int) -> str:
    return "- " * (size // 2)


def breaks(size: int) -> str:
    return "\n" * size


def blanks_before_a_fence(size: int) -> str:
    return " " * size + "```\ncode\n" + " " * size + "```"


TEXTS = [
    long_line,
    words,
    fence_lines,
    one_fence,
    one_line_in_a_fence,
    run,
    long_info,
    late_backtick,
    quotes,
    table,
    wide_table,
    marks,
    breaks,
    blanks_before_a_fence,
]


@pytest.mark.parametrize("make", TEXTS)
@pytest.mark.parametrize("size", [5_000, 40_000])
def test_each_character_is_measured_a_few_times(make: object, size: int) -> None:
    assert callable(make)
    text = make(size)
    for work in (split, head, tail):
        count = Counting()
        work(text, 500, count)
        assert count.characters <= 12 * len(text)
        assert count.calls <= len(text) + 1000


@pytest.mark.parametrize("make", [long_line, fence_lines, one_fence, one_line_in_a_fence])
def test_a_megabyte(make: object) -> None:
    assert callable(make)
    text = make(1_000_000 if make is not fence_lines else 400_000)
    count = Counting()
    pieces = split(text, 2000, count)
    assert "".join(piece.text for piece in pieces) == text
    assert len(pieces) <= len(text) // 1900 + 2
    assert count.characters <= 6 * len(text)


def test_reading_measures_every_line_once() -> None:
    text = one_fence(10_000) + "\n\n" + table(10_000)
    count = Counting()
    scan(text, count)
    assert count.characters == len(text)
