"""Each journey is played over the Discord twin and over the page, with one program per module.

A module may name its projects (`PROJECTS`), limits of time (`HURRIES`), more of the configuration
(`MORE`) and what agents do by themselves (`AGENTS`); see `World`.
"""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from tests.journeys.chat import Chat
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import Agents, Hurries, Projects, World
from tests.web.browser import missing


@pytest.fixture(autouse=True)
def quiet_log(logging_as_it_was: None) -> None:
    """Only what went wrong is written."""
    del logging_as_it_was
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    module = request.module
    projects: Projects | None = getattr(module, "PROJECTS", None)
    hurries: Hurries | None = getattr(module, "HURRIES", None)
    folder = tmp_path_factory.mktemp("world")
    agents: Agents | None = getattr(module, "AGENTS", None)
    more: str = getattr(module, "MORE", "")
    async with World(folder, projects, hurries, more, agents) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module", params=["discord", "page"])
async def chat(world: World, request: pytest.FixtureRequest) -> Chat:
    """A new conversation, on each body in turn; `in_browser` adds the page in a real browser."""
    if request.param == "browser" and (reason := missing()):
        pytest.skip(reason)
    return await world.chat(request.param)


@pytest_asyncio.fixture(loop_scope="module")
async def channel(world: World) -> DiscordChat:
    """A new channel, for what only Discord has: edits, replies, several people."""
    return world.discord()


@pytest.fixture
def world_file(world: World) -> Path:
    """A file in the folder of the project."""
    path = world.work() / "day.txt"
    path.write_text("old day\n")
    return path
