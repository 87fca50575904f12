"""What a person goes through on the page, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from cc_connect.contract.content import Attachment, Text
from cc_connect.contract.inbound import Pressed, Said
from cc_connect.contract.platform import Kind
from cc_connect.platforms.web.config import WebOptions
from tests.web.browser import chromium, connected, missing, visit
from tests.web.scenes import ANSWER, LIVE, PERMISSION, answered
from tests.web.stage import Stage, free_port
from tests.web.states import CHAT, furnish, payload, picture

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
    pytest.mark.asyncio(loop_scope="module"),
]
EVIL = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
DROP = """([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, {type: "text/plain"}));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        const init = {dataTransfer: data, bubbles: true, cancelable: true};
        document.body.dispatchEvent(new DragEvent(kind, init));
    }
}"""
PASTE = """([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, {type: "text/plain"}));
    document.getElementById("text").dispatchEvent(
        new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
LOOK_AWAY = """() => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
AT_THE_END = """() => {
    const place = document.getElementById("scroll");
    return place.scrollTop + place.clientHeight > place.scrollHeight - 5;
}"""
LISTEN = """() => {
    window.calls = [];
    window.Notification = class extends Notification {
        constructor(title, options) { super(title, options); window.calls.push([title, options]); }
    };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> "AsyncIterator[Browser]":
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path) as stage:
        yield stage


async def until(page: "Page", expression: str) -> None:
    """Wait for something to hold; the page's policy forbids what Playwright does for that."""
    for _ in range(500):
        if await page.evaluate(expression):
            return
        await page.wait_for_timeout(20)
    raise AssertionError(expression)


async def say(page: "Page", text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Enter")


async def texts(page: "Page", selector: str) -> list[str]:
    return [text.strip() for text in await page.locator(selector).all_inner_texts()]


async def test_a_turn_is_shown_from_the_first_word_to_the_last(
    browser: "Browser", stage: Stage
) -> None:
    stage.host.lively = False
    async with visit(browser, stage) as page:
        await say(page, "why?")
        await page.wait_for_selector(".mine:not(.unsent)")
        await stage.work(CHAT)
        card = await stage.post(CHAT, LIVE, Kind.LIVE)
        await page.wait_for_selector(".live details.steps[open]")
        assert await page.is_visible("#stop")
        for at in range(0, 300, 30):
            await stage.extend(CHAT, "turn", ANSWER[at : at + 30], at)
        await page.wait_for_selector(".stream strong >> text=whole")
        await stage.extend(CHAT, "turn", "", 0)
        await page.wait_for_selector(".stream", state="detached")
        await stage.extend(CHAT, "turn", "Another answer", 0)
        await page.wait_for_selector(".stream >> text=Another answer")
        await stage.post(CHAT, (Text(ANSWER),), Kind.FINAL, stream="turn")
        await stage.amend(CHAT, card, LIVE[:2])
        await page.wait_for_selector(".live[data-over] details.steps:not([open])")
        assert await page.locator(".stream").count() == 0
        assert await page.locator(".final").count() == 1
        assert not await page.is_visible("#stop")
        order = await page.locator("#log > article").evaluate_all(
            "(all) => all.map((a) => a.classList[1] + a.dataset.kind)"
        )
        assert order == ["mineundefined", "agentlive", "agentfinal"]


async def test_a_page_that_comes_in_the_middle_sees_what_goes_on(
    browser: "Browser", stage: Stage
) -> None:
    stage.host.lively = False
    async with visit(browser, stage) as page:
        await say(page, "why?")
        await page.wait_for_selector(".mine:not(.unsent)")
        await stage.work(CHAT)
        await stage.post(CHAT, LIVE, Kind.LIVE)
        await stage.extend(CHAT, "turn", "First part.\n\nSecond", 0)
        await page.reload()
        await connected(page)
        await page.wait_for_selector(".stream >> text=Second")
        assert await texts(page, ".stream p") == ["First part.", "Second"]
        assert await page.locator(".live").count() == 1
        assert await page.is_visible("#stop")
        await stage.post(CHAT, (Text("Done."),), Kind.FINAL, stream="turn")
        await page.wait_for_selector(".final")
        await page.reload()
        await connected(page)
        await page.wait_for_selector(".live + .final")
        assert await texts(page, ".mine .said") == ["why?"]


async def test_nothing_is_lost_and_nothing_doubled_over_a_gap(
    browser: "Browser", tmp_path: Path
) -> None:
    async with Stage(tmp_path, port=free_port()) as stage, visit(browser, stage) as page:
        stage.host.lively = False
        await say(page, "before")
        await page.wait_for_selector(".mine:not(.unsent)")
        asked = await stage.post(CHAT, PERMISSION, Kind.PROMPT)
        await page.wait_for_selector("[data-asks]")
        await stage.close_doors()
        await page.wait_for_selector("#state[data-state=disconnected]", state="attached")
        await say(page, "while away 1")
        await say(page, "while away 2")
        assert await page.locator(".unsent").count() == 2
        await stage.amend(CHAT, asked, answered("allow"), Kind.PROMPT)
        await stage.post(CHAT, (Text("missed answer"),), Kind.FINAL, stream="t")
        await stage.open_doors()
        await page.wait_for_selector("#state[data-state=connected]", state="attached")
        await until(page, "document.querySelectorAll('.mine:not(.unsent)').length === 3")
        await page.wait_for_selector(".final >> text=missed answer")
        assert await page.locator("[data-asks]").count() == 0
        assert await texts(page, ".missed") == ["While you were away"]
        said = [one.body.text for one in stage.host.received if isinstance(one.body, Said)]
        assert said == ["before", "while away 1", "while away 2"]
        assert await texts(page, ".mine .said") == said


async def test_a_message_whose_receipt_was_lost_is_there_once(
    browser: "Browser", stage: Stage
) -> None:
    stage.host.lively = False
    async with visit(browser, stage) as page:
        stage.host.fail_after_storing = 2
        await say(page, "only once")
        await page.wait_for_selector(".mine:not(.unsent)")
        assert len(stage.host.received) == 1
        assert stage.host.fail_after_storing == 0
        assert await texts(page, ".mine .said") == ["only once"]


async def test_what_was_not_sent_survives_the_tab(browser: "Browser", stage: Stage) -> None:
    stage.host.lively = False
    async with visit(browser, stage) as page:
        stage.host.fail_before_storing = True
        await say(page, "do not forget me")
        await page.wait_for_selector(".unsent")
        await page.close(run_before_unload=False)
        stage.host.fail_before_storing = False
        again = await page.context.new_page()
        await again.goto(f"{stage.server.address}/c/{CHAT}")
        await again.wait_for_selector(".mine:not(.unsent) >> text=do not forget me")
        assert len(stage.host.received) == 1


async def test_two_tabs_show_the_same(browser: "Browser", stage: Stage) -> None:
    async with visit(browser, stage) as page:
        other = await page.context.new_page()
        await other.goto(f"{stage.server.address}/")
        await connected(other)
        assert other.url.endswith(f"/c/{CHAT}")
        await say(page, "with permission")
        await other.wait_for_selector("[data-asks] >> text=Allow")
        await other.click("text=Deny")
        await page.wait_for_selector(".prompt >> text=Answered")
        await page.wait_for_selector(".final")
        await other.wait_for_selector(".final")
        for tab in (page, other):
            assert await texts(tab, ".mine .said") == ["with permission"]
            assert await tab.locator("[data-asks]").count() == 0
        assert isinstance(stage.host.received[1].body, Pressed)


async def test_hostile_text_and_names_do_nothing(
    browser: "Browser", stage: Stage, tmp_path: Path
) -> None:
    stage.host.lively = False
    name = "<img src=x onerror=alert(1)>.txt"
    sent = tmp_path / "page" / "x"
    sent.parent.mkdir(exist_ok=True)
    sent.write_text("x")
    async with visit(browser, stage) as page:
        await page.set_input_files("#files", [payload(name, "text/html", b"<script>")])
        await page.wait_for_selector(".chip.ready")
        await say(page, EVIL)
        await page.wait_for_selector(".mine:not(.unsent)")
        await stage.post(
            CHAT,
            (
                Text(f"{EVIL}\n\n[click](javascript:window.owned=1)"),
                Attachment(str(sent), name),
            ),
            Kind.FINAL,
        )
        await page.wait_for_selector(".final")
        assert await texts(page, ".mine .said") == [EVIL]
        assert await page.locator("#log img, #log script").count() == 0
        assert await page.locator("#log a[href^=javascript]").count() == 0
        assert await page.evaluate("window.owned") is None
        assert await texts(page, "#log .file b") == [name, name]
        await page.reload()
        await connected(page)
        assert await page.evaluate("window.owned") is None
        assert EVIL[:20] in await page.inner_text("#title")


async def test_files_come_in_by_drag_and_by_paste_and_go_out(
    browser: "Browser", stage: Stage, tmp_path: Path
) -> None:
    stage.host.lively = False
    report = tmp_path / "report.csv"
    report.write_text("a,b\n")
    async with visit(browser, stage) as page:
        await page.evaluate(DROP, ["dropped.txt", "dropped"])
        await page.wait_for_selector(".chip.ready >> nth=0")
        await page.evaluate(PASTE, ["pasted.txt", "pasted"])
        await page.wait_for_selector(".chip.ready >> nth=1")
        await page.evaluate(DROP, ["third.txt", "third"])
        await page.wait_for_selector(".chip.ready >> nth=2")
        await page.click(".chip >> nth=2 >> button")
        await page.click("#send")
        await page.wait_for_selector(".mine:not(.unsent)")
        body = stage.host.received[0].body
        assert isinstance(body, Said)
        assert [file.name for file in body.media] == ["dropped.txt", "pasted.txt"]
        chunks = [chunk async for chunk in stage.page.fetch(body.media[1])]
        assert b"".join(chunks) == b"pasted"
        await stage.post(CHAT, (Attachment(str(report), "Bericht ü.csv", "text/csv", 4),))
        async with page.expect_download() as started:
            await page.click(".agent .file")
        download = await started.value
        assert download.suggested_filename == "Bericht ü.csv"
        assert (await download.path()).read_text() == "a,b\n"


async def test_a_message_waits_for_its_files(browser: "Browser", stage: Stage) -> None:
    stage.host.lively = False
    async with visit(browser, stage) as page:
        await page.set_input_files("#files", [payload("slow.bin", "", b"x" * 20_000_000)])
        await say(page, "with a large file")
        await page.wait_for_selector(".mine:not(.unsent)")
        (received,) = stage.host.received
        assert isinstance(received.body, Said)
        assert [file.size for file in received.body.media] == [20_000_000]
        assert await page.input_value("#text") == ""


async def test_a_file_that_is_too_large_is_told(browser: "Browser", tmp_path: Path) -> None:
    options = WebOptions(upload_limit_mb=1)
    async with Stage(tmp_path, options=options) as stage, visit(browser, stage) as page:
        await page.evaluate(DROP, ["large.bin", "x" * (1024 * 1024 + 1)])
        await page.wait_for_selector(".notice-line >> text=larger than 1 MB")


async def test_a_picture_is_shown(browser: "Browser", stage: Stage, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    shot.write_bytes(picture(40, 30))
    async with visit(browser, stage) as page:
        await stage.post(CHAT, (Attachment(str(shot), "shot.png", "image/png", 100),))
        await page.wait_for_selector("#log img")
        await until(page, "document.querySelector('#log img').naturalWidth === 40")


async def test_the_person_is_called_when_looking_elsewhere(
    browser: "Browser", stage: Stage
) -> None:
    furnish(stage)
    async with visit(browser, stage) as page:
        await page.context.grant_permissions(["notifications"])
        await page.evaluate(LISTEN)
        await page.click("#notify")
        await page.wait_for_selector("#notify[aria-pressed=true]")
        await page.evaluate(LOOK_AWAY)
        await stage.post("2", PERMISSION, Kind.PROMPT, key="ask")
        await until(page, "window.calls.length === 1")
        await stage.post(CHAT, (Text("All **done**."),), Kind.FINAL, stream="t", key="end")
        await until(page, "window.calls.length === 2")
        first, second = await page.evaluate("window.calls")
        assert first[0] == "Your agent needs you"
        assert first[1]["tag"] == "2/ask"
        assert second[0] == "Your agent is done"
        assert second[1]["body"].endswith("All done.")
        assert (await page.title()).startswith("● ")
        assert await page.locator("#chats .needs").count() == 2
        await stage.amend("2", "ask", answered("allow"), Kind.PROMPT)
        await until(page, "document.querySelectorAll('#chats .needs').length === 1")


async def test_theme_and_language_are_kept(browser: "Browser", stage: Stage) -> None:
    async with visit(browser, stage, theme="light") as page:
        await page.click("#theme")
        await page.click("#theme")
        assert await page.get_attribute("html", "data-theme") == "dark"
        dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        await page.select_option("#language", "zh")
        await page.wait_for_selector("html[lang=zh]")
        await connected(page)
        assert await page.get_attribute("html", "data-theme") == "dark"
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
        assert await page.get_attribute("#text", "placeholder") == "给智能体发消息"
        assert await page.inner_text("#stop") == "" or not await page.is_visible("#stop")


async def test_earlier_messages_come_when_asked_for(browser: "Browser", stage: Stage) -> None:
    for number in range(130):
        stage.say(CHAT, f"message {number}")
    async with visit(browser, stage) as page:
        assert await page.locator(".mine").count() == 50
        await page.click("#earlier")
        await until(page, "document.querySelectorAll('.mine').length === 100")
        await page.click("#earlier")
        await until(page, "document.querySelectorAll('.mine').length === 130")
        assert not await page.is_visible("#earlier")
        assert await texts(page, ".mine .said") == [f"message {n}" for n in range(130)]


async def test_reading_back_is_not_disturbed(browser: "Browser", stage: Stage) -> None:
    for number in range(40):
        stage.say(CHAT, f"message {number}")
    async with visit(browser, stage) as page:
        await page.evaluate("document.getElementById('scroll').scrollTop = 100")
        await page.wait_for_selector("#latest:not([hidden])")
        await stage.post(CHAT, (Text(ANSWER),), Kind.FINAL)
        await page.wait_for_selector(".final", state="attached")
        assert await page.evaluate("document.getElementById('scroll').scrollTop") == 100
        await page.click("#latest")
        await until(page, AT_THE_END)


async def test_a_login_that_ends_is_told(browser: "Browser", stage: Stage) -> None:
    async with visit(browser, stage) as page:
        await page.context.clear_cookies()
        stage.page.hang_up()
        await page.wait_for_selector("#offline >> text=cc-connect url")


async def test_the_page_needs_nothing_from_elsewhere(browser: "Browser", stage: Stage) -> None:
    async with visit(browser, stage) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.reload()
        await connected(page)
        await stage.post(CHAT, (Text("![x](https://elsewhere.example/x.png)"),), Kind.FINAL)
        await page.wait_for_selector(".final")
        assert asked
        assert all(url.startswith(stage.server.address) for url in asked)
