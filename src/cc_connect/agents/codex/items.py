"""Items of a turn that are work: how they look to a person when they start and end. Pure."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from cc_connect.agents.codex.tools import SEND_FILE_NAME
from cc_connect.contract.agent import ToolFinished, ToolStarted
from cc_connect.contract.content import Diff
from cc_connect.core.diffs import compared, relative
from cc_connect.core.frames import Frame, integer, mapping, objects, string

SHELL = "Shell"
EDIT = "Edit"
_WORKING = frozenset(
    {
        *("commandExecution", "fileChange", "mcpToolCall", "dynamicToolCall", "webSearch"),
        *("collabAgentToolCall", "imageView"),
    }
)
_FAILED = frozenset({"failed", "declined"})
_SHELL_WORDS = 3  # a shell, its flag, and the command


def is_work(item: Frame) -> bool:
    """Whether an item is a run of a tool."""
    return string(item, "type") in _WORKING


def started(item: Frame, turn: str | None, cwd: str) -> Iterator[ToolStarted]:
    """Give the tool runs an item is; a change of several files is one for each file."""
    name = string(item, "id")
    match string(item, "type"):
        case "commandExecution":
            command = plain_command(string(item, "command"))
            arguments = {"command": command, "cwd": string(item, "cwd")}
            yield ToolStarted(turn, name, SHELL, arguments, command)
        case "fileChange":
            for part, change in parts(item):
                diff = diff_of(change, cwd)
                yield ToolStarted(turn, part, EDIT, change, diff.path, diff=diff)
        case "mcpToolCall":
            tool = f"{string(item, 'server')}.{string(item, 'tool')}"
            arguments = dict(mapping(item, "arguments"))
            yield ToolStarted(turn, name, tool, arguments, _short(arguments))
        case "dynamicToolCall":
            arguments = dict(mapping(item, "arguments"))
            own = string(item, "tool") == SEND_FILE_NAME
            title = string(arguments, "path") if own else _short(arguments)
            yield ToolStarted(turn, name, string(item, "tool"), arguments, title)
        case "webSearch":
            query = string(item, "query")
            yield ToolStarted(turn, name, "WebSearch", {"query": query}, query)
        case "collabAgentToolCall":
            prompt = string(item, "prompt")
            tool = f"Agent {string(item, 'tool')}".strip()
            yield ToolStarted(turn, name, tool, {"prompt": prompt}, prompt)
        case "imageView":
            path = relative(string(item, "path"), cwd)
            yield ToolStarted(turn, name, "ViewImage", {"path": path}, path)
        case _:
            return


def finished(item: Frame, turn: str | None, output: str) -> Iterator[ToolFinished]:
    """Give the ends of the runs an item was; `output` is what was heard of it while it ran."""
    status = string(item, "status")
    failed = status in _FAILED or item.get("success") is False
    text = _output(item) or output
    if status == "declined":
        text = text or "declined"
    names = [part for part, _ in parts(item)] if "changes" in item else [string(item, "id")]
    for name in names:
        yield ToolFinished(turn, name, text, failed or bool(integer(item, "exitCode")))


def parts(item: Frame) -> list[tuple[str, Frame]]:
    """Return the files of a change, each with an id of its own."""
    name, changes = string(item, "id"), objects(item, "changes")
    if len(changes) == 1:
        return [(name, changes[0])]
    return [(f"{name}/{at}", change) for at, change in enumerate(changes)]


def diff_of(change: Frame, cwd: str) -> Diff:
    """Return a change of a file; a new file and a deleted one are told by their whole content."""
    path, text = relative(string(change, "path"), cwd), string(change, "diff")
    kind = mapping(change, "kind")
    match string(kind, "type"):
        case "add" if not text.startswith("@@"):
            return compared(path, [("", text)])
        case "delete" if not text.startswith("@@"):
            return compared(path, [(text, "")])
        case _:
            if target := string(kind, "move_path"):
                path = f"{path} -> {relative(target, cwd)}"
    lines = text.splitlines()
    return Diff(
        path=path,
        unified="\n".join(lines),
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
    )


def joined(diffs: list[Diff]) -> Diff | None:
    """Return several changes as one, for a question about all of them."""
    if len(diffs) <= 1:
        return diffs[0] if diffs else None
    return Diff(
        path=", ".join(diff.path for diff in diffs),
        unified="\n".join(f"--- {diff.path}\n{diff.unified}" for diff in diffs),
        added=sum(diff.added for diff in diffs),
        removed=sum(diff.removed for diff in diffs),
    )


def plain_command(command: str) -> str:
    """Return a command without the shell that Codex puts around it (`/bin/bash -lc '...'`)."""
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    if len(words) == _SHELL_WORDS and words[1] in ("-lc", "-c"):
        return words[2]
    return command


def _output(item: Frame) -> str:
    if text := string(item, "aggregatedOutput"):
        return text
    if message := string(mapping(item, "error"), "message"):
        return message
    told = objects(item, "contentItems") or objects(mapping(item, "result"), "content")
    return "\n".join(string(part, "text") for part in told if string(part, "text"))


def _short(arguments: Mapping[str, Any]) -> str:
    return msgspec.json.encode(arguments).decode() if arguments else ""
