"""Keeps an agent from losing a session while it loads it.

Gemini CLI 0.61 names the file of a session after the minute and the session. Before `session/load`
reads the file, it opens a new recording of the same session: in the minute in which the session
began that is the same file, and the history counts as cleared; later it is a second, empty file,
and the next start of the program takes that for broken and deletes all files of the session. So the
file is given an earlier minute before, and the empty one is removed after.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cc_connect.agents.acp.quirks import Quirks
from cc_connect.core.frames import Frame, mapping, objects

_MINUTE = "%Y-%m-%dT%H-%M"
_SHORT = 8  # characters of the session that are in the name
_LARGEST = 1_000_000  # bytes; a recording without a word in it is far smaller


@contextlib.asynccontextmanager
async def kept(quirks: Quirks, env: Mapping[str, str], session: str) -> AsyncIterator[None]:
    """Load the session within this. Does nothing for agents without `Quirks.recordings`."""
    homes = (env[name] for name in ("GEMINI_CLI_HOME", "HOME") if env.get(name))
    home = next(homes, "")
    short = session[:_SHORT]
    if not (quirks.recordings and home and short.isalnum()):
        yield
        return
    pattern = quirks.recordings.format(short=short)
    await asyncio.to_thread(set_back, Path(home), pattern, datetime.now(UTC))
    try:
        yield
    finally:
        await asyncio.to_thread(tidy, Path(home), pattern)


def set_back(home: Path, pattern: str, now: datetime) -> None:
    """Give a recording that is named after this minute an earlier one."""
    minute, earlier = (one.strftime(_MINUTE) for one in (now, now - timedelta(minutes=1)))
    for path in home.glob(pattern):
        aside = path.with_name(path.name.replace(minute, earlier))
        if minute in path.name and not aside.exists() and not _wordless(path):
            with contextlib.suppress(OSError):
                path.rename(aside)


def tidy(home: Path, pattern: str) -> None:
    """Remove the recordings without a word in them beside one that has some."""
    found = {path: _wordless(path) for path in home.glob(pattern)}
    if not all(found.values()):
        for path in (path for path, wordless in found.items() if wordless):
            with contextlib.suppress(OSError):
                path.unlink()


def _wordless(path: Path) -> bool:
    """Whether nobody said anything: at most what the program itself begins with."""
    try:
        if path.stat().st_size > _LARGEST:
            return False
        records: list[Any] = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    except (OSError, msgspec.DecodeError):
        return False
    return all(isinstance(one, dict) and _opening(one) for one in records)


def _opening(record: Frame) -> bool:
    return "id" not in record and len(objects(mapping(record, "$set"), "messages")) <= 1
