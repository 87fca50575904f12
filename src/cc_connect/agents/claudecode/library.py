"""Old sessions of Claude Code on this machine: its transcripts under `projects/`.

The folders there are named after the work folder in a spelling that loses letters and has changed
over time, so it is never computed: each transcript says itself, in its entries, where it worked.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cc_connect.agents.claudecode import transcript
from cc_connect.agents.claudecode.transcript import Asked, Titled
from cc_connect.contract.agent import Exchange, Fate, OldSession, Trace

_TITLE = 80  # characters


@dataclass(frozen=True, slots=True)
class _Summary:
    title: str
    turns: int


class ClaudeLibrary:
    """Implements `AgentLibrary`. `home` is the agent's own folder (`~/.claude`)."""

    def __init__(self, home: Path) -> None:
        self._projects = home / "projects"
        # What a transcript was found to hold when it had this time and size.
        self._folders: dict[Path, str] = {}
        self._summaries: dict[Path, tuple[tuple[int, int], _Summary]] = {}

    async def list(self, cwd: str) -> tuple[OldSession, ...]:
        """See `AgentLibrary.list`."""
        return await asyncio.to_thread(self._list, cwd)

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """See `AgentLibrary.history`; empty when there is no such session."""
        return await asyncio.to_thread(self._history, session, last)

    def has(self, session: str) -> bool:
        """Whether there is a transcript of this session. Looks at the disk."""
        return self._path(session) is not None

    async def trace(self, session: str, prompt: str) -> Trace:
        """See `AgentLibrary.trace`."""
        return await asyncio.to_thread(self._trace, session, prompt)

    async def delete(self, session: str) -> bool:
        """See `AgentLibrary.delete`."""
        return await asyncio.to_thread(self._delete, session)

    def _list(self, cwd: str) -> tuple[OldSession, ...]:
        wanted = os.path.realpath(cwd)
        found = [
            listed
            for path in self._transcripts("*")
            if os.path.realpath(self._folder(path)) == wanted and (listed := self._one(path))
        ]
        return tuple(sorted(found, key=lambda one: one.updated, reverse=True))

    def _history(self, session: str, last: int) -> tuple[Exchange, ...]:
        path = self._path(session)
        try:
            return transcript.history(path, last) if path else ()
        except OSError:
            return ()

    def _trace(self, session: str, prompt: str) -> Trace:
        path = self._path(session)
        if path is None:
            return Trace(Fate.ABSENT)  # it is written with the first prompt the agent begins
        try:
            return transcript.trace(path, prompt)
        except OSError:
            return Trace(Fate.UNKNOWN)

    def _delete(self, session: str) -> bool:
        path = self._path(session)
        if path is None:
            return False
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)  # its sub-agents and outputs
        return True

    def _path(self, session: str) -> Path | None:
        if not session or not all(sign.isalnum() or sign == "-" for sign in session):
            return None  # no id of this agent, and it would become a part of a path
        return next(self._transcripts(session), None)

    def _transcripts(self, stem: str) -> Iterator[Path]:
        try:
            folders = list(self._projects.iterdir())
        except OSError:
            return
        for folder in folders:
            for path in folder.glob(f"{stem}.jsonl"):
                if not path.name.startswith("agent-"):  # of a sub-agent, in older versions
                    yield path

    def _folder(self, path: Path) -> str:
        known = self._folders.get(path)
        if known is None:
            try:
                known = transcript.first_cwd(path)
            except OSError:
                known = ""
            if known:
                self._folders[path] = known
        return known

    def _one(self, path: Path) -> OldSession | None:
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            known = self._summaries.get(path)
            summary = known[1] if known and known[0] == stamp else _summarize(path)
        except OSError:
            return None
        self._summaries[path] = (stamp, summary)
        if not summary.turns:
            return None
        return OldSession(
            path.stem, summary.title, state.st_mtime, summary.turns, self._folder(path)
        )


def _summarize(path: Path) -> _Summary:
    first = custom = own = ""
    turns = 0
    for entry in transcript.entries(path):
        match entry:
            case Asked(text=text):
                turns += 1
                first = first or text
            case Titled(text, custom=True):
                custom = text
            case Titled(text):
                own = text
            case _:
                pass
    title = " ".join((custom or own or first).split())
    return _Summary(title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…", turns)
