"""The local HTTP server: one port for the chat page, its login and whatever else is mounted."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from cc_connect.platforms.web.adapter import WebPlatform
from cc_connect.platforms.web.routes import routes
from cc_connect.web.assets import static
from cc_connect.web.errors import PortInUse, ServerFailed
from cc_connect.web.guard import Doors, add_headers, allowed_names, guard
from cc_connect.web.history import EmptyHistory, HistorySource
from cc_connect.web.login import LoginCodes, Logins, LoginStorage
from cc_connect.web.pages import Pages
from cc_connect.web.views import Views

DEFAULT_PORT = 9820
_LARGEST_BODY = 64 * 1024
_STOP_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server is reached.

    Attributes:
        host: The address to listen on.
        port: The port; 0 takes a free one.
        tokens: Bearer tokens for programs: `management.token` and the program's own.
        names: More host names the server may be called by (a reverse proxy, a private network).
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tokens: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class WebServer:
    """Serves a page. `start`, then `stop`; it can be started again after that.

    `more` are further routes (metrics, an API); they are behind the same checks.
    """

    def __init__(
        self,
        settings: ServerSettings,
        page: WebPlatform,
        storage: LoginStorage,
        history: HistorySource | None = None,
        more: Sequence[web.AbstractRouteDef] = (),
    ) -> None:
        self._settings = settings
        self._page = page
        self._views = Views()
        self._logins = Logins(storage)
        self._history = history or EmptyHistory()
        self._more = more
        self._runner: web.AppRunner | None = None
        self.codes = LoginCodes()
        self.port = settings.port

    async def start(self) -> None:
        """Listen; `port` is the real one from then on.

        Raises:
            PortInUse: Somebody else listens there.
            ServerFailed: The address cannot be listened on.
        """
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_STOP_WITHIN,
        )
        await runner.setup()
        host, port = self._settings.host, self._settings.port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(host, port) from error
            raise ServerFailed(f"cannot listen on {host} port {port}: {error.strerror}") from error
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Hang up on everybody and free the port. Harmless when it was not started."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._page.hang_up()
            await runner.cleanup()

    @property
    def address(self) -> str:
        """Where the page is, for people on this machine, without a login."""
        host = self._settings.host
        if host in {"", "0.0.0.0", "::"}:  # noqa: S104 - recognised here, not bound to
            host = "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def link(self) -> str:
        """A link that logs in once, within ten minutes."""
        return f"{self.address}/login?code={self.codes.issue()}"

    def _application(self) -> web.Application:
        settings = self._settings
        doors = Doors(
            names=allowed_names(settings.host, settings.names),
            cookie=f"cc_connect_{settings.port}",
            tokens=settings.tokens,
        )
        pages = Pages(self._page, self._history, self._views, self._logins, self.codes)
        pages.cookie = doors.cookie
        application = web.Application(
            client_max_size=_LARGEST_BODY,
            middlewares=(self._failures, guard(doors, self._logins, self._views)),
        )
        application.on_response_prepare.append(add_headers)
        application.add_routes(
            [
                web.get("/healthz", _health),
                web.get("/static/{digest}/{name}", static),
                web.post("/login/links", self._new_link),
                *pages.routes(),
                *routes(self._page),
                *self._more,
            ]
        )
        return application

    async def _new_link(self, _request: web.Request) -> web.Response:
        """For `cc-connect url`: a fresh link, for whoever has the token or is logged in."""
        return web.json_response({"url": self.link()})

    @web.middleware
    async def _failures(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What aiohttp refuses by itself, in the same one line as everything else."""
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return self._views.line(request, status, "body_too_large")
        except web.HTTPNotFound:
            return self._views.line(request, HTTPStatus.NOT_FOUND, "no_page")
        except web.HTTPMethodNotAllowed:
            return self._views.line(request, HTTPStatus.METHOD_NOT_ALLOWED, "no_page")


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})
