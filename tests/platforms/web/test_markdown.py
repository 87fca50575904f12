import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_connect.platforms.web.markdown import code_block, safe_link, to_html

TAGS = """
    a p h1 h2 h3 h4 h5 h6 ul ol li blockquote hr br em strong s code pre div span button
    table thead tbody tr th td
"""
ATTRIBUTES = "href title target rel class type data-copy tabindex start"
ALLOWED_TAGS = frozenset(TAGS.split())
ALLOWED_ATTRIBUTES = frozenset(ATTRIBUTES.split())
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<style>*{}</style><iframe src=//x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/?secret)",
    '![x](x "onload=alert(1)")',
    '[x](https://e.example "\\" onmouseover=\\"alert(1)")',
    "```js onload=alert(1)\ncode\n```",
    '```"><script>\ncode\n```',
    "| a |\n|:-:|\n| <b>x</b> |",
    "[x]: javascript:alert(1)\n\n[x]",
    "a\0b\x1b[31m",
)


class Inspector(HTMLParser):
    """Finds everything that does not belong on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name not in ALLOWED_ATTRIBUTES or (name == "href" and not safe_link(value or "")):
                self.found.append(f"{tag} {name}={value}")


def strange(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str) -> None:
    assert strange(to_html(text, "Copy")) == []
    assert strange(code_block(text, text, text)) == []


@given(st.text(st.sampled_from(list("<>[]()!`\"'*_|-:#& \n\\=/javscript:onlodhtp")), max_size=200))
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    assert strange(to_html(text, "Copy")) == []


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b#c", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("javascript:x", False),
        (" javascript:x", False),
        ("data:text/html,x", False),
        ("/relative", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_links_go_to_the_web_and_to_mail_only(
    url: str,
    safe: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert safe_link(url) is safe


def test_links_open_in_a_tab_that_knows_nothing_of_ours() -> None:
    html = to_html("[x](https://example.org)", "Copy")
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in html


def test_a_picture_is_a_link_that_is_not_fetched() -> None:
    html = to_html("![chart](https://example.org/c.png)", "Copy")
    assert "<img" not in html
    assert ">chart</a>" in html


def test_columns_are_aligned_by_class() -> None:
    html = to_html("| a | b |\n|--:|---|\n| 1 | 2 |", "Copy")
    assert '<th class="right">a</th>' in html
    assert "style=" not in html


def test_a_code_block_names_its_language_and_can_be_copied() -> None:
    html = to_html("```python\nx < 1\n```", "Copy it")
    assert 'class="language-python"' in html
    assert "x &lt; 1" in html
    assert re.search(r"<button[^>]*data-copy[^>]*>Copy it</button>", html)


def test_prose_has_the_usual_forms() -> None:
    html = to_html("# T\n\n- **a** ~~b~~ `c`\n\n> q\n\n1. x", "Copy")
    for form in (
        "<h1>T</h1>",
        "<strong>a</strong>",
        "<s>b</s>",
        "<code>c</code>",
        "<blockquote>",
        "<ol>",
    ):
        assert form in html
