"""Pictures of the chat page: `python -m tests.screenshots [part of a name]`."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.browser import Theme, chromium, visit
from tests.web.stage import Stage
from tests.web.states import CHAT, MORE, STATES, State, furnish

if TYPE_CHECKING:
    from playwright.async_api import Browser

OUT = Path(__file__).parent / "out"
WIDTHS = (390, 1280)
THEMES: tuple[Theme, ...] = ("light", "dark")


async def main(wanted: str) -> None:
    """Take all pictures whose name contains `wanted`."""
    OUT.mkdir(exist_ok=True)
    async with chromium() as browser:
        for name, state in {**STATES, **MORE}.items():
            for theme in THEMES:
                for width in WIDTHS:
                    picture = OUT / f"{name}-{theme}-{width}.png"
                    if wanted in picture.name:
                        await _shoot(browser, state, picture, theme, width)
                        print(picture)


async def _shoot(browser: "Browser", state: State, picture: Path, theme: Theme, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder)) as stage:
            stage.host.lively = False
            furnish(stage)
            async with visit(browser, stage, CHAT, width=width, theme=theme) as page:
                await state(stage, page)
                await page.wait_for_timeout(150)
                await page.screenshot(path=picture)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
