from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.rig import Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with Rig(tmp_path) as rig:
        yield rig
