"""What may be done without asking: by the permission mode, or because a person said so."""

from collections.abc import Mapping
from typing import Any

_EDITS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
_ALWAYS_ASKED = frozenset({"AskUserQuestion", "ExitPlanMode"})


class Grants:
    """The standing permissions of a session."""

    def __init__(self) -> None:
        self._rules: set[tuple[str, str]] = set()

    def verdict(self, tool: str, arguments: Mapping[str, Any], mode: str) -> bool | None:
        """Whether a tool may run: yes, no, or None when a person has to say."""
        if tool in _ALWAYS_ASKED:
            return None
        granted = {(tool, ""), (tool, _content(tool, arguments))} & self._rules
        if granted or mode == "bypassPermissions" or (mode == "acceptEdits" and tool in _EDITS):
            return True
        return False if mode == "dontAsk" else None

    def suggestions(self, tool: str, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What a person is offered to allow for good."""
        if tool in _ALWAYS_ASKED:
            return []
        if tool in _EDITS:
            return [{"type": "setMode", "mode": "acceptEdits", "destination": "session"}]
        rule = {"toolName": tool, "ruleContent": _content(tool, arguments)}
        told = {"type": "addRules", "rules": [rule], "behavior": "allow"}
        return [{**told, "destination": "localSettings"}]

    def take(self, update: Mapping[str, Any]) -> str:
        """Take a standing permission; returns the mode to change to, or ""."""
        if update.get("type") == "setMode":
            return str(update.get("mode") or "")
        for rule in update.get("rules") or ():
            self._rules.add((str(rule.get("toolName")), str(rule.get("ruleContent") or "")))
        return ""


def _content(tool: str, arguments: Mapping[str, Any]) -> str:
    if tool == "Bash":
        words = str(arguments.get("command") or "").split()
        return f"{words[0]} *" if words else "*"
    return str(arguments.get("file_path") or "*")
