"""Plain text of Markdown that is still being written, for platforms where text can only be added.

`to_plain` may need the end of a text to draw its beginning: a definition at the bottom makes a link
at the top. `to_plain_in_order` draws what comes as it comes, and `GrowingPlain` gives the same text
bit by bit. It holds back one open block at most (a list, a table, a quote), of a paragraph only
what may still become something else, and of code the line that is being written.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from cc_connect.core.markdown.plain import CODE_INDENT, DEEPEST, drawn_blocks, drawn_inline
from cc_connect.core.markdown.settled import Scan, begins_prose, stand_in

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_PATIENT = 2_000
"""Characters of an open end that are looked at with every piece; a longer one more rarely."""
_GROWTH = 1.2
_OPENING = re.compile(r"`{3,}(?=[^`]*\Z)|~{3,}")
_ENDED_BY_BLANK = frozenset({"paragraph", "table", "blockquote"})
_ENDED_BY_PROSE = frozenset({"bullet_list", "ordered_list", "code_block"})
_ONE_LINE = frozenset({"heading", "hr"})


Block = tuple[str, int, int]
"""An outermost block: its kind, its first line, the first line after it."""


def to_plain_in_order(markdown: str) -> str:
    """Like `to_plain`, but nothing is drawn in the light of what comes later.

    Reference links and their definitions stay as they are written, and a table is one only if its
    first line begins with a bar. Without blank lines at
    its beginning and blanks at its end.
    """
    text = _normal(markdown.strip())
    tokens = _parser().parse(text)
    lines = text.split("\n")
    drawn = (
        _drawn("\n".join(lines[first:last])) for _, first, last in _outline(tokens, len(lines))
    )
    return "\n\n".join(drawn).lstrip("\n").rstrip()


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see plain
    from markdown_it.rules_block import table  # noqa: PLC0415 - the same

    def bordered(state: "StateBlock", first: int, last: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's form
        begin = state.bMarks[first] + state.tShift[first]
        return state.src[begin : begin + 1] == "|" and table(state, first, last, silent)

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"]).disable(["reference"])
    parser.block.ruler.at("table", bordered, {"alt": ["paragraph", "reference"]})
    return parser


def _outline(tokens: "list[Token]", end: int) -> "list[Block]":
    """Kind and lines of the outermost blocks; each goes on to where the next begins."""
    begun = [
        (token.type.removesuffix("_open"), token.map[0])
        for token in tokens
        if token.level == 0 and token.nesting >= 0 and token.map
    ]
    ends = [*(first for _, first in begun), end][1:]
    return [(kind, first, last) for (kind, first), last in zip(begun, ends, strict=True)]


def _drawn(block: str) -> str:
    """One outermost block; as it is written when it is nested absurdly deep."""
    from markdown_it.tree import SyntaxTreeNode  # noqa: PLC0415 - see plain

    tokens = _parser().parse(block)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        return block.strip("\n")
    return drawn_blocks(SyntaxTreeNode(tokens).children)


class GrowingPlain:
    """The plain text of a text that grows: `feed` gives what can be shown now.

    What `feed` has given so far, joined, is at any time the beginning of `to_plain_in_order` of
    the whole text, however it goes on. Work grows linearly with the text, as far as it is one that
    people read.
    """

    def __init__(self) -> None:
        self._text = ""  # from the beginning of the open block
        self._known = 0  # characters of it, whole lines, that were parsed as blocks
        self._lines = 0  # how many lines of prose are known to be in the open paragraph
        self._kind = ""  # of the open block, as far as it is known
        self._settled = 0  # 1 if it begins with a stand-in for what is drawn of it already
        self._drawn = ""  # the stand-in
        self._fence = ""
        self._blank_lines = -1  # of the open code, that wait for a line with something in it
        self._blocks = 0
        self._waiting = ""  # drawn, but blank so far
        self._sent = False
        self._carry = ""
        self._looked_at = 0

    def feed(self, piece: str) -> str:
        """Take more text; returns more plain text, often none."""
        piece = self._carry + piece
        self._carry = "\r" if piece.endswith("\r") else ""
        piece = _normal(piece.removesuffix("\r"))
        if not self._text and not self._blocks and not self._fence:
            piece = piece.lstrip()
        self._text += piece
        out: list[str] = []
        if self._due():
            while self._step(out):
                pass
            self._looked_at = len(self._text)
        return self._visible("".join(out))

    def _due(self) -> bool:
        size = len(self._text) - self._settled
        return (
            size < _PATIENT
            or bool(self._fence)
            or (size > _GROWTH * (self._looked_at - self._settled))
        )

    def _visible(self, drawn: str) -> str:
        """Without blanks at the end: whether they belong to the text is not known yet."""
        drawn = self._waiting + drawn
        if not self._sent:
            drawn = drawn.lstrip("\n")
        shown = drawn.rstrip()
        self._waiting = drawn[len(shown) :]
        self._sent = self._sent or bool(shown)
        return shown

    # --- blocks ---------------------------------------------------------------------------------

    def _step(self, out: list[str]) -> bool:
        """Draw what can be drawn; whether there may be more."""
        if self._fence:
            return self._code(out)
        whole = self._text.rfind("\n") + 1
        if whole > self._known:
            self._known = whole
            if self._parsed(whole, out):
                return True
        if self._kind in _ENDED_BY_PROSE and self._prose_follows(whole):
            lines = self._text[:whole].split("\n")
            self._finish(lines, [(self._kind, 0, len(lines) - 1)], out)
            self._begin(self._text[whole:])
            return True
        if self._kind in {"", "paragraph"}:
            self._prose(out)
        return False

    def _parsed(self, whole: int, out: list[str]) -> bool:
        """Look at the whole lines as blocks; whether the open block is another one now."""
        tokens: list[Token] = []
        parser = _parser()
        parser.block.parse(self._text[:whole], parser, {}, tokens)
        lines = self._text.split("\n")
        outline = _outline(tokens, len(lines) - 1)
        if not outline:
            self._begin(self._text[whole:])
            return False
        kind, first, last = outline[-1]
        ended = kind in _ENDED_BY_BLANK and not lines[last - 1].strip(" \t")
        if ended or kind in _ONE_LINE:
            self._finish(lines, outline, out)
            self._begin("\n".join(lines[last:]))
            return True
        if outline[:-1]:
            self._finish(lines, outline[:-1], out)
            self._begin("\n".join(lines[first:]))
            return True
        opening = _OPENING.match(lines[first]) if kind == "fence" else None
        if opening:
            self._open(out)
            self._fence = opening[0]
            self._begin("\n".join(lines[first + 1 :]))
            return True
        self._kind = kind
        self._lines = last - first
        if first:
            self._text = "\n".join(lines[first:])
            self._known -= sum(map(len, lines[:first])) + first
        return False

    def _prose_follows(self, whole: int) -> bool:
        """Whether the line being written is a paragraph of its own after an empty line."""
        rest = self._text[whole : whole + 1]
        empty = self._text.endswith("\n\n", 0, whole)
        return empty and not rest.isspace() and begins_prose(self._text, whole)

    def _begin(self, text: str) -> None:
        self._text = text
        self._known = self._lines = self._settled = 0
        self._kind = self._drawn = ""

    def _open(self, out: list[str]) -> None:
        out.append("\n\n" if self._blocks else "")
        self._blocks += 1

    def _finish(self, lines: list[str], outline: "list[Block]", out: list[str]) -> None:
        """Whole blocks, without what is drawn of the first already."""
        for _, first, last in outline:
            if not self._settled:
                self._open(out)
            out.append(_drawn("\n".join(lines[first:last]))[len(self._drawn) :])
            self._settled, self._drawn = 0, ""

    # --- prose ----------------------------------------------------------------------------------

    def _prose(self, out: list[str]) -> None:
        text = self._text.lstrip(" \t\n")
        blanks = len(self._text) - len(text)
        if not self._kind and (blanks >= len(CODE_INDENT) or not begins_prose(self._text)):
            return
        before = text[: self._settled]
        scan = Scan(_parser(), text, self._settled, self._lines, before)
        end = scan.settled()
        if end <= self._settled:
            return
        if not self._settled:
            self._open(out)
        out.append(_drawn_inline(text[:end])[len(before) :])
        # Only what is open is kept, after a character that takes the place of the one before.
        drawn = text[:end]
        self._drawn = stand_in(drawn[-1])
        self._text = self._drawn + text[end:]
        self._settled = len(self._drawn)
        self._known = max(0, self._known - blanks - end + self._settled)
        self._lines = max(0, self._lines - drawn.count("\n"))

    # --- code -----------------------------------------------------------------------------------

    def _code(self, out: list[str]) -> bool:
        """The whole lines of an open fence; whether it was closed."""
        *lines, rest = self._text.split("\n")
        for number, line in enumerate(lines):
            bare = line.strip(" \t")
            closes = bare.startswith(self._fence) and not bare.strip(self._fence[0])
            if closes and len(line) - len(line.lstrip(" ")) < len(CODE_INDENT):
                self._fence, self._blank_lines = "", -1
                self._begin("\n".join((*lines[number + 1 :], rest)))
                return True
            self._blank_lines += 1
            if line:
                out.append("\n" * self._blank_lines + CODE_INDENT + line)
                self._blank_lines = 0
        self._text = rest
        return False


def _drawn_inline(text: str) -> str:
    from markdown_it.tree import SyntaxTreeNode  # noqa: PLC0415 - see plain

    return drawn_inline(SyntaxTreeNode(_parser().parseInline(text)).children)
