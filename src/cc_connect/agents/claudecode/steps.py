"""What a tool run looks like to a person: its one line, and the change it makes. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from cc_connect.agents.claudecode.schema import objects, string
from cc_connect.contract.content import Diff

# Which argument of a tool says the most about the run. The first one that is there is shown.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "Bash": ("command",),
    "Grep": ("pattern",),
    "Glob": ("pattern", "glob_pattern"),
    "WebFetch": ("url",),
    "WebSearch": ("query",),
    "Task": ("description",),
    "Agent": ("description",),
    "Skill": ("skill", "command"),
    "ToolSearch": ("query",),
    "TaskOutput": ("task_id",),
    "TaskStop": ("task_id",),
}
_PATHS: Mapping[str, str] = {
    "Read": "file_path",
    "Edit": "file_path",
    "MultiEdit": "file_path",
    "Write": "file_path",
    "NotebookEdit": "notebook_path",
    "LS": "path",
}
_CONTEXT_LINES = 3
_MATCHED_LINES = 2000  # matching lines is quadratic at worst; longer edits show old, then new


def title(tool: str, arguments: Mapping[str, Any], cwd: str) -> str:
    """Return one line that says what this run does: the command, the path, the search.

    A path inside `cwd` is shown relative to it. Tools nobody knows show their arguments as JSON.
    """
    if key := _PATHS.get(tool):
        return relative(string(arguments, key), cwd)
    for key in _TELLING.get(tool, ()):
        if text := string(arguments, key):
            return " ".join(text.split())
    return msgspec.json.encode(arguments).decode() if arguments else ""


def relative(path: str, cwd: str) -> str:
    """Return `path` relative to `cwd` when it lies inside; otherwise as it is."""
    place = PurePath(path)
    if cwd and place.is_absolute() and place.is_relative_to(cwd):
        return str(place.relative_to(cwd))
    return path


def diff(tool: str, arguments: Mapping[str, Any], cwd: str) -> Diff | None:
    """Return the change an editing tool is about to make, as far as its arguments tell it.

    The line numbers count from the first line of the edited piece: where that lies in the file
    only the file knows, and nothing is read here. `Write` shows everything as added.
    """
    path = relative(string(arguments, "file_path"), cwd)
    if tool == "Write":
        return _unified(path, [("", string(arguments, "content"))])
    if tool == "Edit":
        return _unified(path, [_pair(arguments)])
    if tool == "MultiEdit":
        return _unified(path, [_pair(edit) for edit in objects(arguments, "edits")])
    return None


def _pair(edit: Mapping[str, Any]) -> tuple[str, str]:
    return string(edit, "old_string"), string(edit, "new_string")


def _unified(path: str, edits: Sequence[tuple[str, str]]) -> Diff:
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
