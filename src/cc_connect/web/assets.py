"""The page's scripts, styles and icon: read from the package, named by their content.

All files lie under one path that holds a hash of them all, so modules can import each other by
plain relative names and everything can be cached for ever.
"""

import hashlib
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from aiohttp import web

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _bundle() -> tuple[str, dict[str, Path]]:
    folder = Path(str(files("cc_connect.platforms.web").joinpath("static")))
    paths = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
    digest = hashlib.sha256()
    for name, path in paths.items():
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16], paths


def static_url(name: str) -> str:
    """The address of a file of the page.

    Raises:
        KeyError: There is no such file.
    """
    digest, paths = _bundle()
    return f"/static/{digest}/{paths[name].name}"


async def static(request: web.Request) -> web.StreamResponse:
    """Serve a file of the page, under its present address and under older ones."""
    digest, paths = _bundle()
    path = paths.get(request.match_info["name"])
    if path is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="no such file\n")
    current = request.match_info["digest"] == digest
    headers = {
        "Content-Type": _TYPES[path.suffix],
        "Cache-Control": _FOR_EVER if current else "no-cache",
    }
    return web.FileResponse(path, headers=headers)
