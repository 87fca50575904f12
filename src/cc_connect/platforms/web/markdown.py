"""Markdown to HTML that is safe to put on the page as it is.

Raw HTML in the text is shown, never obeyed. Links go to http, https and mailto only, and open in a
tab of their own. Pictures are shown as links: an agent that was talked into drawing
`![](https://elsewhere/?secret)` must not make the browser fetch it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SCHEMES = frozenset({"http", "https", "mailto"})


def to_html(markdown: str, copy_label: str) -> str:
    """Draw a text; `copy_label` stands on the button of its code blocks."""
    return str(_parser().render(markdown, {"copy": copy_label}))


def code_block(code: str, language: str, copy_label: str) -> str:
    """Draw a code block with its head line."""
    name = escape(language[:40])
    marked = f' class="language-{name}"' if name else ""
    return (
        f'<div class="code"><div class="code-head"><span>{name}</span>'
        f'<button type="button" class="copy" data-copy>{escape(copy_label)}</button></div>'
        f'<pre tabindex="0"><code{marked}>{escape(code)}</code></pre></div>\n'
    )


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 3 MB that an idle program does not need

    class Parser(MarkdownIt):
        """CommonMark with tables and struck-out text."""

        def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
            return safe_link(url)

    parser = Parser("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def safe_link(url: str) -> bool:
    """Whether a link may be followed from the page."""
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _fence(
    _renderer: object,
    tokens: "Sequence[Token]",
    index: int,
    _options: object,
    env: Mapping[str, Any],
) -> str:
    token = tokens[index]
    words = token.info.split(maxsplit=1)
    return code_block(token.content, words[0] if words else "", str(env["copy"]))


def _image(
    _renderer: object, tokens: "Sequence[Token]", index: int, _options: object, _env: object
) -> str:
    token = tokens[index]
    url = str(token.attrs.get("src", ""))
    return f'<a href="{escape(url)}"{_AWAY}>{escape(token.content or url)}</a>'


def _link_open(
    _renderer: object, tokens: "Sequence[Token]", index: int, _options: object, _env: object
) -> str:
    attributes = tokens[index].attrs
    title = attributes.get("title")
    titled = f' title="{escape(str(title))}"' if title else ""
    return f'<a href="{escape(str(attributes.get("href", "")))}"{titled}{_AWAY}>'


def _table_open(*_: object) -> str:
    return '<div class="table" tabindex="0"><table>\n'


def _table_close(*_: object) -> str:
    return "</table></div>\n"


def _cell_open(
    _renderer: object, tokens: "Sequence[Token]", index: int, _options: object, _env: object
) -> str:
    # The parser aligns with a style attribute, which the page's policy forbids: a class instead.
    _, _, side = str(tokens[index].attrs.get("style", "")).partition("text-align:")
    aligned = f' class="{side}"' if side in {"left", "right", "center"} else ""
    return f"<{tokens[index].tag}{aligned}>"


_AWAY = ' target="_blank" rel="noopener noreferrer nofollow"'
_RULES: Mapping[str, Callable[..., str]] = {
    "fence": _fence,
    "code_block": _fence,
    "image": _image,
    "link_open": _link_open,
    "table_open": _table_open,
    "table_close": _table_close,
    "td_open": _cell_open,
    "th_open": _cell_open,
}
