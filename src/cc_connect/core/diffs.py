"""Changes of files as blocks: the output of `git diff`, and what an edit says it replaces."""

import difflib
from collections.abc import Iterator, Sequence

from cc_connect.contract.content import Diff

_FILE = "diff --git "
_CONTEXT_LINES = 3
_MATCHED_LINES = 2000  # matching lines is quadratic at worst; longer edits show old, then new


def diffs(output: str) -> tuple[Diff, ...]:
    """A block for each file; one without hunks (binary, renamed) says in words what happened."""
    return tuple(_diff(lines) for lines in _files(output))


def _files(output: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in output.split("\n"):
        # Inside a hunk every line has a sign before it, so this is never the text of a file.
        if line.startswith(_FILE):
            if lines:
                yield lines
            lines = [line]
        elif lines:
            lines.append(line)
    if lines:
        yield lines


def _diff(lines: list[str]) -> Diff:
    begins = next((n for n, line in enumerate(lines) if line.startswith("@@")), len(lines))
    head, hunks = lines[:begins], lines[begins:]
    path = _path(head)
    if not hunks:
        words = [line for line in head[1:] if line and not line.startswith("index ")]
        return Diff(path, "\n".join(words))
    added = sum(line.startswith("+") for line in hunks)
    removed = sum(line.startswith("-") for line in hunks)
    return Diff(path, "\n".join(hunks).rstrip("\n"), added, removed)


def _path(head: list[str]) -> str:
    for mark in ("+++ b/", "--- a/", "rename to "):
        for line in head:
            if line.startswith(mark):
                # git ends a name that has blanks in it with a tab.
                return line[len(mark) :].rstrip("\t")
    # Neither hunks nor a rename: both names are the same, so they are the halves of the line.
    names = head[0][len(_FILE) :]
    return names[len(names) // 2 + 1 :].removeprefix("b/")


def relative(path: str, cwd: str) -> str:
    """Return `path` relative to `cwd` when it lies inside; otherwise as it is."""
    if path == cwd:
        return "."
    inside = f"{cwd.rstrip('/')}/"
    return path.removeprefix(inside) if cwd and path.startswith(inside) else path


def compared(path: str, edits: Sequence[tuple[str, str]]) -> Diff:
    """A block for edits of a file, each the text before and after; lines count from the edit."""
    lines: list[str] = []
    for before, after in edits:
        lines.extend(_hunks(before.splitlines(), after.splitlines()))
    return Diff(
        path=path,
        unified="\n".join(lines),
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
    )


def _hunks(before: Sequence[str], after: Sequence[str]) -> list[str]:
    if len(before) + len(after) > _MATCHED_LINES:
        head = f"@@ -1,{len(before)} +1,{len(after)} @@"
        return [head, *(f"-{line}" for line in before), *(f"+{line}" for line in after)]
    made = difflib.unified_diff(before, after, n=_CONTEXT_LINES, lineterm="")
    return list(made)[2:]  # not the two lines that name the files
