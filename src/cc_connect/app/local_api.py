"""The door for `cc-connect` commands on this machine: HTTP over a Unix socket, mode 0600.

Who may open the socket is the same user, and so are the agents. Text that talks an agent into
running `cc-connect pair` must not let a stranger in: what comes from an agent, or from anything it
has started, may do nothing but the calls that are made for agents.
"""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog
from aiohttp import web

from cc_connect.procs.family import MARKER

SOCKET = Path("run") / "api.sock"
PROOF = "token"
"""The field by which an agent shows what it is."""
_MAC_LOCAL, _MAC_PEER = 0, 2
Answer = Callable[[dict[str, str]], Awaitable[dict[str, str]]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: whether it is an agent or started by one, and the processes above it."""

    agent: bool
    processes: tuple[int, ...] = ()


AgentsAnswer = Callable[[dict[str, str], Caller], Awaitable[dict[str, str]]]
Refused = Callable[[str], Awaitable[None]]


class LocalApi:
    """Serves a few calls, each a name and a function from fields to fields.

    Args:
        data: The data folder.
        calls: For people only.
        for_agents: For people and agents.
        refused: Is told the name of a call that an agent tried.
    """

    def __init__(
        self,
        data: Path,
        calls: dict[str, Answer],
        for_agents: dict[str, AgentsAnswer] | None = None,
        refused: Refused | None = None,
    ) -> None:
        self._path = data / SOCKET
        self._calls = calls
        self._for_agents = for_agents or {}
        self._refused = refused
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. The folder of the socket is private, so there is no moment it is not."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.chmod(0o700)
        with suppress(FileNotFoundError):
            self._path.unlink()
        application = web.Application(client_max_size=64 * 1024)
        application.router.add_post("/{name}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.UnixSite(self._runner, os.fspath(self._path)).start()
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._runner is not None:
            await self._runner.cleanup()
        with suppress(FileNotFoundError):
            self._path.unlink()

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        call, shared = self._calls.get(name), self._for_agents.get(name)
        if call is None and shared is None:
            return web.json_response({"error": "no such call"}, status=404)
        try:
            fields = {str(k): str(v) for k, v in (await request.json()).items()}
        except (ValueError, AttributeError):
            return web.json_response({"error": "the body is not a JSON object"}, status=400)
        transport = request.transport
        link = transport.get_extra_info("socket") if transport else None
        caller = await asyncio.to_thread(_caller, link, given=bool(fields.get(PROOF)))
        if shared is not None:
            return web.json_response(await shared(fields, caller))
        if caller.agent or call is None:
            log.warning("an agent was refused", call=name)
            if self._refused is not None:
                await self._refused(name)
            text = "agents may not do this; a person must, at a terminal of their own"
            return web.json_response({"error": text}, status=403)
        return web.json_response(await call(fields))


def _caller(link: socket.socket | None, *, given: bool) -> Caller:
    """Who is at the other end; one that cannot be told any more counts as an agent."""
    try:
        pid = _peer(link)
        process = psutil.Process(pid)
        above = tuple(one.pid for one in process.parents())
        marked = MARKER in process.environ()
    except (psutil.Error, OSError, struct.error):
        return Caller(agent=True)
    return Caller(given or marked or os.getpid() in above, (pid, *above))


def _peer(link: socket.socket | None) -> int:
    if link is None:
        raise OSError("the connection is gone")
    if sys.platform == "darwin":
        found = link.getsockopt(_MAC_LOCAL, _MAC_PEER, struct.calcsize("i"))
        return int(struct.unpack("i", found)[0])
    found = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", found)[0])
