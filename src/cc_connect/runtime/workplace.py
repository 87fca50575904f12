"""The folder of a conversation, as `core.workplace` describes it: files, git, programs."""

import asyncio
import os
import stat
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from cc_connect.contract.content import Attachment
from cc_connect.core.diffs import diffs
from cc_connect.core.terminal import readable, tail
from cc_connect.core.workplace import Changes, Excerpt, Listing, Ran, Trouble, Unable
from cc_connect.procs import Child, CommandNotFound, FolderNotFound, Launch, StartFailed
from cc_connect.procs.environment import child_environment
from cc_connect.runtime.posts import kept_text
from cc_connect.runtime.settings import Settings

SECONDS = 60.0
OUTPUT = 4000
"""Characters of a program's output that people see: its end, where errors stand."""
MIB = 1024 * 1024
MOST_SHOWN = 4 * MIB
"""Bytes of a file that is looked into."""
MOST_CHANGED = 8 * MIB
MOST_NAMES = 50
MOST_DIFFS = 5
MOST_CHARACTERS = 3000
"""Beyond these a change goes out as a file."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""What git calls a folder with nothing in it: what a repository without a commit differs from."""
GIT = (
    *("git", "--literal-pathspecs", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false"),
    *("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false"),
)
DIFF = (*GIT, "diff", "--no-color", "--no-ext-diff", "--no-textconv")
# The command stands in the environment: what is in argv can be read by every user of the machine.
SHELL = (
    *("/bin/sh", "-c"),
    'exec </dev/null 2>&1; c=$CC_COMMAND; unset CC_COMMAND; eval "$c"',
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Output:
    """What a program wrote, whole unless `cut`, and how it ended; code None: its time was over."""

    data: bytes
    code: int | None
    cut: bool
    error: str

    @property
    def text(self) -> str:
        """As text, whatever it was."""
        return self.data.decode(errors="replace")


async def output_of(launch: Launch, seconds: float, most: int) -> Output:
    """Run a program to its end, or for so many seconds; all it started ends with it.

    Keeps the last `most` bytes of its output. Raises what `Child.start` raises.
    """
    kept, cut, code = bytearray(), False, None
    child = await Child.start(launch)
    try:
        async with asyncio.timeout(seconds):
            while part := await child.read():
                kept += part
                if len(kept) > 2 * most:
                    cut = True
                    del kept[:-most]
            code = await child.wait()
    except TimeoutError:
        pass
    finally:
        await child.kill()
    cut = cut or len(kept) > most
    return Output(bytes(kept[-most:]), code, cut, child.stderr_tail.strip())


def inside(root: str, wanted: str) -> Path | Unable:
    """The real path that is meant, from `root`; Unable when it lies outside."""
    try:
        base = Path(root).resolve()
        path = (base / Path(wanted).expanduser()).resolve()
    except (OSError, RuntimeError, ValueError):
        return Unable(Trouble.MISSING, wanted)
    return path if path.is_relative_to(base) else Unable(Trouble.OUTSIDE, wanted)


@dataclass(frozen=True, slots=True)
class Folder:
    """Implements `core.workplace.Workplace` for one conversation."""

    settings: Settings
    cwd: str

    # --- files --------------------------------------------------------------------------------

    async def look(self, path: str, first: int, last: int) -> Excerpt | Listing | Unable:
        """Lines of a file, or the names in a folder."""
        found = await asyncio.to_thread(inside, self.cwd, path)
        if isinstance(found, Unable):
            return found
        try:
            return await asyncio.to_thread(_look, found, path, first, last)
        except FileNotFoundError:
            return Unable(Trouble.MISSING, path)
        except OSError as error:
            return Unable(Trouble.FAILED, error.strerror or str(error))

    async def append(self, path: str, line: str) -> Unable | None:
        """Add a line to a text file."""
        found = await asyncio.to_thread(inside, self.cwd, path)
        if isinstance(found, Unable):
            return found
        try:
            await asyncio.to_thread(_append, found, line)
        except OSError as error:
            return Unable(Trouble.FAILED, error.strerror or str(error))
        return None

    # --- git ----------------------------------------------------------------------------------

    async def changes(self, path: str) -> Changes | Unable:
        """What differs from the last commit."""
        found = await asyncio.to_thread(inside, self.cwd, path)
        if isinstance(found, Unable):
            return found
        head = await self._git((*GIT, "rev-parse", "--verify", "--quiet", "HEAD"))
        if isinstance(head, Unable):
            return head
        base = "HEAD" if head.code == 0 else EMPTY_TREE
        differing = await self._git((*DIFF, base, "--", str(found)))
        if isinstance(differing, Unable):
            return differing
        if differing.cut:
            return Unable(Trouble.TOO_LONG)
        if differing.code != 0:
            return _refused_by_git(differing)
        new = (*GIT, "ls-files", "-z", "--others", "--exclude-standard", "--", str(found))
        untracked = await self._git(new)
        names = untracked.text.split("\0") if isinstance(untracked, Output) else []
        return self._changes(differing.text, tuple(filter(None, names)))

    async def changes_of(self, turn: str) -> Changes | Unable:
        """What a turn changed."""
        folder = self.settings.long_texts
        try:
            path = (folder or Path()) / f"{uuid.UUID(turn)}.diff"
            text = await asyncio.to_thread(path.read_text, errors="replace")
        except (OSError, ValueError):
            return Unable(Trouble.MISSING, f"diff {turn}")
        return self._changes(text, ())

    def _changes(self, text: str, untracked: tuple[str, ...]) -> Changes:
        files = diffs(text)
        folder = self.settings.long_texts
        long = len(files) > MOST_DIFFS or sum(len(one.unified) for one in files) > MOST_CHARACTERS
        if not long or folder is None:
            return Changes(files, untracked)
        data = text.encode()
        path = kept_text(folder, data, ".diff")
        return Changes(
            files, untracked, Attachment(str(path), "changes.diff", "text/x-diff", len(data))
        )

    async def _git(self, argv: Sequence[str]) -> Output | Unable:
        extra = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
        found = await self._output(argv, self.cwd, extra, MOST_CHANGED)
        if isinstance(found, Output) and found.code is None:
            return Unable(Trouble.TIMEOUT, "git")
        if isinstance(found, Output) and "not a git repository" in found.error:
            return Unable(Trouble.NO_REPOSITORY, self.cwd)
        return found

    # --- programs -----------------------------------------------------------------------------

    async def run(self, command: str, values: Mapping[str, str], folder: str = "") -> Ran | Unable:
        """Run a shell command."""
        extra = {**values, "CC_COMMAND": command}
        where = str(Path(self.cwd) / folder)
        done = await self._output(SHELL, where, extra, OUTPUT * 8)
        if isinstance(done, Unable):
            return done
        text = readable(done.text)
        return Ran(tail(text, OUTPUT), done.code, cut=done.cut or len(text) > OUTPUT)

    async def _output(
        self, argv: Sequence[str], cwd: str, extra: Mapping[str, str], most: int
    ) -> Output | Unable:
        project = self.settings.project
        env = child_environment(project.environ, {**project.spec.env, **extra})
        launch = Launch(argv, Path(cwd), env, marker=project.marker)
        try:
            return await output_of(launch, SECONDS, most)
        except FolderNotFound:
            return Unable(Trouble.NO_FOLDER, cwd)
        except CommandNotFound:
            return Unable(Trouble.NO_GIT)
        except StartFailed as error:
            log.warning("a program could not be started", reason=str(error))
            return Unable(Trouble.FAILED, str(error))


def _refused_by_git(done: Output) -> Unable:
    return Unable(Trouble.FAILED, done.error.splitlines()[0] if done.error else "git diff")


def _look(path: Path, name: str, first: int, last: int) -> Excerpt | Listing | Unable:
    if path.is_dir():
        return _listing(path, name)
    # Not to wait for whoever writes into a pipe, and not to follow what was put there meanwhile.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return Unable(Trouble.NO_TEXT, name)
        data = file.read(MOST_SHOWN + 1)
    if len(data) > MOST_SHOWN or b"\0" in data:
        return Unable(Trouble.NO_TEXT, name)
    lines = data.decode(errors="replace").splitlines()
    shown = lines[first - 1 : last]
    return Excerpt(name, "\n".join(shown), first, first + len(shown) - 1, len(lines))


def _listing(path: Path, name: str) -> Listing:
    with os.scandir(path) as entries:
        names = sorted(f"{one.name}/" if one.is_dir() else one.name for one in entries)
    return Listing(name, tuple(names[:MOST_NAMES]), max(0, len(names) - MOST_NAMES))


def _append(path: Path, line: str) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o644), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                line = f"\n{line}"
        file.write(f"{line}\n".encode())
