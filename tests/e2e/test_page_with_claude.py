"""The main job on real parts: the page in a real browser, the real claude, a mock of its model API.

Each test asserts only what the person at the page sees, or what stands in the project's folder.
"""

import base64
import re
import signal
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from cc_connect.testing.model_api import ModelApi, script
from tests.e2e.program import Program
from tests.web.browser import connected

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def say(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def sees(page: Page, text: str) -> None:
    """Wait until something that is not the person's own message says this."""
    theirs = page.locator("#log > article:not(.mine)", has_text=text)
    await expect(theirs.first).to_be_attached()


async def press(page: Page, name: str) -> None:
    await page.locator("#log").get_by_role("button", name=name, exact=True).last.click()


async def reopen(page: Page, program: Program) -> None:
    """Open the same conversation again; the program may listen on another port by now."""
    chat = page.url.rpartition("/")[2]
    await page.goto(f"{program.address}/c/{chat}")
    await connected(page)


async def idle(page: Page) -> None:
    await expect(page.locator("#stop")).to_be_hidden()


def touch(name: str) -> dict[str, object]:
    """A tool call that makes a file; claude asks before it runs one."""
    return {"name": "Bash", "input": {"command": f"touch {name} && echo hi", "description": "d"}}


async def test_text_and_thinking(page: Page) -> None:
    await say(page, script({"thinking": "let me see", "text": "Hello **you**."}, say="hi"))
    await sees(page, "Hello you.")
    await expect(page.locator("#log strong", has_text="you")).to_be_visible()
    await expect(page.locator("#log details.steps")).to_contain_text("let me see")
    await idle(page)


async def test_a_tool_is_allowed(page: Page, program: Program) -> None:
    await say(page, script({"tools": [touch("allowed")]}, {"text": "It is made."}))
    await sees(page, "Permission needed: Bash")
    await sees(page, "touch allowed && echo hi")
    await press(page, "Allow")
    await sees(page, "It is made.")
    await sees(page, "allowed by You")
    assert (program.folder / "project" / "allowed").exists()


async def test_a_tool_is_denied(page: Page, program: Program) -> None:
    await say(page, script({"tools": [touch("denied")]}, {"text": "Then not."}))
    await sees(page, "Permission needed")
    await press(page, "Deny")
    await sees(page, "Then not.")
    await sees(page, "denied by You")
    assert not (program.folder / "project" / "denied").exists()


async def test_always_is_not_asked_again(page: Page, program: Program) -> None:
    await say(page, script({"tools": [touch("always")]}, {"text": "First done."}))
    await sees(page, "Permission needed")
    await page.locator("#log").get_by_role("button", name=re.compile("^Always: Bash")).click()
    await sees(page, "First done.")
    (program.folder / "project" / "always").unlink()
    await say(page, script({"tools": [touch("always")]}, {"text": "Second done."}))
    await sees(page, "Second done.")
    assert (program.folder / "project" / "always").exists()


async def test_a_question(page: Page, api: ModelApi) -> None:
    question = {
        "question": "Which color?",
        "header": "Color",
        "multiSelect": False,
        "options": [
            {"label": "Red", "description": "warm"},
            {"label": "Blue", "description": "cold"},
        ],
    }
    ask = {"name": "AskUserQuestion", "input": {"questions": [question]}}
    await say(page, script({"tools": [ask]}, {"text": "Blue it is."}))
    await sees(page, "Which color?")
    await press(page, "Blue")
    await sees(page, "Blue it is.")
    results = [result.text for request in api.messages for result in request.tool_results]
    assert any("Blue" in text for text in results)


async def test_several_questions_in_own_words(page: Page, api: ModelApi) -> None:
    questions = [
        {
            "question": "Which sizes?",
            "header": "Sizes",
            "multiSelect": True,
            "options": [
                {"label": name, "description": name} for name in ("Small", "Large", "Huge")
            ],
        },
        {
            "question": "Which name?",
            "header": "Name",
            "multiSelect": False,
            "options": [{"label": name, "description": name} for name in ("Ada", "Bob")],
        },
    ]
    ask = {"name": "AskUserQuestion", "input": {"questions": questions}}
    await say(page, script({"tools": [ask]}, {"text": "Noted."}))
    await sees(page, "Which sizes?")
    log = page.locator("#log")
    await log.get_by_label("Small").check()
    await log.get_by_label("Huge").check()
    await log.locator("form.menu button").click()
    await sees(page, "Small, Huge")
    await press(page, "Ada")
    await press(page, "Send answers")
    await sees(page, "Noted.")
    results = [result.text for request in api.messages for result in request.tool_results]
    assert any("Small, Huge" in text and "Ada" in text for text in results)


async def test_a_plan_is_approved(page: Page) -> None:
    await say(page, "/mode plan")
    await sees(page, "Permission mode plan")
    write = {
        "name": "Write",
        "input": {"file_path": "$PLAN_FILE", "content": "# The plan\n\n1. First\n2. Then\n"},
    }
    leave = {"name": "ExitPlanMode", "input": {}}
    await say(page, script({"tools": [write]}, {"tools": [leave]}, {"text": "Off I go."}))
    await sees(page, "The agent proposes a plan")
    await sees(page, "Then")
    await press(page, "Approve")
    await sees(page, "Off I go.")


async def test_a_plan_is_sent_back_with_a_comment(page: Page, api: ModelApi) -> None:
    await say(page, "/mode plan")
    await sees(page, "Permission mode plan")
    write = {"name": "Write", "input": {"file_path": "$PLAN_FILE", "content": "# Plan A\n"}}
    leave = {"name": "ExitPlanMode", "input": {}}
    await say(page, script({"tools": [write]}, {"tools": [leave]}, {"text": "I think again."}))
    await sees(page, "Plan A")
    keep = page.locator("#log details", has=page.locator("summary", has_text="Keep planning")).last
    await keep.locator("summary").click()
    await keep.locator("textarea").fill("use less memory")
    await keep.get_by_role("button").click()
    await sees(page, "I think again.")
    results = [result.text for request in api.messages for result in request.tool_results]
    assert any("use less memory" in text for text in results)


async def test_a_to_do_list(page: Page) -> None:
    todos = [
        {"content": "Read", "status": "completed", "activeForm": "Reading"},
        {"content": "Write", "status": "in_progress", "activeForm": "Writing"},
    ]
    write = {"name": "TodoWrite", "input": {"todos": todos}}
    await say(page, script({"tools": [write]}, {"text": "Listed."}))
    await sees(page, "Listed.")
    await expect(page.locator("#log .todos")).to_contain_text("Read")
    await expect(page.locator("#log .todos")).to_contain_text("Writ")


async def test_an_image_goes_in(page: Page, api: ModelApi) -> None:
    image = FilePayload(name="dot.png", mimeType="image/png", buffer=PIXEL)
    await page.locator("#files").set_input_files([image])
    await say(page, script({"text": "A small picture."}))
    await sees(page, "A small picture.")
    assert any(request.images for request in api.messages)


async def test_a_file_goes_in(page: Page, program: Program) -> None:
    notes = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"remember the milk")
    await page.locator("#files").set_input_files([notes])
    path = program.folder / "project" / ".cc-connect" / "attachments" / "notes.txt"
    read = {"name": "Read", "input": {"file_path": str(path)}}
    await say(page, script({"tools": [read]}, {"text": "I read it."}))
    await sees(page, "I read it.")
    assert path.read_bytes() == b"remember the milk"
    assert (program.folder / "project" / ".cc-connect" / ".gitignore").read_text().strip() == "*"


async def test_a_file_comes_out(page: Page, program: Program, tmp_path: Path) -> None:
    (program.folder / "project" / "report.txt").write_text("all is well")
    send = {
        "name": "mcp__cc-connect__send_file",
        "input": {"path": "report.txt", "caption": "Here you are"},
    }
    await say(page, script({"tools": [send]}, {"text": "It is sent."}))
    await sees(page, "Here you are")
    await sees(page, "It is sent.")
    async with page.expect_download() as download:
        await page.locator("#log").get_by_role("link", name=re.compile("report.txt")).click()
    await (await download.value).save_as(tmp_path / "got.txt")
    assert (tmp_path / "got.txt").read_text() == "all is well"


async def test_interrupt_in_mid_stream(page: Page, api: ModelApi) -> None:
    await say(page, script({"text": "It is a long story", "hold": "never"}))
    await api.reached("never")
    await sees(page, "It is a long story")
    await page.locator("#stop").click()
    await sees(page, "Stopped.")
    await idle(page)
    await say(page, "still there?")
    await sees(page, "You said: still there?")


async def test_the_session_goes_on_after_a_restart(
    page: Page, program: Program, api: ModelApi
) -> None:
    await say(page, "remember seven")
    await sees(page, "You said: remember seven")
    await idle(page)
    assert await program.stop() == 0
    await program.start()
    await reopen(page, program)
    await sees(page, "You said: remember seven")
    await say(page, "and now eight")
    await sees(page, "You said: and now eight")
    last = api.messages[-1]
    assert "remember seven" in str(last.messages)


async def test_kill_in_mid_turn_is_taken_up_again(
    page: Page, program: Program, api: ModelApi
) -> None:
    await say(page, script({"text": "Half an answer", "hold": "gate"}))
    await api.reached("gate")
    await sees(page, "Half an answer")
    await program.stop(signal.SIGKILL)
    api.release("gate")
    await program.start()
    await reopen(page, program)
    await sees(page, "I was restarted")
    await idle(page)
    await say(page, "hello again")
    await sees(page, "You said: hello again")


async def test_an_api_error_is_shown_as_such(page: Page) -> None:
    await say(page, script({"error": 400, "type": "invalid_request_error", "message": "no luck"}))
    await sees(page, "The model's service answered with an error")
    await sees(page, "no luck")
    await idle(page)
    await say(page, "hello again")
    await sees(page, "You said:")
