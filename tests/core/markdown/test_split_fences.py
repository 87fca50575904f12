"""Fences over a cut. The first four cases are real defects of an earlier program of this kind."""

from cc_connect.core.markdown import Piece, code_points, split, utf8_bytes, utf16_units
from tests.core.markdown.readers import open_fence

LINES = "".join(f"line {number:03}\n" for number in range(100))


def closed(pieces: list[Piece]) -> bool:
    return all(open_fence(piece.rendered) == "" for piece in pieces)


def test_a_fence_of_tildes_is_closed_and_opened_again() -> None:
    pieces = split(f"~~~py\n{LINES}~~~\n", 300)
    assert closed(pieces)
    assert {piece.prefix for piece in pieces[1:]} == {"~~~py\n"}
    assert {piece.suffix for piece in pieces[:-1]} == {"~~~"}
    assert pieces[-1].suffix == ""


def test_a_long_fence_that_holds_a_short_one_stays_the_long_one() -> None:
    pieces = split(f"````md\n```py\ncode\n```\n{LINES}````\n", 300)
    assert closed(pieces)
    assert {piece.prefix for piece in pieces[1:]} == {"````md\n"}


def test_an_endless_info_string_is_not_repeated() -> None:
    text = "```" + "x" * 1880 + "\n" + "y" * 300 + "\n```\n"
    pieces = split(text, 1900)
    assert len(pieces) == 2
    assert closed(pieces)
    assert pieces[1].prefix == "```\n"


def test_an_info_string_longer_than_a_piece_is_cut() -> None:
    for length in (1897, 1898, 1899, 1900, 2500):
        text = "```" + "x" * length + "\ncode\n```\nafter"
        pieces = split(text, 1900)
        assert closed(pieces)
        assert len(pieces) <= 3
        assert max(len(piece.rendered) for piece in pieces) <= 1900


def test_of_a_long_info_string_the_first_word_is_kept() -> None:
    pieces = split(f"```python title=a/long/path.py\n{LINES}```", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"```python\n"}
    pieces = split(f"```python a=1\n{LINES}```", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"```python a=1\n"}


def test_the_info_string_goes_first_when_room_is_short() -> None:
    pieces = split(f"```javascript\n{LINES}```", 30)
    assert {piece.prefix for piece in pieces[1:]} == {"```\n"}
    assert closed(pieces)


def test_a_fence_too_long_to_repeat_stays_bare() -> None:
    mark = "`" * 60
    pieces = split(f"{mark}\n{LINES}{mark}", 100)
    assert {(piece.prefix, piece.suffix) for piece in pieces} == {("", "")}


def test_an_unclosed_fence_is_closed() -> None:
    assert split("text\n```\ncode", 100) == [Piece("", "text\n```\ncode", "\n```")]
    assert split("text\n```\ncode\n", 100) == [Piece("", "text\n```\ncode\n", "```")]


def test_closing_an_unclosed_fence_counts_too() -> None:
    text = "```\n" + "x\n" * 50
    assert len(split(text, len(text) + 3)) == 1
    pieces = split(text, len(text) + 2)
    assert len(pieces) == 2
    assert closed(pieces)
    text = "```\n" + "x\n" * 50 + "y"
    assert len(split(text, len(text) + 4)) == 1
    assert len(split(text, len(text) + 3)) == 2


def test_a_long_code_line_is_cut_within_its_fence() -> None:
    pieces = split("```\n" + "word " * 100 + "\n```", 100)
    assert closed(pieces)
    assert {piece.suffix for piece in pieces[:-1]} == {"\n```"}
    assert all(piece.text.endswith("word ") for piece in pieces[:-1])


def test_a_fence_in_a_quote_keeps_its_marks() -> None:
    quoted = "".join(f"> {line}\n" for line in LINES.splitlines())
    pieces = split(f"> ```py\n{quoted}> ```\nafter", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"> ```py\n"}
    assert {piece.suffix for piece in pieces[:-1]} == {"> ```"}
    pieces = split("> ```\n> " + "word " * 100 + "\n> ```\n", 100)
    assert {piece.prefix for piece in pieces[1:]} == {"> ```\n> "}
    assert {piece.suffix for piece in pieces[:-1]} == {"\n> ```"}


def test_leaving_the_quote_ends_its_fence() -> None:
    pieces = split("> ```\n> code\n" + "outside of it\n" * 20, 100)
    assert pieces[0].rendered.startswith("> ```\n> code\noutside")
    assert {(piece.prefix, piece.suffix) for piece in pieces} == {("", "")}


def test_a_cut_where_a_quote_is_left_closes_its_fence() -> None:
    text = "> ```\n> " + "x" * 40 + "\n" + "y" * 60
    pieces = split(text, 70)
    assert [piece.suffix for piece in pieces] == ["> ```", ""]
    assert pieces[1] == Piece("", "y" * 60, "")


def test_a_fence_in_a_list_item_keeps_its_indent() -> None:
    inner = "".join(f"  {line}\n" for line in LINES.splitlines())
    pieces = split(f"- ```py\n{inner}  ```\n- next", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"  ```py\n"}
    assert {piece.suffix for piece in pieces[:-1]} == {"  ```"}
    assert pieces[-1].rendered.endswith("  ```\n- next")
    deep = "".join(f"      {line}\n" for line in LINES.splitlines())
    pieces = split(f"1. a\n   - b\n\n      ```py\n{deep}      ```\nend", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"      ```py\n"}
    assert pieces[-1].suffix == ""


def test_a_closing_line_with_less_indent_closes() -> None:
    inner = "".join(f"   {line}\n" for line in LINES.splitlines())
    pieces = split(f"1. Do:\n   ```sh\n{inner}```\n" + "after\n" * 50, 200)
    assert pieces[-1].prefix == ""


def test_a_closing_line_with_much_more_indent_does_not_close() -> None:
    pieces = split(f"```md\n1. Do:\n    ```\n{LINES}```\n", 200)
    assert {piece.prefix for piece in pieces[1:]} == {"```md\n"}


def test_a_run_with_words_after_it_does_not_close() -> None:
    pieces = split(f"```\n``` no end\n{LINES}```\nafter", 200)
    assert pieces[1].prefix == "```\n"


def test_a_backtick_in_the_info_string_means_inline_code() -> None:
    pieces = split("```one``` line\n\n" + "words here\n" * 50, 200)
    assert {(piece.prefix, piece.suffix) for piece in pieces} == {("", "")}


def test_inline_code_cut_before_its_end_is_not_left_as_a_fence() -> None:
    text = "```" + "curl -X POST " * 30 + "``` and so on"
    pieces = split(text, 100)
    assert pieces[0].suffix == "\n```"
    assert closed(pieces)


def test_inline_code_with_a_mark_too_long_to_close_stays_bare() -> None:
    text = "`" * 60 + "words of it " * 30 + "`"
    assert {piece.suffix for piece in split(text, 100)} == {""}
    text = "`" * 20 + "words of it " * 30 + "`"
    assert split(text, 100)[0].suffix == "\n" + "`" * 20


def test_a_line_that_only_seems_to_close_while_it_is_cut_needs_no_closing() -> None:
    pieces = split("```\ncode\n```" + " " * 300 + "x\nmore\n```\n", 100)
    assert closed(pieces)
    assert pieces[0].suffix == ""
    assert pieces[1].prefix == "```\n"


def test_blanks_after_the_closing_run_may_be_cut_off() -> None:
    pieces = split("```\ncode\n```" + " " * 300 + "\nafter", 100)
    assert {(piece.prefix, piece.suffix) for piece in pieces} == {("", "")}


def test_no_cut_turns_the_rest_of_a_line_into_a_fence() -> None:
    for text in ("words " * 20 + "``` and ~~~ more " * 40, "```\n" + "echo ``` " * 100 + "\n```"):
        for limit in range(40, 200, 7):
            assert closed(split(text, limit))


def test_a_fence_is_not_opened_at_the_end_of_a_piece() -> None:
    text = "word " * 9 + "\n```json\n" + "[1,2], " * 60 + "\n```\n"
    pieces = split(text, 100)
    assert pieces[0] == Piece("", "word " * 9 + "\n", "")
    assert pieces[1].text.startswith("```json\n[1,2]")


def test_a_fence_at_the_end_stays_when_cutting_before_it_would_waste_the_piece() -> None:
    text = "a\n" + "```js\n" + "[1,2], " * 60 + "\n```\n"
    assert split(text, 16)[0].text == "a\n```js\n"


def test_a_fence_that_fits_in_the_next_piece_is_not_cut() -> None:
    text = "Short.\n\n```\n" + "x = 1\n" * 14 + "```\nEnd."
    pieces = split(text, 95)
    assert [piece.text for piece in pieces] == [
        "Short.\n\n",
        "```\n" + "x = 1\n" * 14 + "```\n",
        "End.",
    ]
    unclosed = "Short.\n\n```\n" + "x = 1\n" * 14
    assert [piece.suffix for piece in split(unclosed, 96)] == ["", "```"]
    assert len(split(unclosed, 92)[0].text) == 8
    assert len(split(unclosed, 90)[0].text) > 8


def test_code_is_cut_at_a_blank_line_if_there_is_one() -> None:
    text = "```\n" + ("a = 1\n" * 5 + "\n") * 10 + "```"
    assert all(piece.text.endswith("1\n\n") for piece in split(text, 100)[:-1])


def test_every_unit_counts_the_marks_as_well() -> None:
    text = "```\u00e4\n" + "\U0001f600\n" * 300 + "```"
    for measure in (code_points, utf16_units, utf8_bytes):
        pieces = split(text, 50, measure)
        assert closed(pieces)
        assert max(measure(piece.rendered) for piece in pieces) <= 50
        assert min(measure(piece.rendered) for piece in pieces[:-1]) >= 44


def test_line_ends_of_windows_are_kept() -> None:
    text = "```py\r\n" + "x = 1\r\n" * 50 + "```\r\n"
    pieces = split(text, 100)
    assert closed(pieces)
    assert all(piece.text.endswith("\r\n") for piece in pieces)
    assert pieces[1].prefix == "```py\n"
