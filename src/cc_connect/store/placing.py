"""Files into folders that agents work in: under harmless names, past no planted link."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cc_connect.store.errors import NotAFile, StoreError, StoreReadOnly, files_typed
from cc_connect.store.names import safe_name, with_suffix

OWN_FOLDER = ".cc-connect"
_IGNORE_ALL = b"*\n"
_PIECE = 1024 * 1024
_TRIES = 1000
_NO_LINK = {errno.ELOOP, errno.ENOTDIR}


@contextmanager
def plain_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file of this machine for reading, if it is one: no folder, pipe or device.

    Raises:
        NotAFile: It is something else, or not there, or may not be read.
    """
    try:
        # Opening a pipe would wait for somebody to write into it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotAFile(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFile(f"{path} is not a plain file")
    with os.fdopen(handle, "rb") as file:
        yield file


def place(source: Path, folder: Path, name: str) -> Path:
    """Copy a file into a folder; see `Blobs.place`."""
    name = safe_name(name)
    with plain_file(source) as file, _opened(folder) as inside:
        for number in range(_TRIES):
            wanted = name
            if number == 1:
                wanted = with_suffix(name, source.name[:8])
            elif number:
                wanted = with_suffix(name, f"{source.name[:8]}-{number}")
            if _copied(file, inside, wanted):
                return folder / wanted
    raise StoreError(f"there are too many files named {name} in {folder}")


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A handle of the folder, made where it is missing.

    From `.cc-connect` on each step is taken by handle and never through a link: a strange
    repository could bring `.cc-connect -> ~/.ssh` with it.
    """
    base, steps = _split(folder)
    with files_typed():
        base.mkdir(parents=True, exist_ok=True)
        handle = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps:
            inner = _step_into(handle, step, folder)
            os.close(handle)
            handle = inner
            if step == OWN_FOLDER:
                _ignore(handle)
        yield handle
    finally:
        os.close(handle)


def _split(folder: Path) -> tuple[Path, tuple[str, ...]]:
    parts = folder.absolute().parts
    if OWN_FOLDER not in parts:
        return folder, ()
    first = parts.index(OWN_FOLDER)
    return Path(*parts[:first]), parts[first:]


def _step_into(handle: int, step: str, folder: Path) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with suppress(FileExistsError):
            os.mkdir(step, 0o700, dir_fd=handle)
        return os.open(step, flags, dir_fd=handle)
    except OSError as error:
        if error.errno in _NO_LINK:
            raise StoreReadOnly(
                f"{step} in {folder} is a link or a file, not a folder: remove it"
            ) from error
        with files_typed():
            raise


def _ignore(handle: int) -> None:
    with files_typed(), suppress(FileExistsError):
        note = os.open(".gitignore", _CREATE, 0o600, dir_fd=handle)
        try:
            os.write(note, _IGNORE_ALL)
        finally:
            os.close(note)


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def _copied(source: BinaryIO, inside: int, name: str) -> bool:
    """Whether `name` has the content of the source now: it was copied, or was there already."""
    try:
        target = os.open(name, _CREATE, 0o600, dir_fd=inside)
    except FileExistsError:
        return _is_same(source, inside, name)
    except OSError:
        with files_typed():
            raise
    try:
        with files_typed(), os.fdopen(target, "wb") as file:
            source.seek(0)
            while piece := source.read(_PIECE):
                file.write(piece)
    except StoreError:
        os.unlink(name, dir_fd=inside)
        raise
    return True


def _is_same(source: BinaryIO, inside: int, name: str) -> bool:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=inside)
    except OSError:
        return False
    found, wanted = os.fstat(handle), os.fstat(source.fileno())
    if not stat.S_ISREG(found.st_mode) or found.st_size != wanted.st_size:
        os.close(handle)
        return False
    with os.fdopen(handle, "rb") as there:
        source.seek(0)
        while piece := source.read(_PIECE):
            if there.read(_PIECE) != piece:
                return False
    return True
