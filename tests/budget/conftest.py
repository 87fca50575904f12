from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cc_connect.core.admission import EVERYBODY, Policy
from cc_connect.platforms.weibo.config import Streaming
from cc_connect.testing.weibo import WeiboTwin
from tests.budget.people import People
from tests.platforms.weibo.rig import WeiboRig


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    """A whole program on Weibo; answers are sent when they are whole, so that they are counted."""
    async with WeiboTwin() as twin:
        rig = WeiboRig(twin, tmp_path, stream=Streaming.FINAL)
        open_to_all = {"weibo": Policy(allowed=frozenset({EVERYBODY}))}
        rig.project = replace(rig.project, policies=open_to_all)
        async with rig:
            yield People(rig)
