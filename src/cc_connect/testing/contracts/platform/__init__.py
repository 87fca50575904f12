"""What every chat adapter must do, as a suite: give it a harness, and it says what is missing.

    @pytest.mark.parametrize("contract", platform_contracts())
    async def test_contract(contract: PlatformContract, harness: MyHarness) -> None:
        await contract.check(harness)

A contract that asks for something the platform does not have, by its capabilities or by what the
harness `lacks`, is skipped with the reason. Nothing here needs pytest.
"""

from cc_connect.testing.broken import ContractBroken
from cc_connect.testing.contracts.platform import files, inbound, life, outbound, trouble
from cc_connect.testing.contracts.platform.contract import (
    NotApplicable,
    PlatformContract,
    contracts,
)
from cc_connect.testing.contracts.platform.harness import (
    COMMANDS,
    EVERYONE,
    SUGGESTED,
    Act,
    PlatformHarness,
    Seen,
    SeenFile,
)
from cc_connect.testing.contracts.platform.lacking import LackingHarness

__all__ = [
    "COMMANDS",
    "EVERYONE",
    "SUGGESTED",
    "Act",
    "ContractBroken",
    "LackingHarness",
    "NotApplicable",
    "PlatformContract",
    "PlatformHarness",
    "Seen",
    "SeenFile",
    "platform_contracts",
]

_MODULES = (files, inbound, life, outbound, trouble)


def platform_contracts() -> tuple[PlatformContract, ...]:
    """All contracts, P01 first."""
    return contracts()
