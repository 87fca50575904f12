"""A real browser for the tests and for the screenshots."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.web.stage import Stage

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Theme = Literal["light", "dark"]


def missing() -> str:
    """Why no browser can be driven here, or ""."""
    try:
        import playwright.async_api  # noqa: F401, PLC0415 - the question is whether it is there
    except ImportError:
        return "playwright is not installed"
    return "" if CHROMIUM.exists() else f"{CHROMIUM} is not there"


@asynccontextmanager
async def chromium() -> "AsyncIterator[Browser]":
    """A browser of its own."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - may be missing, see above

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(
    browser: "Browser",
    stage: Stage,
    chat: str = "site",
    *,
    width: int = 1280,
    theme: Theme = "light",
    language: str = "en-GB",
) -> "AsyncIterator[Page]":
    """A page that is logged in and connected. Ends with an error when the page had one."""
    context = await browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 860},
        color_scheme=theme,
        locale=language,
        timezone_id="Europe/Zurich",
        reduced_motion="reduce",
        has_touch=width < 600,
    )
    page = await context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda message: trouble.append(message.text) if "Security Policy" in message.text else None,
    )
    try:
        await page.goto(stage.server.link())
        await page.wait_for_url("**/c/*")
        await page.goto(f"{stage.server.address}/c/{chat}")
        await connected(page)
        yield page
    finally:
        await context.close()
    assert not trouble, trouble


async def connected(page: "Page") -> None:
    """Wait until the page is connected."""
    await page.wait_for_selector("#state[data-state=connected]", state="attached")
