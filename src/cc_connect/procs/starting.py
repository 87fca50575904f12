"""Starts the program of a child, tied to our own life where the system can do that."""

import asyncio
import errno
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cc_connect.procs.errors import CommandNotFound, FolderNotFound, StartFailed
from cc_connect.procs.pipes import Pipes

_LEASH = Path(__file__).with_name("leash.py")


def find_program(command: str, cwd: Path, env: Mapping[str, str]) -> str:
    """Finds the file to run: in the PATH of the child, or from its folder if it has a slash.

    Blocking.

    Raises:
        FolderNotFound: ``cwd`` is no folder.
        CommandNotFound: there is no such file.
        StartFailed: the path names something that is not an executable file.
    """
    if not cwd.is_dir():
        raise FolderNotFound(cwd)
    if "/" not in command:
        found = shutil.which(command, path=env.get("PATH", os.defpath))
        if found is None:
            raise CommandNotFound(command)
        return str(Path(found).absolute())
    path = cwd.absolute() / command
    if not path.exists():
        raise CommandNotFound(command)
    if not path.is_file() or not os.access(path, os.X_OK):
        raise StartFailed(command, "it is not an executable file")
    return str(path)


def find_leash() -> tuple[str, ...]:
    """Gives the beginning of the command that ties a program to our life; empty: there is none.

    There is none outside Linux, in an embedded Python, and when an upgrade has taken the files of
    this installation away under the running program. The child then outlives a kill of ours until
    the next start. Blocking.
    """
    there = sys.platform == "linux" and sys.executable and Path(sys.executable).exists()
    return (sys.executable, "-I", "-S", str(_LEASH)) if there and _LEASH.exists() else ()


async def spawn(
    pipes: Pipes, argv: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> tuple[int, int | None]:
    """Starts the program in a session of its own, its three pipes connected to ``pipes``.

    Gives the process id and, where a leash is used, the descriptor for `await_exec`, which belongs
    to the caller. The child dies with the *thread* that calls this: on Linux that is what the
    kernel understands by a parent. Run the event loop in the main thread, as `asyncio.run` does.

    Raises:
        CommandNotFound, FolderNotFound, StartFailed: see `cc_connect.procs.errors`.
    """
    # In a thread, because the folder may lie on a network drive that has gone to sleep.
    program = await asyncio.to_thread(find_program, argv[0], cwd, env)
    leash = await asyncio.to_thread(find_leash)
    if not leash:
        return await _popen(pipes, argv[0], [program, *argv], cwd, env), None
    ours, theirs = os.pipe()
    try:
        line = [leash[0], *leash, str(os.getpid()), str(theirs), program, *argv]
        pid = await _popen(pipes, argv[0], line, cwd, env, theirs)
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return pid, ours


async def await_exec(report: int, command: str) -> None:
    """Waits until the program has taken over from the leash. Closes the descriptor.

    Raises:
        StartFailed: the system refused to run it.
    """
    loop = asyncio.get_running_loop()
    said: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        loop.remove_reader(report)
        # A number is shorter than what a pipe takes at once, so one read has all of it.
        said.set_result(os.read(report, 64))

    loop.add_reader(report, read)
    try:
        # Shielded, so that a cancellation in the very moment of the answer does not meet `read`.
        number = await asyncio.shield(said)
    finally:
        loop.remove_reader(report)
        os.close(report)
    if number:
        raise StartFailed(command, _reason(int(number)))


async def _popen(
    pipes: Pipes, command: str, line: Sequence[str], cwd: Path, env: Mapping[str, str], *passed: int
) -> int:
    """Runs the file ``line[0]`` with the rest of the line as its argv; errors name ``command``."""
    try:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: pipes,
            *line[1:],
            executable=line[0],
            cwd=cwd,
            env=env,
            start_new_session=True,
            pass_fds=passed,
        )
    except OSError as error:
        if error.filename == str(cwd) and error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise FolderNotFound(cwd) from error
        raise StartFailed(command, _reason(error.errno or 0)) from error
    except ValueError as error:  # a null character in an argument, a variable or the folder
        raise StartFailed(command, str(error)) from error
    return transport.get_pid()


def _reason(number: int) -> str:
    said = os.strerror(number)
    match number:
        case errno.ENOENT:  # the file itself was found before
            return f"{said}: the interpreter named in its first line is not installed"
        case errno.ENOEXEC:
            return f"{said}: it is no program for this machine, or a script without '#!'"
        case _:
            return said
