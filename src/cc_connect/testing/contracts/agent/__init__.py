"""What a driver of a coding agent must do, as code: numbered contracts, each with its demand.

A driver is held to them by a harness that makes its agent do things, and one parametrised test:

    from cc_connect.testing.contracts.agent import CONTRACTS, AgentContract

    @pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: one.__name__)
    async def test_contract(contract: AgentContract, harness: AgentHarness) -> None:
        await contract.check(harness)

`check` raises ContractBroken, which says what was broken, or NotApplicable when the harness lacks
what the contract needs. Nothing here depends on pytest.
"""

from cc_connect.testing.contracts.agent import asking, sessions, turns
from cc_connect.testing.contracts.agent.bench import Bench, Live, Watched
from cc_connect.testing.contracts.agent.contract import AgentContract, NotApplicable, contracts
from cc_connect.testing.contracts.agent.harness import Act, AgentHarness, Script

CONTRACTS = contracts()

__all__ = [
    "CONTRACTS",
    "Act",
    "AgentContract",
    "AgentHarness",
    "Bench",
    "Live",
    "NotApplicable",
    "Script",
    "Watched",
    "asking",
    "sessions",
    "turns",
]
