"""What buttons carry: short durable texts, so that a button works tomorrow and after a restart."""

from dataclasses import dataclass
from typing import assert_never

LONGEST = 90
"""Characters; the tightest platform allows 100, adapters may add a few of their own."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """An answer to a request: `choice` says which; `part` which question it is about."""

    request: str
    choice: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class ItemOrder:
    """What shall become of a waiting item: `steer`, `interrupt`, `remove`; or of a turn: `stop`."""

    item: str
    order: str


@dataclass(frozen=True, slots=True)
class RunCommand:
    """The same as typing the command."""

    line: str


Action = AnswerRequest | ItemOrder | RunCommand


def encode(action: Action) -> str:
    """The text for a button.

    Raises:
        ValueError: It would be longer than LONGEST.
    """
    match action:
        case AnswerRequest(request, choice, part):
            text = f"a:{request}:{choice}:{part}"
        case ItemOrder(item, order):
            text = f"i:{item}:{order}"
        case RunCommand(line):
            text = f"c:{line}"
        case _:
            assert_never(action)
    if len(text) > LONGEST:
        raise ValueError(f"an action of {len(text)} characters: {text[:20]}…")
    return text


def decode(text: str) -> Action | None:
    """What a button meant; None when it is not one of ours (forged, or of an older version)."""
    if len(text) > LONGEST:
        return None
    kind, _, rest = text.partition(":")
    match kind, rest.split(":"):
        case "a", [request, choice, part] if part.isascii() and part.isdigit():
            return AnswerRequest(request, choice, int(part))
        case "i", [item, order]:
            return ItemOrder(item, order)
        case "c", _ if rest.startswith("/"):
            return RunCommand(rest)
        case _:
            return None
