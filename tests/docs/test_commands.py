"""What the documents tell people to type can be typed."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from cc_connect.app.cli import main
from cc_connect.commands import COMMANDS, OF_THE_PROGRAM
from tests.docs.embed import ROOT

FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:[A-Z_]+=\S+ )?(?:sh|cc-connect|python -m) [^`]+)`")
SLASHED = re.compile(r"`/([a-z]+)`")
OTHERS = {"git", "cd", "apt-get", "ruff", "mypy", "pip", "."}
"""Programs that are not ours."""
PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/getting-started.md"),
    *("docs/adding-a-platform.md", "docs/adding-an-agent.md", "docs/architecture.md"),
)


def lines(page: str) -> Iterator[str]:
    """Every single command of a page."""
    text = (ROOT / page).read_text()
    for block in FENCE.findall(text):
        for line in block.splitlines():
            yield from line.partition(" #")[0].split("&&")
    for line in INLINE.findall(text):
        yield from line.split("&&")


def problem(line: str) -> str:
    """Why this cannot be typed, or ""."""
    words = shlex.split(line)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    match words:
        case [] | ["python", "-m", "build" | "pytest", *_]:
            return ""
        case ["sh", script, *rest]:
            # ~/cc-connect is where the reader may have put the checkout.
            path = ROOT / script.removeprefix("~/cc-connect/")
            if not path.is_file():
                return f"there is no {script}"
            return ours(rest) if path.name == "start.sh" else ""
        case ["cc-connect", *rest]:
            return ours(rest)
        case ["python", "-m", module, *_]:
            path = ROOT / module.replace(".", "/")
            there = path.is_dir() or path.with_suffix(".py").exists()
            return "" if there else f"there is no {module}"
        case [name, *_]:
            return "" if name in OTHERS else f"what is {name}?"
        case _:
            return f"not understood: {line}"


def ours(words: list[str]) -> str:
    """Whether cc-connect takes these words."""
    context = click.Context(main)
    while words and words[0].startswith("-"):
        if words[0] not in {name for p in main.get_params(context) for name in p.opts}:
            return f"cc-connect has no option {words[0]}"
        words = words[2:]
    if words and main.get_command(context, words[0]) is None:
        return f"cc-connect has no command {words[0]}"
    return ""


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_exists(page: str) -> None:
    found = list(lines(page))
    assert not [trouble for line in found if (trouble := problem(line))]


def test_the_two_commands_are_the_first_ones() -> None:
    first, second, *_ = FENCE.findall((ROOT / "README.md").read_text())
    assert first.endswith("&& cd cc-connect && sh scripts/start.sh\n")
    assert second == "sh scripts/test.sh\n"
    assert (ROOT / ".ci" / "run").read_text().endswith("exec sh scripts/test.sh\n")


@pytest.mark.parametrize("page", PAGES)
def test_every_chat_command_exists(page: str) -> None:
    specs = (*(command.spec for command in COMMANDS), *OF_THE_PROGRAM)
    known = {name for spec in specs for name in (spec.name, *spec.aliases)}
    assert set(SLASHED.findall((ROOT / page).read_text())) <= known
