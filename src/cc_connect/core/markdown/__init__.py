"""Markdown as text: cutting it into messages, showing it plainly, quoting other text in it."""

from cc_connect.core.markdown.ends import head, tail
from cc_connect.core.markdown.escape import code_block, inline_code, quote, verbatim
from cc_connect.core.markdown.growing import GrowingPlain, to_plain_in_order
from cc_connect.core.markdown.measure import (
    Measure,
    clip,
    code_points,
    measure_of,
    utf8_bytes,
    utf16_units,
)
from cc_connect.core.markdown.plain import to_plain
from cc_connect.core.markdown.split import Piece, split

__all__ = [
    "GrowingPlain",
    "Measure",
    "Piece",
    "clip",
    "code_block",
    "code_points",
    "head",
    "inline_code",
    "measure_of",
    "quote",
    "split",
    "tail",
    "to_plain",
    "to_plain_in_order",
    "utf8_bytes",
    "utf16_units",
    "verbatim",
]
