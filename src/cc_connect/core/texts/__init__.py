"""Everything the program says in a chat, in every language it speaks.

A catalogue maps a key to a text with named fields. English is complete by definition; a test holds
the others to the same keys and the same fields, and finds keys that nobody uses.
"""

from collections.abc import Mapping
from enum import StrEnum

from cc_connect.core.texts.en import ENGLISH
from cc_connect.core.texts.en_setup import ENGLISH_SETUP
from cc_connect.core.texts.zh import CHINESE
from cc_connect.core.texts.zh_setup import CHINESE_SETUP


class Language(StrEnum):
    """A language of the chat."""

    ENGLISH = "en"
    CHINESE = "zh"


CATALOGUES: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {**ENGLISH, **ENGLISH_SETUP},
    Language.CHINESE: {**CHINESE, **CHINESE_SETUP},
}

_NAMES = {
    "en": Language.ENGLISH,
    "english": Language.ENGLISH,
    "zh": Language.CHINESE,
    "chinese": Language.CHINESE,
    "中文": Language.CHINESE,
}


def language_of(name: str) -> Language | None:
    """The language a person or a configuration means by `name`; None if it is not spoken here.

    Regional forms (`zh-TW`, `en_US`) mean their language.
    """
    return _NAMES.get(name.strip().lower().replace("_", "-").split("-")[0])


def spoken(name: str) -> Language:
    """Like `language_of`, with English for what is not spoken here."""
    return language_of(name) or Language.ENGLISH


def say(language: Language, key: str, **fields: object) -> str:
    """The text for `key` with its fields filled in.

    Raises:
        KeyError: There is no such text or a field is missing; a test keeps that from happening.
    """
    return CATALOGUES[language][key].format(**fields)


def described(language: Language, summary: str) -> str:
    """The summary of a command: a text of ours, or the words of somebody's own command."""
    return CATALOGUES[language].get(summary, summary)
