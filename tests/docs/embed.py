"""Puts code into the guides: `python -m tests.docs.embed` after an example was changed.

A line `<!-- code: path -->` is followed by the file as a block.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs").glob("adding-*.md"))
_MARK = re.compile(r"^<!-- code: (\S+) -->\n(?:\n```\w+\n.*?^```\n)?", re.MULTILINE | re.DOTALL)
_LANGUAGES = {".py": "python", ".toml": "toml"}


def embedded(text: str) -> str:
    """The text with the code as it is now."""
    return _MARK.sub(lambda mark: _block(mark[1]), text)


def _block(name: str) -> str:
    path = ROOT / name
    return f"<!-- code: {name} -->\n\n```{_LANGUAGES[path.suffix]}\n{path.read_text()}```\n"


if __name__ == "__main__":
    for guide in GUIDES:
        guide.write_text(embedded(guide.read_text()))
