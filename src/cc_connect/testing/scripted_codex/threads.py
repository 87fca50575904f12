"""Threads of the scripted app-server, kept as a file each."""

import json
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

Turn = dict[str, Any]


class Thread:
    """A conversation: its turns with their items, and the usage so far."""

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        self._folder = folder
        self._told = told
        self.id = str(told["id"])
        self.cwd = str(told["cwd"])
        self.turns: list[Turn] = told["turns"]

    def shown(self) -> dict[str, Any]:
        """Return it as Codex tells a thread."""
        first: dict[str, Any] = next(
            (i for t in self.turns for i in t["items"] if i["type"] == "userMessage"), {}
        )
        preview = "".join(part.get("text", "") for part in first.get("content", ()))
        told = {key: self._told[key] for key in ("id", "cwd", "createdAt", "updatedAt")}
        return {**told, "preview": preview, "name": None, "turns": [], "model": "scripted-model"}

    def used(self, tokens: int) -> int:
        """Count tokens; returns all that were used."""
        self._told["tokens"] = int(self._told.get("tokens", 0)) + tokens
        return int(self._told["tokens"])

    def save(self) -> None:
        """Write it down."""
        self._told["updatedAt"] = int(time.time())
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"{self.id}.part"
        fresh.write_text(json.dumps(self._told))
        fresh.replace(self._folder / f"{self.id}.json")


class Threads:
    """All threads below the home folder of Codex."""

    def __init__(self) -> None:
        home = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
        self.home = home
        self._folder = home / "scripted"

    def start(self, cwd: str) -> Thread:
        """Return a new thread; it is on disk when it has a turn."""
        now = int(time.time())
        told = {"id": str(uuid4()), "cwd": cwd, "createdAt": now, "updatedAt": now, "turns": []}
        return Thread(self._folder, told)

    def load(self, name: str) -> Thread | None:
        """Return the thread with this id, or None."""
        path = self._folder / f"{Path(name).name}.json"
        return Thread(self._folder, json.loads(path.read_text())) if path.exists() else None

    def fork(self, name: str) -> Thread | None:
        """Return a copy with an id of its own."""
        old = self.load(name)
        if old is None:
            return None
        made = self.start(old.cwd)
        made.turns.extend(old.turns)
        return made

    def every(self) -> list[Thread]:
        """Return all of them."""
        found = [self.load(path.stem) for path in self._folder.glob("*.json")]
        return [thread for thread in found if thread]

    def delete(self, name: str) -> bool:
        """Remove a thread; False when it is not there."""
        path = self._folder / f"{Path(name).name}.json"
        there = path.exists()
        path.unlink(missing_ok=True)
        return there
