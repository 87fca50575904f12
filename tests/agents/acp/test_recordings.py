"""What is done to the files of a session, so that the agent does not lose it while it loads it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from cc_connect.agents.acp.presets import PRESETS
from cc_connect.agents.acp.quirks import PLAIN
from cc_connect.agents.acp.recordings import kept, set_back, tidy

NOW = datetime(2026, 11, 21, 0, 0, 30, tzinfo=UTC)
SESSION = "401c3c3b-27e5-4a46-be9c-0a4090221728"
PATTERN = PRESETS["gemini"].quirks.recordings.format(short=SESSION[:8])
OPENING = [
    {"sessionId": SESSION, "projectHash": "abc"},
    {"$set": {"messages": [{"id": "1", "content": [{"text": "<session_context>"}]}]}},
]
SAID = {"id": "2", "type": "user", "content": [{"text": "hello"}]}


def recording(home: Path, minute: str, *said: object, session: str = SESSION) -> Path:
    folder = home / ".gemini" / "tmp" / "project" / "chats"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"session-{minute}-{session[:8]}.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (*OPENING, *said)), "utf-8")
    return path


def names(home: Path) -> list[str]:
    return sorted(path.name[8:24] for path in home.glob(PATTERN))


def test_a_session_of_this_minute_is_given_the_one_before(tmp_path: Path) -> None:
    path = recording(tmp_path, "2026-11-21T00-00", SAID)
    words = path.read_bytes()
    set_back(tmp_path, PATTERN, NOW)
    assert names(tmp_path) == ["2026-11-20T23-59"]
    assert next(tmp_path.glob(PATTERN)).read_bytes() == words


def test_an_older_session_and_those_of_others_stay_as_they_are(tmp_path: Path) -> None:
    recording(tmp_path, "2026-11-20T12-00", SAID)
    other = recording(tmp_path, "2026-11-21T00-00", SAID, session="ffffffff")
    set_back(tmp_path, PATTERN, NOW)
    tidy(tmp_path, PATTERN)
    assert names(tmp_path) == ["2026-11-20T12-00"]
    assert other.exists()


def test_the_empty_one_beside_it_goes(tmp_path: Path) -> None:
    recording(tmp_path, "2026-11-20T12-00", SAID)
    recording(tmp_path, "2026-11-21T00-00")
    other = recording(tmp_path, "2026-11-21T00-00", session="ffffffff")
    tidy(tmp_path, PATTERN)
    assert names(tmp_path) == ["2026-11-20T12-00"]
    assert other.exists()


def test_nothing_with_words_in_it_goes_and_nothing_that_is_alone(tmp_path: Path) -> None:
    recording(tmp_path, "2026-11-20T12-00", SAID)
    recording(tmp_path, "2026-11-21T00-00", SAID)
    tidy(tmp_path, PATTERN)
    assert len(names(tmp_path)) == 2
    alone = recording(tmp_path / "other", "2026-11-21T00-00")
    tidy(tmp_path / "other", PATTERN)
    assert alone.exists()


def test_what_cannot_be_read_is_left(tmp_path: Path) -> None:
    recording(tmp_path, "2026-11-20T12-00", SAID)
    recording(tmp_path, "2026-11-21T00-00").write_text("no json\n", "utf-8")
    tidy(tmp_path, PATTERN)
    assert len(names(tmp_path)) == 2


async def test_other_agents_and_strange_names_are_left_alone(tmp_path: Path) -> None:
    recording(tmp_path, "2026-11-20T12-00", SAID)
    recording(tmp_path, "2026-11-21T00-00")
    env = {"HOME": str(tmp_path)}
    async with kept(PLAIN, env, SESSION):
        pass
    async with kept(PRESETS["gemini"].quirks, env, "*" * 8):
        pass
    assert len(names(tmp_path)) == 2
    async with kept(PRESETS["gemini"].quirks, env, SESSION):
        pass
    assert len(names(tmp_path)) == 1
