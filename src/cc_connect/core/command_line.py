"""From a line of text to a command: names, unique prefixes, arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cc_connect.contract.command import CommandOption, CommandSpec


@dataclass(frozen=True, slots=True)
class Line:
    """A line that looks like a command: its word (lower case) and the rest."""

    word: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The command a word means."""

    spec: CommandSpec


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The word is the beginning of several commands."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No command is meant."""


def parse(text: str) -> Line | None:
    """Take a message apart; None when it is not a command (`/` alone and paths are not)."""
    text = text.strip()
    if not text.startswith("/") or text[1:2].isspace():
        return None
    word, *rest = text[1:].split(maxsplit=1) or [""]
    if not word or "/" in word:
        return None
    return Line(word.lower(), *rest)


def unaliased(text: str, aliases: Mapping[str, str]) -> str:
    """The text that is meant: an alias is a whole message or its first word."""
    whole = text.strip()
    if whole in aliases:
        return aliases[whole]
    word, space, rest = whole.partition(" ")
    return f"{aliases[word]}{space}{rest}" if word in aliases else text


def find(word: str, specs: Iterable[CommandSpec]) -> Match | Ambiguous | NoMatch:
    """The command meant by a word: its name, an alias, or a unique beginning of a name."""
    specs = tuple(specs)
    for spec in specs:
        if word == spec.name or word in spec.aliases:
            return Match(spec)
    begun = tuple(spec for spec in specs if spec.name.startswith(word))
    if len(begun) == 1:
        return Match(begun[0])
    return Ambiguous(tuple(spec.name for spec in begun)) if begun else NoMatch()


def arguments(rest: str, options: tuple[CommandOption, ...]) -> Mapping[str, str]:
    """The words of the rest, one for each option; an option that takes the rest takes it all."""
    found: dict[str, str] = {}
    for option in options:
        if not rest:
            break
        if option.rest:
            found[option.name] = rest
            break
        word, _, rest = rest.partition(" ")
        found[option.name] = word
        rest = rest.strip()
    return found


def usage(spec: CommandSpec) -> str:
    """How a command is written."""
    parts = [f"/{spec.name}"]
    for option in spec.options:
        name = "|".join(option.choices) if option.choices else option.name
        parts.append(f"<{name}>" if option.required else f"[{name}]")
    return " ".join(parts)
