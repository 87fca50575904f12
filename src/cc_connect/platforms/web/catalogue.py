"""The words of the page in the languages it speaks: one file per language, fields with names."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

LANGUAGES = ("en", "zh")
"""The first is the one used when nothing better fits."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language."""

    language: str
    entries: dict[str, str]

    def say(self, key: str, **fields: object) -> str:
        """The text under `key` with its fields filled in.

        Raises:
            KeyError: There is no such text, or a field it needs was not given.
        """
        return self.entries[key].format_map(fields)

    def count(self, key: str, number: int) -> str:
        """The text for so many of something: `<key>_one` or `<key>_many`, field `count`."""
        return self.say(f"{key}_one" if number == 1 else f"{key}_many", count=number)


@cache
def texts(language: str) -> Texts:
    """The words of a language; of the first one when it is not spoken here."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    raw = files(__package__).joinpath("texts", f"{spoken}.json").read_bytes()
    return Texts(spoken, msgspec.json.decode(raw, type=dict[str, str]))


def preferred(chosen: str | None, accepted: str) -> Texts:
    """The language a person chose, or the best of an `Accept-Language` header."""
    if chosen in LANGUAGES:
        return texts(str(chosen))
    for part in accepted.split(","):
        primary = part.split(";")[0].strip().split("-")[0].lower()
        if primary in LANGUAGES:
            return texts(primary)
    return texts(LANGUAGES[0])
