from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.web.stage import Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path / "page") as stage:
        yield stage


@pytest.fixture
async def stranger(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser without a login."""
    async with stage.session(Accept="text/html") as session:
        yield session


@pytest.fixture
async def owner(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has used a link."""
    session = await stage.logged_in()
    async with session:
        yield session
