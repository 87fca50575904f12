"""A spare agent is ready for the next new session, and leaves nothing behind."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cc_connect.procs import identity_of
from cc_connect.runtime.prewarmed import Prewarmed
from tests.runtime.rig import PATIENCE, Rig


@pytest.fixture
async def warm(tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path)
    rig.project = replace(rig.project, agent=Prewarmed(rig.project.agent))
    async with rig:
        yield rig


async def spare(rig: Rig) -> int:
    """The process that waits."""
    agent = rig.project.agent
    assert isinstance(agent, Prewarmed)
    async with asyncio.timeout(PATIENCE):
        while True:
            held = agent._spare
            session = held.session if held else None
            if session is not None and session.pid is not None:
                return session.pid
            await asyncio.sleep(0.01)


def used(rig: Rig) -> list[int]:
    """The processes that had prompts, in order."""
    return [line["pid"] for line in rig.prompts()]


async def test_the_first_and_the_next_session_find_a_process_ready(warm: Rig) -> None:
    first = await spare(warm)
    warm.say("one")
    await warm.answered("You said: one")
    second = await spare(warm)
    warm.say("/new")
    await warm.sees("New session")
    warm.say("two")
    await warm.answered("You said: two")
    assert used(warm) == [first, second]
    warm.say("/switch one")
    await warm.sees("Switched to **one**")
    warm.say("three")
    await warm.answered("You said: three")
    # That one is resumed: no spare will do.
    assert used(warm)[2] not in {first, second, await spare(warm)}
    sessions = [line["session"] for line in warm.prompts()]
    assert sessions[2] == sessions[0] != sessions[1]


async def test_another_wish_is_not_served_by_the_spare(warm: Rig) -> None:
    first = await spare(warm)
    warm.say("/model haiku")
    await warm.sees("✅ Model **haiku**")
    warm.say("one")
    await warm.answered("You said: one")
    assert used(warm) != [first]
    await warm.eventually(lambda: identity_of(first) is None)
    assert "haiku" in " ".join(psutil.Process(await spare(warm)).cmdline())


async def test_a_spare_that_died_is_not_missed(warm: Rig) -> None:
    first = await spare(warm)
    os.kill(first, signal.SIGKILL)
    await warm.eventually(lambda: identity_of(first) is None)
    warm.say("one")
    await warm.answered("You said: one")
    assert used(warm) != [first]


async def test_the_spare_ends_with_the_program(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.project = replace(rig.project, agent=Prewarmed(rig.project.agent))
    async with rig:
        left = await spare(rig)
    assert identity_of(left) is None


async def test_without_an_agent_there_is_no_spare_and_the_turn_says_why(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    missing = replace(rig.project.spec, cwd=str(tmp_path / "missing"))
    rig.project = replace(rig.project, agent=Prewarmed(rig.project.agent), spec=missing)
    async with rig:
        rig.say("one")
        await rig.sees("❌")
