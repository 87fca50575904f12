"""Files of the page: those that come in lie in the adapter's folder, those that go out are links.

A link to a file on this machine carries its path, signed with a key that only this program has, so
nothing has to be remembered about it and no path can be made up. The link is no credential: the
server asks for the login all the same.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from cc_connect.contract.content import Attachment
from cc_connect.contract.errors import CcConnectError
from cc_connect.contract.inbound import Media

_CHUNK = 256 * 1024
_KEY_BYTES = 32
_SIGNATURE_BYTES = 18
_LONGEST_NAME = 200
_LONGEST_MIME = 100
_DAY = 86_400.0


class FileTooLarge(CcConnectError):
    """A file that comes in is larger than allowed."""


class _Slip(msgspec.Struct, frozen=True):
    """What is known about an uploaded file, beside its bytes."""

    name: str
    mime: str
    size: int


class LinkedFile(msgspec.Struct, frozen=True, array_like=True):
    """A file on this machine that a link names."""

    path: str
    name: str
    mime: str


class Uploads:
    """Files sent from the page, in a private folder (files 0600, folder 0700).

    `limit` is in bytes. Blocking file work runs in threads.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.limit = limit
        self._folder = folder

    async def take(self, name: str, mime: str, chunks: AsyncIterator[bytes]) -> Media:
        """Store a file as it comes in; one that breaks off or is too large leaves nothing behind.

        Raises:
            FileTooLarge: It has more bytes than the limit.
        """
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        ident = secrets.token_hex(16)
        part = self._folder / f"{ident}.part"
        size = 0
        try:
            file = await asyncio.to_thread(_create, part)
            with file:
                async for chunk in chunks:
                    size += len(chunk)
                    self._check(size, name)
                    await asyncio.to_thread(file.write, chunk)
            slip = _Slip(plain_name(name), mime[:_LONGEST_MIME], size)
            await asyncio.to_thread(self._keep, part, ident, slip)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Media(ident, slip.name, slip.mime, slip.size)

    def _check(self, size: int, name: str) -> None:
        if size > self.limit:
            raise FileTooLarge(name)

    def _keep(self, part: Path, ident: str, slip: _Slip) -> None:
        with _create(self._folder / f"{ident}.json") as file:
            file.write(msgspec.json.encode(slip))
        part.rename(self._folder / ident)

    async def find(self, ident: str) -> Media | None:
        """What is known about a file that came in."""
        return await asyncio.to_thread(self._find, ident)

    def _find(self, ident: str) -> Media | None:
        path = self.path(ident)
        if path is None:
            return None
        try:
            slip = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=_Slip)
        except (OSError, msgspec.MsgspecError):
            return None
        return Media(ident, slip.name, slip.mime, slip.size)

    def path(self, ident: str) -> Path | None:
        """Where the bytes lie; None when the id is not one of ours or the file is gone."""
        if len(ident) != 2 * 16 or not all(letter in "0123456789abcdef" for letter in ident):
            return None
        path = self._folder / ident
        return path if path.is_file() else None

    def prune(self, days: float) -> int:
        """Delete what is older than so many days, and broken uploads; returns how many files."""
        if not self._folder.is_dir():
            return 0
        oldest = time.time() - days * _DAY
        gone = [
            path
            for path in self._folder.iterdir()
            if path.suffix == ".part" or path.stat().st_mtime < oldest
        ]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


_linked = msgspec.json.Decoder(LinkedFile)


class Links:
    """Makes and reads the signed part of a link to a file that goes out.

    The key is made on first use and lies in `path` (0600).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key = b""

    def token(self, file: Attachment) -> str:
        """The part of a link that names the file."""
        wire = msgspec.json.encode(LinkedFile(file.path, plain_name(file.name), file.mime))
        return base64.urlsafe_b64encode(self._sign(wire) + wire).decode().rstrip("=")

    def read(self, token: str) -> LinkedFile | None:
        """The file a link names; None when the link was not made here."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        signature, wire = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(wire)):
            return None
        return _linked.decode(wire)

    def _sign(self, wire: bytes) -> bytes:
        if not self._key:
            self._key = _load_key(self._path)
        return hmac.digest(self._key, wire, hashlib.sha256)[:_SIGNATURE_BYTES]


def plain_name(name: str) -> str:
    """A file name without folders, control characters and too much length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if len(clean) > _LONGEST_NAME:
        stem, dot, suffix = clean.rpartition(".")
        keep = _LONGEST_NAME - len(suffix) - 1
        clean = f"{stem[:keep]}{dot}{suffix}" if keep > 0 else clean[:_LONGEST_NAME]
    return clean or "file"


def _create(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _load_key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = secrets.token_bytes(_KEY_BYTES)
        with _create(path) as file:
            file.write(key)
    return key
