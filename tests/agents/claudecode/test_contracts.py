"""Claude Code's driver keeps the contract, and each contract catches who does not."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from cc_connect.contract.agent import Agent
from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.contracts.agent import CONTRACTS, Act, AgentContract, NotApplicable
from tests.agents.claudecode.saboteurs import SABOTEURS, Leaving, Sabotage
from tests.agents.claudecode.script_harness import ScriptHarness


class Sabotaged(ScriptHarness):
    """A harness whose driver does one thing wrong."""

    patience = 1.5

    def __init__(self, folder: Path, sabotage: Sabotage) -> None:
        super().__init__(folder)
        self.left: list[AbstractAsyncContextManager[Any]] = []
        self._sabotage = sabotage

    def agent(self) -> Agent:
        return self._twisted(super().agent())

    def without_program(self) -> Agent:
        return self._twisted(super().without_program())

    def _twisted(self, agent: Agent) -> Agent:
        saboteur = self._sabotage(agent)
        if isinstance(saboteur, Leaving):
            saboteur.keep = self.left
        return saboteur


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: one.__name__)
async def test_the_driver_keeps_it(contract: AgentContract, tmp_path: Path) -> None:
    await contract.check(ScriptHarness(tmp_path))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: one.__name__)
async def test_a_saboteur_is_caught(contract: AgentContract, tmp_path: Path) -> None:
    harness = Sabotaged(tmp_path, SABOTEURS[contract.number])
    try:
        with pytest.raises(ContractBroken):
            await contract.check(harness)
    finally:
        for opened in harness.left:
            await opened.__aexit__(None, None, None)


def test_the_contracts_are_numbered_and_worded() -> None:
    numbers = [contract.number for contract in CONTRACTS]
    assert len(numbers) == len(set(numbers)) >= 20
    assert set(SABOTEURS) == set(numbers)
    assert all("MUST" in contract.must for contract in CONTRACTS)


async def test_what_an_agent_lacks_is_not_asked_of_it(tmp_path: Path) -> None:
    class Lacking(ScriptHarness):
        lacks = {Act.PLAN: "it makes none"}  # noqa: RUF012  # a constant of the test

    plans = next(contract for contract in CONTRACTS if contract.number == "A26")
    with pytest.raises(NotApplicable, match="it makes none"):
        await plans.check(Lacking(tmp_path))
