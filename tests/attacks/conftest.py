from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attacks.market import Market
from tests.runtime.rig import Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """The runtime with Ann, who is let in and no admin."""
    async with Rig(tmp_path) as rig:
        yield rig


@pytest.fixture
async def market() -> AsyncIterator[Market]:
    """The program as a process, a Discord, and Eve, whom nobody let in."""
    async with Market() as market:
        yield market
