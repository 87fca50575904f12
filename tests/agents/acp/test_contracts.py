"""The ACP driver keeps the contract of agents, over a scripted agent of the protocol."""

from pathlib import Path

import pytest

from cc_connect.testing.contracts.agent import CONTRACTS, Act, AgentContract
from tests.agents.acp.harness import LACKS, AcpHarness

NEEDED = [one for one in CONTRACTS if one.unneeded(LACKS) is None]


@pytest.mark.parametrize("contract", NEEDED, ids=lambda one: one.__name__)
async def test_the_driver_keeps_it(contract: AgentContract, tmp_path: Path) -> None:
    await contract.check(AcpHarness(tmp_path))


def test_only_what_the_protocol_has_no_word_for_is_left_out() -> None:
    left_out = {one.number: one.acts for one in CONTRACTS if one not in NEEDED}
    assert left_out == {
        "A11": (Act.STEER,),
        "A16": (Act.COMPACT,),
        "A28": (Act.FILE,),
        "A50": (Act.CLEAR,),
        "A51": (Act.TRACE,),
    }
