"""The page as people have it: drawn by a real browser, with hands on what it draws."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from tests.journeys.chat import ALICE, PATIENCE, Chat, Seen
from tests.journeys.on_page import articles, described

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

T = TypeVar("T")
_SHOWN = """
[...document.querySelectorAll('#log > article[data-key]:not(.mine)')]
    .filter(one => one.checkVisibility()).map(one => one.outerHTML).join('')
"""


class BrowserChat(Chat):
    """A conversation in a window of a browser; it is looked at again and again."""

    body = "browser"
    name = "You"

    def __init__(self, page: "Page") -> None:
        self.page = page
        self._shown: list[Seen] = []

    async def write(
        self, text: str, *, by: str, reply_to: Seen | None, files: Mapping[str, bytes]
    ) -> str:
        assert reply_to is None, "the page has no replies"
        assert by == ALICE, "one person sits at this browser"
        if files:
            kind = "text/plain"
            chosen = [{"name": n, "mimeType": kind, "buffer": d} for n, d in files.items()]
            await self.page.locator("#files").set_input_files(chosen)  # type: ignore[arg-type]  # as documented
        await self.page.locator("#text").fill(text)
        await self.page.locator("#text").press("Enter")
        await self._look()
        return ""

    def _message(self, message: Seen) -> "Locator":
        return self.page.locator(f'#log > article[data-key="{message.key}"]')

    async def press(self, message: Seen, label: str, *, by: str = ALICE) -> None:
        del by
        await self._message(message).get_by_role("button", name=label).first.click()

    async def press_anyway(self, message: Seen, label: str) -> None:
        raise AssertionError(f"a browser does not show {label!r} on {message} any more")

    async def choose(self, message: Seen, *labels: str, by: str = ALICE) -> None:
        del by
        shown = self._message(message)
        for label in labels:
            await shown.get_by_label(label).check()
        await shown.locator("form.menu button").click()

    async def fill(self, message: Seen, label: str, text: str, *, by: str = ALICE) -> None:
        del by
        shown = self._message(message)
        fold = shown.locator("details.form", has=self.page.locator("summary", has_text=label))
        await fold.locator("summary").click()
        await fold.locator("textarea, input").first.fill(text)
        await fold.get_by_role("button").click()

    async def download(self, message: Seen, name: str) -> bytes:
        async with self.page.expect_download() as download:
            await self._message(message).get_by_role("link", name=name).click()
        return (await (await download.value).path()).read_bytes()

    def messages(self, by: str = ALICE) -> list[Seen]:
        del by
        return self._shown

    async def until(self, look: Callable[[], T | None]) -> T:
        async with asyncio.timeout(PATIENCE):
            await self._look()
            while (found := look()) is None:
                await asyncio.sleep(0.05)
                await self._look()
        return found

    async def _look(self) -> None:
        html = await self.page.evaluate(_SHOWN)
        self._shown = [described(one.attributes["data-key"], one) for one in articles(html)]
