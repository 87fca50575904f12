"""What every request has to pass: the right Host, the right Origin, a login.

A server on loopback can be reached by every page in every browser of the machine. The Host check
keeps out names that were bent to 127.0.0.1 (DNS rebinding), the Origin check keeps out forms and
scripts of other sites, and the login keeps out other people of the machine.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from cc_connect.web.login import Logins, bearer_good
from cc_connect.web.views import Views

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OPEN_PATHS = frozenset({"/healthz", "/login", "/favicon.ico"})
OPEN_PREFIX = "/static/"
_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, not bound to
_SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})

Check = Callable[[web.Request], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Doors:
    """Under which names the server may be called, and how a login is shown.

    Attributes:
        names: Host names and addresses, without port.
        cookie: Name of the login cookie; it holds the port, as cookies do not.
        tokens: Bearer tokens that are as good as a login.
    """

    names: frozenset[str]
    cookie: str
    tokens: tuple[str, ...]


def allowed_names(host: str, more: tuple[str, ...]) -> frozenset[str]:
    """The names a server that listens on `host` may be called by."""
    own = frozenset() if host in _ANYWHERE else frozenset({host.lower()})
    return LOOPBACK | own | frozenset(name.lower() for name in more)


def guard(doors: Doors, logins: Logins, views: Views) -> Middleware:
    """The middleware that makes all three checks, in this order."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _host_of(request.headers.get(hdrs.HOST, ""))
        if name not in doors.names and not _is_own_address(name, request):
            return views.line(request, HTTPStatus.MISDIRECTED_REQUEST, "wrong_host")
        if not _same_origin(request):
            return views.line(request, HTTPStatus.FORBIDDEN, "wrong_origin")
        if not _is_open(request.path) and not await _logged_in(request, doors, logins):
            return views.line(request, HTTPStatus.UNAUTHORIZED, "no_login")
        return await handler(request)

    return check


def headers_of(request: web.Request) -> dict[str, str]:
    """The headers that go with every answer; an answer may be stricter still."""
    host = request.headers.get(hdrs.HOST, "")
    return {
        # `'self'` does not cover ws: in every browser, so the socket's address stands by itself.
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            f"connect-src 'self' ws://{host} wss://{host}; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not `no-referrer`: with that, a browser sends `Origin: null` with our own forms.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: put the headers on what goes out, where the answer has none of its own."""
    response.headers[hdrs.SERVER] = "cc-connect"
    for name, value in headers_of(request).items():
        response.headers.setdefault(name, value)
    if not request.path.startswith((OPEN_PREFIX, "/files/", "/uploads/")):
        response.headers.setdefault("Cache-Control", "no-store")


def _host_of(header: str) -> str:
    """The name in a Host header, without port; "" when it is malformed."""
    try:
        parts = urlsplit(f"//{header}")
        parts.port  # noqa: B018 - reading it checks it
        name = parts.hostname or ""
    except ValueError:
        return ""
    return name if parts.netloc == header and "@" not in header else ""


def _is_own_address(name: str, request: web.Request) -> bool:
    """Whether this is the very address the connection came in at.

    No name can be bent to it, so it needs no permission: a page that listens on all addresses can
    be opened by each of them.
    """
    own = request.get_extra_info("sockname")
    try:
        address = ip_address(str(own[0]).partition("%")[0]) if own else None
        return address is not None and ip_address(name) in {address, _plain(address)}
    except ValueError:
        return False


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that came in on an IPv6 socket, as it is written by people."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _same_origin(request: web.Request) -> bool:
    """Whether the request comes from our own page, from the address line or from a program.

    A browser sends Origin with everything that changes something and with every WebSocket; a
    program without one has no cookie of the browser, so the login is all it needs.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get(hdrs.HOST)
    if request.method not in _SAFE_METHODS or hdrs.UPGRADE in request.headers:
        return hdrs.COOKIE not in request.headers
    site = request.headers.get("Sec-Fetch-Site", "none")
    return site in {"none", "same-origin"} or request.headers.get("Sec-Fetch-Mode") == "navigate"


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIX)


async def _logged_in(request: web.Request, doors: Doors, logins: Logins) -> bool:
    if bearer_good(request.headers.get(hdrs.AUTHORIZATION, ""), doors.tokens):
        return True
    cookie = request.cookies.get(doors.cookie, "")
    return bool(cookie) and await logins.good(cookie)
