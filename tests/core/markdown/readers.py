"""Readers of Markdown that know nothing of the splitter: what does a person get to see?"""

import re

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark")
_LINE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*[ \t>]*(`{3,}|~{3,})(.*)")


def code_and_prose(markdown: str) -> tuple[str, str]:
    """Return all code and all other text as CommonMark reads it, without white space."""
    code, prose = [], []
    for token in _PARSER.parse(markdown):
        match token.type:
            case "fence":
                code.append(token.content)
            case "inline" | "code_block" | "html_block":
                prose.append(token.content)
    return "".join("".join(code).split()), "".join("".join(prose).split())


def open_fence(markdown: str) -> str:
    """Return the fence that is open at the end for a reader that only looks at line starts."""
    mark = ""
    for line in re.split(r"\r\n|\n|\r", markdown):
        found = _LINE.fullmatch(line)
        run, rest = found.groups() if found else ("", "")
        if not mark and run and not ("`" in run and "`" in rest):
            mark = run
        elif mark and run.startswith(mark) and not rest.strip():
            mark = ""
    return mark
