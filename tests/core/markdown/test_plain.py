import pytest

from cc_connect.core.markdown import to_plain


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("", ""),
        ("# Title\ntext", "Title\n\ntext"),
        ("Title\n===\n\ntext", "Title\n\ntext"),
        ("*a* **b** ~~c~~ ***d*** `e_f_g`", "a b c d e_f_g"),
        ("one\ntwo  \nthree\\\nfour<br/>five", "one\ntwo\nthree\nfour\nfive"),
        (r"\*not\* 2 * 3 &amp; &lt;", "*not* 2 * 3 & <"),
        ("Vec<T> and <b>x</b>", "Vec<T> and <b>x</b>"),
        ("a\n\n***\n\nb", "a\n\n---\n\nb"),
        ("> a\n>\n> - b\n> - c", "> a\n>\n> - b\n> - c"),
        ("<div>\nraw\n</div>", "<div>\nraw\n</div>"),
        ("\n\n  text\n\n", "text"),
    ],
)
def test_marks(markdown: str, plain: str) -> None:
    assert to_plain(markdown) == plain


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("[the *page*](http://a.b/c)", "the page (http://a.b/c)"),
        ("<http://a.b>", "http://a.b"),
        ("[http://a.b](http://a.b)", "http://a.b"),
        ("[a.b](https://a.b)", "a.b"),
        ("<me@a.b>", "me@a.b"),
        ("[](http://a.b)", "http://a.b"),
        ("[text]()", "text"),
        ("![a *picture*](p.png)", "a picture (p.png)"),
        ("[one][1]\n\n[1]: /two", "one (/two)"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
    ],
)
def test_links(markdown: str, plain: str) -> None:
    assert to_plain(markdown) == plain


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("* a\n* b\n  * c\n    more", "- a\n- b\n  - c\n    more"),
        ("9. a\n10. b\n\n    c", "9. a\n\n10. b\n\n    c"),
        ("- [ ] a\n- [x] b", "- [ ] a\n- [x] b"),
        ("- a\n\n- b", "- a\n\n- b"),
        ("-\n- b", "-\n- b"),
        ("1. a\n   ```\n   x\n   ```\n2. b", "1. a\n       x\n2. b"),
        ("text\n- a", "text\n\n- a"),
    ],
)
def test_lists(markdown: str, plain: str) -> None:
    assert to_plain(markdown) == plain


def test_code_is_indented_and_otherwise_unchanged() -> None:
    assert to_plain("a\n\n```py\ndef f():\n\n\tx *y* <br>\n```\nb") == (
        "a\n\n    def f():\n\n    \tx *y* <br>\n\nb"
    )
    assert to_plain("a\n\n    code\n      more") == "a\n\n    code\n      more"
    assert to_plain("```\nnever closed") == "    never closed"


def test_a_small_table_is_aligned() -> None:
    markdown = "| Name | 数量 |\n|---|--:|\n| **a** | 1 |\n| long one | 23 |\n| e\u0301 | `|` |"
    assert to_plain(markdown) == (
        "Name      数量\n--------  ----\na            1\nlong one    23\ne\u0301            `"
    )


def test_a_wide_table_becomes_records() -> None:
    markdown = (
        "| A rather long heading | Another long heading | |\n|---|---|---|\n"
        "| one | two | x |\n| three | | y |"
    )
    assert to_plain(markdown) == (
        "A rather long heading: one\nAnother long heading: two\nx\n\n"
        "A rather long heading: three\ny"
    )
    only_header = "| A rather long heading | Another long heading |\n|---|---|"
    assert to_plain(only_header).startswith("A rather long heading  Another long heading\n---")


def test_nothing_is_lost_in_the_deep() -> None:
    assert to_plain(">" * 90 + " text").endswith("text")
    assert to_plain(">" * 150 + " text\n") == ">" * 150 + " text"
