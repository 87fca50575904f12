"""Plain text that grows: never taken back, and in the end exactly the plain text of the whole."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.core.markdown import GrowingPlain, to_plain_in_order
from tests.core.markdown.texts import examples

PARTS = st.sampled_from(
    [
        *("word", " ", "\n", "\n\n", "    ", "  ", "\t", "*", "**", "_", "~~", "~", "`", "``"),
        *("```", "\n```\n", "\n~~~py\n", "[", "]", "(", ")", "](http://x.y/z)", "[a][b]"),
        *("\n[b]: /u\n", "!", "![alt](i.png)", "<", ">", "<b>", "<br>", "<http://a.b>", "<!--"),
        *("-->", "<div>\n", "&", "&amp;", "&nbsp;", "&#", ";", "\\", "\\\n", "# ", "\n## Head\n"),
        *("\n---\n", "\n===\n", "\n- item", "\n1. one", "\n2) two", "\n> quote", "\n| a | b |"),
        *("\n|---|:-:|", "\n| 1 | 2 |", "a | b\n", "--- | ---\n", "\r\n", "\r", "中文", "\uff0c"),
        *("。", "👩\u200d💻", "e\u0301", "\u3000", "\x00", "1", "2024 ", ".", "-", "+", ":", "="),
        *("#", "|", "snake_case", "2*3*4", "\x1c", "\ufeff"),
    ]
)
TEXTS = st.lists(PARTS, max_size=30).map("".join)


def grown(text: str, cuts: Iterable[int]) -> str:
    whole = to_plain_in_order(text)
    growing = GrowingPlain()
    cuts, shown = list(cuts), ""
    for first, last in zip([0, *cuts], [*cuts, len(text)], strict=True):
        shown += growing.feed(text[first:last])
        assert whole.startswith(shown), (shown, whole)
    return shown


@given(TEXTS, st.data())
@examples(120)
def test_it_never_takes_back(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    grown(text, cuts)


@given(TEXTS)
@examples(120)
def test_it_never_takes_back_character_by_character(text: str) -> None:
    grown(text, range(1, len(text)))


@given(st.text(alphabet="ab *_`[]()!<>&\\\n-#|~=:.1中", max_size=40))
@examples(120)
def test_any_signs(text: str) -> None:
    grown(text, range(1, len(text)))


ANSWER = """\
**Done** with `main.py`, see [the docs](http://x.y).
It took snake_case 2 < 3 & so on.

## Result

- one
- two

```py
print(1)

print("👩‍💻")
```

| a | b |
|---|---|
| 1 | 2 |

Bye, [x][1] *now*.

[1]: /late
"""
PLAIN = """\
Done with main.py, see the docs (http://x.y).
It took snake_case 2 < 3 & so on.

Result

- one
- two

    print(1)

    print("👩‍💻")

a  b
-  -
1  2

Bye, [x][1] now.

[1]: /late"""


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_an_answer_is_the_plain_text_of_the_whole(size: int) -> None:
    assert to_plain_in_order(ANSWER) == PLAIN
    shown = grown(ANSWER, range(size, len(ANSWER), size))
    assert PLAIN.removeprefix(shown).strip() in {"", "e", "/late", "[1]: /late"}


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("Hel", "Hel"),
        ("one two ", "one two"),
        ("a **bold", "a"),
        ("a **bold** an", "a bold an"),
        ("a `co", "a"),
        ("see [the", "see"),
        ("see [the](http://x) now", "see the (http://x) now"),
        ("2 < 3", "2 < 3"),
        ("one\ntwo", "one\ntwo"),
        ("one\n- tw", "one"),
        ("**Bold** first", "Bold first"),
        ("2024 was", "2024 was"),
        ("1. an item", ""),
        ("- an item\n- another\n\nNow", "- an item\n- another\n\nNow"),
        ("```\none\ntw", "    one"),
        ("# Head\n", "Head"),
        ("| a | b", ""),
    ],
)
def test_what_cannot_change_is_shown_at_once(markdown: str, shown: str) -> None:
    assert grown(markdown, []) == shown
    assert grown(markdown, range(1, len(markdown))) == shown


@pytest.mark.parametrize(
    "part",
    ["word and **bold** `x` ", "word *open ", "- item\n", "a line\n", "| a |\n", "> q\n", "[x] "],
)
def test_a_long_text_is_no_burden(part: str) -> None:
    text = part * (6_000 // len(part))
    growing = GrowingPlain()
    shown = "".join(growing.feed(text[at : at + 100]) for at in range(0, len(text), 100))
    assert to_plain_in_order(text).startswith(shown)


def test_a_text_nested_absurdly_deep_hides_nothing() -> None:
    text = "before\n\n" + ">" * 300 + " deep\n\nafter *all*"
    assert to_plain_in_order(text) == "before\n\n" + ">" * 300 + " deep\n\nafter all"
    grown(text, range(1, len(text), 7))
