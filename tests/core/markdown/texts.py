"""Texts to cut: nasty ones for the guarantees, well-formed ones to compare with a real parser."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st


def examples(count: int) -> settings:
    """So many examples, the same in each run: new ones belong to a search, not to a build."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=slow,
    )


CHARACTERS = [
    "a",
    "word ",
    "Z. ",
    "é",
    "e\u0301",
    "你",
    "好。",
    "\uff0c",
    "\U0001f600",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea",
    "\U0001f44d\U0001f3fd",
    "\u2764\ufe0f",
    "\ud83d",
    "\ude00",
    "\u2028",
    "\x0b",
    "\x00",
]
MARKS = [
    " ",
    "    ",
    "\t",
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "~~~~",
    "> ",
    ">",
    "- ",
    "* ",
    "1. ",
    "10) ",
    "# ",
    "|",
    "| a | b |",
    "|---|---|",
    "---",
    "===",
    "py",
]
BREAKS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n"]

words = st.lists(st.sampled_from(CHARACTERS), max_size=15).map("".join)
long_words = st.tuples(st.sampled_from(CHARACTERS + MARKS), st.integers(20, 300)).map(
    lambda pair: pair[0] * pair[1]
)
lines = st.lists(st.sampled_from(CHARACTERS + MARKS), max_size=8).map("".join)
pretenders = st.tuples(
    st.sampled_from(["```", "  ````", "> ~~~", "- ```", "~~~"]),
    st.sampled_from([" ", "x", "words "]),
    st.integers(1, 200),
    st.sampled_from(["`", "``` x", "x"]),
).map(lambda parts: parts[0] + parts[1] * parts[2] + parts[3])
leads = st.sampled_from(["", "", "", " ", "  ", "   ", "    ", "> ", ">> ", "- ", "1. ", "> - "])


@st.composite
def fences(draw: st.DrawFn) -> str:
    char = draw(st.sampled_from("`~"))
    mark = char * draw(st.integers(3, 6))
    lead = draw(leads)
    inner = lead.replace("-", " ").replace("1.", "  ")
    info = draw(st.one_of(st.just(""), st.sampled_from(["py", "python title=x"]), long_words))
    content = draw(st.lists(st.one_of(lines, words, long_words, pretenders), max_size=5))
    end = [inner + mark] if draw(st.booleans()) else []
    return draw(st.sampled_from(BREAKS)).join(
        [lead + mark + info, *(inner + line for line in content), *end]
    )


@st.composite
def tables(draw: st.DrawFn) -> str:
    lead = draw(st.sampled_from(["", "", "> ", "- "]))
    inner = lead.replace("-", " ")
    rows = draw(st.lists(st.tuples(words, words), max_size=6))
    body = [inner + f"| {a} | {b} |" for a, b in rows]
    return "\n".join([lead + "| name | value |", inner + "|---|:-:|", *body])


@st.composite
def nasty(draw: st.DrawFn) -> str:
    """Anything at all, most of it looking like Markdown."""
    blocks = draw(
        st.lists(st.one_of(fences(), tables(), lines, words, long_words, pretenders), max_size=8)
    )
    breaks = draw(st.lists(st.sampled_from(BREAKS), min_size=len(blocks), max_size=len(blocks)))
    pairs = zip(blocks, breaks, strict=True)
    text = "".join(block + end for block, end in pairs)
    return text if draw(st.booleans()) else text.rstrip()


code_lines = st.lists(
    st.sampled_from(["x = 1", "  y", "\tz", "", "```", "~~~", "# no heading", "- no item", "|a|"]),
    max_size=20,
)
prose = st.lists(
    st.sampled_from(
        ["Some words.", "More of them,", "你好。", "and `code`", "a ``` b", "\U0001f600"]
    ),
    min_size=1,
    max_size=30,
).map(" ".join)


@st.composite
def code_blocks(draw: st.DrawFn) -> str:
    """A fenced block as a careful writer makes it, at the top, in an item or in a quote."""
    char = draw(st.sampled_from("`~"))
    mark = char * 4
    first, inner = draw(
        st.sampled_from([("", ""), ("  ", "  "), ("- item\n\n  ", "  "), ("> ", "> ")])
    )
    content = draw(code_lines)
    content += ["long " * draw(st.integers(0, 80))]
    body = "".join(f"{inner}{line}".rstrip(" ") + "\n" for line in content)
    return f"{first}{mark}py\n{body}{inner}{mark}"


well_formed = st.lists(st.one_of(code_blocks(), prose), min_size=1, max_size=6).map("\n\n".join)
