"""Old sessions, asked of the agent itself: a process is started for the question and ended after.

The protocol has `session/list` and `session/delete` for agents that say so, and `session/load`
replays the history of a session as updates.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from cc_connect.agents.acp.opening import Setup, connected
from cc_connect.agents.acp.recordings import kept
from cc_connect.agents.acp.session import AcpSession, CallFailed
from cc_connect.contract.agent import Exchange, Fate, OldSession, SessionSpec, Trace
from cc_connect.contract.errors import AgentError
from cc_connect.core.frames import Frame, mapping, objects, string

_PATIENCE = 30.0  # seconds for the whole question
_PAGES = 20
_TITLE = 80  # characters


class AcpLibrary:
    """Implements `AgentLibrary`. An agent that cannot be asked has no old sessions to tell of."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._folders: dict[str, str] = {}

    async def list(self, cwd: str) -> tuple[OldSession, ...]:
        """See `AgentLibrary.list`."""
        try:
            async with self._asked(cwd) as (live, told):
                if "list" not in _sessions(told):
                    return ()
                found = [one async for one in _listed(live, cwd)]
        except (AgentError, CallFailed, TimeoutError):
            return ()
        self._folders.update({one.id: one.cwd for one in found})
        return tuple(sorted(found, key=lambda one: one.updated, reverse=True))

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """See `AgentLibrary.history`; the agent replays the session, so this takes its time."""
        cwd = self._folders.get(session, "/")
        try:
            async with self._asked(cwd) as (live, told):
                if not mapping(told, "agentCapabilities").get("loadSession"):
                    return ()
                updates: list[Frame] = []
                live.translator.heard = updates
                env = self._setup.environment(SessionSpec(cwd))
                async with kept(self._setup.preset.quirks, env, session):
                    await live.call("session/load", _named(session, cwd))
        except (AgentError, CallFailed, TimeoutError):
            return ()
        return tuple(_exchanges(updates))[-last:]

    async def trace(self, session: str, prompt: str) -> Trace:
        """See `AgentLibrary.trace`; the protocol carries no id of ours, so nobody can tell."""
        del session, prompt
        return Trace(Fate.UNKNOWN)

    async def delete(self, session: str) -> bool:
        """See `AgentLibrary.delete`; False too where the agent cannot delete."""
        try:
            async with self._asked(self._folders.get(session, "/")) as (live, told):
                if "delete" not in _sessions(told):
                    return False
                await live.call("session/delete", {"sessionId": session})
        except (AgentError, CallFailed, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def _asked(self, cwd: str) -> AsyncIterator[tuple[AcpSession, Frame]]:
        async with asyncio.timeout(_PATIENCE), connected(self._setup, SessionSpec(cwd)) as both:
            yield both


def _sessions(told: Frame) -> Frame:
    return mapping(mapping(told, "agentCapabilities"), "sessionCapabilities")


def _named(session: str, cwd: str) -> dict[str, Any]:
    return {"sessionId": session, "cwd": cwd, "mcpServers": []}


async def _listed(live: AcpSession, cwd: str) -> AsyncIterator[OldSession]:
    cursor: Mapping[str, str] = {}
    for _ in range(_PAGES):
        page = await live.call("session/list", {"cwd": cwd, **cursor})
        for one in objects(page, "sessions"):
            # Some agents list the sessions of all folders, whatever is asked.
            if string(one, "cwd").rstrip("/") == cwd.rstrip("/") and string(one, "sessionId"):
                yield OldSession(
                    id=string(one, "sessionId"),
                    title=" ".join(string(one, "title").split())[:_TITLE],
                    updated=_time(string(one, "updatedAt")),
                    turns=0,
                    cwd=cwd,
                )
        if not string(page, "nextCursor"):
            return
        cursor = {"cursor": string(page, "nextCursor")}


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def _exchanges(updates: Iterable[Frame]) -> list[Exchange]:
    """Put the pieces of a replay together: what was asked, and what was said last to it."""
    made: list[tuple[str, str]] = []
    before = ""
    for update in updates:
        kind = string(update, "sessionUpdate")
        text = string(mapping(update, "content"), "text")
        if kind == "user_message_chunk":
            if before != kind:
                made.append(("", ""))
            made[-1] = (made[-1][0] + text, "")
        elif kind == "agent_message_chunk" and made:
            fresh = before not in ("agent_message_chunk", "agent_thought_chunk")
            made[-1] = (made[-1][0], text if fresh else made[-1][1] + text)
        if kind in ("user_message_chunk", "agent_message_chunk", "tool_call", "plan"):
            before = kind
    return [Exchange(prompt, answer) for prompt, answer in made if prompt or answer]
