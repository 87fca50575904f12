"""Markdown as plain text, for platforms that draw no markup.

What carries meaning stays (list marks, link targets, quote marks, code as it is); what is only
dress goes. The parser is a library's; this module draws its tree.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

DEEPEST = 100
"""The parser leaves out what is nested deeper than this."""
_TABLE_WIDTH = 44
"""Columns of a table that a telephone shows in one line."""
CODE_INDENT = "    "
_GAP = "  "
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def to_plain(markdown: str) -> str:
    """Return readable text without markup: links as `text (url)`, code indented by four blanks.

    A small table becomes aligned columns, a wide one a `header: value` line for each cell. The
    result has no blank lines at its ends. A text nested absurdly deep is returned as it is.
    """
    from markdown_it.tree import SyntaxTreeNode  # noqa: PLC0415 - see _parser

    tokens = _parser().parse(markdown)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        return markdown.strip("\n")
    return drawn_blocks(SyntaxTreeNode(tokens).children).strip("\n")


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 6 MB that most platforms never need

    options = {"maxNesting": DEEPEST}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def drawn_blocks(nodes: Iterable["SyntaxTreeNode"]) -> str:
    """Draw blocks that follow each other."""
    drawn: list[str] = []
    tight = False
    for node in nodes:
        if drawn:
            drawn.append("\n" if tight or node.hidden else "\n\n")
        drawn.append(_block(node))
        tight = node.hidden  # a paragraph of an item in a list without blank lines
    return "".join(drawn)


def _block(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "paragraph" | "heading":
            return drawn_inline(node.children)
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return _prefixed(drawn_blocks(node.children), "> ", "> ")
        case "fence" | "code_block":
            return _prefixed(node.content.rstrip("\n"), CODE_INDENT, CODE_INDENT)
        case "table":
            return _table(node)
        case "hr":
            return "---"
        case _:  # raw HTML
            return node.content.rstrip("\n")


def _prefixed(text: str, first: str, others: str) -> str:
    prefixes = [first] + [others] * text.count("\n")
    drawn = zip(prefixes, text.split("\n"), strict=True)
    return "\n".join(prefix + line if line else prefix.rstrip() for prefix, line in drawn)


def _list(node: "SyntaxTreeNode") -> str:
    number = int(node.attrs.get("start", 1))
    items = []
    for index, item in enumerate(node.children):
        mark = f"{number + index}. " if node.type == "ordered_list" else "- "
        items.append(_prefixed(drawn_blocks(item.children), mark, " " * len(mark)))
    loose = any(
        child.type == "paragraph" and not child.hidden
        for item in node.children
        for child in item.children
    )
    return ("\n\n" if loose else "\n").join(items)


def drawn_inline(nodes: Iterable["SyntaxTreeNode"]) -> str:
    """Draw what is in a paragraph."""
    return "".join(map(_span, nodes))


def _span(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            return _link(drawn_inline(node.children), str(node.attrs.get("href", "")))
        case "image":
            return _link(drawn_inline(node.children), str(node.attrs.get("src", "")))
        case "html_inline":
            return "\n" if _BREAK_TAG.fullmatch(node.content) else node.content
        case "text" | "code_inline":
            return node.content
        case _:
            return drawn_inline(node.children)


def _link(text: str, target: str) -> str:
    if not text:
        return target
    same = target in {text, f"mailto:{text}", f"http://{text}", f"https://{text}"}
    return text if same or not target else f"{text} ({target})"


def _table(node: "SyntaxTreeNode") -> str:
    rows = [
        [" ".join(drawn_inline(cell.children).split()) for cell in row.children]
        for section in node.children
        for row in section.children
    ]
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > _TABLE_WIDTH and rows[1:]:
        return "\n\n".join(_record(rows[0], row) for row in rows[1:])
    rights = [
        "right" in str(cell.attrs.get("style", ""))
        for cell in node.children[0].children[0].children
    ]
    ruled = [rows[0], ["-" * width for width in widths], *rows[1:]]
    return "\n".join(_aligned(row, widths, rights) for row in ruled)


def _record(header: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip(header, row, strict=True)
    return "\n".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def _aligned(row: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    cells = []
    for text, width, right in zip(row, widths, rights, strict=True):
        pad = " " * (width - _columns(text))
        cells.append(pad + text if right else text + pad)
    return _GAP.join(cells).rstrip()


def _columns(text: str) -> int:
    """Count the columns of a text in a font of fixed width: Chinese and emoji take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
