"""The places that the scanner finds are the places where the keys stand."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_connect.app.config.locate import MAX_DEPTH, Keys, Spot, normal, scan


def spot(text: str, *keys: str | int) -> tuple[int, int] | None:
    found = scan(normal(text)).find(keys)
    return (found.line, found.column) if found else None


def test_plain_keys_and_tables() -> None:
    text = 'a = 1\n\n  b="x" # c = 2\n[t]\n\tc = 3\n[ u . v ]\nd=4\n'
    assert spot(text, "a") == (1, 1)
    assert spot(text, "b") == (3, 3)
    assert spot(text, "t") == (4, 2)
    assert spot(text, "t", "c") == (5, 2)
    assert spot(text, "u") == (6, 3)
    assert spot(text, "u", "v") == (6, 7)
    assert spot(text, "u", "v", "d") == (7, 1)


def test_dotted_and_quoted_keys() -> None:
    text = 'a.b . c = 1\na."x y".\'z.z\' = 2\n"\\u00e9" = 3\n'
    assert spot(text, "a", "b", "c") == (1, 7)
    assert spot(text, "a", "x y") == (2, 3)
    assert spot(text, "a", "x y", "z.z") == (2, 9)
    assert spot(text, "é") == (3, 1)


def test_inline_tables_and_arrays() -> None:
    text = "a = { b = 1, c.d = [ 1, { e = 2 } ] }\nl = [\n  # none\n  'x',\n  [3,4],\n]\n"
    assert spot(text, "a", "b") == (1, 7)
    assert spot(text, "a", "c", "d") == (1, 16)
    assert spot(text, "a", "c", "d", 0) == (1, 22)
    assert spot(text, "a", "c", "d", 1) == (1, 25)
    assert spot(text, "a", "c", "d", 1, "e") == (1, 27)
    assert spot(text, "l", 0) == (4, 3)
    assert spot(text, "l", 1, 1) == (5, 6)


def test_lists_of_tables_inside_each_other() -> None:
    text = (
        "[[p]]\nname='a'\n[[p.q]]\nt=1\n[[p.q]]\nt=2\n[p.q.o]\nx=1\n"
        "[[p]]\nname='b'\n[p.r]\ny=1\n[[p.q]]\nt=3\n"
    )
    assert spot(text, "p", 0, "name") == (2, 1)
    assert spot(text, "p", 0, "q", 0, "t") == (4, 1)
    assert spot(text, "p", 0, "q", 1, "t") == (6, 1)
    assert spot(text, "p", 0, "q", 1, "o", "x") == (8, 1)
    assert spot(text, "p", 1) == (9, 3)
    assert spot(text, "p", 1, "r", "y") == (12, 1)
    assert spot(text, "p", 1, "q", 0, "t") == (14, 1)


@pytest.mark.parametrize(
    "value",
    [
        '"""\nb = 1\n[c]\n"""',
        "'''\nb = 1\n[c]\n'''",
        '"""a "" b \\""" c"""""',
        "'''it''s'''''",
        '"\\" # ["',
        "'{ = ['",
        "1979-05-27 07:32:00Z",
        "[ '''\n]\n''', \"\"\"]\\\n  ]\"\"\" ]",
    ],
)
def test_what_stands_in_texts_is_no_key(value: str) -> None:
    text = f"a = {value} # end\nz = 1\n"
    tables = tomllib.loads(text)
    assert list(tables) == ["a", "z"]
    assert spot(text, "z") == (text.count("\n"), 1)
    assert {keys[0] for keys in scan(text).offsets} == {"a", "z"}


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    text = '\ufeffa = 1\r\nb = """\r\nx\r\n"""\r\n[t]\r\nc = 2\r\n'
    assert spot(text, "a") == (1, 1)
    assert spot(text, "b") == (2, 1)
    assert spot(text, "t", "c") == (6, 1)


def test_a_column_is_a_character() -> None:
    assert spot("k = { 'ü' = 1, '名' = 2, z = 3 }", "k", "z") == (1, 25)


def test_what_is_not_written_is_at_the_table_around_it() -> None:
    text = "[a]\nb = 1\n"
    assert spot(text, "a", "missing", "deeper") == (1, 2)
    assert spot(text, "missing") is None


def test_too_deep_is_refused_before_it_costs_anything() -> None:
    for text in (
        "a = " + "[" * 5000 + "]" * 5000,
        "a = " + "{ b = " * 5000,
        "a." * 20_000 + "b = 1",
        "[" + "a." * 20_000 + "b]",
        "[" + "a." * 30 + "b]\n" + "c." * 30 + "d = 1",
    ):
        assert scan(text).too_deep is not None
    at_the_limit = ".".join("a" * MAX_DEPTH) + " = 1"
    assert scan(at_the_limit).too_deep is None


def test_of_a_long_list_the_first_elements_have_places() -> None:
    text = "a = [[" + "{ b = 1 }, " * 2000 + "], 5]\nc = 1\n"
    assert spot(text, "a", 0, 999, "b") == (1, 6 + 999 * 11 + 3)
    assert spot(text, "a", 0, 1000, "b") == (1, 6)
    assert spot(text, "a", 1) == (1, 6 + 2000 * 11 + 4)
    assert spot(text, "c") == (2, 1)


def test_a_key_with_a_broken_escape_is_passed_over() -> None:
    assert set(scan('"\\q" = 1\nb = 2\n').offsets) == {("b",)}


def test_what_is_never_closed_is_known() -> None:
    text = 'a = 1\nb = """\nc = 2\n'
    places = scan(text)
    assert places.open_at is not None
    assert places.spot(places.open_at) == Spot(2, 5)
    assert scan("a = [ 1,\n").open_at == len("a = ")


def paths(value: Any, keys: Keys = ()) -> list[Keys]:
    match value:
        case dict():
            inner = [one for key, item in value.items() for one in paths(item, (*keys, key))]
        case list():
            inner = [one for index, item in enumerate(value) for one in paths(item, (*keys, index))]
        case _:
            inner = []
    return [keys, *inner] if keys else inner


NAMES = st.one_of(
    st.sampled_from(["a", "b", "c-d", "e_1", "7"]),
    st.text(st.sampled_from("ab .\"'\\[]{}=#,é\n\t"), min_size=1, max_size=4),
)
SCALARS = st.one_of(
    st.integers(-9, 99),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text(st.sampled_from("ab \"'\\[]{}=#,é\n"), max_size=6),
)
TABLES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=12,
)


class Writer:
    """Writes tables as TOML, choosing among the ways TOML offers."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw = draw
        self.lines: list[str] = []

    def pick(self, *ways: str) -> str:
        return self.draw.draw(st.sampled_from(ways))

    def text(self, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        if self.pick("short", "long") == "long":
            return f'"""\n{escaped}"""'
        return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'

    def name(self, key: str) -> str:
        plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
        if plain and self.pick("bare", "quoted") == "bare":
            return key
        if not set("'\n") & set(key) and self.pick("literal", "basic") == "literal":
            return f"'{key}'"
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'

    def value(self, value: Any) -> str:
        match value:
            case bool():
                return "true" if value else "false"
            case str():
                return self.text(value)
            case list():
                gap = self.pick("", " ", "\n  ", " # ] x\n")
                return "[" + gap + f",{gap}".join(self.value(one) for one in value) + gap + "]"
            case dict():
                pairs = [f"{self.name(k)} = {self.value(one)}" for k, one in value.items()]
                return "{ " + ", ".join(pairs) + " }"
            case _:
                return repr(value)

    def table(self, tables: dict[str, Any], header: str) -> None:
        later: list[tuple[str, Any]] = []
        for key, value in tables.items():
            name = self.name(key)
            all_tables = isinstance(value, list) and value and all(type(v) is dict for v in value)
            if (type(value) is dict or all_tables) and self.pick("here", "later") == "later":
                later.append((name, value))
            elif type(value) is dict and value and self.pick("dotted", "inline") == "dotted":
                self.lines += [
                    f"{name}.{self.name(k)} = {self.value(one)}" for k, one in value.items()
                ]
            else:
                self.lines.append(f"{name} = {self.value(value)}")
        for name, value in later:
            way = f"{header}.{name}" if header else name
            for one in value if isinstance(value, list) else ():
                self.lines.append(f"[[{way}]]")
                self.table(one, way)
            if isinstance(value, dict):
                self.lines.append(f"[{way}]")
                self.table(value, way)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(NAMES, TABLES, max_size=4), st.data())
def test_every_key_of_any_text_is_found_where_it_stands(
    tables: dict[str, Any], data: st.DataObject
) -> None:
    writer = Writer(data)
    writer.table(tables, "")
    text = "\n".join(writer.lines)
    assert tomllib.loads(text) == tables
    places = scan(text)
    for keys in paths(tables):
        offset = places.offsets[keys]
        last = keys[-1]
        if isinstance(last, str):
            written = text[offset : offset + 40].partition("\n")[0]
            assert any(written.startswith(form) for form in (last, f"'{last}'", '"')), (
                keys,
                written,
            )
            assert written[:1] in ("'", '"') or written.startswith(last)
    assert set(places.offsets) == set(paths(tables))


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab.=[]{}\"'#,\n\\ 1"), max_size=60))
def test_no_text_breaks_the_scanner(text: str) -> None:
    places = scan(text)
    assert all(0 <= offset <= len(text) for offset in places.offsets.values())
    try:
        tables = tomllib.loads(text)
    except ValueError:
        return
    assert set(places.offsets) == set(paths(tables))
