"""What a turn changed in its folder: the state before it against the state after it.

Each state is a git tree, written from a copy of the index into a folder of our own, so nothing in
the repository is touched, and what is committed meanwhile counts as changed all the same. Without
a repository, and when git is too slow, nothing is said.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from cc_connect.contract.content import Diff
from cc_connect.core.diffs import diffs
from cc_connect.procs import Launch, ProcessError
from cc_connect.procs.environment import child_environment
from cc_connect.runtime.settings import Settings
from cc_connect.runtime.workplace import DIFF, GIT, MOST_CHANGED, Output, output_of

SECONDS = 10.0
"""A state that takes longer to be looked at is not looked at."""
MOST_NEW = 2000
LARGEST_NEW = 1024 * 1024
"""Bytes; a larger file that git does not know is no source, and is not read."""

OURS = ".cc-connect/"
"""What lies there was sent by people."""
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """What a turn changed; `text` is all of it as git writes it."""

    files: tuple[Diff, ...]
    text: str

    @property
    def added(self) -> int:
        """Lines."""
        return sum(one.added for one in self.files)

    @property
    def removed(self) -> int:
        """Lines."""
        return sum(one.removed for one in self.files)


class Unseen(Exception):
    """The folder cannot be looked at; nothing is said about it."""


class Footprint:
    """Looks at a folder when it is made, and again in `changed`, which can be asked once."""

    def __init__(self, settings: Settings, cwd: str) -> None:
        self._settings = settings
        self._cwd = cwd
        self._own: Path | None = None
        self._git: Mapping[str, str] = {}
        self._index = Path()
        self._before = asyncio.create_task(self._in_time(self._begin), name="footprint")

    async def changed(self) -> Changed | None:
        """What differs now; None when nothing does, or when that cannot be told."""
        try:
            before = await self._before
            after = await self._in_time(self._tree) if before else None
            if before is None or after is None or before == after:
                return None
            return await self._in_time(lambda: self._between(before, after))
        finally:
            await self.forget()

    async def forget(self) -> None:
        """Remove what was kept."""
        self._before.cancel()
        await asyncio.gather(self._before, return_exceptions=True)
        own, self._own = self._own, None
        if own is not None:
            await asyncio.to_thread(shutil.rmtree, own, ignore_errors=True)

    async def _in_time(self, work: Callable[[], Awaitable[T]]) -> T | None:
        try:
            async with asyncio.timeout(SECONDS):
                return await work()
        except (TimeoutError, Unseen, OSError, ProcessError) as error:
            log.debug("a folder could not be looked at", cwd=self._cwd, reason=str(error))
            return None

    async def _begin(self) -> str:
        if not await asyncio.to_thread(_in_repository, self._cwd):
            raise Unseen("not a repository")
        self._own = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="cc-connect-"))
        where = await self._run("rev-parse", "--git-path", "index", "--git-path", "objects")
        index, objects = (Path(self._cwd) / line for line in where.splitlines())
        self._index = index
        self._git = {
            "GIT_INDEX_FILE": str(self._own / "index"),
            "GIT_OBJECT_DIRECTORY": str(self._own / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects.resolve()),
        }
        (self._own / "objects").mkdir()
        return await self._tree()

    async def _tree(self) -> str:
        """Write the folder as it is now; gives the name of the tree."""
        if self._own is None:
            raise Unseen("nowhere to write")
        await asyncio.to_thread(_copied, self._index, self._own / "index")
        await self._run("add", "-u", "--", ".")
        names = await self._run("ls-files", "-z", "--others", "--exclude-standard", "--", ".")
        new = self._own / "new"
        if await asyncio.to_thread(_listed, self._cwd, names, new):
            await self._run("add", f"--pathspec-from-file={new}", "--pathspec-file-nul")
        return (await self._run("write-tree")).strip()

    async def _between(self, before: str, after: str) -> Changed | None:
        output = await self._output((*DIFF, "--no-renames", before, after, "--", "."))
        if output.cut or output.code != 0:
            raise Unseen("too much")
        found = diffs(output.text)
        return Changed(found, output.text) if found else None

    async def _run(self, *arguments: str) -> str:
        done = await self._output((*GIT, *arguments))
        if done.code != 0 or done.cut:
            raise Unseen(done.error)
        return done.text

    async def _output(self, argv: tuple[str, ...]) -> Output:
        project = self._settings.project
        extra = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **self._git}
        env = child_environment(project.environ, {**project.spec.env, **extra})
        launch = Launch(argv, Path(self._cwd), env, marker=project.marker)
        return await output_of(launch, SECONDS, MOST_CHANGED)


def _in_repository(cwd: str) -> bool:
    folder = Path(cwd)
    return any((one / ".git").exists() for one in (folder, *folder.parents))


def _copied(index: Path, to: Path) -> None:
    """The index as it is, so that git need not read files that it knows; none is fine too."""
    try:
        shutil.copy2(index, to)
    except FileNotFoundError:
        to.unlink(missing_ok=True)


def _listed(cwd: str, names: str, to: Path) -> bool:
    """Write down the new files that are small enough to be read; False when there are none."""
    found = []
    for name in names.split("\0")[:MOST_NEW]:
        try:
            state = os.lstat(os.path.join(cwd, name))  # noqa: PTH118 - thousands of them
        except OSError:
            continue
        ours = name.startswith(OURS)
        if name and not (ours or name.endswith("/")) and state.st_size <= LARGEST_NEW:
            found.append(name)
    to.write_text("\0".join(found), errors="surrogateescape")
    return bool(found)
