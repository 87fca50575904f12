"""Words that answer a permission prompt, for chats without buttons.

A message is an answer only if it consists of nothing but such a word: "don't allow" is prose.
"""

from enum import StrEnum


class Word(StrEnum):
    """What a bare word means."""

    ALLOW = "allow"
    ALLOW_ALL = "allow_all"
    DENY = "deny"


_VOCABULARY = {
    Word.ALLOW_ALL: "allow all|approve all|yes all|allowall|允许所有|允许全部|全部允许|所有允许|"
    "都允许|全部同意",
    Word.ALLOW: "allow|yes|y|ok|approve|允许|同意|可以|好|好的|是|确认",
    Word.DENY: "deny|no|n|reject|cancel|拒绝|不允许|不行|不|否|取消",
}
_MEANING = {phrase: word for word, phrases in _VOCABULARY.items() for phrase in phrases.split("|")}
_LONGEST = max(map(len, _MEANING))


def meaning(text: str) -> Word | None:
    """What the whole message means as an answer; None if it is anything else."""
    if len(text) > 4 * _LONGEST:
        return None
    return _MEANING.get(" ".join(text.lower().split()).strip(" .!。\uff01"))
