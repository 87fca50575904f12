"""docs/config.md and the models tell the same, and what the page shows works."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from cc_connect.app.config import Config, built, options, reference
from cc_connect.app.config.describe import BEGIN, END, tables, write_tables
from cc_connect.app.config.problems import Where
from tests.app.config.conftest import Load

PAGE = (Path(__file__).parents[3] / "docs/config.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
ENVIRON = {"DISCORD_TOKEN": "t", "PAGE_TOKEN": "p", "GATEWAY_KEY": "k"}


def classes(hint: Any, seen: dict[type, None]) -> dict[type, None]:
    """Every options class below a type."""
    if isinstance(hint, type) and is_dataclass(hint) and hint is not Where and hint not in seen:
        seen[hint] = None
        for inner in get_type_hints(hint).values():
            classes(inner, seen)
    for argument in get_args(hint):
        classes(argument, seen)
    return seen


CLASSES = tuple(classes(Config, {}))


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Table, key, default and meaning of every line of the page."""
    table = ""
    section = PAGE.partition(BEGIN)[2].partition(END)[0]
    for line in section.splitlines():
        if line.startswith("### "):
            table = line.removeprefix("### ").strip("`")
        elif line.startswith("| `"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            yield table, cells[0].strip("`"), cells[2], cells[3]


def test_the_page_is_up_to_date() -> None:
    section = PAGE.partition(BEGIN)[2].partition(END)[0]
    assert section.strip() == tables().strip(), "run describe.write_tables(Path('docs/config.md'))"


def test_the_tables_can_be_written_anew(tmp_path: Path) -> None:
    copy = tmp_path / "config.md"
    head, tail = PAGE.partition(BEGIN)[0], PAGE.partition(END)[2]
    copy.write_text(f"{head}{BEGIN}\nold\n{END}{tail}", encoding="utf-8")
    write_tables(copy)
    assert copy.read_text(encoding="utf-8") == PAGE


def test_every_key_is_on_the_page_and_every_key_of_the_page_exists() -> None:
    written = {(key, meaning) for _, key, _, meaning in rows()}
    there = set()
    for cls in CLASSES:
        for one in fields(cls):
            if one.name in ("where", "settings"):
                continue
            doc = one.metadata["doc"]
            later = "" if one.metadata.get("built", True) else " *Not built yet.*"
            there.add((one.metadata.get("key", one.name), f"{doc}{later}"))
    assert written == there


def test_every_key_has_a_meaning_and_a_default() -> None:
    for table, key, default, meaning in rows():
        assert default, (table, key)
        assert meaning.endswith((".", "*")), (table, key)
    assert len({one.path for one in options()}) == len(options()) > 200


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_secret_is_never_in_a_repr(cls: type) -> None:
    assert is_dataclass(cls)
    for one in fields(cls):
        sounds_secret = one.name in ("token", "api_key", "env", "http_headers")
        assert bool(one.metadata.get("secret")) == sounds_secret
        if one.metadata.get("secret") or one.name == "options":
            assert not one.repr


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_of_the_page_have_no_problem(load_toml: Load, text: str) -> None:
    loaded = load_toml(text, ENVIRON)
    assert [str(one) for one in loaded.problems] == []
    assert loaded.config is not None
    assert loaded.config.projects


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


def test_everything_that_is_known_but_not_built_is_on_the_page() -> None:
    part = PAGE.partition("Known from existing configurations")[2].partition("\n\n`disabled")[0]
    named = set(re.findall(r"`([a-z_-]+)`", part))
    agents = set(reference.AGENT_OPTIONS) - built.AGENTS
    platforms = set(reference.PLATFORM_OPTIONS) - built.PLATFORMS
    assert named == agents | platforms | reference.TOP_KEYS | reference.PROJECT_KEYS
