"""A TOML table becomes a dataclass, or a list of what is wrong with it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from cc_connect.app.config import NOWHERE, Problems, Source, Where, read_table
from cc_connect.app.config.locate import scan


class Style(StrEnum):
    PLAIN = "plain"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    name: str
    size: int = field(default=3, metadata={"min": 1, "max": 9})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Every kind of option that a plug-in can have."""

    planned: ClassVar[frozenset[str]] = frozenset({"someday"})

    token: str = field(repr=False, metadata={"secret": True})
    port: int = field(default=80, metadata={"digits": True, "min": 1, "max": 65535})
    ratio: float = field(default=0.5, metadata={"min": 0})
    on: bool = False
    folder: Path = Path("~/x")
    mode: Literal["default", "acceptEdits"] = field(
        default="default", metadata={"spelled": {"edit": "acceptEdits"}}
    )
    style: Style = Style.CARD
    level: Literal["low", "high"] = field(default="low", metadata={"forgiving": True})
    allow_from: tuple[str, ...] = field(default=(), metadata={"csv": True})
    cmd: str | tuple[str, ...] = field(default="claude", metadata={"renamed": "cli_path"})
    env: Mapping[str, str] = field(default_factory=dict, metadata={"secret": True})
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    limit: int | None = None
    numbers: tuple[int, ...] = ()
    chat: str = field(default="", metadata={"number": True})
    url: str = field(default="", metadata={"starts": ("http://", "https://")})
    gap: int = field(default=7, metadata={"zero": True})
    from_: str = field(default="", metadata={"key": "from"})
    later: bool = field(default=False, metadata={"built": False})
    safety: str = field(default="", metadata={"built": False, "essential": True})
    some: tuple[str, ...] = field(default=("x",), metadata={"nonempty": True})
    effort: str = field(default="", metadata={"choices": ("", "low", "xHigh")})
    raw: object = None
    words: tuple[Literal["x", "y"], ...] = ()
    sizes: float | tuple[int, ...] = 0
    tables: tuple[Mapping[str, str], ...] = ()
    style_or_off: Style | bool = False
    must: Mapping[str, str] = field(default_factory=lambda: {"a": "b"}, metadata={"nonempty": True})
    cache: int = field(default=0, metadata={"internal": True})
    where: Where = field(default=NOWHERE, repr=False, compare=False)

    def check(self) -> Iterator[tuple[str | tuple[str | int, ...], str]]:
        if self.on and not self.url:
            yield "url", "is missing"
        if self.inner is not None and self.inner.name == "bad":
            yield ("inner", "name"), "is bad"


def read(
    text: str, known: tuple[str, ...] = (), env: Mapping[str, str] | None = None
) -> tuple[Options | None, list[str]]:
    table = tomllib.loads('token = "sesame"\n' + text if "token" not in text else text)
    places = scan(text)
    given = env or {}
    from_env = frozenset((key,) for key in given)
    source = Source(places=places, home=Path("/home/ann"), from_env=from_env)
    problems = Problems()
    result = read_table(Options, {**table, **given}, Where(source), problems, known)
    return result, [str(one).removeprefix("config.toml:") for one in problems.in_order()]


def ok(text: str, env: Mapping[str, str] | None = None) -> Options:
    result, told = read(text, env=env)
    assert told == []
    assert result is not None
    return result


def bad(text: str) -> str:
    result, told = read(text)
    assert result is None
    assert len(told) == 1, told
    return told[0]


def test_defaults() -> None:
    options = ok("")
    assert options == Options(token="sesame", folder=Path("/home/ann/x"))


def test_every_kind_is_read() -> None:
    options = ok(
        """
        port = "8080"
        ratio = 2
        on = true
        folder = "~/work"
        mode = " ACCEPTedits "
        style = "plain"
        allow_from = "1, 2,,3 "
        cmd = ["a", "b"]
        env = { A = "b" }
        inner = { name = "i" }
        many = [{ name = "m", size = 9 }]
        by_name.x.name = "n"
        limit = 3
        numbers = [1, 2]
        chat = 42
        url = "https://x"
        gap = 0
        from = "f"
        raw = [1, { a = 2 }]
        words = ["Y", "x"]
        sizes = [1, 2]
        tables = [{ a = "b" }]
        style_or_off = "card"
        """
    )
    assert options.port == 8080
    assert options.ratio == 2.0
    assert type(options.ratio) is float
    assert options.on is True
    assert options.folder == Path("/home/ann/work")
    assert options.mode == "acceptEdits"
    assert options.style is Style.PLAIN
    assert options.allow_from == ("1", "2", "3")
    assert options.cmd == ("a", "b")
    assert options.env == {"A": "b"}
    assert options.inner == Inner(name="i")
    assert options.many == (Inner(name="m", size=9),)
    assert options.by_name == {"x": Inner(name="n")}
    assert options.limit == 3
    assert options.numbers == (1, 2)
    assert options.chat == "42"
    assert options.gap == 7
    assert options.from_ == "f"
    assert options.words == ("y", "x")
    assert options.sizes == (1, 2)
    assert options.tables == ({"a": "b"},)
    assert options.style_or_off is Style.CARD
    assert options.raw == [1, {"a": 2}]
    assert options.where.source.home == Path("/home/ann")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('mode = "edit"', "acceptEdits"),
        ('mode = ""', "default"),
    ],
)
def test_spellings_of_a_word(text: str, expected: str) -> None:
    assert ok(text).mode == expected


def test_usual_words_are_taken_as_they_are() -> None:
    assert ok("effort = 'X-HIGH'").effort == "X-HIGH"


@pytest.mark.parametrize("text", ['allow_from = ["1", 2]', "allow_from = '1,2'"])
def test_a_list_of_people_is_taken_in_either_form(text: str) -> None:
    assert ok(text).allow_from == ("1", "2")
    assert ok("allow_from = 7").allow_from == ("7",)


@pytest.mark.parametrize("text", ['cmd = ""', 'folder = ""', 'url = ""', 'from = ""'])
def test_an_empty_text_is_no_text(text: str) -> None:
    assert ok(text) == ok("")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("token = 5", "1:1: token: has to be text, found a whole number, put it in quotes"),
        ('token = ""', "1:1: token: must not be empty"),
        ("token = []", "1:1: token: has to be text, found a list"),
        ("port = true", "port: has to be a whole number, found true or false"),
        ("port = 1.5", "port: has to be a whole number, found a number with a fraction"),
        ("port = 0", "port: has to be at least 1, found 0"),
        ("port = 65536", "port: has to be at most 65535, found 65536"),
        ('port = "80a"', "port: has to be a whole number, the value given is not"),
        ("port = 99999999999999999999", "port: this number is too large"),
        ('ratio = "1"', "ratio: has to be a number, found text, leave the quotes out"),
        ("ratio = nan", "ratio: has to be a finite number"),
        ("ratio = -0.5", "ratio: has to be at least 0, found -0.5"),
        ('on = "yes"', "on: has to be true or false, found text, leave the quotes out"),
        ("on = 1", "on: has to be true or false, found a whole number"),
        ("folder = 1", "folder: has to be a path (text), found a whole number, put it in quotes"),
        ('folder = "a\\u0000"', "folder: is not a path"),
        (
            'mode = "acceptEdit"',
            (
                'mode: "acceptEdit" is not one of "default", "acceptEdits", '
                'did you mean "acceptEdits"?'
            ),
        ),
        (
            "style = 3",
            'style: has to be one of "plain", "card", found a whole number, put it in quotes',
        ),
        ('style = "\\u001b[31m"', 'style: "\\x1b[31m" is not one of "plain", "card"'),
        (
            "allow_from = true",
            'allow_from: has to be a list of texts or "a,b", found true or false',
        ),
        ("allow_from = [[]]", "allow_from[0]: has to be text, found a list"),
        ("allow_from = [true]", "allow_from[0]: has to be text, found true or false"),
        ("cmd = 3", "cmd: has to be text or a list of texts, found a whole number"),
        ("cmd = ['a', 3]", "cmd[1]: has to be text, found a whole number, put it in quotes"),
        ("env = { A = 1 }", "env.A: has to be text, found a whole number, put it in quotes"),
        ("env = []", "env: has to be a table, found a list"),
        ("inner = {}", "inner.name: is missing, it has to be text"),
        ("inner = { name = 'x', size = 0 }", "inner.size: has to be at least 1, found 0"),
        ("inner = 'x'", "inner: has to be a table, found text"),
        ("inner = { name = 'bad' }", "inner.name: is bad"),
        (
            "many = { name = 'x' }",
            "many: has to be a list of tables, found a table, write [[many]]",
        ),
        ("many = [1]", "many[0]: has to be a table, found a whole number"),
        ("by_name.x.nam = 'y'\nby_name.x.name='z'", 'by_name.x.nam: unknown key, did you mean "'),
        ("limit = 1979-05-27", "limit: has to be a whole number, found a date or time"),
        ("numbers = [1, 'x']", "numbers[1]: has to be a whole number, found text"),
        ("numbers = 1", "numbers: has to be a list of numbers, found a whole number"),
        ("words = 'x'", 'words: has to be a list of these words: "x", "y", found text'),
        ("words = ['x', 'z']", 'words[1]: "z" is not one of "x", "y"'),
        ("sizes = 'x'", "sizes: has to be a number or a list of numbers, found text"),
        ("sizes = { a = 1 }", "sizes: has to be a number or a list of numbers, found a table"),
        ("tables = ''", "tables: has to be a list of tables, found text"),
        ("tables = {}", "tables: has to be a list of tables, found a table, write [[tables]]"),
        ("tables = [[]]", "tables[0]: has to be a table, found a list"),
        (
            "style_or_off = 3",
            'style_or_off: has to be one of "plain", "card" or true or false, found a whole number',
        ),
        ("style_or_off = 'off'", 'style_or_off: "off" is not one of "plain", "card"'),
        ("must = {}", "must: must not be empty, it has to be a table"),
        ("allow_from = 99999999999999999999", "allow_from[0]: this number is too large"),
        ("url = 'ftp://x'", 'url: has to begin with "http://" or "https://"'),
        ("on = true", "url: is missing"),
        ("some = []", "some: must not be empty, it has to be a list of texts"),
        ("safety = 'x'", "safety: is known, but not built yet, and must not be passed over"),
        ("prot = 1", 'prot: unknown key, did you mean "port"?'),
        ('"a b\\n" = 1', '"a b\\n": unknown key'),
        ("cache = 1", "cache: unknown key"),
        ("where = 1", "where: unknown key"),
    ],
)
def test_a_mistake_names_what_is_expected_and_what_was_found(text: str, message: str) -> None:
    told = bad(text)
    assert message in told
    assert told.startswith("1:") or " is missing" in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("later = true", "later: is known, but not built yet: it has no effect"),
        ("someday = 1", "someday: is known, but not built yet: it has no effect"),
        (
            "level = 'hi'",
            'level: "hi" is not one of "low", "high": the default holds, did you mean',
        ),
        ("cli_path = 'c'", 'cli_path: this key is now called "cmd"'),
        (
            "effort = 'lov'",
            'effort: "lov" is none of the usual "low", "xHigh", did you mean "low"?',
        ),
        ("borrowed = 1", "borrowed: is known, but not built yet"),
    ],
)
def test_a_warning_stops_nothing(text: str, message: str) -> None:
    result, told = read(text, ("borrowed",))
    assert result is not None
    assert len(told) == 1
    assert told[0].startswith("1:1: warning: " + message)


def test_saying_no_to_what_is_not_built_needs_no_word() -> None:
    ok("later = false")


def test_an_older_name_is_read_but_the_new_one_goes_before_it() -> None:
    result, _ = read("cli_path = 'old'")
    assert result is not None
    assert result.cmd == "old"
    result, told = read("cli_path = 'old'\ncmd = 'new'")
    assert result is not None
    assert result.cmd == "new"
    assert len(told) == 1


def test_the_environment_only_has_text() -> None:
    options = ok("", {"port": "81", "ratio": "1.5", "on": "TRUE", "limit": "3", "url": "https://x"})
    assert (options.port, options.ratio, options.on, options.limit) == (81, 1.5, True, 3)


@pytest.mark.parametrize(
    "env",
    [
        {"port": "s3cret"},
        {"port": "-777"},
        {"mode": "s3cret"},
        {"style": "777"},
        {"on": "s3cret"},
        {"ratio": "-777"},
        {"limit": "s3cret"},
        {"url": "s3cret"},
        {"effort": "s3cret"},
        {"level": "s3cret"},
    ],
)
def test_what_came_from_the_environment_is_not_shown(env: dict[str, str]) -> None:
    _, told = read("", env=env)
    assert len(told) == 1
    assert "s3cret" not in told[0]
    assert "777" not in told[0]


@pytest.mark.parametrize(
    "text", ["token = 77777", "env = { A = 77777 }", "env = { A = ['s3cret'] }"]
)
def test_a_secret_is_not_shown(text: str) -> None:
    told = bad(text)
    assert "s3cret" not in told
    assert "77777" not in told
    assert "s3cret" not in repr(ok("token = 's3cret'"))


def test_all_mistakes_come_at_once() -> None:
    result, told = read("token = 1\nport = 'x'\non = 3\nwhat = 1\nmany = [{}, {name=1}]\nurl='x'")
    assert result is None
    assert len(told) == 7


def test_required_values_of_every_kind_may_be_missing() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Needy:
        text: str
        number: int
        word: Style
        items: tuple[str, ...]
        table: Inner
        map: Mapping[str, str]
        either: str | tuple[str, ...]
        anything: object

    problems = Problems()
    assert read_table(Needy, {}, NOWHERE, problems) is None
    assert len(problems.kept) == 8
    problems = Problems()
    assert read_table(Needy, {"text": ""}, NOWHERE, problems) is None
    assert str(problems.kept[0]) == "config.toml: text: must not be empty"


def test_many_wrong_elements_of_a_list_are_told_as_ten() -> None:
    result, told = read(f"numbers = [{'true,' * 1000}]\nwhat = 1")
    assert result is None
    assert len(told) == 11


def test_a_class_may_refuse_by_value_error() -> None:
    @dataclass(frozen=True)
    class Picky:
        a: int = 0

        def __post_init__(self) -> None:
            if self.a == 13:
                raise ValueError("thirteen brings bad luck")

    problems = Problems()
    assert read_table(Picky, {"a": 13}, NOWHERE.at("t"), problems) is None
    assert [str(one) for one in problems.kept] == ["config.toml: t: thirteen brings bad luck"]
    assert read_table(Picky, {"a": 1}, NOWHERE, Problems()) == Picky(1)


@pytest.mark.parametrize(
    "hint", [set[str], tuple[int, str], Literal[1], bytes, date, Any, "int | "]
)
def test_a_class_that_cannot_be_read_is_a_mistake_of_the_program(hint: Any) -> None:
    broken: Any = dataclass(type("Broken", (), {"__annotations__": {"a": hint}}))
    with pytest.raises((TypeError, SyntaxError)):
        read_table(broken, {}, NOWHERE, Problems())
    with pytest.raises(TypeError):
        read_table(int, {}, NOWHERE, Problems())
