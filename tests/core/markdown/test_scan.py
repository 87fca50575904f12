from cc_connect.core.markdown import code_points, utf8_bytes
from cc_connect.core.markdown.scan import Fence, Layout, Rank, Sham, Table, scan


def ranks(text: str) -> str:
    """One letter for each line: how gladly a cut is made before it."""
    letters = {
        Rank.POOR: "-",
        Rank.LINE: "l",
        Rank.ROW: "r",
        Rank.ITEM: "i",
        Rank.BLANK: "b",
        Rank.PARAGRAPH: "P",
    }
    return "".join(letters[Rank(rank)] for rank in scan(text, code_points).ranks[:-1])


def fences(layout: Layout) -> list[Fence]:
    return [region for region in layout.regions if isinstance(region, Fence)]


def test_nothing() -> None:
    layout = scan("", code_points)
    assert (layout.count, list(layout.units), list(layout.member)) == (0, [0], [-1])


def test_lines_and_their_sizes() -> None:
    layout = scan("a\r\n\u00e4\rb\n\nc", utf8_bytes)
    assert list(layout.starts) == [0, 3, 5, 7, 8, 9]
    assert list(layout.units) == [0, 3, 6, 8, 9, 10]
    assert layout.count == 5


def test_only_line_breaks_of_markdown_break_lines() -> None:
    assert scan("a\u2028b\x0bc\x85d\x0ce", code_points).count == 1


def test_ranks_of_prose() -> None:
    assert ranks("a\nb\n\nc\n# d\ne\n\nf") == "PlbPilbP"
    assert ranks("a\n- b\n  c\n1. d\n* * *\ne\n---\n\nf\n\n---\ng") == "Piliil-blbPl"


def test_ranks_of_quotes() -> None:
    assert ranks("> a\n>\n> b\n> # c") == "PbPi"


def test_ranks_of_a_fence() -> None:
    assert ranks("a\n```\nb\n\nc\nd\n\n```\ne\n\nf") == "PP-lrll-PbP"
    assert ranks("# a\n```\nb\n```") == "Pl--"


def test_ranks_of_a_table() -> None:
    assert ranks("a\n\n|b|\n|-|\n|c|\n|d|\n\ne") == "PbP--rbP"
    assert ranks("a\n|b|\n|-|\n|c|\n|d|\ne") == "PP--rP"
    assert ranks("# a\n|b|\n|-|\n|c|") == "Pl--"


def test_a_fence() -> None:
    layout = scan("a\n  ~~~~ py x\nb\n   ~~~~~\nc", code_points)
    assert layout.regions == [
        Fence(
            first=1,
            last=4,
            before=1,
            closed=True,
            lead="  ",
            mark="~~~~",
            info="py x",
            quotes=0,
            indent=2,
        )
    ]
    assert list(layout.member) == [-1, 0, 0, 0, -1, -1]
    assert layout.run_ends == {1: 8, 3: 24}


def test_a_fence_under_a_heading_knows_it() -> None:
    assert fences(scan("a\n# b\n\n```\nc", code_points))[0].before == 1
    assert fences(scan("# b\n\na\n```\nc", code_points))[0].before == 3


def test_a_fence_never_closed_is_open_at_the_end() -> None:
    layout = scan("```\na\n", code_points)
    assert list(layout.member) == [0, 0, 0]
    assert fences(layout)[0].last == 2
    assert not fences(layout)[0].closed


def test_a_fence_in_containers() -> None:
    (fence,) = fences(scan("> 1. ```\n>    a\n>    ```\nb", code_points))
    assert (fence.lead, fence.quotes, fence.indent, fence.last) == (">    ", 1, 3, 3)
    (fence,) = fences(scan(">> ```\n> a\n> ```", code_points))[:1]
    assert (fence.quotes, fence.last, fence.closed) == (2, 1, False)
    (fence,) = fences(scan("-\t```\n\ta\n\t```", code_points))
    assert (fence.lead, fence.indent, fence.closed) == (" \t", 4, True)


def test_info_strings() -> None:
    def info(text: str) -> str:
        return fences(scan(text, code_points))[0].info

    assert info("```") == ""
    assert info("``` py ") == "py"
    assert info("``` py \r\n") == "py"
    assert info("```" + "x" * 20 + "\n") == "x" * 20
    assert info("```" + "x" * 21 + "\n") == ""
    assert info("```" + "x" * 20 + " y\n") == "x" * 20
    assert info("```py" + " " * 30 + "y") == "py"
    assert info("~~~ ~~~") == ""
    assert info("~~~ py ~~~") == "py ~~~"


def test_what_is_no_fence() -> None:
    assert scan("``\n~~\na ```\n`` ```\n", code_points).regions == []
    layout = scan("  ```a`\n> ~~~ `\n> ~~~", code_points)
    assert len(layout.regions) == 1
    assert layout.shams == {0: Sham(6, "  ```")}


def test_what_does_not_close() -> None:
    text = "````\n```\n~~~~\n    ````\n```` a\n````\nend"
    layout = scan(text, code_points)
    assert fences(layout)[0].last == 6
    assert layout.shams == {4: Sham(text.index("a"), "")}


def test_tables() -> None:
    layout = scan("a | b\n--- | :-:\nc | d\ne\n", code_points)
    assert layout.regions == [Table(first=0, last=3, before=0, quotes=0)]
    assert list(layout.member) == [0, 0, 0, -1, -1]
    for rest in ("# e | f", "- e | f", "> e | f", "", "```", "e"):
        (table, *_) = scan(f"|a|\n|-|\n|c|\n{rest}\n", code_points).regions
        assert isinstance(table, Table)
        assert table.last == 3
    assert scan("> |a|\n> |-|\n> |b|", code_points).regions == [Table(0, 3, 0, 1)]
    assert scan("# x\n\n|a|\n|-|", code_points).regions == [Table(2, 4, 0, 0)]


def test_what_is_no_table() -> None:
    for text in (
        "|a|\n|b|",
        "a\n|-|",
        "|a|\n---",
        "|a|\n\n|-|",
        "|a|\n> |-|",
        "|a|\n- |-|",
        "# |a|\n|-|",
    ):
        assert scan(text, code_points).regions == []
