"""A whole scene: the twin, the agent on PATH and a fresh program under test."""

import os
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from bench.speed.crowd import Crowd
from bench.speed.program import CONFIG, Program


@dataclass(frozen=True, slots=True)
class Setting:
    """What all rows share.

    Attributes:
        command: The command line under test.
        agents: The folder on PATH where `claude` is.
        quick: Fewer of everything.
        seconds: How long crowds write; 0 for the usual time.
    """

    command: list[str]
    agents: Path
    quick: bool = False
    seconds: float = 0.0

    def many(self, full: int, quick: int) -> int:
        """How many: of everything there are fewer in a quick run."""
        return quick if self.quick else full


@asynccontextmanager
async def scene(
    setting: Setting,
    *,
    page: bool = False,
    folder: Path | None = None,
    command: list[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[tuple[Crowd, Program]]:
    """A program that is connected; on leaving it is ended and its folder removed.

    A `folder` that is given is kept: its store can be used again.
    """
    place = folder or Path(mkdtemp(prefix="speed-"))
    try:
        async with Crowd() as crowd:
            config = CONFIG.format(
                folder=place,
                page=str(page).lower(),
                app_id=crowd.app_id,
                app_secret=crowd.app_secret,
                token_endpoint=crowd.token_endpoint,
                ws_endpoint=crowd.ws_endpoint,
            )
            under_test = Program(
                command or setting.command, place, config, setting.agents, **(environ or {})
            )
            async with under_test as program:
                await crowd.linked()
                yield crowd, program
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def fsync() -> float:
    """Milliseconds this disk takes to write 4 KiB for good: the floor below every commit."""
    folder = Path(mkdtemp(prefix="speed-"))
    times = []
    with (folder / "file").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(1000 * (time.perf_counter() - began))
    shutil.rmtree(folder)
    return statistics.median(times)
