import re
from importlib.resources import files
from pathlib import Path

import pytest

from cc_connect.platforms.web.catalogue import LANGUAGES, preferred, texts

FIELD = re.compile(r"\{(\w+)\}")
SOURCES = Path(str(files("cc_connect")))


def fields(text: str) -> set[str]:
    return set(FIELD.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_fields(language: str) -> None:
    first, other = texts(LANGUAGES[0]).entries, texts(language).entries
    assert other.keys() == first.keys()
    for key, text in other.items():
        assert fields(text) == fields(first[key]), key
        assert text.strip()


def test_every_text_is_used() -> None:
    paths = [*SOURCES.joinpath("platforms/web").rglob("*"), *SOURCES.joinpath("web").rglob("*.py")]
    code = "\n".join(path.read_text() for path in paths if path.suffix in {".py", ".js", ".html"})
    for key in texts("en").entries:
        stem = re.sub(r"_(one|many)$", "", key)
        group = key.split("_")[0] + "_"
        quoted = any(f"{quote}{stem}{quote}" in code for quote in "\"'")
        assembled = re.search(rf"[\"'`f]{group}[{{$]", code)
        assert quoted or assembled, key


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("zh", "en", "zh"),
        (None, "zh-CN,zh;q=0.9", "zh"),
        (None, "fr, zh-TW;q=0.5, en", "zh"),
        ("xx", "fr", "en"),
        (None, "", "en"),
        ("../x", ";;,", "en"),
    ],
)
def test_the_language_is_the_chosen_or_the_browser_s(
    chosen: str | None, accepted: str, language: str
) -> None:
    assert preferred(chosen, accepted).language == language


def test_counts_have_their_own_form_for_one() -> None:
    assert texts("en").count("steps", 1) == "1 step"
    assert texts("en").count("steps", 2) == "2 steps"
