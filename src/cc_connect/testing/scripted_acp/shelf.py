"""Where the scripted agent keeps its sessions: a file each, with all updates that were sent."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Shelf:
    """The sessions below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, cwd: str) -> str:
        """Begin a session; returns its id."""
        name = str(uuid.uuid4())
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(name).write_text(json.dumps({"cwd": cwd}) + "\n")
        return name

    def has(self, session: str) -> bool:
        """Whether there is such a session."""
        return self._path(session).exists()

    def add(self, session: str, update: Mapping[str, Any]) -> None:
        """Keep an update."""
        with self._path(session).open("a") as opened:
            opened.write(json.dumps(update) + "\n")

    def updates(self, session: str) -> list[dict[str, Any]]:
        """All updates of a session."""
        return [json.loads(line) for line in self._path(session).read_text().splitlines()[1:]]

    def copy(self, session: str) -> str:
        """Continue a session as a copy; returns the id of that."""
        name = str(uuid.uuid4())
        self._path(name).write_text(self._path(session).read_text())
        return name

    def delete(self, session: str) -> None:
        """Remove a session."""
        self._path(session).unlink(missing_ok=True)

    def listed(self) -> list[dict[str, Any]]:
        """All sessions, as `session/list` tells them."""
        return [self._entry(path) for path in sorted(self._folder.glob("*.jsonl"))]

    def _entry(self, path: Path) -> dict[str, Any]:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        said = [one for one in lines[1:] if one.get("sessionUpdate") == "user_message_chunk"]
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return {
            "sessionId": path.stem,
            "cwd": lines[0]["cwd"],
            "title": said[-1]["content"]["text"] if said else "",
            "updatedAt": at.isoformat().replace("+00:00", "Z"),
        }

    def _path(self, session: str) -> Path:
        return self._folder / f"{session.replace('/', '_')}.jsonl"
