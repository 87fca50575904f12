"""What a contract is, when it applies, and how it is found."""

import re
import unittest
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc

from cc_connect.testing.contracts.agent.bench import Bench, bench
from cc_connect.testing.contracts.agent.harness import Act, AgentHarness

_NUMBER = re.compile(r"^a(\d\d)_\w+$")
Proof = Callable[[Bench], Awaitable[None]]


class NotApplicable(unittest.SkipTest):
    """The contract asks for something the agent cannot do; pytest shows it as skipped."""


@dataclass(frozen=True, slots=True)
class AgentContract:
    """One thing a driver MUST do.

    Attributes:
        number: Its short name, such as `A05`.
        title: What it is about, as an identifier.
        must: The demand, in words.
        acts: What the agent has to be able to do.
    """

    number: str
    title: str
    must: str
    acts: tuple[Act, ...]
    prove: Proof

    @property
    def __name__(self) -> str:
        """What pytest calls it."""
        return f"{self.number}-{self.title}"

    def unneeded(self, lacks: Mapping[Act, str]) -> str | None:
        """Why an agent that cannot do these things need not keep it; None when it must."""
        lacking = next((act for act in self.acts if act in lacks), None)
        return f"cannot {lacking.value}: {lacks[lacking]}" if lacking is not None else None

    async def check(self, harness: AgentHarness) -> None:
        """Hold a driver to it.

        Raises:
            ContractBroken: It does not do what it must.
            NotApplicable: It need not, and why.
        """
        if reason := self.unneeded(harness.lacks):
            raise NotApplicable(f"{self.number}: {reason}")
        async with bench(harness) as made:
            await self.prove(made)


_contracts: list[AgentContract] = []


def contract(*acts: Act) -> Callable[[Proof], AgentContract]:
    """Make a coroutine `aNN_what_it_is_about` a contract; its docstring is the demand."""

    def made(prove: Proof) -> AgentContract:
        name = getattr(prove, "__name__", "")
        match = _NUMBER.match(name)
        must = getdoc(prove)
        if match is None or not must:
            raise ValueError(f"{name} is not called aNN_..., or does not say what a driver must")
        one = AgentContract(f"A{match[1]}", name[4:], must, acts, prove)
        _contracts.append(one)
        return one

    return made


def contracts() -> tuple[AgentContract, ...]:
    """All that were made, by number."""
    return tuple(sorted(_contracts, key=lambda one: one.number))
