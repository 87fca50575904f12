"""Where a cut falls when there is a choice."""

import pytest

from cc_connect.core.markdown import Piece, code_points, split, utf8_bytes


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces]


def test_an_empty_text_has_no_pieces() -> None:
    assert split("", 10) == []


def test_a_text_that_fits_is_one_piece() -> None:
    assert split("Hello", 5) == [Piece("", "Hello", "")]


def test_white_space_is_kept_and_marked_as_blank() -> None:
    pieces = split("\n \n" * 20, 10)
    assert "".join(texts(pieces)) == "\n \n" * 20
    assert all(piece.blank for piece in pieces)
    assert not Piece("", "a", "").blank


def test_a_paragraph_is_the_first_choice() -> None:
    text = "One one.\nOne one.\n\nTwo.\n# Three\n- four\n- five\nsix six"
    assert texts(split(text, 38))[0] == "One one.\nOne one.\n\n"


def test_a_heading_or_item_is_the_second() -> None:
    assert texts(split("One one one one.\n# Two\ntext text text", 30)) == [
        "One one one one.\n",
        "# Two\ntext text text",
    ]
    assert texts(split("- one one one\n- two two\n  more more", 27))[0] == "- one one one\n"
    assert texts(split("1. one one one\n2. two two\n  more more", 30))[0] == "1. one one one\n"


def test_a_heading_goes_with_its_text() -> None:
    text = "First paragraph here.\n\n## Heading\n\nSecond paragraph.\n"
    assert texts(split(text, 40)) == [
        "First paragraph here.\n\n",
        "## Heading\n\nSecond paragraph.\n",
    ]


def test_an_underlined_heading_is_not_torn_from_its_line() -> None:
    text = "Some text.\nMore text.\n\nTitle\n=====\nBody body body body"
    assert texts(split(text, 36))[0] == "Some text.\nMore text.\n\n"
    assert texts(split("Some text.\nTitle title\n------\nx", 24))[0] == "Some text.\n"


def test_a_line_comes_before_a_sentence() -> None:
    assert texts(split("One. Two. Three.\nFour. Five. Six.", 28))[0] == "One. Two. Three.\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two three. Four five six seven", "One two three. "),
        ('He said "no." Then some more words', 'He said "no." '),
        ("这是第一句话的内容了。这是第二句话的内容了还没有完", "这是第一句话的内容了。"),
        (
            "这是第一句话的内容吗\uff1f」这是第二句话的内容了还没有完",
            "这是第一句话的内容吗\uff1f」",
        ),
    ],
)
def test_a_sentence_comes_before_a_word(text: str, first: str) -> None:
    assert texts(split(text, 20))[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two three four five six seven", "One two three four "),
        ("这是第一句话的内容\uff0c还有一些别的内容还没有完呢", "这是第一句话的内容\uff0c"),
    ],
)
def test_a_word_comes_before_anything_else(text: str, first: str) -> None:
    assert texts(split(text, 20))[0] == first


def test_a_long_word_is_cut_where_the_piece_is_full() -> None:
    assert texts(split("x" * 50, 20)) == ["x" * 20, "x" * 20, "x" * 10]


def test_a_piece_is_not_made_short_for_a_nicer_border() -> None:
    text = "Short.\n\n" + "word " * 40
    assert len(texts(split(text, 100))[0]) > 90


def test_a_blank_line_that_does_not_fit_begins_the_next_piece() -> None:
    text = "one two\n" + "x" * 31 + "\n\nnext"
    assert texts(split(text, 40)) == ["one two\n" + "x" * 31 + "\n", "\nnext"]


def test_a_cut_does_not_make_a_heading_or_an_item_of_a_word() -> None:
    assert texts(split("aaaa bbbb cccc # dddd eeee ffff", 20))[0] == "aaaa bbbb cccc # "
    assert texts(split("aaaa bbbb cccc dd - eeee ffff", 19))[0] == "aaaa bbbb cccc "


def test_where_every_cut_makes_one_the_piece_is_filled() -> None:
    assert texts(split("x " + "#" * 600, 300))[0] == "x " + "#" * 298
    assert texts(split("x" + "- " * 600, 300))[0] == "x" + "- " * 149 + "-"


def test_a_run_that_fills_the_piece_is_cut_all_the_same() -> None:
    assert texts(split("x" + "`" * 900, 300))[0] == "x" + "`" * 299


def test_a_quoted_line_stays_quoted() -> None:
    pieces = split("> " + "word " * 30, 50)
    assert {piece.prefix for piece in pieces[1:]} == {"> "}
    pieces = split("> > > > > > > > > > > > " + "word " * 30, 100)
    assert {piece.prefix for piece in pieces[1:]} == {""}
    pieces = split("> > > > " + "word " * 30, 24)
    assert {piece.prefix for piece in pieces[1:]} == {""}


def test_a_character_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit of 3 units"):
        split("a\U0001f600", 3, utf8_bytes)
    with pytest.raises(ValueError, match="limit of 0 units"):
        split("a", 0)
    assert split("", 0) == []


def test_a_character_too_large_beside_the_marks_goes_bare() -> None:
    def measure(text: str) -> int:
        return len(text) + 14 * text.count("x")

    assert split("```\nx\n```", 15, measure) == [
        Piece("", "```\n", "```"),
        Piece("", "x", ""),
        Piece("```\n", "\n```", ""),
    ]


def test_visible_characters_stay_whole() -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert texts(split(family * 3, 12)) == [family * 2, family]
    assert texts(split("\U0001f1e9\U0001f1ea" * 3, 3)) == ["\U0001f1e9\U0001f1ea"] * 3
    assert texts(split("ab\r\ncd", 3, code_points)) == ["ab", "\r\n", "cd"]


TABLE = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 6


def test_a_table_that_fits_in_one_piece_is_not_cut() -> None:
    pieces = split("Some words before.\n\n" + TABLE + "\nAnd after.", 85)
    assert texts(pieces) == ["Some words before.\n\n", TABLE + "\n", "And after."]
    pieces = split("Some words before.\n\n# Heading\n\n" + TABLE + "\nAnd after.", 95)
    assert texts(pieces) == ["Some words before.\n\n", "# Heading\n\n" + TABLE + "\n", "And after."]
    pieces = split("Some words before.\n\n# Heading\n\n" + TABLE + "\nAnd after.", 85)
    assert texts(pieces)[1] == TABLE + "\n"


def test_a_table_too_long_is_cut_between_rows_under_its_header() -> None:
    pieces = split(TABLE * 1 + "| 3 | 4 |\n" * 20, 85)
    assert all(piece.text.endswith(" |\n") for piece in pieces)
    assert {piece.prefix for piece in pieces[1:]} == {"| a | b |\n|---|---|\n"}


def test_a_long_header_is_not_repeated() -> None:
    header = "| " + "name " * 10 + "|\n|---|\n"
    pieces = split(header + "| row |\n" * 40, 150)
    assert {piece.prefix for piece in pieces} == {""}


def test_a_table_in_a_quote_or_an_item_keeps_its_place() -> None:
    quoted = "".join(f"> {line}\n" for line in (TABLE + "| 3 | 4 |\n" * 20).splitlines())
    pieces = split(quoted, 120)
    assert {piece.prefix for piece in pieces[1:]} == {"> | a | b |\n> |---|---|\n"}
    item = "- | a | b |\n  |---|---|\n" + "  | 1 | 2 |\n" * 30
    assert {piece.prefix for piece in split(item, 120)[1:]} == {"  | a | b |\n  |---|---|\n"}


def test_a_header_is_not_torn_from_its_rows() -> None:
    text = "Words here, a few of them.\n" + "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20
    for limit in range(40, 60):
        assert not texts(split(text, limit))[0].endswith(("| a | b |\n", "|---|\n"))


def test_a_row_longer_than_a_piece_is_cut_without_a_header() -> None:
    pieces = split(TABLE + "| " + "word " * 60 + "|\n| 5 | 6 |\n" * 2, 100)
    assert pieces[2].prefix == ""
    assert max(len(piece.rendered) for piece in pieces) <= 100


def test_after_a_table_is_a_good_place() -> None:
    text = TABLE + "text right below it\n" + "more text here\n" * 2
    assert texts(split(text, len(TABLE) + 30))[0] == TABLE
