"""Codex's driver keeps the contract, wherever Codex can do what it asks for."""

from pathlib import Path

import pytest

from cc_connect.testing.contracts.agent import CONTRACTS, AgentContract
from tests.agents.codex.harness import CodexHarness

NEEDED = [one for one in CONTRACTS if not set(one.acts) & set(CodexHarness.lacks)]


@pytest.mark.parametrize("contract", NEEDED, ids=lambda one: one.__name__)
async def test_the_driver_keeps_it(contract: AgentContract, tmp_path: Path) -> None:
    await contract.check(CodexHarness(tmp_path))


def test_only_what_it_cannot_do_is_left_out() -> None:
    assert {one.number for one in CONTRACTS} - {one.number for one in NEEDED} == {
        "A25",
        "A26",
        "A50",
    }
