from collections.abc import AsyncIterator

import pytest

from cc_connect.testing.weibo import WeiboTwin


@pytest.fixture
async def twin() -> AsyncIterator[WeiboTwin]:
    async with WeiboTwin() as twin:
        yield twin
        assert not twin.broken, "the adapter broke the protocol"
