"""What must hold for any text: generated ones, as nasty as they come."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cc_connect.core.markdown import (
    Measure,
    Piece,
    code_points,
    head,
    split,
    tail,
    utf8_bytes,
    utf16_units,
)
from cc_connect.core.markdown.measure import within_character
from cc_connect.core.markdown.scan import Fence, scan
from tests.core.markdown.readers import code_and_prose, open_fence
from tests.core.markdown.texts import CHARACTERS, examples, nasty, well_formed

measures = st.sampled_from([code_points, utf16_units, utf8_bytes])


@examples(100)
@given(nasty(), st.integers(4, 400), measures)
def test_no_piece_is_over_the_limit_and_nothing_is_lost(
    text: str, limit: int, measure: Measure
) -> None:
    pieces = split(text, limit, measure)
    assert "".join(piece.text for piece in pieces) == text
    assert all(measure(piece.rendered) <= limit for piece in pieces)
    assert all(piece.text for piece in pieces)


@examples(100)
@given(nasty(), st.integers(30, 500), measures)
def test_every_piece_of_a_nasty_text_reads_as_closed(
    text: str, limit: int, measure: Measure
) -> None:
    assume(roomy(text, limit, measure))
    for piece in split(text, limit, measure):
        assert scan(piece.rendered, len).member[-1] == -1


@examples(80)
@given(well_formed, st.integers(40, 600), measures)
def test_a_real_parser_sees_the_same_code_and_prose(
    text: str, limit: int, measure: Measure
) -> None:
    pieces = split(text, limit, measure)
    assert [open_fence(piece.rendered) for piece in pieces] == [""] * len(pieces)
    seen = [code_and_prose(piece.rendered) for piece in pieces]
    assert ("".join(code for code, _ in seen), "".join(prose for _, prose in seen)) == (
        code_and_prose(text)
    )


@examples(60)
@given(st.lists(st.sampled_from(CHARACTERS), max_size=300).map("".join), measures)
def test_visible_characters_stay_whole(text: str, measure: Measure) -> None:
    at = 0
    for piece in split(text, 64, measure):
        at += len(piece.text)
        assert not within_character(text, at, 0)


@examples(60)
@given(nasty(), st.integers(40, 500), measures)
def test_pieces_are_not_wastefully_short(text: str, limit: int, measure: Measure) -> None:
    """Two neighbours together fill a piece, unless a fence or table was kept whole; marks apart.

    So the number of pieces is linear in the length, and so is what they amount to.
    """
    pieces = split(text, limit, measure)
    assert len(pieces) <= 16 * measure(text) // limit + 2
    assert sum(measure(piece.rendered) for piece in pieces) <= 16 * measure(text) + limit


@examples(60)
@given(nasty(), st.integers(16, 400), measures)
def test_ends_of_a_text_fit(text: str, limit: int, measure: Measure) -> None:
    first, last = head(text, limit, measure), tail(text, limit, measure)
    assert measure(first) <= limit
    assert measure(last) <= limit
    pieces = split(text, limit, measure)
    if len(pieces) == 1:
        assert first == pieces[0].rendered
    elif pieces:
        assert "…" in first
    if last and last == last.removeprefix("…"):
        assert last.startswith(text.rstrip())


@examples(60)
@given(well_formed, st.integers(40, 300), measures)
def test_ends_of_a_text_are_closed(text: str, limit: int, measure: Measure) -> None:
    assert open_fence(head(text, limit, measure)) == ""
    last = tail(text, limit, measure)
    assert open_fence(last) == ""
    code, prose = code_and_prose(text)
    shown_code, shown_prose = code_and_prose(last)
    assert code.endswith(shown_code)
    assert prose.endswith(shown_prose.removeprefix("…"))


@pytest.mark.parametrize("limit", range(1, 41))
@pytest.mark.parametrize("measure", [code_points, utf16_units, utf8_bytes])
def test_tiny_limits_end(limit: int, measure: Measure) -> None:
    text = "- a\n\n```py\nx = 1\n```\n> | a | b |\n> |---|---|\n> | 1 | 2 |\n~~~~\nlast"
    pieces = split(text, limit, measure)
    assert "".join(piece.text for piece in pieces) == text
    assert max(measure(piece.rendered) for piece in pieces) <= limit
    if limit < 8:
        assert all(piece == Piece("", piece.text, "") for piece in pieces)


def roomy(text: str, limit: int, measure: Measure) -> bool:
    """Whether the limit is large enough to repeat every fence, and to hold any run of marks."""
    layout = scan(text, measure)
    leads = [(one.lead, one.mark) for one in layout.regions if isinstance(one, Fence)]
    runs = max(map(len, re.findall(r"`+|~+", text)), default=0)
    shams = max((measure(sham.closing) for sham in layout.shams.values()), default=0)
    return max(4 * runs, 2 * shams) <= limit and all(
        3 * measure(lead) + 2 * len(mark) + 2 <= limit - max(limit // 4, 4) for lead, mark in leads
    )
