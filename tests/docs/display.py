"""The table of what is shown, from real runs: `python -m tests.docs.display` writes it down.

One turn is played nine times, with every `display.mode` and every `progress_style`, and what stands
in the chat is written down twice: while the answer grows, and at the end.
"""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

from cc_connect.app.config.load import load_text
from cc_connect.app.config.problems import Problems, Source
from cc_connect.app.projects import display_of
from cc_connect.contract.platform import Capabilities, Kind, ProgressStyle, Support
from cc_connect.core.display import Detail, Display
from cc_connect.testing.platform import RICH
from tests.docs.embed import ROOT
from tests.runtime.rig import Rig

PAGE = ROOT / "docs" / "display.md"
BEGIN, END = "<!-- runs -->\n", "<!-- end of runs -->"
WORDS = "Do the tests pass?"
GROWING, REST = "All tests pass.", "Nothing is left to do."
TOOL = {"tool": "Bash", "input": {"command": "npm test"}, "output": "12 passed", "ask": False}
CONFIG = """
[display]
mode = "{mode}"
[[projects]]
name = "shop"
agent = {{ type = "claudecode" }}
platforms = [{{ type = "discord" }}]
"""
_SECONDS = re.compile(r"\b[0-9]+ s\b")


def display(mode: Detail) -> Display:
    """The policy that a configuration with this mode makes."""
    loaded = load_text(CONFIG.format(mode=mode.value), Source("config.toml"), {}, Problems())
    assert loaded.config is not None
    return display_of(loaded.config.projects[0], preview=loaded.config.stream_preview.enabled)


def can(style: ProgressStyle) -> Capabilities:
    """A chat that can edit but not append, as most; only cards draw steps by themselves."""
    cards = Support.FULL if style is ProgressStyle.CARD else Support.NONE
    return replace(RICH, progress=style, cards=cards, stream=Support.NONE)


def needle(mode: Detail, style: ProgressStyle) -> str:
    """What is to be seen while the answer grows; "" when nothing is."""
    if style is ProgressStyle.LEGACY:
        return "npm test" if mode is Detail.FULL else ""
    return "" if mode is Detail.QUIET else GROWING


async def run(folder: Path, mode: Detail, style: ProgressStyle) -> tuple[str, str]:
    """What stands in the chat while the answer grows, and at the end."""
    async with Rig(folder, can(style), display=display(mode)) as rig:
        gate = folder / "gate"
        rig.say(
            WORDS,
            {"think": "The tests should tell."},
            {"text": "I run the tests first."},
            TOOL,
            {"text": GROWING},
            {"hold": str(gate)},
            {"text": REST},
        )
        await rig.eventually(lambda: bool(rig.runtime.directory.known()))
        (actor,) = rig.runtime.directory.known()
        await rig.eventually(
            lambda: actor.presenter is not None and GROWING in actor.presenter.progress.tail()
        )
        wanted = needle(mode, style)
        if wanted:
            await rig.sees(wanted)
        meanwhile = _written(rig, style)
        gate.touch()
        await rig.answered(REST)
        await rig.eventually(lambda: not any("⏳" in text for text in rig.texts()))
        return meanwhile, _written(rig, style)


def _written(rig: Rig, style: ProgressStyle) -> str:
    """What the bot's messages say, each with a mark at its beginning."""
    lines = []
    for message in rig.platform.transcript():
        if message.author is not None:
            continue
        text = message.text.replace(str(rig.work), "~/shop")
        buttons = " ".join(f"[{button.label}]" for button in message.buttons)
        if message.kind is not Kind.FINAL and style is ProgressStyle.LEGACY:
            # How many lines share a message depends on how quickly they came.
            lines += [f"live    {line}" for line in text.splitlines()]
            continue
        mark = "answer  " if message.kind is Kind.FINAL else "live    "
        whole = "\n".join(part for part in (text, buttons) if part)
        lines += indent(_SECONDS.sub("3 s", whole), " " * len(mark)).splitlines()
        lines[-whole.count("\n") - 1] = mark + lines[-whole.count("\n") - 1].lstrip()
    return "\n".join(lines) or "(nothing)"


async def table() -> str:
    """The nine runs as the page has them."""
    parts = []
    for mode in Detail:
        for style in ProgressStyle:
            with TemporaryDirectory() as folder:
                meanwhile, ended = await run(Path(folder), mode, style)
            parts.append(
                f'### `display.mode = "{mode.value}"`, `progress_style = "{style.value}"`\n\n'
                f"While the answer grows:\n\n```text\n{meanwhile}\n```\n\n"
                f"At the end:\n\n```text\n{ended}\n```\n"
            )
    return "\n".join(parts)


def between(page: str) -> str:
    """The runs in a page."""
    return page.partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    end = "".join(rest.partition(END)[1:])
    PAGE.write_text(f"{before}{begin}\n{asyncio.run(table())}\n{end}", "utf-8")
