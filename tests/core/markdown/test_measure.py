import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.contract.platform import TextUnit
from cc_connect.core.markdown import (
    Measure,
    clip,
    code_points,
    measure_of,
    utf8_bytes,
    utf16_units,
)
from cc_connect.core.markdown.measure import reach, reach_back, whole_characters, within_character
from tests.core.markdown.texts import CHARACTERS, examples

ALL = [code_points, utf16_units, utf8_bytes]
texts = st.lists(st.sampled_from(CHARACTERS), max_size=60).map("".join)


def test_units() -> None:
    text = "a\u00e4\u4f60\U0001f600"
    assert (code_points(text), utf16_units(text), utf8_bytes(text)) == (4, 5, 10)
    assert (utf16_units("\ud83d"), utf8_bytes("\ud83d")) == (1, 3)
    assert utf8_bytes("plain") == 5


def test_a_unit_of_the_contract_has_its_measure() -> None:
    assert [measure_of(unit) for unit in TextUnit] == ALL


@examples(80)
@given(texts, texts, st.sampled_from(ALL))
def test_measures_add_up(one: str, other: str, measure: Measure) -> None:
    assert measure(one + other) == measure(one) + measure(other)
    assert all(measure(char) >= 1 for char in one)


@examples(80)
@given(texts, st.integers(-2, 80), st.integers(0, 5), st.sampled_from(ALL))
def test_as_much_as_fits_is_reached(text: str, room: int, start: int, measure: Measure) -> None:
    stop = max(start, len(text) - 2)
    end = reach(text, start, stop, room, measure)
    assert start <= end <= stop
    assert end == start or measure(text[start:end]) <= room
    assert end == stop or end >= len(text) or measure(text[start : end + 1]) > room
    begin = reach_back(text, start, stop, room, measure)
    assert start <= begin <= stop
    assert begin == stop or measure(text[begin:stop]) <= room
    assert begin == start or measure(text[begin - 1 : stop]) > room


@pytest.mark.parametrize(
    "character",
    [
        "\r\n",
        "e\u0301",
        "\u2764\ufe0f",
        "\U0001f44d\U0001f3fd",
        "\U0001f469\u200d\U0001f52c",
        "\U0001f1e9\U0001f1ea",
        "\ud83d\ude00",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        unicodedata.normalize("NFD", "한"),
        "\u0915\u093f",
    ],
)
def test_a_visible_character_is_not_cut(character: str) -> None:
    text = "a" + character * 2 + "b"
    length = len(character)
    borders = [cut for cut in range(1, len(text)) if not within_character(text, cut, 0)]
    assert borders == [1, 1 + length, 1 + 2 * length]
    assert whole_characters(text, length, 0) == 1
    assert whole_characters(text, length + 1, 0) == length + 1


def test_text_that_only_looks_like_a_character_is_cut() -> None:
    for text in ("\n\r", "a\U0001f1e9", "\ude00\ud83d", "你好", "\ud83da", "\U0001f600\U0001f600"):
        assert not within_character(text, 1, 0)
    assert not within_character("", 0, 0)
    assert not within_character("e\u0301", 2, 0)
    assert not within_character("e\u0301", 1, 1)


def test_an_absurd_character_is_cut_where_it_must() -> None:
    text = "e" + "\u0301" * 200
    assert whole_characters(text, 100, 0) == 100
    assert whole_characters(text, 10, 0) == 10


def test_clip() -> None:
    assert clip("Hello", 10) == "Hello"
    assert clip("Hello", 3) == "Hel"
    assert clip("Hello", 0) == clip("Hello", -1) == ""
    assert clip("ab\U0001f469\u200d\U0001f52ccd", 4) == "ab"
    assert clip("ab\U0001f600", 5, utf8_bytes) == "ab"
    assert clip("ab\U0001f600", 4, utf16_units) == "ab\U0001f600"
    assert clip("\U0001f600", 3, utf8_bytes) == ""
