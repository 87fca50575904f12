"""The states of the page that are looked at: by axe in the tests, by people as screenshots."""

import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from cc_connect.contract.content import Attachment, Text
from cc_connect.contract.platform import Kind
from cc_connect.platforms.web.chats import Chat
from tests.web.scenes import (
    ANSWER,
    DIFF,
    FOOTER,
    LIVE,
    OVER,
    PERMISSION,
    PERMISSION_DIFF,
    PLAN,
    QUESTION,
    TODOS,
    answered,
)
from tests.web.stage import NOON, Stage

if TYPE_CHECKING:
    from playwright.async_api import FilePayload, Page

State = Callable[[Stage, "Page"], Awaitable[None]]
CHAT = "site"


def furnish(stage: Stage) -> None:
    """Other conversations, for the list."""
    chats = stage.page.chats
    chats.begin(Chat("site", "site", "Why is the search so slow?", NOON + 500))
    chats.begin(Chat("1", "site", "Move the settings page to the new layout", NOON + 400, ["x"]))
    chats.begin(Chat("2", "tools", "Write a script that renames the photos", NOON + 300))
    chats.begin(Chat("3", "tools", "找出发布脚本", NOON + 200))


def picture(width: int = 320, height: int = 180) -> bytes:
    """A small PNG with something to see in it."""
    rows = b"".join(
        b"\0"
        + b"".join(
            bytes((40 + 150 * x // width, 110 + 90 * y // height, 120 + 60 * (x // 40 % 2)))
            for x in range(width)
        )
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


async def empty(stage: Stage, page: "Page") -> None:
    await page.goto(f"{stage.server.address}/c/4?project=site")
    await page.wait_for_selector("#empty:not([hidden])")


async def streaming(stage: Stage, page: "Page") -> None:
    await _said(stage, "The search takes almost half a second per key. Can you find out why?")
    await stage.work(CHAT)
    await stage.post(CHAT, LIVE, Kind.LIVE)
    await stage.extend(CHAT, "s", ANSWER[:330], 0)
    await page.wait_for_selector(".stream .code")


async def permission(stage: Stage, page: "Page") -> None:
    await _said(stage, "Looks good. Push it, please.")
    await stage.work(CHAT)
    await stage.post(CHAT, PERMISSION_DIFF, Kind.PROMPT, key="ask-1")
    await stage.amend(CHAT, "ask-1", (DIFF, *answered("allow")), Kind.PROMPT)
    await stage.post(CHAT, PERMISSION, Kind.PROMPT)
    await page.wait_for_selector("[data-asks]")


async def question(stage: Stage, page: "Page") -> None:
    await _said(stage, "Keep the index between calls.")
    await stage.post(CHAT, QUESTION, Kind.PROMPT)
    await page.wait_for_selector("[data-asks]")


async def plan(stage: Stage, page: "Page") -> None:
    await _said(stage, "Plan it first.")
    await stage.post(CHAT, PLAN, Kind.PROMPT)
    await page.click("#log .form summary")
    await page.fill("#log .form textarea", "Do not keep the index in the project folder.")


async def diff(stage: Stage, page: "Page") -> None:
    await _said(stage, "Go on.")
    card = await stage.post(CHAT, LIVE, Kind.LIVE)
    answer = (Text("Changed as planned:"), DIFF, FOOTER)
    await stage.post(CHAT, answer, Kind.FINAL, stream="turn-1")
    await stage.amend(CHAT, card, (*OVER[:1], TODOS, *OVER[1:]))
    await page.wait_for_selector(".diff")


async def files(stage: Stage, page: "Page") -> None:
    shown = stage.folder / "before.png"
    shown.write_bytes(picture())
    table = stage.folder / "timings.csv"
    table.write_text("query,ms\ncache,410\n" * 300)
    await page.set_input_files("#files", [payload("layout.png", "image/png", picture(240, 120))])
    await page.wait_for_selector(".chip.ready")
    await page.fill("#text", "Like this, but darker. The figures are in the table.")
    await page.click("#send")
    await page.wait_for_selector(".mine:not(.unsent) img")
    await stage.post(
        CHAT,
        (
            Text("Here is the page as it is, and the timings."),
            Attachment(str(shown), "before.png", "image/png", shown.stat().st_size),
            Attachment(str(table), "timings of all queries.csv", "text/csv", table.stat().st_size),
        ),
        Kind.FINAL,
    )
    await page.set_input_files("#files", [payload("notes for later.txt", "text/plain", b"x" * 900)])
    await page.wait_for_selector(".chip.ready")
    await page.wait_for_selector(".agent img")


async def disconnected(stage: Stage, page: "Page") -> None:
    await _said(stage, "Run the tests again.")
    text = "❌ The model's service answered with an error: overloaded. Send your message again."
    await stage.post(CHAT, (Text(text),), Kind.FINAL)
    await page.wait_for_selector(".final")
    await stage.server.stop()
    await page.wait_for_selector("#state[data-state=disconnected]")
    await page.fill("#text", "Try once more, with fewer queries.")
    await page.click("#send")
    await page.wait_for_selector(".unsent")


async def listing(stage: Stage, page: "Page") -> None:
    if await page.is_visible("#open-sidebar"):
        await page.click("#open-sidebar")
        await page.wait_for_timeout(300)


async def completing(stage: Stage, page: "Page") -> None:
    await page.fill("#text", "/m")
    await page.wait_for_selector("#suggestions li")


async def helping(stage: Stage, page: "Page") -> None:
    await page.keyboard.press("Alt+k")
    await page.wait_for_selector("#help[open]")


async def refused(stage: Stage, page: "Page") -> None:
    await page.context.clear_cookies()
    await page.goto(f"{stage.server.address}/login?code=used")


STATES: Mapping[str, State] = {
    "1-empty": empty,
    "2-streaming": streaming,
    "3-permission": permission,
    "4-question": question,
    "5-plan": plan,
    "6-diff": diff,
    "7-files": files,
    "8-disconnected": disconnected,
}
"""The eight states that every change of the page is judged by."""

MORE: Mapping[str, State] = {
    "9-list": listing,
    "9-completing": completing,
    "9-help": helping,
    "9-refused": refused,
}


async def _said(stage: Stage, text: str) -> None:
    stage.host.lively = False
    key = stage.key()
    stage.say(CHAT, text)
    stage.page._tell_prompt(CHAT, key, text, (), NOON)


def payload(name: str, mime: str, data: bytes) -> "FilePayload":
    return {"name": name, "mimeType": mime, "buffer": data}
