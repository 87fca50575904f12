"""Content as a platform can draw it: examples of every stand-in, then what must hold for any."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_connect.contract.content import (
    Attachment,
    Block,
    Button,
    Buttons,
    Content,
    Diff,
    Field,
    Footer,
    Form,
    Menu,
    Option,
    Step,
    StepKind,
    Steps,
    StepState,
    Table,
    Text,
    Todo,
    Todos,
    TodoState,
)
from cc_connect.contract.platform import Capabilities, Markup, Support, TextUnit
from cc_connect.core.actions import AnswerRequest, RunCommand, encode
from cc_connect.core.degrade import MEASURES, as_markdown, degrade, pieces
from cc_connect.core.texts import Language

EN = Language.ENGLISH
NOTHING = Capabilities(text_limit=2000)
EVERYTHING = Capabilities(
    text_limit=2000,
    buttons=Support.FULL,
    menus=Support.FULL,
    forms=Support.FULL,
    files=Support.FULL,
    cards=Support.FULL,
)
BUTTONS_ONLY = Capabilities(text_limit=2000, buttons=Support.PARTIAL)
PLAIN = Capabilities(text_limit=2000, markup=Markup.PLAIN)

STEPS = Steps(
    (
        Step(StepKind.TOOL, "Bash(ls)", "out", StepState.DONE),
        Step(StepKind.TOOL, "Read(a)", "", StepState.FAILED, 1),
        Step(StepKind.THOUGHT, "", "hm", StepState.RUNNING),
    ),
    hidden=3,
)
TODOS = Todos((Todo("one", TodoState.DONE), Todo("two", TodoState.ACTIVE), Todo("three")))
DIFF = Diff("a.py", "@@ -1 +1 @@\n-a\n+b", 1, 1)
TABLE = Table(("a", "b"), (("1", "2"), ("3", "4")))
CHOICE = Buttons((Button("Allow", "a:t-1:allow:0"), Button("Deny", "a:t-1:deny:0")))
MENU = Menu("a:t-1:menu:2", "Pick", (Option("Red", "0", "warm"), Option("Blue", "1")))
FORM = Form("a:t-1:text:0", "Other answer", "Which?", (Field("answer", "Your answer"),))
FILE = Attachment("/files/report.pdf", "report.pdf", "application/pdf", 5 * 1024 * 1024)
DRAWN: tuple[Block, ...] = (STEPS, TODOS, DIFF, TABLE, CHOICE, MENU, FORM, FILE, Footer("small"))


def degraded(*content: Block, can: Capabilities = NOTHING) -> Content:
    return degrade(content, can, EN)


# --- drawn as it is -------------------------------------------------------------------------------


def test_who_can_draw_everything_gets_everything() -> None:
    assert degraded(*DRAWN, can=EVERYTHING) == DRAWN


def test_a_platform_that_draws_plain_text_gets_buttons_and_cards_as_they_are() -> None:
    can = Capabilities(2000, markup=Markup.PLAIN, buttons=Support.FULL, cards=Support.FULL)
    assert degraded(Text("**Hi**"), CHOICE, STEPS, can=can) == (Text("Hi"), CHOICE, STEPS)


# --- stand-ins ------------------------------------------------------------------------------------


@pytest.mark.parametrize("cards", [Support.NONE, Support.PARTIAL])
@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (STEPS, "3 earlier steps\n✓ Bash(ls)\n  ✗ Read(a)\n⏳ hm"),
        (TODOS, "☑ one\n▶ two\n☐ three"),
        (DIFF, "`a.py` +1 -1\n```diff\n@@ -1 +1 @@\n-a\n+b\n```"),
        (TABLE, "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"),
    ],
)
def test_cards_become_prose(
    block: Steps | Todos | Diff | Table, markdown: str, cards: Support
) -> None:
    assert degraded(block, can=Capabilities(2000, cards=cards)) == (Text(markdown),)
    assert as_markdown(block, EN) == markdown


def test_steps_of_which_none_is_hidden_do_not_mention_it() -> None:
    assert as_markdown(Steps(STEPS.items[:1]), EN) == "✓ Bash(ls)"


def test_buttons_become_a_numbered_list() -> None:
    assert degraded(CHOICE) == (
        Text("1. Allow\n2. Deny\n\nAnswer with **allow**, **deny** or **allow all**."),
    )


def test_a_menu_becomes_a_numbered_list_where_there_are_no_buttons() -> None:
    assert degraded(MENU) == (Text("1. Red: warm\n2. Blue"),)


def test_a_menu_of_a_question_becomes_buttons_that_answer_it() -> None:
    assert degraded(MENU, can=BUTTONS_ONLY) == (
        Buttons((Button("Red", "a:t-1:o0:2"), Button("Blue", "a:t-1:o1:2"))),
    )


def test_a_menu_of_a_command_becomes_buttons_that_give_it() -> None:
    menu = Menu("c:/model", "Pick", (Option("Big", "big"), Option("Small", "small")))
    assert degraded(menu, can=BUTTONS_ONLY) == (
        Buttons((Button("Big", "c:/model big"), Button("Small", "c:/model small"))),
    )


@pytest.mark.parametrize("action", ["x:y", "i:item:steer"])
def test_a_menu_of_unknown_meaning_keeps_its_action(action: str) -> None:
    menu = Menu(action, "Pick", (Option("Red", "0"),))
    assert degraded(menu, can=BUTTONS_ONLY) == (Buttons((Button("Red", action),)),)


def test_a_form_for_an_answer_becomes_a_word_on_how_to_answer() -> None:
    words = "Answer with the number of an option, or `/answer` and your own words."
    assert degraded(FORM) == (Text(words),)


@pytest.mark.parametrize("action", ["a:t-1:keep:0", "c:/name", "nonsense"])
def test_other_forms_are_left_out(action: str) -> None:
    assert degraded(Form(action, "Keep planning", "", ())) == ()


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (
            Attachment("/b", "b", size=5 * 1024 * 1024),
            "📎 b (5120 kB): this chat takes no files from me; it is at /b.",
        ),
        (
            Attachment("/a", "a", size=5),
            "📎 a (1 kB): this chat takes no files from me; it is at /a.",
        ),
    ],
)
def test_a_file_becomes_a_line_where_no_files_are_taken(file: Attachment, line: str) -> None:
    assert degraded(file) == (Text(line),)


def test_a_file_that_is_too_big_becomes_a_line() -> None:
    can = Capabilities(2000, files=Support.FULL, file_limit=FILE.size - 1)
    assert degraded(FILE, can=can) == (
        Text("📎 report.pdf is too big for this chat (limit 4 MB); it is at /files/report.pdf."),
    )


def test_a_file_of_just_the_limit_is_sent() -> None:
    can = Capabilities(2000, files=Support.PARTIAL, file_limit=FILE.size)
    assert degraded(FILE, can=can) == (FILE,)


# --- plain text and neighbours --------------------------------------------------------------------


def test_a_platform_without_markup_gets_plain_text() -> None:
    content = degraded(Text("# Hi\n\n**all** [here](http://x)"), TODOS, can=PLAIN)
    assert content == (Text("Hi\n\nall here (http://x)\n\n☑ one\n▶ two\n☐ three"),)


def test_plain_text_of_a_streamed_answer_begins_with_what_was_streamed() -> None:
    # What a reference means is known at the end only; by then its line was shown.
    begun, whole = "**See** [this][1].", "**See** [this][1].\n\n[1]: http://x"
    streaming = Capabilities(2000, markup=Markup.PLAIN, stream=Support.FULL)
    (shown,) = degraded(Text(begun), can=streaming)
    (final,) = degraded(Text(whole), can=streaming)
    assert shown == Text("See [this][1].")
    assert isinstance(final, Text)
    assert final.markdown.startswith("See [this][1].")
    assert degraded(Text(whole), can=PLAIN) == (Text("See this (http://x)."),)


def test_small_print_is_prose_where_there_is_no_markup() -> None:
    assert degraded(Text("**Hi**"), Footer("a_b_*c*"), can=PLAIN) == (Text("Hi\n\na_b_*c*"),)


def test_neighbouring_prose_becomes_one_block() -> None:
    assert degraded(Text("a"), TODOS, Text(""), CHOICE, Footer("f"), Text("b"), Text("c")) == (
        Text(
            "a\n\n☑ one\n▶ two\n☐ three\n\n1. Allow\n2. Deny\n\n"
            "Answer with **allow**, **deny** or **allow all**."
        ),
        Footer("f"),
        Text("b\n\nc"),
    )


def test_nothing_stays_nothing() -> None:
    assert degraded() == degraded(Text("")) == ()
    assert pieces((), NOTHING) == ()


# --- pieces ---------------------------------------------------------------------------------------


def short(limit: int, unit: TextUnit = TextUnit.CODE_POINTS) -> Capabilities:
    return Capabilities(text_limit=limit, text_unit=unit)


def test_what_fits_is_one_piece_in_its_order() -> None:
    content: Content = (Text("x" * 60), CHOICE, Text("y" * 40), Footer("f"))
    assert pieces(content, short(100)) == (content,)


def test_long_prose_is_split_and_the_rest_goes_with_the_last_piece() -> None:
    content: Content = (Text("word " * 50), CHOICE, Footer("f"))
    done = pieces(content, short(100))
    assert [[type(block).__name__ for block in piece] for piece in done] == [
        ["Text"],
        ["Text"],
        ["Text", "Buttons", "Footer"],
    ]
    assert "".join(text for text in prose(done)) == "word " * 50


def test_prose_that_does_not_fit_beside_what_came_before_begins_a_piece() -> None:
    content: Content = (Text("x" * 60), Footer("f"), Text("y" * 50), Footer("g"))
    assert pieces(content, short(100)) == (
        (Text("x" * 60),),
        (Footer("f"), Text("y" * 50), Footer("g")),
    )


def test_buttons_that_come_before_long_prose_go_with_the_last_piece_too() -> None:
    content: Content = (CHOICE, Text("word " * 50), MENU)
    done = pieces(content, short(100))
    assert len(done) == 3
    assert [block for block in done[-1] if not isinstance(block, Text)] == [CHOICE, MENU]


def test_buttons_alone_are_a_piece() -> None:
    assert pieces((CHOICE,), short(10)) == ((CHOICE,),)


@pytest.mark.parametrize("gap", ["\n" * 500, " " * 500])
def test_no_piece_is_blank(gap: str) -> None:
    done = pieces((Text(f"before{gap}after"), CHOICE), short(100))
    assert all(text.strip() for text in prose(done))
    assert "".join(prose(done)).split() == ["before", "after"]
    assert CHOICE in done[-1]


def test_a_long_blank_text_is_left_out() -> None:
    assert pieces((Text("\n" * 500), CHOICE), short(100)) == ((CHOICE,),)
    assert pieces((Text("\n" * 500),), short(100)) == ()


@pytest.mark.parametrize(
    ("unit", "count"), [(TextUnit.CODE_POINTS, 1), (TextUnit.UTF16, 2), (TextUnit.BYTES, 4)]
)
def test_the_limit_is_counted_in_the_unit_of_the_platform(unit: TextUnit, count: int) -> None:
    assert len(pieces((Text("😀" * 100),), short(100, unit))) == count


# --- what must hold for any content ---------------------------------------------------------------

MARK = re.compile(r"w\d+x")


def prose(done: tuple[Content, ...]) -> list[str]:
    return [block.markdown for piece in done for block in piece if isinstance(block, Text)]


class Marked:
    """Hands out words that are found again, each once."""

    def __init__(self, dress: str) -> None:
        self._dress = dress
        self._count = 0

    def word(self) -> str:
        self._count += 1
        return f"w{self._count}x{self._dress}"

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))


def _block(kind: str, marked: Marked, size: int) -> Block:
    match kind:
        case "text":
            return Text(marked.words(size))
        case "paragraphs":
            return Text("\n\n".join(marked.words(5) for _ in range(size // 5)))
        case "code":
            return Text("```py\n" + "\n".join(marked.words(3) for _ in range(size // 3)) + "\n```")
        case "steps":
            tool, done = StepKind.TOOL, StepState.DONE
            items = (Step(tool, marked.word(), "", done, n % 2) for n in range(size // 3))
            return Steps(tuple(items), size % 3)
        case "todos":
            return Todos(tuple(Todo(marked.word()) for _ in range(1 + size // 4)))
        case "diff":
            return Diff("a.py", "\n".join(f"+{marked.words(2)}" for _ in range(1 + size // 4)))
        case "table":
            rows = tuple((marked.word(), marked.word()) for _ in range(1 + size // 6))
            return Table(("a", "b"), rows)
        case "buttons":
            return Buttons(
                tuple(
                    Button(marked.word(), encode(AnswerRequest("t-1", f"o{n}")))
                    for n in range(1 + size % 5)
                )
            )
        case "menu":
            action = encode(AnswerRequest("t-1", "menu") if size % 2 else RunCommand("/model"))
            options = (Option(marked.word(), str(n), marked.word()) for n in range(1 + size % 5))
            return Menu(action, "Pick", tuple(options))
        case "form":
            choice = "text" if size % 2 else "keep"
            return Form(encode(AnswerRequest("t-1", choice)), marked.word(), "", ())
        case "attachment":
            return Attachment("/a", marked.word(), size=size * 1000)
        case _:
            return Footer(marked.word())


KINDS = [
    *("text", "paragraphs", "code", "steps", "todos", "diff", "table"),
    *("buttons", "menu", "form", "attachment", "footer"),
]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    marked = Marked(draw(st.sampled_from(["", "é", "词", "😀"])))
    shapes = draw(
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 60)), min_size=1, max_size=5)
    )
    return tuple(_block(kind, marked, size) for kind, size in shapes)


supports = st.sampled_from(Support)
capabilities = st.builds(
    Capabilities,
    text_limit=st.integers(100, 600),
    text_unit=st.sampled_from(TextUnit),
    markup=st.sampled_from(Markup),
    buttons=supports,
    menus=supports,
    forms=supports,
    files=supports,
    file_limit=st.sampled_from([10_000, 1_000_000]),
    cards=supports,
)


def drawable(block: Block, can: Capabilities) -> bool:
    match block:
        case Steps() | Todos() | Diff() | Table():
            return can.cards is Support.FULL
        case Buttons():
            return can.buttons > Support.NONE
        case Menu():
            return can.menus > Support.NONE
        case Form():
            return can.forms > Support.NONE
        case Attachment(size=size):
            return can.files > Support.NONE and size <= can.file_limit
        case Footer():
            return can.markup is Markup.MARKDOWN
        case _:
            return True


def expected(content: Content, can: Capabilities) -> Iterator[str]:
    """The marked words that must be found in prose."""
    for block in content:
        match block:
            case Text(markdown):
                yield from MARK.findall(markdown)
            case Form():
                pass
            case _ if drawable(block, can):
                pass
            case Menu() if can.buttons > Support.NONE:
                pass
            case _:
                yield from MARK.findall(repr(block))


@settings(max_examples=50, deadline=None, database=None)
@given(contents(), capabilities, st.sampled_from(Language))
def test_after_degrading_only_blocks_remain_that_the_platform_draws(
    content: Content, can: Capabilities, language: Language
) -> None:
    drawn = degrade(content, can, language)
    for block in drawn:
        assert drawable(block, can), block
    kept = [block for block in content if drawable(block, can) and not isinstance(block, Text)]
    others = [block for block in drawn if not isinstance(block, Text)]
    assert [block for block in others if block in kept] == kept
    assert degrade(drawn, can, language) == drawn or can.markup is Markup.PLAIN
    for before, after in pairwise(drawn):
        assert not (isinstance(before, Text) and isinstance(after, Text))
    assert all(block.markdown for block in drawn if isinstance(block, Text))


@settings(max_examples=50, deadline=None, database=None)
@given(contents(), capabilities)
def test_pieces_hold_the_limit_and_lose_nothing(content: Content, can: Capabilities) -> None:
    drawn = degrade(content, can, EN)
    done = pieces(drawn, can)
    measure = MEASURES[can.text_unit]
    for piece in done:
        assert piece
        assert sum(measure(text) for text in prose((piece,))) <= can.text_limit
    others = [block for block in drawn if not isinstance(block, Text)]
    last = done[-1] if done else ()
    assert [block for block in last if not isinstance(block, Text)] == others
    for piece in done[:-1]:
        assert all(isinstance(block, Text) for block in piece)
    found = [mark for text in prose(done) for mark in MARK.findall(text)]
    assert found == list(expected(content, can))
