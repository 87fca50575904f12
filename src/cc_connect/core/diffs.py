"""The output of `git diff`, file by file."""

from collections.abc import Iterator

from cc_connect.contract.content import Diff

_FILE = "diff --git "


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
