"""JSON-RPC over the pipes of a child: requests that wait for their answer, and answers to it.

Codex leaves the version field out, and numbers its own requests from 0.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from cc_connect.contract.errors import AgentGone
from cc_connect.core.frames import Frame, integer, mapping, string
from cc_connect.procs import Child, WriteFailed, WriteTimedOut

UNKNOWN_METHOD = -32601
INVALID_REQUEST = -32600  # what Codex says to a method it does not know
_WRITE_WITHIN = 30.0  # seconds to take a line


class Refused(Exception):
    """Codex answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def unknown(self) -> bool:
        """Whether Codex does not know the method at all."""
        unread = self.code == INVALID_REQUEST and "unknown variant" in str(self)
        return unread or self.code == UNKNOWN_METHOD


class Wire:
    """Numbers requests and hands their answers to those who wait. Reads nothing itself.

    Args:
        child: Whom it writes to.
        stuck: Called when the child does not read any more. Whether the line arrives one day is
            open then, so nothing after it can be trusted.
    """

    def __init__(self, child: Child, stuck: Callable[[], None]) -> None:
        self._child = child
        self._stuck = stuck
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._over = False

    def number(self) -> int:
        """Return the id of a request to come."""
        return next(self._numbers)

    async def send(self, request: int, method: str, params: Mapping[str, Any]) -> None:
        """Send a request whose answer nobody waits for here. Raises AgentGone."""
        await self._write({"id": request, "method": method, "params": params})

    async def ask(self, method: str, params: Mapping[str, Any]) -> Frame:
        """Send a request and return its result; waits without limit.

        Raises:
            Refused: Codex answered with an error.
            AgentGone: It has ended.
        """
        request = self.number()
        waiting: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[request] = waiting
        try:
            await self.send(request, method, params)
            frame = await waiting
        finally:
            self._waiting.pop(request, None)
        if error := mapping(frame, "error"):
            raise Refused(integer(error, "code"), string(error, "message"))
        return mapping(frame, "result")

    async def tell(self, method: str) -> None:
        """Send a notification. Raises AgentGone."""
        await self._write({"method": method})

    async def answer(self, request: object, result: Mapping[str, Any]) -> None:
        """Answer a request of Codex. Raises AgentGone."""
        await self._write({"id": request, "result": result})

    async def refuse(self, request: object, message: str) -> None:
        """Answer a request of Codex with an error. Raises AgentGone."""
        error = {"code": UNKNOWN_METHOD, "message": message}
        await self._write({"id": request, "error": error})

    def take(self, frame: Frame) -> None:
        """An answer has come."""
        request = frame.get("id")
        waiting = self._waiting.get(request) if isinstance(request, int) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    def close(self) -> None:
        """Codex has ended: nothing will be answered any more."""
        self._over = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(AgentGone("The session has ended."))

    async def _write(self, frame: Mapping[str, Any]) -> None:
        if self._over:
            raise AgentGone("The session has ended.")
        try:
            await self._child.write_line(msgspec.json.encode(frame), within=_WRITE_WITHIN)
        except WriteTimedOut as error:
            self._stuck()
            raise AgentGone("The agent does not read its input any more.") from error
        except WriteFailed as error:
            raise AgentGone("The session has ended.") from error
