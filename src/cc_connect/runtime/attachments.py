"""Files in and out: from a chat into the agent's folder, and from the agent into the store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import gettempdir

import structlog

from cc_connect.contract.agent import PromptFile
from cc_connect.contract.errors import PlatformError
from cc_connect.contract.inbound import Media
from cc_connect.contract.platform import Platform
from cc_connect.core.texts import Language, say
from cc_connect.store.blobs import Blob, Blobs
from cc_connect.store.changes import BlobStored, MediaStored
from cc_connect.store.errors import StoreError, TooLarge
from cc_connect.store.store import Store

FOLDER = Path(".cc-connect") / "attachments"
MIB = 1024 * 1024

log = structlog.get_logger(__name__)


class Attachments:
    """Moves files between chats, the blob folder and the folders agents work in."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    async def take_in(
        self,
        platform: Platform,
        media: tuple[Media, ...],
        *,
        row: int,
        at: float,
        cwd: str,
        limit: int,
        language: Language,
    ) -> tuple[tuple[PromptFile, ...], tuple[str, ...]]:
        """Fetch what somebody sent and put it where the agent may read it.

        Returns:
            The files, and a line for people about each that could not be taken.
        """
        files: list[PromptFile] = []
        problems: list[str] = []
        for place, one in enumerate(media):
            if one.size is not None and one.size > limit:
                problems.append(_too_big(one.name, limit, language))
                continue
            try:
                blob = await self._blobs.put(_chunks(platform, one), limit)
                path = await self._blobs.place(blob, Path(cwd) / FOLDER, one.name)
                await self._remember(blob, one, row=row, place=place, at=at)
            except TooLarge:
                problems.append(_too_big(one.name, limit, language))
            except (PlatformError, StoreError, OSError) as error:
                log.warning("a file could not be taken", name=one.name, error=str(error))
                problems.append(say(language, "file_unreadable", name=one.name))
            else:
                files.append(PromptFile(str(path), one.name, one.mime, blob.size))
        return tuple(files), tuple(problems)

    async def _remember(self, blob: Blob, media: Media, *, row: int, place: int, at: float) -> None:
        stored = BlobStored(blob.sha256, blob.size, at, media.mime)
        named = MediaStored(row, place, media.name, blob.sha256, media.mime)
        await self._store.commit((stored, named))

    async def keep(self, path: str, cwd: str, *, limit: int) -> str:
        """Store a copy of a file the agent offers; only from its folder or the temporary one.

        Raises:
            ValueError: It lies elsewhere, or is too large.
            OSError: It cannot be read.
        """
        real = await asyncio.to_thread(_inside, path, cwd)
        try:
            blob = await self._blobs.put_file(real, limit)
        except StoreError as error:
            raise ValueError(str(error)) from error
        return str(blob.path)


def _inside(path: str, cwd: str) -> Path:
    real = Path(cwd, path).resolve()
    roots = (Path(cwd).resolve(), Path(gettempdir()).resolve())
    if not any(real.is_relative_to(root) for root in roots):
        raise ValueError(f"{path} is outside the project's folder; copy it there first")
    return real


def _too_big(name: str, limit: int, language: Language) -> str:
    return say(language, "file_too_big", name=name, limit=f"{limit // MIB} MB")


async def _chunks(platform: Platform, media: Media) -> AsyncIterator[bytes]:
    async for chunk in platform.fetch(media):
        yield chunk
