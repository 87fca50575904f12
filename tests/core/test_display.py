"""What of a turn is shown, and how texts are cut."""

import pytest

from cc_connect.core.display import Detail, Display, cut, display_for, one_line


def test_full_shows_everything() -> None:
    assert display_for(Detail.FULL) == Display()
    shown = Display()
    assert shown.thinking
    assert shown.tools
    assert shown.text
    assert (shown.thinking_max, shown.tool_max) == (300, 500)


def test_compact_leaves_out_thoughts_and_most_of_the_output() -> None:
    assert display_for(Detail.COMPACT) == Display(thinking=False, tool_max=80)


def test_quiet_shows_only_answers() -> None:
    assert display_for(Detail.QUIET) == Display(
        thinking=False, tools=False, text=False, changes=False
    )


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("", 3, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, "abcd"),
    ],
)
def test_a_text_is_cut_with_an_ellipsis(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("  a\n\n b\tc ", 20, "a b c"),
        ("a\nbcdef", 5, "a bc…"),
        ("x" * 100, 10, "x" * 9 + "…"),
        (" " * 100 + "x", 10, ""),
    ],
)
def test_a_text_on_one_line(text: str, most: int, shown: str) -> None:
    assert one_line(text, most) == shown


def test_little_of_a_long_text_is_looked_at() -> None:
    class Watched(str):
        seen = 0
        __slots__ = ()

        def __getitem__(self, key: object) -> str:
            assert isinstance(key, slice)
            piece = str.__getitem__(self, key)
            Watched.seen += len(piece)
            return piece

    one_line(Watched("word " * 1_000_000), 160)
    assert Watched.seen <= 4 * 160
