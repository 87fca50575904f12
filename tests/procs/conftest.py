from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cc_connect.procs import Child, Grace
from tests.procs.children import QUICK, launch_of

Start = Callable[..., Awaitable[Child]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[Child] = []

    async def begin(source: str, *arguments: object, grace: Grace = QUICK) -> Child:
        child = await Child.start(launch_of(tmp_path, source, *arguments, grace=grace))
        started.append(child)
        return child

    yield begin
    for child in started:
        await child.kill()
