import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cc_connect.core.markdown import code_block, inline_code, quote, verbatim
from tests.core.markdown.texts import examples

texts = st.text(st.sampled_from("`~ab \n>*_\\"), max_size=40)
parser = MarkdownIt("commonmark")


def test_a_code_block() -> None:
    assert code_block("x = 1") == "```\nx = 1\n```"
    assert code_block("x = 1\n", "py") == "```py\nx = 1\n```"
    assert code_block("") == "```\n```"
    assert code_block("```\na\n```") == "````\n```\na\n```\n````"


@pytest.mark.parametrize(
    ("given_lang", "used"),
    [("py", "py"), ("py x", "py"), ("`a`\n```", "a"), ("~~~", ""), ("\n", "")],
)
def test_the_language_cannot_break_out(given_lang: str, used: str) -> None:
    assert code_block("x", given_lang) == f"```{used}\nx\n```"


@examples(80)
@given(texts)
def test_a_parser_sees_exactly_the_code(text: str) -> None:
    tokens = parser.parse(code_block(text, "py") + "\nafter")
    assert [token.type for token in tokens[:1]] == ["fence"]
    assert tokens[0].content.removesuffix("\n") == text.removesuffix("\n")
    assert tokens[2].content == "after"


def test_inline_code() -> None:
    assert inline_code("a") == "`a`"
    assert inline_code("") == ""
    assert inline_code("a`b") == "``a`b``"
    assert inline_code("`a") == "`` `a ``"
    assert inline_code(" a ") == "`  a  `"
    assert inline_code(" ") == "` `"
    assert inline_code("a\r\nb\nc") == "`a b c`"


@examples(80)
@given(texts.filter(bool))
def test_a_parser_sees_exactly_the_span(text: str) -> None:
    (paragraph,) = [token for token in parser.parse(f"a {inline_code(text)} b") if token.children]
    spans = [child for child in paragraph.children or [] if child.type == "code_inline"]
    assert [span.content for span in spans] == [text.replace("\n", " ")]


def test_a_quote() -> None:
    assert quote("a") == "> a"
    assert quote("a\n\nb\r\nc\n") == "> a\n>\n> b\n> c\n>"
    assert quote("") == ">"


everything = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough"])


def seen(markdown: str) -> str:
    (inline,) = [token for token in everything.parse(markdown) if token.children is not None]
    assert all(child.type in {"text", "text_special"} for child in inline.children or [])
    return "".join(child.content for child in inline.children or [])


@examples(300)
@given(st.text(st.sampled_from("ab _*`~|<>[]()!/&;#@\\"), max_size=30))
def test_a_parser_sees_exactly_the_text(text: str) -> None:
    assert seen(f"x {verbatim(text)} x") == f"x {text} x"


def test_most_texts_stay_as_they_are() -> None:
    for text in ("Read(src/my_file.py)", "Bash(ls | wc -l > out)", "a - b, 1. c, #5, ~/x", "2 < 3"):
        assert verbatim(text) == text
    assert verbatim("a\nb") == "a b"
    assert seen(verbatim("&amp; &#97; &")) == "&amp; &#97; &"
    assert verbatim("grep __init__ *.py || true") == r"grep \__init_\_ \*.py \|\| true"
