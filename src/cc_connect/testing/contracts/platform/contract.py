"""What a contract is, when it applies, and how it is found."""

import re
import unittest
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import getdoc

from cc_connect.contract.platform import Capabilities, Support
from cc_connect.testing.contracts.platform.bench import Bench
from cc_connect.testing.contracts.platform.harness import Act, PlatformHarness

_NUMBER = re.compile(r"^p(\d\d)_\w+$")


class NotApplicable(unittest.SkipTest):
    """The contract asks for something the platform does not have; pytest shows it as skipped."""


@dataclass(frozen=True, slots=True)
class PlatformContract:
    """One thing a platform MUST do.

    Attributes:
        number: Its short name, such as `P05`.
        title: What it is about, as an identifier.
        must: The demand, in words.
        support: Fields of `Capabilities` that must not be NONE.
        full: Fields of `Capabilities` that must be FULL.
        acts: What the harness has to be able to do.
    """

    number: str
    title: str
    must: str
    support: tuple[str, ...]
    full: tuple[str, ...]
    acts: tuple[Act, ...]
    prove: Callable[[Bench], Awaitable[None]]

    @property
    def __name__(self) -> str:
        """What pytest calls it."""
        return f"{self.number}-{self.title}"

    async def check(self, harness: PlatformHarness) -> None:
        """Hold an adapter to it.

        Raises:
            ContractBroken: It does not do what it must.
            NotApplicable: It need not, and why.
        """
        platform = await harness.make()
        can = platform.capabilities(harness.place)
        reason = self.unneeded(can, harness)
        if reason is not None:
            raise NotApplicable(f"{self.number}: {reason}")
        bench = Bench(self.number, harness, platform, can)
        try:
            await self.prove(bench)
        finally:
            await bench.close()

    def unneeded(self, can: Capabilities, harness: PlatformHarness) -> str | None:
        """Why a platform with these capabilities need not keep to it; None when it must."""
        least = dict.fromkeys(self.support, Support.PARTIAL) | dict.fromkeys(
            self.full, Support.FULL
        )
        for name, needed in least.items():
            if (given := getattr(can, name)) < needed:
                return f"the capabilities say {name}: {given.name.lower()}"
        for act in self.acts:
            if act in harness.lacks:
                return f"cannot {act.value}: {harness.lacks[act]}"
        return None


_contracts: list[PlatformContract] = []


def contract(
    *acts: Act, support: tuple[str, ...] = (), full: tuple[str, ...] = ()
) -> Callable[[Callable[[Bench], Awaitable[None]]], PlatformContract]:
    """Make a coroutine `pNN_what_it_is_about` a contract; its docstring is the demand."""

    def made(prove: Callable[[Bench], Awaitable[None]]) -> PlatformContract:
        name = getattr(prove, "__name__", "")
        match = _NUMBER.match(name)
        must = getdoc(prove)
        if match is None or not must:
            raise ValueError(f"{name} is not called pNN_..., or does not say what a platform must")
        one = PlatformContract(f"P{match[1]}", name[4:], must, support, full, acts, prove)
        _contracts.append(one)
        return one

    return made


def contracts() -> tuple[PlatformContract, ...]:
    """All that were made, by number."""
    return tuple(sorted(_contracts, key=lambda one: one.number))
