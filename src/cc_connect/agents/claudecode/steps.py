"""What a tool run looks like to a person: its one line, and the change it makes. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cc_connect.agents.claudecode.schema import objects, string
from cc_connect.contract.content import Diff
from cc_connect.core.diffs import compared, relative

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


def diff(tool: str, arguments: Mapping[str, Any], cwd: str) -> Diff | None:
    """Return the change an editing tool is about to make, as far as its arguments tell it.

    The line numbers count from the first line of the edited piece: where that lies in the file
    only the file knows, and nothing is read here. `Write` shows everything as added.
    """
    path = relative(string(arguments, "file_path"), cwd)
    if tool == "Write":
        return compared(path, [("", string(arguments, "content"))])
    if tool == "Edit":
        return compared(path, [_pair(arguments)])
    if tool == "MultiEdit":
        return compared(path, [_pair(edit) for edit in objects(arguments, "edits")])
    return None


def _pair(edit: Mapping[str, Any]) -> tuple[str, str]:
    return string(edit, "old_string"), string(edit, "new_string")
