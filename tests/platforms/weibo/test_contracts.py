"""The contract suite, against the twin.

What needs something the protocol does not have is left out here, so that nothing is skipped. P35
is left out as well: it wants what was said before a tool to disappear, and nothing that was sent
disappears on Weibo (see test_streaming).
"""

from pathlib import Path

import pytest

from cc_connect.contract.platform import Support
from cc_connect.testing.contracts.platform import PlatformContract, platform_contracts
from cc_connect.testing.weibo import WeiboTwin
from tests.platforms.weibo.bench import LACKS, WeiboHarness

ABSENT = ("edit", "delete", "buttons", "menus", "forms", "typing", "reactions", "idempotent_post")
MEANT = [
    one
    for one in platform_contracts()
    if not set(one.acts) & set(LACKS)
    and not set(one.support) & set(ABSENT)
    and one.number not in {"P10", "P35"}
]


@pytest.mark.parametrize("contract", MEANT)
async def test_contract(contract: PlatformContract, twin: WeiboTwin, tmp_path: Path) -> None:
    await contract.check(WeiboHarness(twin, tmp_path))


async def test_what_is_left_out_is_not_there(twin: WeiboTwin, tmp_path: Path) -> None:
    harness = WeiboHarness(twin, tmp_path)
    can = (await harness.make()).capabilities(harness.place)
    assert all(getattr(can, name) is Support.NONE for name in ABSENT)
    assert len(MEANT) > 12
