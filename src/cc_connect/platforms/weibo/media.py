"""Files that came in with a message: kept in a folder until the agent has them."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from cc_connect.contract.errors import DeliveryRejected
from cc_connect.contract.inbound import Media

KEPT_DAYS = 7
_DAY = 24 * 60 * 60
_CHUNK = 256 * 1024
_HANDLE = re.compile(r"[0-9a-f]{32}")


class Kept:
    """The folder. Files are named by what is in them, so the same one is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, files: Mapping[str, bytes]) -> None:
        """Write files down. Raises OSError."""
        if files:
            await asyncio.to_thread(self._write, files)

    def _write(self, files: Mapping[str, bytes]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_old()
        for handle, data in files.items():
            half = self._folder / f"{handle}.half"
            half.touch(mode=0o600)
            half.write_bytes(data)
            half.replace(self._folder / handle)

    def _forget_old(self) -> None:
        oldest = time.time() - KEPT_DAYS * _DAY
        for path in self._folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    async def read(self, media: Media) -> AsyncIterator[bytes]:
        """The bytes of a file; DeliveryRejected when it is not there (any more)."""
        path = self._folder / media.id
        if not _HANDLE.fullmatch(media.id) or not await asyncio.to_thread(path.is_file):
            raise DeliveryRejected(f"the file {media.name!r} is not kept any more")
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
        finally:
            file.close()
