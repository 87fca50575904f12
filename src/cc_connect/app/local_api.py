"""The door for `cc-connect` commands on this machine: HTTP over a Unix socket, mode 0600."""

import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web

SOCKET = Path("run") / "api.sock"
Answer = Callable[[dict[str, str]], Awaitable[dict[str, str]]]


class LocalApi:
    """Serves a few calls, each a name and a function from fields to fields."""

    def __init__(self, data: Path, calls: dict[str, Answer]) -> None:
        self._path = data / SOCKET
        self._calls = calls
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
        call = self._calls.get(request.match_info["name"])
        if call is None:
            return web.json_response({"error": "no such call"}, status=404)
        try:
            fields = await request.json()
        except ValueError:
            return web.json_response({"error": "the body is not JSON"}, status=400)
        return web.json_response(await call({str(k): str(v) for k, v in fields.items()}))
