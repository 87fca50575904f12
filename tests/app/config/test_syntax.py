"""Text that is not TOML: our words, the right place, and the rest is still read."""

import pytest

from cc_connect.app.config.syntax import parse


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a = 1\nname = hello\n", (2, 8), "this is not a TOML value"),
        ("a = 1\n  a = 2\n", (2, 3), "this key is set a second time"),
        ("a.b = 1\na = 2\n", (2, 1), "this key is set a second time"),
        ("[t]\n[t]\n", (2, 3), "this table is written a second time"),
        ("t = {}\n[t]\n", (2, 3), "this table is written a second time"),
        ("t = []\n[[t]]\n", (2, 4), "this adds to a table or list that is already complete"),
        ("a\n", (1, 2), "a = has to follow the key"),
        ("a = 'x' y\n", (1, 9), "something follows the value"),
        ("[t\nb = 1", (1, 3), "the line has to end with ]"),
        ("[[t]\n", (1, 4), "the line has to end with ]]"),
        ('a = "x\nb = 1\n', (1, 7), "the text is not closed on its line"),
        ("a = 'x\nb = 1\n", (1, 5), "what is opened here is never closed"),
        ("a = 'x\nb = 'y'\n", (1, 7), "the text is not closed on its line"),
        ('p = "C:\\Users"\n', (1, 10), "a \\u or \\U has to be followed by a code"),
        ('p = "C:\\Program"\n', (1, 10), "a lone \\ in text"),
        ("a = [1\nb = 2\n", (2, 1), "a list is never closed"),
        ("a = [1,\n", (1, 5), "what is opened here is never closed"),
        ("a = 1\nb = '''\nc = 1\n", (2, 5), "what is opened here is never closed"),
        ("a = { b = 1\n}", (1, 12), "a { } table is never closed"),
        ("a = 1\nb =", (2, 1), "this is not a TOML value"),
        ("a = 2024-02-30", (1, 5), "this is not a date, time or number"),
        ("= 1", (1, 1), "this is neither key = value nor a [table]"),
        ("a.=1", (1, 3), "a key cannot begin like this"),
        ("a = 1 # \x00\n", (1, 9), "there is a control character"),
        ("x = 1\na = " + "9" * 5000, (2, 5), "this number is too long"),
        ("a = 1_\n", (1, 6), "something follows the value"),
    ],
)
def test_a_mistake_has_a_place_and_plain_words(
    text: str, place: tuple[int, int], message: str
) -> None:
    first = parse(text).mistakes[0]
    assert first.message == message
    assert first.spot is not None
    assert (first.spot.line, first.spot.column) == place


def test_every_mistake_is_found_and_the_rest_is_read() -> None:
    parsed = parse(
        'a = oops\nb = 1\n[t]\nc = "x\ny = 1\n[u\nlost = 1\n[v]\nd = 2\nd = 3\nl = [\n 1\n 2\n]\n'
        "e = 5\n"
    )
    assert [one.spot.line for one in parsed.mistakes if one.spot] == [1, 4, 6, 10, 13]
    assert parsed.data == {"b": 1, "t": {"y": 1}, "v": {"d": 2, "e": 5}}


def test_prose_in_a_text_that_is_never_closed_is_no_heap_of_mistakes() -> None:
    parsed = parse('a = 1\np = """\nBe brief.\nBe kind.\n[x]\n')
    assert len(parsed.mistakes) == 1
    assert parsed.data == {"a": 1}


def test_places_stay_right_after_a_mistake() -> None:
    parsed = parse("a = oops oops\n[t]\n  b = 1\n")
    spot = parsed.places.find(("t", "b"))
    assert spot is not None
    assert (spot.line, spot.column) == (3, 3)


def test_a_text_full_of_mistakes_ends() -> None:
    parsed = parse("a = x\n" * 1000)
    assert 1 <= len(parsed.mistakes) <= 20
    assert parsed.data == {}
