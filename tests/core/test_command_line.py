"""From a line of text to a command."""

import pytest

from cc_connect.contract.command import CommandOption, CommandSpec
from cc_connect.core.command_line import (
    Ambiguous,
    Line,
    Match,
    NoMatch,
    arguments,
    find,
    parse,
    unaliased,
    usage,
)

MODE = CommandSpec("mode", "", options=(CommandOption("mode", ""),))
MODEL = CommandSpec("model", "", ("m",))
LIST = CommandSpec("list", "", ("sessions",))
SPECS = (MODE, MODEL, LIST)

# --- is it a command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/stop", Line("stop", "")),
        ("  /STOP \n", Line("stop", "")),
        ("/ps look  at this", Line("ps", "look  at this")),
        ("/ps   look", Line("ps", "look")),
        ("/ps look\nand this", Line("ps", "look\nand this")),
        ("/ps\nlook at\nthis", Line("ps", "look at\nthis")),
        ("/ps\n\nlook", Line("ps", "look")),
        ("/ps\tlook", Line("ps", "look")),
        ("/ps\u3000look", Line("ps", "look")),
        ("/dir /etc/passwd", Line("dir", "/etc/passwd")),
        ("/帮助 我", Line("帮助", "我")),
    ],
)
def test_a_line_that_begins_with_a_stroke_and_a_word(text: str, line: Line) -> None:
    assert parse(text) == line


@pytest.mark.parametrize(
    "text",
    ["", " ", "stop", "please /stop", "/", " / ", "/ stop", "/\nstop", "//", "// x", "/etc/passwd"],
)
def test_everything_else_is_not_a_command(text: str) -> None:
    assert parse(text) is None


# --- aliases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("帮助", "/help"),
        (" 帮助\n", "/help"),
        ("mm big", "/model big"),
        ("mm  big one", "/model  big one"),
        ("new start", "/new"),
        ("new thing", "new thing"),
        ("mmm big", "mmm big"),
        (" plain ", " plain "),
    ],
)
def test_an_alias_is_a_whole_message_or_its_first_word(text: str, meant: str) -> None:
    aliases = {"帮助": "/help", "mm": "/model", "new start": "/new"}
    assert unaliased(text, aliases) == meant


# --- which command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "spec"), [("mode", MODE), ("model", MODEL), ("m", MODEL), ("sessions", LIST)]
)
def test_a_name_or_an_alias_is_the_command(word: str, spec: CommandSpec) -> None:
    assert find(word, SPECS) == Match(spec)


def test_the_only_beginning_of_a_name_is_the_command() -> None:
    assert find("li", SPECS) == Match(LIST)
    assert find("l", iter(SPECS)) == Match(LIST)


def test_a_beginning_of_several_names_is_ambiguous() -> None:
    assert find("mo", SPECS) == Ambiguous(("mode", "model"))


@pytest.mark.parametrize("word", ["x", "lists", "sess"])
def test_what_is_no_beginning_of_a_name_is_no_command(word: str) -> None:
    assert find(word, SPECS) == NoMatch()


# --- arguments ------------------------------------------------------------------------------------

ONE = CommandOption("one", "")
TWO = CommandOption("two", "")
ALL = CommandOption("all", "", rest=True)


@pytest.mark.parametrize(
    ("rest", "options", "found"),
    [
        ("", (ONE,), {}),
        ("a", (), {}),
        ("a", (ONE, TWO), {"one": "a"}),
        ("a b", (ONE, TWO), {"one": "a", "two": "b"}),
        ("a   b", (ONE, TWO), {"one": "a", "two": "b"}),
        ("a b c", (ONE, TWO), {"one": "a", "two": "b"}),
        ("a b c", (ALL,), {"all": "a b c"}),
        ("a b  c", (ONE, ALL), {"one": "a", "all": "b  c"}),
        ("a", (ONE, ALL), {"one": "a"}),
        ("a b", (ALL, ONE), {"all": "a b"}),
    ],
)
def test_each_word_is_an_argument(
    rest: str, options: tuple[CommandOption, ...], found: dict[str, str]
) -> None:
    assert arguments(rest, options) == found


# --- usage ----------------------------------------------------------------------------------------


def test_usage_shows_what_is_needed_and_what_can_be_chosen() -> None:
    spec = CommandSpec(
        "lang",
        "",
        options=(
            CommandOption("name", "", required=True),
            CommandOption("which", "", choices=("en", "zh")),
            CommandOption("both", "", required=True, choices=("a", "b")),
        ),
    )
    assert usage(spec) == "/lang <name> [en|zh] <a|b>"
    assert usage(LIST) == "/list"
