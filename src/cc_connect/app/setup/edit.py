"""Putting a block into a configuration file: comments stay, and nothing is written that is wrong.

The file is changed by adding text at one place only. The outcome is read by the same code that
will read it at the start, before it replaces the file in one step, with mode 0600.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cc_connect.app.config import ConfigError, Loaded, Source
from cc_connect.app.config.load import MAX_BYTES
from cc_connect.app.config.locate import normal, scan
from cc_connect.app.config.problems import Problem
from cc_connect.app.reading import read_text
from cc_connect.app.setup.blocks import HEAD

PRIVATE = 0o600
Meant = Callable[[Loaded], bool]
"""Whether what was read is what was to be written."""
_PROJECT = re.compile(r"\[\[\s*[\"']?projects[\"']?\s*\]\]")


class CannotEdit(Exception):
    """The file is left as it was; the text says why. `problems` are those of the file."""

    def __init__(self, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(text)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Current:
    """A configuration file as it is now; empty when it is not there."""

    path: Path
    text: str
    loaded: Loaded
    there: bool
    crlf: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The projects that are written in it."""
        draft = self.loaded.draft
        if draft is None or not self.there:
            return ()
        return tuple(one.name for one in draft.projects if one.where.project in self._written)

    @property
    def _written(self) -> frozenset[int]:
        found = (
            each for each in scan(self.text).statements if _heads_project(self.text, each.start)
        )
        return frozenset(range(len(tuple(found))))


def current(path: Path, environ: Mapping[str, str]) -> Current:
    """Read a file that is to be changed.

    Raises:
        CannotEdit: It cannot be read, or has errors, which a person has to mend first.
    """
    try:
        raw = path.read_bytes() if path.exists() else None
        if raw is None:
            return Current(path, "", Loaded(None, ()), there=False)
        if len(raw) > MAX_BYTES:
            raise CannotEdit(f"{path} is too large")
        written = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotEdit(f"{path} cannot be read: {error}") from error
    text = normal(written)
    try:
        loaded = read_text(text, source(path, environ), environ)
    except ConfigError as error:
        raise CannotEdit(str(error)) from error
    if loaded.errors:
        hint = "mend them first, or name another file by --config"
        raise CannotEdit(f"{path} has errors; {hint}", loaded.errors)
    return Current(path, text, loaded, there=True, crlf="\r\n" in written)


def source(path: Path, environ: Mapping[str, str]) -> Source:
    """What messages about a file need."""
    home = Path(environ.get("HOME") or "~").expanduser()
    return Source(file=str(path), home=home, cwd=Path.cwd())


def appended(now: Current, block: str) -> str:
    """The text with a block at its end; a new file gets a heading."""
    if not now.text.strip():
        return f"{now.text or HEAD}\n{block}"
    return f"{now.text.rstrip()}\n\n{block}"


def inserted(now: Current, project: int, block: str) -> str:
    """The text with a block at the end of a project, counted from 0.

    Raises:
        CannotEdit: The project is written in a way that leaves no such place.
    """
    statements = scan(now.text).statements
    heads = [at for at, each in enumerate(statements) if _heads_project(now.text, each.start)]
    if project >= len(heads):
        raise CannotEdit("this project is not written as [[projects]]")
    following = heads[project + 1] if project + 1 < len(heads) else len(statements)
    end = statements[following - 1].end
    rest = now.text[end:].lstrip("\n")
    gap = "\n" if rest else ""
    return f"{now.text[:end]}\n\n{block}{gap}{rest}"


def _heads_project(text: str, at: int) -> bool:
    return _PROJECT.match(text, at) is not None


def save(
    now: Current,
    text: str,
    environ: Mapping[str, str],
    meant: Meant,
) -> tuple[Problem, ...]:
    """Replace the file by this text, when it is read as it was meant.

    Returns:
        Warnings that were not there before.

    Raises:
        CannotEdit: It would have errors or mean something else, or cannot be written.
    """
    loaded = read_text(text, source(now.path, environ), environ)
    if loaded.errors or loaded.config is None:
        raise CannotEdit(f"{now.path} cannot be added to", loaded.errors)
    if not meant(loaded):
        raise CannotEdit(f"{now.path} cannot be added to: it would not be read as meant")
    try:
        _write(now.path, text.replace("\n", "\r\n") if now.crlf else text)
    except OSError as error:
        raise CannotEdit(f"{now.path} cannot be written: {error.strerror}") from error
    before = {(one.path, one.message) for one in now.loaded.warnings}
    return tuple(one for one in loaded.warnings if (one.path, one.message) not in before)


def _write(path: Path, text: str) -> None:
    """In one step, private from the first byte on; a link is followed, not replaced."""
    target = path.resolve()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".config-", dir=target.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(PRIVATE)
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
