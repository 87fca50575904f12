"""The documents point at what is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.embed import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_SOURCE = re.compile(r"`((?:src|tests|docs|scripts|requirements|\.ci)/[\w./-]+)`")
_MODULE = re.compile(
    r"`((?:app|web|platforms|agents|commands|runtime|testing|store|procs|core)/[\w./-]+)`"
)
_NAME = re.compile(r"`(cc_connect(?:\.\w+)+)`")

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def prose(document: Path) -> str:
    return _CODE.sub("", document.read_text())


def anchors(document: Path) -> set[str]:
    """The names under which the headings of a page can be reached."""
    titles = _HEADING.findall(prose(document))
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def local_links(document: Path) -> Iterator[tuple[Path, str]]:
    for link in _LINK.findall(prose(document)):
        if "://" not in link and not link.startswith("mailto:"):
            path, _, anchor = link.partition("#")
            yield (document.parent / path if path else document), anchor


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    broken = [
        f"{path}#{anchor}"
        for path, anchor in local_links(document)
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]
    assert not broken


@every_document
def test_files_that_are_named_are_there(document: Path) -> None:
    text = prose(document)
    named = [ROOT / name for name in _SOURCE.findall(text)]
    named += [ROOT / "src" / "cc_connect" / name for name in _MODULE.findall(text)]
    assert not [str(path) for path in named if not path.exists()]


@every_document
def test_modules_that_are_named_are_there(document: Path) -> None:
    def there(name: str) -> bool:
        path = ROOT / "src" / Path(*name.split("."))
        return path.is_dir() or path.with_suffix(".py").exists()

    groups = {"cc_connect.platforms", "cc_connect.agents"}
    assert not [
        name for name in _NAME.findall(prose(document)) if not there(name) and name not in groups
    ]


def test_every_page_is_found_from_the_first_one() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            waiting += [path for path, _ in local_links(page)]
    assert not {path.resolve() for path in DOCUMENTS} - seen
