"""Files by their content: `blobs/ab/<sha256>`, never changed once they are there.

A file is written beside its place, synced, then renamed, so that what has the name has the content.
Agents get copies, not links: an agent that edits an attachment must not change the stored one.
"""

import asyncio
import hashlib
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cc_connect.store.database import make_folder, sync
from cc_connect.store.errors import TooLarge, files_typed
from cc_connect.store.placing import place, plain_file

_PIECE = 1024 * 1024
_UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file; `size` is in bytes."""

    sha256: str
    size: int
    path: Path


class Blobs:
    """The stored files of one data folder. Making it makes the folders, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "blobs"
        self._unfinished = self._folder / _UNFINISHED
        self._settling = threading.Lock()
        make_folder(folder)
        make_folder(self._folder)
        make_folder(self._unfinished)

    def path(self, sha256: str) -> Path:
        """Where a blob lies, whether it is there or not."""
        return self._folder / sha256[:2] / sha256

    async def put(self, chunks: AsyncIterator[bytes], limit: int) -> Blob:
        """Store what arrives; at most `limit` bytes. Whatever the iterator raises goes through.

        Raises:
            TooLarge: There is more; nothing was kept.
            StoreFull, StoreReadOnly: It cannot be written.
        """
        with self._unfinished_file() as file:
            async for chunk in chunks:
                await asyncio.to_thread(file.add, chunk, limit)
            return await asyncio.to_thread(self._settle, file, file.digest.hexdigest())

    async def put_file(self, path: Path, limit: int) -> Blob:
        """Store a copy of a file of this machine.

        Raises:
            NotAFile: It is not there, not a plain file, or may not be read.
            TooLarge, StoreFull, StoreReadOnly: As `put`.
        """
        return await asyncio.to_thread(self._put_file, path, limit)

    async def place(self, blob: Blob, folder: Path, name: str) -> Path:
        """Copy a blob into a folder for an agent, under a harmless form of `name`.

        The same file placed again has the same path; another file of that name gets a suffix.
        When the folder lies in a `.cc-connect` folder, that one is made to be ignored by git, and
        no link in it is followed: what it contains may come with a strange repository.

        Raises:
            NotAFile: The blob is gone.
            StoreFull, StoreReadOnly: It cannot be written.
        """
        return await asyncio.to_thread(place, blob.path, folder, name)

    def remove(self, sha256: str, *, unused_since: float) -> int:
        """Remove a blob that nobody stored again since then; returns the bytes freed."""
        path = self.path(sha256)
        with self._settling, suppress(FileNotFoundError):
            found = path.stat()
            if found.st_mtime < unused_since:
                path.unlink()
                return found.st_size
        return 0

    def known(self) -> Iterator[str]:
        """The names of all blobs that are there, in no order."""
        for folder in self._folder.iterdir():
            if folder.name != _UNFINISHED and folder.is_dir():
                yield from (entry.name for entry in folder.iterdir())

    def sweep(self, *, unused_since: float) -> None:
        """Remove what a crash left unfinished before then."""
        for entry in self._unfinished.iterdir():
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < unused_since:
                    entry.unlink()

    @contextmanager
    def _unfinished_file(self) -> Iterator["_Unfinished"]:
        with files_typed():
            handle, name = tempfile.mkstemp(dir=self._unfinished)
        file = _Unfinished(handle, Path(name))
        try:
            yield file
        finally:
            os.close(handle)
            file.path.unlink(missing_ok=True)

    def _settle(self, file: "_Unfinished", sha256: str) -> Blob:
        place = self.path(sha256)
        with files_typed(), self._settling:
            if place.exists() and place.stat().st_size == file.size:
                os.utime(place)  # so that `remove` lets it live
            else:
                sync(file.path)
                if not place.parent.exists():
                    place.parent.mkdir(mode=0o700)
                    sync(self._folder)
                file.path.replace(place)
                sync(place.parent)
        return Blob(sha256, file.size, place)

    def _put_file(self, path: Path, limit: int) -> Blob:
        with plain_file(path) as source, self._unfinished_file() as file:
            while piece := source.read(_PIECE):
                file.add(piece, limit)
            return self._settle(file, file.digest.hexdigest())


class _Unfinished:
    """A file that is being written, and the digest of what was written so far."""

    def __init__(self, handle: int, path: Path) -> None:
        self.path = path
        self.size = 0
        self.digest = hashlib.sha256()
        self._handle = handle

    def add(self, chunk: bytes, limit: int) -> None:
        if self.size + len(chunk) > limit:
            raise TooLarge(limit)
        self.digest.update(chunk)
        with files_typed():
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        self.size += len(chunk)
