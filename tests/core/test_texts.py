"""The catalogues: the same keys and fields in every language, and no key that nobody uses."""

import re
import string
from pathlib import Path

import pytest

import cc_connect
from cc_connect.core.texts import CATALOGUES, Language, language_of, say

ENGLISH = CATALOGUES[Language.ENGLISH]
# Made of a name: the outcome of a turn, a failure, how a request ended.
FAMILIES = ("done_", "stopped_", "failed_", "settled_", "from_")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", Language)
def test_every_language_has_the_same_keys(language: Language) -> None:
    assert set(CATALOGUES[language]) == set(ENGLISH)


@pytest.mark.parametrize("language", Language)
def test_every_text_has_the_same_fields_in_every_language(language: Language) -> None:
    catalogue = CATALOGUES[language]
    differing = {key for key in ENGLISH if fields(catalogue[key]) != fields(ENGLISH[key])}
    assert not differing


@pytest.mark.parametrize("language", Language)
def test_fields_have_names(language: Language) -> None:
    for key, text in CATALOGUES[language].items():
        assert all(name.isidentifier() for name in fields(text)), key
        assert text == text.strip()
        assert text


def test_no_key_is_there_for_nobody() -> None:
    root = Path(cc_connect.__file__).parent
    names = ("core", "runtime", "commands", "app", "web", "platforms", "agents")
    ours = [root / name for name in names]
    modules = [path for folder in ours for path in folder.rglob("*.py")]
    source = "".join(path.read_text() for path in modules if path.parent.name != "texts")
    quoted = set(re.findall(r"([\"'])(\w+)\1", source))
    used = {word for _, word in quoted}
    unused = {key for key in ENGLISH if key not in used and not key.startswith(FAMILIES)}
    assert not unused


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("en", Language.ENGLISH),
        (" English ", Language.ENGLISH),
        ("en_US", Language.ENGLISH),
        ("zh", Language.CHINESE),
        ("zh-TW", Language.CHINESE),
        ("ZH_hans", Language.CHINESE),
        ("Chinese", Language.CHINESE),
        ("中文", Language.CHINESE),
        ("de", None),
        ("", None),
        ("auto", None),
        ("e", None),
    ],
)
def test_the_language_that_is_meant(name: str, language: Language | None) -> None:
    assert language_of(name) is language


def test_saying_something() -> None:
    assert say(Language.ENGLISH, "stop") == "Stop"
    assert say(Language.CHINESE, "queued", number=2) == "📬 已排队，第 2 位；当前这一轮结束后执行。"  # noqa: RUF001 - Chinese


def test_a_field_may_hold_braces() -> None:
    assert say(Language.ENGLISH, "failed_other", detail="{x}") == "❌ The turn failed: {x}"


@pytest.mark.parametrize("call", [("nonsense", {}), ("queued", {}), ("queued", {"count": 1})])
def test_a_text_or_a_field_that_is_missing_is_an_error(call: tuple[str, dict[str, object]]) -> None:
    key, given = call
    with pytest.raises(KeyError):
        say(Language.ENGLISH, key, **given)
