"""Whether `claude` is there, which version it is, and whether it is signed in; asks no model."""

import asyncio
import contextlib
import json
import shlex
import shutil
from collections.abc import Mapping

from cc_connect.agents.claudecode.command import environment
from cc_connect.agents.claudecode.options import Options
from cc_connect.contract.agent import SessionSpec
from cc_connect.contract.errors import AgentMissing, AgentStartFailed
from cc_connect.contract.plugin import AgentContext, Checked, Note
from cc_connect.core.texts import Language, say, spoken

PATIENCE = 20.0
"""Seconds a call may take: the program is large, and a busy machine is slow."""
PROGRAM = "claude"


async def check(context: AgentContext, language: str, found: str = "") -> Checked:
    """See `AgentPlugin.check`.

    Args:
        context: As for a driver.
        language: Of the notes.
        found: Where the program was found when it is not on PATH.
    """
    options = context.options
    if not isinstance(options, Options):
        raise TypeError(f"options of another plug-in: {type(options).__name__}")
    told = spoken(language)
    environ = environment(options, SessionSpec(cwd="."), context.environ)
    command = (options.cmd,) if isinstance(options.cmd, str) else options.cmd
    if shutil.which(command[0], path=environ.get("PATH")) is None and command == (PROGRAM,):
        command = (found or PROGRAM,)
    flag = options.cmd_args_flag or options.cli_args_flag
    version = await _told(_line(command, flag, "--version"), environ)
    status = await _told(_line(command, flag, "auth", "status"), environ)
    return Checked(version.splitlines()[0] if version else "", _signed_in(status, told))


def _line(command: tuple[str, ...], flag: str, *words: str) -> tuple[str, ...]:
    return (*command, flag, shlex.join(words)) if flag else (*command, *words)


def _signed_in(status: str, language: Language) -> tuple[Note, ...]:
    """Older programs do not know the question: then there is nothing to tell."""
    try:
        answer = json.loads(status)
    except ValueError:
        return ()
    match answer:
        case {"loggedIn": True}:
            return (Note(say(language, "agent_signed_in")),)
        case {"loggedIn": False}:
            return (Note(say(language, "agent_not_signed_in"), good=False, fatal=True),)
        case _:
            return ()


async def _told(line: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """What the program prints. Its exit code says whether it is signed in, too."""
    try:
        process = await asyncio.create_subprocess_exec(
            *line,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
        )
    except FileNotFoundError as error:
        raise AgentMissing(f"{line[0]} is not on this machine") from error
    except OSError as error:
        raise AgentStartFailed(f"{line[0]} cannot be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
    except TimeoutError as error:
        raise AgentStartFailed(f"{line[0]} does not answer") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return out.decode(errors="replace").strip()
