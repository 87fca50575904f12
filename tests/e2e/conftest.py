"""Fixtures: the program, a mock of the model API, the real agent, a real browser."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from cc_connect.testing.claude_cli import claude_environment, find_claude
from cc_connect.testing.model_api import ModelApi
from tests.e2e.program import Program
from tests.web.browser import chromium, connected, missing

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)

CONFIG = """
data_dir = "{folder}/data"
[management]
port = 0
[[projects]]
name = "demo"
[projects.agent]
type = "claudecode"
[projects.agent.options]
work_dir = "{folder}/project"
cmd = "{claude}"
[projects.agent.options.env]
{env}
CLAUDE_CODE_MAX_RETRIES = "1"
[[projects.platforms]]
type = "web"
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api() -> AsyncIterator[ModelApi]:
    async with ModelApi() as api:
        yield api


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(
    tmp_path_factory: pytest.TempPathFactory, api: ModelApi
) -> AsyncIterator[Program]:
    tmp_path = tmp_path_factory.mktemp("program")
    claude = find_claude()
    if claude is None:
        pytest.skip("no claude binary: install claude-agent-sdk to have one")
    (tmp_path / "project").mkdir()
    environment = claude_environment(tmp_path / "home", api.url)
    env = "\n".join(
        f'{name} = "{value}"'
        for name, value in environment.items()
        if name not in {"PATH", "CLAUDE_CODE_MAX_RETRIES"}
    )
    config = CONFIG.format(folder=tmp_path, claude=claude, env=env)
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}
    program = Program(tmp_path, config, own)
    await program.start()
    yield program
    code = await program.stop()
    assert code == 0, program.log
    assert "Traceback" not in program.log, program.log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(program: Program) -> AsyncIterator[BrowserContext]:
    """A browser that is logged in; the login outlives restarts of the program."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    async with chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(30_000)
        page = await context.new_page()
        await page.goto(await program.link())
        await connected(page)
        await page.close()
        yield context


@pytest_asyncio.fixture(loop_scope="module")
async def page(
    program: Program, browser: BrowserContext, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """A page in a conversation that is the test's own."""
    page = await browser.new_page()
    await page.goto(program.address + "/c/" + request.node.name[:60])
    await connected(page)
    yield page
    await page.close()
