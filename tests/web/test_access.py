"""Whether everybody can use the page: axe on every state, and a journey without a mouse."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from cc_connect.contract.inbound import Invoked, Pressed, Said, Submitted
from cc_connect.contract.platform import Kind
from tests.web.browser import Theme, chromium, missing, visit
from tests.web.scenes import PLAN, QUESTION
from tests.web.stage import Stage
from tests.web.states import CHAT, MORE, STATES, furnish

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
    pytest.mark.asyncio(loop_scope="module"),
]
EVERYTHING = {**STATES, **MORE}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> "AsyncIterator[Browser]":
    async with chromium() as browser:
        yield browser


WIDER = """() => [...document.querySelectorAll("main, main *")].filter((part) =>
    part.getBoundingClientRect().right > innerWidth + 1 && !part.closest("pre, .table, .unseen")
).map((part) => part.outerHTML)"""


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("state", EVERYTHING)
async def test_axe_has_no_serious_findings_and_nothing_sticks_out(
    browser: "Browser", tmp_path: Path, state: str, theme: Theme, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright")
    async with Stage(tmp_path) as stage:
        stage.host.lively = False
        furnish(stage)
        async with visit(browser, stage, CHAT, width=width, theme=theme) as page:
            await EVERYTHING[state](stage, page)
            assert not await page.evaluate(WIDER)
            findings = (await axe.Axe().run(page)).response["violations"]
    serious = [
        (finding["id"], node["target"], node["failureSummary"])
        for finding in findings
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]
    assert not serious


async def test_a_journey_by_keyboard_only(browser: "Browser", tmp_path: Path) -> None:
    async with (
        Stage(tmp_path, projects=("site",)) as stage,
        visit(browser, stage, CHAT) as page,
    ):
        await _ask_and_allow(stage, page)
        stage.host.lively = False
        await _choose_an_answer(stage, page)
        await _comment_on_a_plan(stage, page)
        await _stop(stage, page)
        await _complete_a_command(stage, page)
        await _begin_another(stage, page)


async def _ask_and_allow(stage: Stage, page: "Page") -> None:
    await page.keyboard.type("do it with permission")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-asks]")
    await page.keyboard.press("Alt+a")
    assert await _focused(page) == "Allow"
    await page.keyboard.press("ArrowRight")
    assert await _focused(page) == "Always: Bash(git push *)"
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".final")
    assert isinstance(stage.host.received[0].body, Said)
    pressed = stage.host.received[1].body
    assert isinstance(pressed, Pressed)
    assert pressed.action == "a:r1:allow:0"
    assert await page.evaluate("document.activeElement.id") == "text"


async def _choose_an_answer(stage: Stage, page: "Page") -> None:
    key = await stage.post(CHAT, QUESTION, Kind.PROMPT)
    await page.wait_for_selector("[data-asks]")
    await page.keyboard.press("Alt+a")
    for _ in range(4):  # two more options, the form, the first box
        await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await _until(page, lambda: len(stage.host.received) == 3)
    body = stage.host.received[2].body
    assert body == Pressed("a:q1:menu:1", key, ("0", "1"))
    await stage.retract(CHAT, key)


async def _comment_on_a_plan(stage: Stage, page: "Page") -> None:
    key = await stage.post(CHAT, PLAN, Kind.PROMPT)
    await page.wait_for_selector("[data-asks] >> text=The plan")
    await page.keyboard.press("Alt+a")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("smaller steps")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await _until(page, lambda: len(stage.host.received) == 4)
    assert stage.host.received[3].body == Submitted("a:p1:keep:0", {"comment": "smaller steps"})
    await stage.retract(CHAT, key)


async def _stop(stage: Stage, page: "Page") -> None:
    await stage.work(CHAT)
    await page.wait_for_selector("#stop:not([hidden])")
    await page.keyboard.press("Escape")
    await _until(page, lambda: len(stage.host.received) == 5)
    assert stage.host.received[4].body == Invoked("stop")


async def _complete_a_command(stage: Stage, page: "Page") -> None:
    await page.focus("#text")
    await page.keyboard.type("/model")
    await page.wait_for_selector("#suggestions li")
    await page.keyboard.press("Enter")  # what is whole is sent, and nothing chosen for it
    await _until(page, lambda: len(stage.host.received) == 6)
    assert stage.host.received[5].body == Said("/model")
    await page.keyboard.type("/mod")
    await page.wait_for_selector("#suggestions li")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#suggestions li >> text=opus")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    assert await page.input_value("#text") == "/model sonnet"
    await page.keyboard.press("Enter")
    await _until(page, lambda: len(stage.host.received) == 7)
    assert stage.host.received[6].body == Said("/model sonnet")


async def _begin_another(stage: Stage, page: "Page") -> None:
    await page.keyboard.press("Alt+n")
    await page.wait_for_url("**/c/1*")
    assert await page.evaluate("document.activeElement.id") == "text"
    await page.keyboard.press("Alt+ArrowDown")
    await page.wait_for_url(f"**/c/{CHAT}")


async def _focused(page: "Page") -> str:
    return str(await page.evaluate("document.activeElement.textContent"))


async def _until(page: "Page", holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        await page.wait_for_timeout(20)
    raise AssertionError("it did not happen")
