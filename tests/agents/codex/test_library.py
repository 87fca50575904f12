"""Old sessions of Codex, over the scripted app-server."""

from pathlib import Path

import pytest

from cc_connect.contract.agent import Fate, Opened, SessionSpec
from cc_connect.testing.scripted_codex import script
from tests.agents.codex.harness import scripted
from tests.agents.codex.stage import watching


async def begun(home: Path, cwd: Path, *prompts: str) -> str:
    async with watching(scripted(home), SessionSpec(cwd=str(cwd))) as live:
        for prompt in prompts:
            await live.told(prompt)
        return live.of(Opened)[0].session


async def test_sessions_of_a_folder(home: Path, cwd: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    session = await begun(home, cwd, "a " * 100)
    await begun(home, other, "elsewhere")
    (listed,) = await scripted(home).library().list(str(cwd))
    assert (listed.id, listed.cwd, listed.turns) == (session, str(cwd), 1)
    assert listed.title.startswith("a a a")
    assert len(listed.title) == 80
    assert listed.updated > 1_700_000_000


async def test_history_and_traces(home: Path, cwd: Path) -> None:
    answer = script({"text": "on the way"}, {"run": ["ls"], "ask": False}, {"text": "there"})
    session = await begun(home, cwd, "one", answer)
    library = scripted(home).library()
    history = await library.history(session, 5)
    assert [one.answer for one in history] == ["You said: one", "there"]
    assert [one.answer for one in await library.history(session, 1)] == ["there"]
    assert await library.history("unknown", 5) == ()
    assert (await library.trace("unknown", "x")).fate is Fate.ABSENT


async def test_delete(home: Path, cwd: Path) -> None:
    session = await begun(home, cwd, "one")
    library = scripted(home).library()
    assert await library.delete(session)
    assert not await library.delete(session)
    assert await library.list(str(cwd)) == ()


@pytest.mark.parametrize("wishes", [{"exit": 1, "stderr": "no"}, {"unknown": ["initialize"]}])
async def test_without_a_codex_that_answers_nothing_is_known(
    home: Path, cwd: Path, wishes: dict[str, object]
) -> None:
    library = scripted(home, wishes).library()
    assert await library.list(str(cwd)) == ()
    assert await library.history("x", 3) == ()
    assert (await library.trace("x", "y")).fate is Fate.UNKNOWN
    assert not await library.delete("x")


async def test_without_codex_the_library_is_empty(home: Path, cwd: Path) -> None:
    library = scripted(home, cmd="no-such-codex").library()
    assert await library.list(str(cwd)) == ()
    assert (await library.trace("x", "y")).fate is Fate.UNKNOWN
