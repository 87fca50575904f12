import pytest

from cc_connect.core.markdown import head, tail, utf8_bytes
from tests.core.markdown.readers import open_fence

LINES = "".join(f"line {number}\n" for number in range(10, 60))


def test_a_text_that_fits_is_shown_whole() -> None:
    assert head("Hello\n", 16) == "Hello\n"
    assert tail("Hello\n", 16) == "Hello"
    assert head("", 16) == tail("", 16) == tail(" \n ", 16) == ""


def test_an_open_fence_is_closed_also_when_all_fits() -> None:
    assert head("```\ncode", 16) == tail("```\ncode", 16) == "```\ncode\n```"


@pytest.mark.parametrize(
    ("limit", "first", "last"),
    [
        (-1, "", ""),
        (0, "", ""),
        (1, "…", "…"),
        (5, "One …", "…hree"),
        (12, "One two thr…", "…e two three"),
        (13, "One two three", "One two three"),
    ],
)
def test_with_hardly_any_room_it_is_plain_characters(limit: int, first: str, last: str) -> None:
    assert head("One two three", limit) == first
    assert tail("One two three", limit) == last


def test_the_head_ends_at_a_good_place() -> None:
    assert head(LINES, 40) == "line 10\nline 11\nline 12\nline 13\n…"
    assert head("One two. Three four five six seven", 22) == "One two. Three four…"
    assert head("Para.\n\n" + LINES, 20) == "Para.\n\nline 10\n…"


def test_the_head_closes_its_fence() -> None:
    assert head(f"```py\n{LINES}```", 40) == "```py\nline 10\nline 11\nline 12\n```\n…"


def test_the_head_of_a_table_is_not_kept_back() -> None:
    table = "|a|\n|-|\n" + "|b|\n" * 10
    assert head("Some.\n\n" + table, 50).startswith("Some.\n\n|a|\n|-|\n|b|\n")


def test_the_tail_begins_with_a_line() -> None:
    assert tail(LINES, 40) == "…\nline 56\nline 57\nline 58\nline 59"


def test_the_tail_opens_the_fence_it_begins_in() -> None:
    text = f"```py\n{LINES}"
    assert tail(text, 40) == "…\n```py\nline 57\nline 58\nline 59\n```"
    assert tail(text + "```\nDone.", 40) == "…\n```py\nline 58\nline 59\n```\nDone."
    assert tail(f"> ```\n> {LINES}".replace("\nl", "\n> l"), 40) == (
        "…\n> ```\n> line 58\n> line 59\n> ```"
    )


def test_the_tail_shows_the_header_of_its_table() -> None:
    text = "|a|\n|-|\n" + "".join(f"|{row}|\n" for row in range(100, 150))
    assert tail(text, 40) == "…\n|a|\n|-|\n|145|\n|146|\n|147|\n|148|\n|149|"
    assert tail(text, 24) == "…\n|147|\n|148|\n|149|"


def test_the_tail_skips_blank_lines() -> None:
    assert tail("words " * 10 + "\n\n\n\nThe last paragraph", 24) == "…\nThe last paragraph"


def test_the_tail_does_not_begin_with_the_mere_end_of_something() -> None:
    assert tail("```py\n" + LINES + "```\nAfter it.", 24) == "…\nAfter it."
    assert tail("words " * 10 + "\n|a|\n|-|\n|b|\n|c|\n|d|", 16) == "…\n|c|\n|d|"
    assert tail("words " * 10 + "\n\nTitle\n====\nText", 16) == "…\nText"
    assert tail("words " * 10 + "\n```\nshort", 20) == "…\n```\nshort\n```"


def test_the_tail_of_one_long_line_begins_with_a_word() -> None:
    assert tail("word " * 100, 32) == "…word word word word word word"
    assert tail("x" * 100, 32) == "…" + "x" * 30
    assert tail("你好" * 100, 32, utf8_bytes) == "…好" + "你好" * 4


def test_the_tail_of_a_long_line_of_code_is_code() -> None:
    text = "```py\n" + "word " * 100
    assert tail(text, 40) == "…\n```py\nword word word word word\n```"
    assert tail(text + "\n```\n", 40) == "…\n```py\nword word word word word \n```"
    assert tail("> " + "word " * 100, 32) == "…\n> word word word word word"


def test_the_tail_is_not_a_scrap_after_a_long_line() -> None:
    text = "word " * 100 + "\n\nOk"
    assert tail(text, 40) == "…word word word word word word \n\nOk"
    assert tail("\n\n\n" + " " * 50 + "\n" * 20 + "Ok", 40) == "…\nOk"


def test_the_tail_does_not_begin_within_a_run() -> None:
    for length in (9, 30, 60):
        shown = tail("text\n\n" + "`" * length + "\n" + "word " * 3, 32)
        assert open_fence(shown) == ""
        assert len(shown) <= 32


def test_a_measure_that_counts_a_character_as_more_than_there_is() -> None:
    def measure(text: str) -> int:
        return len(text) + 50 * text.count("x")

    assert tail("a\nxxx", 40, measure) == "…\n"
