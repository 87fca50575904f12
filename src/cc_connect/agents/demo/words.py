"""What a person means, as far as a few words tell; and what to answer, in their language. Pure."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cc_connect.core.texts import CATALOGUES

# The first pattern that is found wins, so the more special ones stand first.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("background", r"\bbackground\b|后台"),
    ("plan", r"\bplan\b|计划"),
    ("question", r"\b(question|questions|ask)\b|提问|问题"),
    ("todo", r"\b(todo|to-do|tasks?)\b|待办|任务"),
    ("edit", r"\b(edit|change|modify|write)\b|编辑|修改|改一下"),
    ("read", r"\b(read|show|open|cat)\b|读|查看|打开"),
    ("list", r"\b(list|ls|dir)\b|列出|列表|目录"),
    ("file", r"\b(file|send|report)\b|文件|发送"),
    ("long", r"\b(long|stream)\b|长文|流式"),
    ("hello", r"\b(hi|hello|hey)\b|你好|您好"),
    ("help", r"\b(help|what|how|who)\b|帮助|怎么|什么"),
)
GO_ON = frozenset(texts["go_on"] for texts in CATALOGUES.values())
"""What cc-connect says to an agent whose turn it has cut off."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NAME = re.compile(r"[\w./~-]*\w\.\w+|(?<!\w)[./~][\w./-]+|\b\w+/[\w./-]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants.

    Attributes:
        meaning: One of the names in the table above, or "unknown".
        name: A file they named, or "".
        chinese: They wrote Chinese.
        text: Their words.
    """

    meaning: str
    name: str
    chinese: bool
    text: str


def understand(text: str) -> Wish:
    """Return what the words mean."""
    words = re.split(r"(?:^|\n\n)Files from the user:", text, maxsplit=1)[0].strip()
    found = (name for name, pattern in _MEANINGS if re.search(pattern, words, re.IGNORECASE))
    named = _NAME.search(words)
    meaning = next(found, "unknown")
    chinese = bool(_CHINESE.search(words))
    return Wish(meaning, named[0] if named else "", chinese, words)


class Texts:
    """What the agent says, in one language."""

    def __init__(self, *, chinese: bool) -> None:
        name = "zh.json" if chinese else "en.json"
        path = Path(__file__).parent / "texts" / name
        self._texts: dict[str, str] = json.loads(path.read_text("utf-8"))

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its fields filled in."""
        text = self._texts[key]
        for name, value in fields.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text
