"""The fake platform keeps to every contract, and for each there is a fake that breaks only it."""

import asyncio
from dataclasses import fields, replace

import pytest

from cc_connect.contract.platform import Support, TextUnit
from cc_connect.testing.contracts.platform import (
    Act,
    ContractBroken,
    NotApplicable,
    PlatformContract,
    platform_contracts,
)
from cc_connect.testing.contracts.platform.fake import FakeHarness
from cc_connect.testing.contracts.platform.harness import PlatformHarness
from cc_connect.testing.contracts.platform.outbound import longest
from cc_connect.testing.leaping import LeapingLoop
from cc_connect.testing.platform import BARE, RICH, FakePlatform
from cc_connect.testing.platform.rules import measure
from tests.testing.platform.broken import BROKEN

CONTRACTS = platform_contracts()


def check(contract: PlatformContract, **how: object) -> None:
    async def checked() -> None:
        harness: PlatformHarness = FakeHarness(**how)  # type: ignore[arg-type] # its own arguments
        await contract.check(harness)

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(checked())


def broken_by(kind: type[FakePlatform]) -> dict[str, ContractBroken]:
    found = {}
    for contract in CONTRACTS:
        try:
            check(contract, kind=kind)
        except ContractBroken as error:
            found[contract.number] = error
    return found


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_fake_keeps_to_it(contract: PlatformContract) -> None:
    check(contract)


@pytest.mark.parametrize("number", [contract.number for contract in CONTRACTS])
def test_a_fake_that_breaks_it_is_found_and_breaks_nothing_else(number: str) -> None:
    found = broken_by(BROKEN[number])
    assert list(found) == [number], found
    assert str(found[number]).startswith(f"{number}: ")


def test_there_are_enough_contracts_and_all_are_numbered_and_say_what_must_be() -> None:
    numbers = [contract.number for contract in CONTRACTS]
    assert numbers == [f"P{number:02}" for number in range(1, len(CONTRACTS) + 1)]
    assert len(numbers) >= 25
    assert all("MUST" in contract.must for contract in CONTRACTS)
    assert numbers == list(BROKEN)


def skipped(**how: object) -> dict[str, str]:
    reasons = {}
    for contract in CONTRACTS:
        try:
            check(contract, **how)
        except NotApplicable as reason:
            reasons[contract.number] = str(reason)
    return reasons


def test_a_bare_platform_skips_what_it_cannot_do_and_says_why() -> None:
    reasons = skipped(capabilities=BARE)
    assert reasons["P12"] == "P12: the capabilities say buttons: none"
    assert set(reasons) == {one.number for one in CONTRACTS if one.support or one.full}


def test_half_a_support_is_not_enough_where_it_must_be_full() -> None:
    can = replace(RICH, idempotent_post=Support.PARTIAL)
    assert skipped(capabilities=can) == {
        "P10": "P10: the capabilities say idempotent_post: partial"
    }


@pytest.mark.parametrize("act", list(Act))
def test_a_harness_need_not_be_able_to_do_everything(act: Act) -> None:
    reasons = skipped(lacks={act: "there is no such thing here"})
    needing = {contract.number for contract in CONTRACTS if act in contract.acts}
    assert needing
    assert set(reasons) == needing
    for number, reason in reasons.items():
        assert reason == f"{number}: cannot {act.value}: there is no such thing here"


def test_every_support_that_is_asked_for_is_one() -> None:
    graded = {one.name for one in fields(RICH) if isinstance(getattr(RICH, one.name), Support)}
    assert {name for one in CONTRACTS for name in (*one.support, *one.full)} <= graded


@pytest.mark.parametrize("unit", list(TextUnit))
@pytest.mark.parametrize("limit", [1, 5, 14, 15, 16, 17, 100, 1999, 2000])
def test_the_longest_text_is_exactly_as_long_as_allowed(limit: int, unit: TextUnit) -> None:
    text = longest(limit, unit)
    assert measure(text, unit) == limit
    assert text == text.strip()


@pytest.mark.parametrize("unit", list(TextUnit))
def test_the_longest_text_is_measured_in_the_unit_of_the_platform(unit: TextUnit) -> None:
    whole = next(contract for contract in CONTRACTS if contract.number == "P11")
    check(whole, capabilities=replace(RICH, text_unit=unit))
