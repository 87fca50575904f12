"""The agent's to-do list, kept by two families of tools. Pure.

`TodoWrite` sends the whole list each time. `TaskCreate`, `TaskUpdate` and `TaskList` (the newer
ones) change it entry by entry, and only their results tell the ids. Nothing changes before the
tool's result says that it worked.
"""

from cc_connect.agents.claudecode.schema import Frame, mapping, objects, string
from cc_connect.contract.content import Todo, TodoState

TOOLS = frozenset({"TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet"})
"""Tools that are shown as a to-do list and not as steps."""

_STATES = {
    "pending": TodoState.OPEN,
    "in_progress": TodoState.ACTIVE,
    "completed": TodoState.DONE,
}


class TodoBook:
    """The list as it stands."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[str, Todo] = {}

    def finished(self, tool: str, arguments: Frame, result: object) -> tuple[Todo, ...] | None:
        """Take in a run of one of `TOOLS` that worked; return the list when it is another now."""
        told: Frame = result if isinstance(result, dict) else {}
        before = dict(self._entries)
        match tool:
            case "TodoWrite":
                listed = objects(told, "newTodos") or objects(arguments, "todos")
                self._entries = {str(at): _todo(one, "content") for at, one in enumerate(listed)}
            case "TaskCreate":
                task = mapping(told, "task")
                if name := string(task, "id"):
                    self._entries[name] = _todo({**arguments, **task}, "subject")
            case "TaskUpdate":
                self._update(string(arguments, "taskId"), arguments)
            case "TaskList" if "tasks" in told:
                listed = objects(told, "tasks")
                self._entries = {string(one, "id"): _todo(one, "subject") for one in listed}
            case _:
                pass
        return None if before == self._entries else tuple(self._entries.values())

    def _update(self, name: str, change: Frame) -> None:
        known = self._entries.get(name)
        status = string(change, "status")
        if status == "deleted":
            self._entries.pop(name, None)
        elif known or string(change, "subject"):
            text = string(change, "subject") or (known.text if known else "")
            state = known.state if known else TodoState.OPEN
            self._entries[name] = Todo(text, _STATES.get(status, state))


def _todo(entry: Frame, key: str) -> Todo:
    state = _STATES.get(string(entry, "status"), TodoState.OPEN)
    return Todo(string(entry, key) or string(entry, "content"), state)
