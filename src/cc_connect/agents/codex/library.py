"""Old sessions of Codex: asked of a `codex app-server` that lives for the length of a question.

How Codex stores its threads has changed more than once; who asks Codex itself need not know. A
prompt is found by the id it was sent with (`clientUserMessageId`), which Codex keeps as `clientId`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cc_connect.agents.codex import opening
from cc_connect.agents.codex.errand import Errand, errand
from cc_connect.agents.codex.options import Options
from cc_connect.agents.codex.wire import Refused, Wire
from cc_connect.contract.agent import Exchange, Fate, OldSession, Trace
from cc_connect.contract.errors import AgentError
from cc_connect.core.frames import Frame, integer, objects, string

_TITLE = 80  # characters
_PAGE = 100
_PAGES = 5  # of the list; newer sessions come first
_COUNTED = 20  # sessions whose turns are counted, up to a page of them
_TURNS = 50  # a page of turns of one session
_MOST_PAGES = 40


class CodexLibrary:
    """Implements `AgentLibrary`. Without Codex on the machine it is empty."""

    def __init__(self, options: Options, environ: Mapping[str, str], marker: str) -> None:
        self._options = options
        self._environ = environ
        self._marker = marker

    async def list(self, cwd: str) -> tuple[OldSession, ...]:
        """See `AgentLibrary.list`. Turns are counted for the newest sessions only."""
        wanted = str(await asyncio.to_thread(Path(cwd).resolve))
        found: list[OldSession] = []
        with contextlib.suppress(AgentError, Refused, TimeoutError):
            async with self._codex() as codex:
                cursor: str | None = None
                for _ in range(_PAGES):
                    asked = {
                        "cwd": [*{cwd, wanted}],
                        "limit": _PAGE,
                        "cursor": cursor,
                        "sortKey": "updated_at",
                        "sourceKinds": list(_KINDS),
                        "modelProviders": [],
                    }
                    told = await codex.wire.ask("thread/list", asked)
                    found += [_listed(one) for one in objects(told, "data")]
                    cursor = string(told, "nextCursor") or None
                    if cursor is None:
                        break
                found.sort(key=lambda one: one.updated, reverse=True)
                for at, one in enumerate(found[:_COUNTED]):
                    found[at] = replace(one, turns=await _count(codex.wire, one.id))
        return tuple(found)

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """See `AgentLibrary.history`; empty when there is no such session."""
        found: list[Exchange] = []
        with contextlib.suppress(AgentError, Refused, TimeoutError):
            async with self._codex() as codex:
                async for turn in _turns(codex.wire, session):  # the newest first
                    found += [Exchange(asked, _said(turn), _at(turn)) for _, asked in _asked(turn)][
                        :1
                    ]
                    if len(found) >= last:
                        break
        return tuple(reversed(found[: max(0, last)]))

    async def trace(self, session: str, prompt: str) -> Trace:
        """See `AgentLibrary.trace`."""
        try:
            async with self._codex() as codex:
                async for turn in _turns(codex.wire, session):
                    if any(name == prompt for name, _ in _asked(turn)):
                        return _fate(turn)
        except Refused as error:
            known = not opening.is_unknown_thread(str(error))
            return Trace(Fate.UNKNOWN if known else Fate.ABSENT)
        except (AgentError, TimeoutError):
            return Trace(Fate.UNKNOWN)
        return Trace(Fate.ABSENT)

    async def delete(self, session: str) -> bool:
        """See `AgentLibrary.delete`."""
        try:
            async with self._codex() as codex:
                await codex.wire.ask("thread/delete", {"threadId": session})
        except (Refused, AgentError, TimeoutError):
            return False
        return True

    def _codex(self) -> AbstractAsyncContextManager[Errand]:
        return errand(self._options, self._environ, self._marker)


_KINDS = ("cli", "vscode", "exec", "appServer", "unknown")


async def _count(wire: Wire, session: str) -> int:
    asked = {"threadId": session, "limit": _PAGE, "itemsView": "notLoaded"}
    return len(objects(await wire.ask("thread/turns/list", asked), "data"))


async def _turns(wire: Wire, session: str) -> AsyncIterator[Frame]:
    """Give the turns of a session, the newest first. Raises Refused, AgentGone."""
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        asked: dict[str, Any] = {
            "threadId": session,
            "limit": _TURNS,
            "cursor": cursor,
            "sortDirection": "desc",
            "itemsView": "full",
        }
        told = await wire.ask("thread/turns/list", asked)
        for turn in objects(told, "data"):
            yield turn
        cursor = string(told, "nextCursor") or None
        if cursor is None:
            return


def _listed(one: Frame) -> OldSession:
    title = " ".join((string(one, "name") or string(one, "preview")).split())
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
    return OldSession(
        string(one, "id"), short, float(integer(one, "updatedAt")), 0, string(one, "cwd")
    )


def _asked(turn: Frame) -> Iterator[tuple[str, str]]:
    """Give the prompts of a turn: the id each was sent with, and its words."""
    for item in objects(turn, "items"):
        if string(item, "type") == "userMessage":
            words = [string(part, "text") for part in objects(item, "content")]
            yield string(item, "clientId"), "\n".join(filter(None, words))


def _said(turn: Frame) -> str:
    """What the agent said after its last tool, which is its answer."""
    said: list[str] = []
    for item in objects(turn, "items"):
        match string(item, "type"):
            case "agentMessage":
                said.append(string(item, "text"))
            case "commandExecution" | "fileChange" | "mcpToolCall" | "dynamicToolCall":
                said.clear()
            case _:
                pass
    return "\n\n".join(filter(None, said))


def _fate(turn: Frame) -> Trace:
    answer = _said(turn)
    if string(turn, "status") == "completed" and answer:
        return Trace(Fate.ANSWERED, answer)
    return Trace(Fate.PARTIAL)


def _at(turn: Frame) -> float | None:
    return float(integer(turn, "startedAt")) or None
