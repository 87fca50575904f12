"""The transcript of a session on disk, in the places and shapes of Claude Code (2.1.329)."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4


def projects(environ: Mapping[str, str]) -> Path:
    """The folder that holds the transcripts of all sessions."""
    home = environ.get("CLAUDE_CONFIG_DIR") or str(Path(environ.get("HOME") or "/") / ".claude")
    return Path(home) / "projects"


def find(session: str, environ: Mapping[str, str]) -> Path | None:
    """The transcript of a session, wherever it worked."""
    return next(projects(environ).glob(f"*/{session}.jsonl"), None)


class Transcript:
    """Appends to the transcript of one session; every entry is on its way to disk at once."""

    def __init__(self, session: str, cwd: str, environ: Mapping[str, str]) -> None:
        self._session = session
        self._cwd = cwd
        folder = projects(environ) / re.sub(r"[^A-Za-z0-9]", "-", os.path.realpath(cwd))
        self._path = find(session, environ) or folder / f"{session}.jsonl"

    def copy_from(self, other: Path) -> None:
        """Begin with what another session has (a fork)."""
        for entry in read(other):
            self._append({**entry, "sessionId": self._session})

    def asked(self, prompt: str, text: str) -> None:
        """A prompt has begun."""
        message = {"role": "user", "content": text}
        self._entry("user", uuid=prompt, message=message)

    def absorbed(self, prompt: str, text: str) -> None:
        """A prompt was taken into the running turn."""
        attachment = {"type": "queued_command", "prompt": text, "source_uuid": prompt}
        self._entry("attachment", uuid=str(uuid4()), attachment=attachment)

    def said(self, block: Mapping[str, Any], stop_reason: str | None) -> None:
        """A block of the answer is whole."""
        message = {"role": "assistant", "content": [dict(block)], "stop_reason": stop_reason}
        self._entry("assistant", uuid=str(uuid4()), message=message)

    def entries(self) -> list[dict[str, Any]]:
        """All that is in it."""
        return list(read(self._path))

    def _entry(self, kind: str, **more: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place = {"timestamp": now, "cwd": self._cwd, "sessionId": self._session}
        self._append({"type": kind, "isSidechain": False, **more, **place})

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a transcript; a line that was cut off is left out."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry
