"""From a `message` of the server to what the program takes in. Pure.

Ids and times may be numbers or texts. What is no message is left out, and what cannot be used of
one (a file that is too big, a picture of another type) is named, so that the person can be told.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Inbound, Media, Person, Said

MIB = 1024 * 1024
IMAGE_LIMIT = 10 * MIB
FILE_LIMIT = 5 * MIB
IMAGES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
MILLISECONDS = 1000
_LATEST = 4e12
_NAME = 200
_LONGEST_ID = 200
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message holds.

    Attributes:
        sender: uid of the person.
        inbound: What to hand on; None when nothing of it can be used.
        files: Bytes of its files, by `Media.id`.
        refused: What of it was left out and why, for the person.
    """

    sender: str
    inbound: Inbound | None
    files: Mapping[str, bytes]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Refused:
    reason: str


@dataclass(frozen=True, slots=True)
class _File:
    media: Media
    data: bytes


def read(payload: Mapping[str, Any], instance: str) -> Taken | None:
    """Read a message; None when it is none (no sender, nothing said)."""
    sender = identifier(payload.get("fromUserId"))
    if not sender:
        return None
    texts: list[str] = []
    found: list[_File | _Refused] = []
    for part in _parts(payload.get("input")):
        match part:
            case {"type": "input_text", "text": str(said)}:
                texts.append(said)
            case {"type": "input_image"}:
                found.append(_image(part))
            case {"type": "input_file"}:
                found.append(_file(part))
            case _:
                pass
    plain = payload.get("text")
    text = "\n".join(texts) if texts else (plain if isinstance(plain, str) else "")
    files = [one for one in found if isinstance(one, _File)]
    refused = tuple(one.reason for one in found if isinstance(one, _Refused))
    if not text.strip() and not found:
        return None
    inbound = None
    if text.strip() or files:
        media = tuple(one.media for one in files)
        inbound = _inbound(payload, instance, sender, Said(_whole(text), media))
    return Taken(sender, inbound, {one.media.id: one.data for one in files}, refused)


def _inbound(payload: Mapping[str, Any], instance: str, sender: str, said: Said) -> Inbound:
    name = payload.get("fromUserName")
    person = Person(sender, _whole(name) if isinstance(name, str) else "")
    message = identifier(payload.get("messageId")) or _made_up(payload)
    return Inbound(
        id=message,
        address=Address(instance, sender),
        sender=person,
        body=said,
        addressed=True,
        private=True,
        sent_at=_time(payload.get("timestamp")),
    )


def identifier(value: object) -> str:
    """An id, which may come as a number; "" when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = _whole(str(value)).strip()
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


def _made_up(payload: Mapping[str, Any]) -> str:
    """The same id for the same message, when the server gives none."""
    names = ("fromUserId", "text", "timestamp", "input")
    kept = {name: payload[name] for name in names if name in payload}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=True, default=str)
    return "weibo_inbound_" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _time(value: object) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value / MILLISECONDS if 0 < value < _LATEST else None


def _whole(text: str) -> str:
    """Without halves of surrogate pairs, which cannot be stored."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _parts(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else ():
        match item:
            case {"type": "message", "role": "user", "content": list(content)}:
                yield from (part for part in content if isinstance(part, Mapping))
            case _:
                pass


def _image(part: Mapping[str, Any]) -> _File | _Refused:
    mime, data = _source(part)
    name = _name(part, f"image.{IMAGES.get(mime, 'bin')}")
    if mime not in IMAGES:
        return _Refused(f"{name}: JPEG, PNG, GIF, WebP")
    return _checked(name, mime, data, IMAGE_LIMIT)


def _file(part: Mapping[str, Any]) -> _File | _Refused:
    mime, data = _source(part)
    return _checked(_name(part, "attachment"), mime, data, FILE_LIMIT)


def _checked(name: str, mime: str, data: bytes | None, limit: int) -> _File | _Refused:
    if not data:
        return _Refused(f"{name}: ?")
    if len(data) > limit:
        return _Refused(f"{name}: > {limit // MIB} MB")
    handle = hashlib.sha256(mime.encode("utf-8", "replace") + b"\0" + data).hexdigest()[:32]
    return _File(Media(handle, name, mime, len(data)), data)


def _source(part: Mapping[str, Any]) -> tuple[str, bytes | None]:
    match part.get("source"):
        case {"type": "base64", "data": str(data), **rest}:
            declared = rest.get("media_type")
            mime = _whole(declared).strip().lower() if isinstance(declared, str) else ""
            return mime, _decoded(data)
        case _:
            return "", None


def _decoded(data: str) -> bytes | None:
    """Base64 of any kind: with line breaks, without padding, of the alphabet for addresses."""
    bare = _SPACE.sub("", data.rpartition("base64,")[2]).rstrip("=")
    bare = bare.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _name(part: Mapping[str, Any], default: str) -> str:
    name = part.get("filename")
    if not isinstance(name, str):
        return default
    return "".join(char for char in _whole(name) if char.isprintable())[-_NAME:] or default
