"""Commands as data: what a platform needs to offer them natively."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(IntEnum):
    """What a person may do; a higher role includes the lower ones."""

    NOBODY = 0
    MEMBER = 1
    ADMIN = 2


class Outcome(StrEnum):
    """What a person sees of a command."""

    SCREEN = "screen"
    """It answers by itself, sooner or later."""
    TURN = "turn"
    """It asks the agent something: the answer is the agent's."""
    SIGN = "sign"
    """It is done and says nothing, unless something is wrong."""


@dataclass(frozen=True, slots=True)
class CommandOption:
    """An argument of a command.

    Attributes:
        name: Lower-case word.
        summary: One line for people.
        required: The command cannot run without it.
        rest: Takes the rest of the line.
        choices: The only values allowed; empty for free text.
        suggests: `PlatformHost.suggest` knows values for it.
        number: A whole number.
    """

    name: str
    summary: str
    required: bool = False
    rest: bool = False
    choices: tuple[str, ...] = ()
    suggests: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command a person can give, by `/name` or natively."""

    name: str
    summary: str
    aliases: tuple[str, ...] = ()
    options: tuple[CommandOption, ...] = ()
    role: Role = Role.MEMBER
    outcome: Outcome = Outcome.SCREEN
