from html.parser import HTMLParser

import pytest

from cc_connect.contract.content import (
    Attachment,
    Block,
    Button,
    Buttons,
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
from cc_connect.contract.platform import Kind
from cc_connect.platforms.web.catalogue import LANGUAGES, texts
from cc_connect.platforms.web.render import Drawing, SentFile, interactive, preview

EVIL = "\"><script>alert('x')</script>&"
EVERYTHING: tuple[Block, ...] = (
    Text(EVIL),
    Steps((Step(StepKind.TOOL, EVIL, EVIL), Step(StepKind.THOUGHT, "", EVIL)), 3),
    Todos((Todo(EVIL),)),
    Diff(EVIL, f"@@ -1 +1 @@ {EVIL}\n-{EVIL}\n+{EVIL}\n {EVIL}", 1, 1),
    Table((EVIL,), ((EVIL,),)),
    Buttons((Button(EVIL, EVIL),)),
    Menu(EVIL, EVIL, (Option(EVIL, EVIL, EVIL),)),
    Menu(EVIL, EVIL, (Option(EVIL, EVIL, EVIL),), multiple=True),
    Form(EVIL, EVIL, EVIL, (Field(EVIL, EVIL), Field(EVIL, EVIL, multiline=True))),
    Attachment(EVIL, EVIL, EVIL, 10),
    Attachment(EVIL, EVIL, "image/png", 10),
    Footer(EVIL),
)


NAMES = """
    class data-key data-kind data-asks data-over data-fold open aria-hidden aria-label tabindex
    aria-live data-n role
    type data-action data-value data-menu name value data-submit required maxlength rows href
    download target src alt loading data-copy-message datetime
"""
KNOWN_NAMES = frozenset(NAMES.split())


class Names(HTMLParser):
    """All names of attributes in a text of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.seen.update(name for name, _ in attrs)


def drawing(language: str = "en") -> Drawing:
    return Drawing(texts(language), lambda file: f"/files/{file.name}")


def drawn(*content: Block, kind: Kind = Kind.NOTICE) -> str:
    return drawing().message("k", content, kind, None)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_from_outside_becomes_markup(kind: Kind, language: str) -> None:
    html = drawing(language).message(EVIL, EVERYTHING, kind, 0.0, repeat=True)
    html += drawing(language).prompt(EVIL, EVIL, (SentFile(EVIL, EVIL, EVIL, 1),), 0.0)
    assert "<script" not in html
    names = Names()
    names.feed(html)
    assert names.seen <= KNOWN_NAMES


def test_a_message_says_what_it_is() -> None:
    html = drawing().message("a/b", (Text("hi"),), Kind.FINAL, 86_400.0)
    assert 'data-key="a/b" data-kind="final"' in html
    assert '<time datetime="1970-01-02T00:00:00+00:00">' in html
    assert "data-copy-message" in html


def test_only_a_prompt_with_something_to_answer_asks() -> None:
    buttons = Buttons((Button("Yes", "y"),))
    assert "data-asks" in drawn(buttons, kind=Kind.PROMPT)
    assert "data-asks" not in drawn(buttons, kind=Kind.NOTICE)
    assert "data-asks" not in drawn(Text("done"), kind=Kind.PROMPT)


def test_steps_fold_into_one_card_that_is_open_while_it_lives() -> None:
    steps = Steps(
        (Step(StepKind.TOOL, "first", "out"), Step(StepKind.TOOL, "now", state=StepState.RUNNING)),
        4,
    )
    live = drawn(steps, Buttons((Button("Stop", "s"),)), kind=Kind.LIVE)
    assert '<details class="steps running" data-fold="0" open>' in live
    assert '<span class="now">now</span>' in live
    assert "6 steps" in live
    assert "4 earlier steps" in live
    over = drawn(Steps((Step(StepKind.TOOL, "first"),)), kind=Kind.FINAL)
    assert '<details class="steps done" data-fold="0">' in over
    assert "1 step<" in over
    ended = drawn(steps, kind=Kind.LIVE)
    assert '<details class="steps done" data-fold="0">' in ended
    assert "data-over" in ended
    assert "data-over" not in live


def test_a_diff_has_numbers_and_signs() -> None:
    html = drawn(Diff("a.py", "@@ -3,2 +3,2 @@\n same\n-old\n+new", 1, 1))
    assert '<span class="line" data-n="3"> same</span>' in html
    assert '<span class="line minus" data-n="4">-old</span>' in html
    assert '<span class="line plus" data-n="4">+new</span>' in html
    assert "1 line added" in html


def test_a_long_diff_is_folded_unless_it_is_to_be_judged() -> None:
    long = Diff("a.py", "\n".join(["+x"] * 100), 100)
    assert 'data-fold="0" open' not in drawn(long)
    assert 'data-fold="0" open' in drawn(long, kind=Kind.PROMPT)


def test_a_todo_list_tells_how_far_it_is() -> None:
    html = drawn(Todos((Todo("a", TodoState.DONE), Todo("b", TodoState.ACTIVE))))
    assert "1 of 2" in html
    assert '<li class="done">' in html
    assert "(in progress)" in html


def test_a_single_choice_is_pressed_and_several_are_sent() -> None:
    options = (Option("A", "1"), Option("B", "2"))
    single = drawn(Menu("m", "Pick", options))
    assert 'data-action="m" data-value="1"' in single
    several = drawn(Menu("m", "Pick", options, multiple=True))
    assert 'data-menu="m"' in several
    assert several.count('type="checkbox"') == 2


def test_a_form_knows_which_fields_are_needed() -> None:
    html = drawn(
        Form(
            "f", "Open", "Title", (Field("a", "A"), Field("b", "B", multiline=True, required=False))
        )
    )
    assert '<input name="a" maxlength="100000" required>' in html
    assert '<textarea name="b" rows="3" maxlength="100000"></textarea>' in html


@pytest.mark.parametrize(
    ("mime", "shown"),
    [
        ("image/png", True),
        ("image/webp", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_only_plain_pictures_are_shown(
    mime: str,
    shown: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    html = drawn(Attachment("/x", "x", mime, 2_000_000))
    assert ("<img" in html) is shown
    assert ("1.9 MB" in html) is not shown


def test_a_preview_is_one_plain_line() -> None:
    assert (
        preview((Footer("x"), Text("# Done\n\nAll **214** `tests` pass")))
        == "Done All 214 tests pass"
    )
    assert preview((Text("snake_case stays"),)) == "snake_case stays"
    assert len(preview((Text("word " * 500),))) == 160
    assert preview((Footer("x"),)) == ""


def test_what_can_be_answered() -> None:
    assert interactive((Text("x"), Buttons(())))
    assert not interactive((Text("x"),))
