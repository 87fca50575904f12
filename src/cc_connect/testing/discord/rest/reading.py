"""Reads the body of a request. Docs: Reference > Uploading Files."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from cc_connect.testing.discord.body import Upload
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.model import JsonObject

REQUEST_LIMIT = 25 * 1024 * 1024
"""Docs: Message > Create Message > Limitations."""

_FILES = "files["


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carried: JSON (an object, a list, or None) and files."""

    content: Any = None
    uploads: tuple[Upload, ...] = ()
    size: int = 0

    @property
    def fields(self) -> JsonObject:
        """The JSON when it is an object, otherwise nothing."""
        return self.content if isinstance(self.content, dict) else {}

    @property
    def items(self) -> list[JsonObject]:
        """The JSON when it is a list of objects, otherwise nothing."""
        return self.content if isinstance(self.content, list) else []


async def read_body(request: web.Request) -> Body:
    """Read everything. Raises ApiError 50109 for what is no JSON."""
    if request.content_type.startswith("multipart/"):
        return await _read_parts(request)
    raw = await request.read()
    return Body(_parse(raw), size=len(raw)) if raw else Body()


def check_size(body: Body, file_limit: int) -> None:
    """Raises ApiError 40005 when the whole or a single file is too large."""
    if body.size > REQUEST_LIMIT or any(len(each.data) > file_limit for each in body.uploads):
        raise ApiError(Refusal.TOO_LARGE)


async def _read_parts(request: web.Request) -> Body:
    content: Any = None
    uploads: list[Upload] = []
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise ApiError(Refusal.INVALID_FORM)
        raw = bytes(await part.read())
        size += len(raw)
        name = part.name or ""
        if name == "payload_json":
            content = _parse(raw)
        elif part.filename is not None:
            key = name.removeprefix(_FILES).rstrip("]") if name.startswith(_FILES) else name
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(key, part.filename, kind, raw))
    return Body(content, tuple(uploads), size)


def _parse(raw: bytes) -> Any:  # noqa: ANN401 - JSON can be anything
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(Refusal.INVALID_JSON) from None
