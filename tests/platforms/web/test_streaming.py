from hypothesis import given
from hypothesis import strategies as st

from cc_connect.platforms.web.markdown import to_html
from cc_connect.platforms.web.streaming import LONG_BLOCK, SHORT_TAIL, Cursor, GrowingText
from cc_connect.platforms.web.wire import Extended

PIECES = st.lists(
    st.sampled_from(
        (
            *("a", " b\n", "\n", "\n\n", "- x\n", "  y\n", "1. z\n", "```\n", "```py\n", "~~~\n"),
            *("# h\n", "    code\n", "> q\n", "| a |\n", "|---|\n", "**", "`", " ", "some text\n"),
        )
    ),
    max_size=40,
)


class Screen:
    """What a page shows after the frames it was sent."""

    def __init__(self, text: GrowingText) -> None:
        self.text = text
        self.cursor = Cursor()
        self.blocks: list[str] = []
        self.tail = ""
        self.mode = ""
        self.sent = 0

    def look(self) -> Extended | None:
        frame = self.text.since(self.cursor, "s", "Copy")
        if frame is None:
            return None
        self.sent += len(frame.tail) + sum(map(len, frame.blocks))
        assert frame.first == len(self.blocks)
        self.blocks += frame.blocks
        if frame.add:
            assert frame.mode == self.mode != "html"
            self.tail += frame.tail
        else:
            self.tail, self.mode = frame.tail, frame.mode
        return frame


def grown(*pieces: str) -> tuple[GrowingText, Screen]:
    text, at = GrowingText(), 0
    for piece in pieces:
        text.feed(piece, at)
        at += len(piece)
    screen = Screen(text)
    screen.look()
    return text, screen


def test_a_finished_paragraph_is_drawn_once() -> None:
    text, screen = grown("one **bold**\n\ntwo")
    assert screen.blocks == ["<p>one <strong>bold</strong></p>\n"]
    assert screen.tail == "<p>two</p>\n"
    text.feed(" more", text.length)
    frame = screen.look()
    assert frame is not None
    assert frame.blocks == ()
    assert screen.tail == "<p>two more</p>\n"
    assert screen.look() is None


def test_code_grows_as_plain_text_inside_its_block() -> None:
    text, screen = grown("```python\nx = 1\n\ny")
    assert (screen.mode, screen.tail) == ("code", "x = 1\n\ny")
    text.feed(" = 2\n`", text.length)
    frame = screen.look()
    assert frame is not None
    assert (frame.add, frame.tail) == (True, " = 2\n`")
    text.feed("``\nafter", text.length)
    screen.look()
    assert screen.blocks == [to_html("```python\nx = 1\n\ny = 2\n```\n", "Copy")]
    assert screen.tail == "<p>after</p>\n"


def test_a_list_stays_one_list_over_blank_lines() -> None:
    _, screen = grown("- a\n\n- b\n\n  more of b\n\n```\nno list\n```\n\nend")
    assert len(screen.blocks) == 2
    assert screen.blocks[0].count("<ul>") == 1
    assert "more of b" in screen.blocks[0]


def test_code_in_a_list_does_not_end_the_list() -> None:
    _, screen = grown("- a\n  ```\n  x\n\n  y\n  ```\n- b\n\nend\n")
    assert len(screen.blocks) == 1
    assert screen.blocks[0].count("<li>") == 2


def test_a_heading_is_a_block_of_its_own() -> None:
    _, screen = grown("text\n# Head\nmore")
    assert screen.blocks == ["<p>text</p>\n", "<h1>Head</h1>\n"]


def test_a_piece_that_comes_twice_is_left_out() -> None:
    text, screen = grown("abc")
    text.feed("bcd", 1)
    screen.look()
    assert screen.tail == "<p>abcd</p>\n"
    text.feed("cd", 2)
    assert screen.look() is None


def test_a_piece_at_the_beginning_begins_anew() -> None:
    text, screen = grown("a remark\n\n```\nmore")
    text.feed("the answer", 0)
    frame = screen.text.since(screen.cursor, "s", "Copy")
    assert frame == Extended("s", 0, (), "<p>the answer</p>\n")
    text.feed("", 0)
    assert text.since(screen.cursor, "s", "Copy") == Extended("s", 0)
    assert text.length == 0


def test_a_missing_piece_shows_as_an_ellipsis() -> None:
    text, screen = grown("abc")
    text.feed("xyz", 10)
    screen.look()
    assert "…" in "".join(screen.blocks)
    assert screen.tail == "<p>xyz</p>\n"
    assert text.length == 13


def test_a_late_page_gets_all_of_it() -> None:
    text, first = grown("one\n\ntwo\n\n```\nco")
    late = Screen(text)
    late.look()
    assert (late.blocks, late.tail, late.mode) == (first.blocks, first.tail, first.mode)


def test_a_very_long_block_is_not_drawn_as_markdown() -> None:
    _, screen = grown("*a* " * LONG_BLOCK, "\n\n", "end")
    assert "<em>" not in screen.blocks[0]


@given(PIECES, st.randoms())
def test_it_does_not_matter_when_a_page_looks(pieces: list[str], chance: st.DataObject) -> None:
    text, at = GrowingText(), 0
    often, seldom, late = Screen(text), Screen(text), Screen(text)
    for piece in pieces:
        text.feed(piece, at)
        at += len(piece)
        often.look()
        if chance.random() < 0.3:  # type: ignore[attr-defined]  # st.randoms() gives a random.Random
            seldom.look()
    seldom.look()
    late.look()
    shown = [(screen.blocks, screen.tail, screen.mode) for screen in (often, seldom, late)]
    assert shown[0] == shown[1] == shown[2]


def volume(line: str, pieces: int) -> int:
    text, at = GrowingText(), 0
    screen = Screen(text)
    whole = line * (pieces * 200 // len(line) + 1)
    for _ in range(pieces):
        text.feed(whole[at : at + 200], at)
        at += 200
        screen.look()
    return screen.sent


def test_cost_is_linear_in_the_length_of_the_text() -> None:
    for line in ("word ", "- an **item**\n", "a paragraph\n\n", "x\n" * SHORT_TAIL, "# h\n"):
        assert volume(line, 400) < 2.2 * volume(line, 200) + 10 * SHORT_TAIL, line
    fenced = GrowingText()
    screen = Screen(fenced)
    fenced.feed("```\n", 0)
    for _ in range(4_000):
        fenced.feed("y" * 199 + "\n", fenced.length)
        screen.look()
    assert screen.sent == 4_000 * 200
