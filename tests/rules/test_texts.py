"""What the program says: every language says everything, everything said exists, and is said."""

import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from cc_connect.contract.agent import Failure
from cc_connect.contract.content import StepState, TodoState
from cc_connect.core.spec import Source
from cc_connect.core.texts import CATALOGUES, Language
from cc_connect.core.turn.effects import Fact, Settled
from cc_connect.platforms.web.catalogue import LANGUAGES
from cc_connect.platforms.web.catalogue import texts as page_texts
from tests.rules.reading import PACKAGE
from tests.rules.wording import Found, Sink, Wording, arguments_of, python, scripts

DEMO = PACKAGE / "agents" / "demo"
PAGE = PACKAGE / "platforms" / "web"
THEMES = ("system", "light", "dark")
NOTIFIED = ("prompt", "final")
"""Kinds of messages a page tells about: `ChatLine.event`."""


def values(enum: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in enum)


def below(*folders: Path, without: tuple[Path, ...] = ()) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if not any(one in path.parents for one in without)
    ]


@dataclass(frozen=True)
class Catalogue:
    """Texts in several languages, and where they are said."""

    languages: Mapping[str, Mapping[str, str]]
    found: Found

    @property
    def first(self) -> Mapping[str, str]:
        return next(iter(self.languages.values()))


@cache
def core() -> Catalogue:
    """What is said in chats."""
    strangers = (PAGE, PACKAGE / "web", PACKAGE / "testing", DEMO, PACKAGE / "core" / "texts")
    commands, refusing = below(PACKAGE / "commands"), below(PACKAGE / "core", PACKAGE / "runtime")
    wording = Wording(
        (Sink("say", 1), Sink("described", 1)),
        {
            "failed_{}": values(Failure),
            "{}_steps": ("done", "stopped", "failed"),
            "from_{}": values(Source),
            "settled_{}": [how for how in values(Settled) if how != Settled.ANSWERED],
        },
        {
            "spec.summary": lambda: arguments_of("CommandSpec", 1, commands),
            "verdict.reason": lambda: arguments_of("Refuse", 0, refusing) - {"stranger"},
            "fact.value": lambda: values(Fact),
        },
    )
    languages = {language.value: texts for language, texts in CATALOGUES.items()}
    return Catalogue(languages, python(wording, below(PACKAGE, without=strangers)))


@cache
def page() -> Catalogue:
    """What the page says."""
    wording = Wording(
        (Sink(".say", 0), Sink(".count", 0, ("_one", "_many"))),
        {"step_{}": values(StepState), "todo_{}": values(TodoState)},
    )
    found = python(wording, below(PAGE, PACKAGE / "web"))
    drawn = [*sorted((PAGE / "static").glob("*.js")), *sorted((PAGE / "templates").glob("*.html"))]
    more = scripts({"theme_{}": THEMES, "notify_{}": NOTIFIED}, drawn)
    found.uses += more.uses
    found.perhaps |= more.perhaps
    found.riddles += more.riddles
    languages = {name: page_texts(name).entries for name in LANGUAGES}
    return Catalogue(languages, found)


@cache
def demo() -> Catalogue:
    """What the demo agent says."""
    read = {name: (DEMO / "texts" / f"{name}.json").read_text("utf-8") for name in ("en", "zh")}
    languages = {name: json.loads(text) for name, text in read.items()}
    wording = Wording((Sink("._say", 0), Sink("say", 0)))
    return Catalogue(languages, python(wording, below(DEMO)))


@pytest.fixture(params=[core, page, demo], ids=lambda make: make.__name__)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    made = request.param()
    assert isinstance(made, Catalogue)
    return made


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_says_the_same_things(catalogue: Catalogue) -> None:
    for name, texts in catalogue.languages.items():
        assert texts.keys() == catalogue.first.keys(), name


def test_a_text_has_the_same_fields_in_every_language(catalogue: Catalogue) -> None:
    wrong = [
        f"{name}: {key}"
        for name, texts in catalogue.languages.items()
        for key, text in texts.items()
        if fields_of(text) != fields_of(catalogue.first[key])
    ]
    assert not wrong


def test_no_text_is_empty_and_no_field_has_only_a_place(catalogue: Catalogue) -> None:
    for texts in catalogue.languages.values():
        assert all(text.strip() for text in texts.values())
        assert all(name.isidentifier() for text in texts.values() for name in fields_of(text))


def test_whatever_is_said_is_there(catalogue: Catalogue) -> None:
    missing = [
        f"{use.where}: {', '.join(sorted(use.keys - catalogue.first.keys()))}"
        for use in catalogue.found.uses
        if use.keys - catalogue.first.keys()
    ]
    assert not missing, "\n".join(missing)


def test_whatever_is_there_is_said(catalogue: Catalogue) -> None:
    said = catalogue.found.keys() | catalogue.found.perhaps
    unused = sorted(catalogue.first.keys() - said)
    assert not unused, f"nobody says {unused}"


def test_whoever_says_something_gives_its_fields(catalogue: Catalogue) -> None:
    lacking = [
        f"{use.where}: {key} needs {', '.join(sorted(needed))}"
        for use in catalogue.found.uses
        if use.fields is not None
        for key in use.keys & catalogue.first.keys()
        if (needed := fields_of(catalogue.first[key]) - use.fields)
    ]
    assert not lacking, "\n".join(lacking)


def test_nobody_says_something_that_cannot_be_told_from_the_source(catalogue: Catalogue) -> None:
    assert not catalogue.found.riddles


def test_every_language_of_the_program_has_a_catalogue() -> None:
    assert set(CATALOGUES) == set(Language)


# --- the finder itself ------------------------------------------------------------------------

PROGRAM = '''
def greet(language, name):
    """Not a key: docstring."""
    return say(language, "hello" if name else "hello_all", name=name)

def wrap(language, key, **fields):
    return say(language, key, **fields)

def use(language, thing):
    wrap(language, "wrapped")
    say(language, f"failed_{thing.failure.value}", detail=1)
    say(language, thing.spec.summary)
    for word, key in (("a", "looped"),):
        say(language, key)

def riddle(language, thing):
    return say(language, thing.other)
'''


def read(source: str, name: str, folder: Path, wording: Wording) -> Found:
    path = folder / name
    path.write_text(source)
    return python(wording, [path])


def said(uses: Iterable[object]) -> list[str]:
    return sorted(key for use in uses for key in getattr(use, "keys", ()))


def test_keys_are_found_however_they_are_given(tmp_path: Path) -> None:
    wording = Wording(
        (Sink("say", 1),), {"failed_{}": ("a", "b")}, {"spec.summary": lambda: ("cmd_x",)}
    )
    found = read(PROGRAM, "program.py", tmp_path, wording)
    assert said(found.uses) == ["cmd_x", "failed_a", "failed_b", "hello", "hello_all", "wrapped"]
    assert found.perhaps == {"a", "looped", "wrapped", "failed_"}
    assert len(found.riddles) == 1


def test_keys_are_found_in_scripts(tmp_path: Path) -> None:
    path = tmp_path / "page.js"
    path.write_text(
        'say(on ? "on" : "off", { name: x });\n'
        "say(`theme_${theme}`);\n"
        'log.say("not", "these");\n'
        'const key = "indirect"; say(key);\n'
        "say(`what_${ever}`);\n"
    )
    found = scripts({"theme_{}": ("dark",)}, [path])
    assert said(found.uses) == ["off", "on", "theme_dark"]
    assert {"indirect"} <= found.perhaps
    assert len(found.riddles) == 1
    assert found.uses[0].fields == frozenset({"name", "x"})
