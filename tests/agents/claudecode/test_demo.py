import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cc_connect.agents.claudecode.demo import DemoAgent, Options, plugin
from cc_connect.agents.demo import words
from cc_connect.contract.agent import (
    Allowed,
    Answered,
    Denied,
    Fate,
    FileOffered,
    FileTaken,
    GrantScope,
    Noted,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    PlanUpdated,
    PromptFile,
    QuestionAsked,
    SessionSpec,
    Spoke,
    Thought,
    ToolStarted,
    TurnEnded,
)
from cc_connect.contract.content import TodoState
from cc_connect.contract.plugin import AgentContext
from tests.agents.claudecode.watching import Watched, watching

SPEC = SessionSpec(cwd="/wherever")


def agent(folder: Path, delay: str = "0", **options: object) -> DemoAgent:
    env = {"CC_DEMO_DELAY": delay}
    return DemoAgent(Options(env=env, **options), folder, {"PATH": "/usr/bin"})  # type: ignore[arg-type]  # by name


@asynccontextmanager
async def demo(folder: Path, spec: SessionSpec = SPEC, delay: str = "0") -> AsyncIterator[Watched]:
    async with watching(agent(folder, delay), spec) as live:
        yield live


async def test_says_what_it_is(tmp_path: Path) -> None:
    async with demo(tmp_path) as live:
        for text in ("fix my code please", "help", "帮助", "你好"):
            assert (await live.told(text)).outcome is Outcome.DONE
        english = live.spoken(live.of(TurnEnded)[0].turn)
        chinese = live.spoken(live.of(TurnEnded)[3].turn)
    assert "fix my code please" in english
    assert "npm install -g @anthropic-ai/claude-code" in english
    assert "演示代理" in chinese
    assert len(live.of(Spoke)) > 50  # word by word


@pytest.mark.parametrize("go_on", sorted(words.GO_ON))
async def test_does_again_what_was_cut_off(tmp_path: Path, go_on: str) -> None:
    async with demo(tmp_path) as live:
        await live.told("list")
        await live.told(go_on)
        again = await live.told(go_on)
    assert "data/fruits.csv" in again.text


async def test_lists_and_reads(tmp_path: Path) -> None:
    async with demo(tmp_path) as live:
        listed = await live.told("list")
        read = await live.told("read notes.txt")
        gone = await live.told("读 nothing.txt")
    assert "data/fruits.csv" in listed.text
    assert "Water the plants." in read.text
    assert "没有" in gone.text
    assert [one.title for one in live.of(ToolStarted)][1:] == ["notes.txt", "nothing.txt"]
    assert live.of(Thought)
    assert not live.of(PermissionAsked)


@pytest.mark.parametrize("name", ["/etc/passwd", "../../secret.txt", "~/secret.txt", "link.txt"])
async def test_never_leaves_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with demo(tmp_path, replace(SPEC, mode="bypassPermissions")) as live:
        read = await live.told(f"read {name}")
        await live.told(f"edit {name}")
    assert "never go there" in read.text
    assert not live.of(ToolStarted)
    assert (tmp_path / "secret.txt").read_text() == "secret words"


async def test_asks_before_it_edits(tmp_path: Path) -> None:
    notes = tmp_path / "project" / "notes.txt"
    async with demo(tmp_path) as live:
        await live.submit("edit")
        asked = await live.next(PermissionAsked)
        before = notes.read_text()
        await live.session.answer(asked.request, Denied("not now"))
        refused = await live.next(TurnEnded)
        assert notes.read_text() == before
        await live.submit("修改 notes.txt")
        asked = await live.next(PermissionAsked)
        await live.session.answer(asked.request, Allowed(GrantScope.SESSION))
        await live.next(TurnEnded)
        await live.told("edit")
    assert "not now" in refused.text
    assert asked.diff
    assert asked.diff.added == 1
    assert notes.read_text().endswith("- 演示代理来过。\n- The demo agent was here.\n")
    assert len(live.of(PermissionAsked)) == 2
    states = [todo.state for todo in live.of(PlanUpdated)[-1].todos]
    assert states == [TodoState.DONE] * 3


async def test_question(tmp_path: Path) -> None:
    async with demo(tmp_path) as live:
        await live.submit("question")
        asked = await live.next(QuestionAsked)
        color, sizes = asked.questions
        given = {color.text: ("Green",), sizes.text: ("Small", "Large")}
        await live.session.answer(asked.request, Answered(given))
        ended = await live.next(TurnEnded)
        await live.submit("提问")
        again = await live.next(QuestionAsked)
        await live.session.answer(again.request, Denied())
        await live.next(TurnEnded)
    assert (color.multiple, sizes.multiple) == (False, True)
    assert "**Small, Large**" in ended.text


async def test_plan(tmp_path: Path) -> None:
    async with demo(tmp_path, replace(SPEC, mode="plan")) as live:
        await live.submit("edit")
        proposed = await live.next(PlanProposed)
        await live.session.answer(proposed.request, PlanRejected("shorter"))
        rejected = await live.next(TurnEnded)
        await live.submit("plan")
        again = await live.next(PlanProposed)
        await live.session.answer(again.request, PlanApproved(accept_edits=True))
        approved = await live.next(TurnEnded)
    assert "notes.txt" in proposed.plan
    assert "shorter" in rejected.text
    assert approved.outcome is Outcome.DONE
    assert not live.of(PermissionAsked)
    assert "demo agent was here" in (tmp_path / "project" / "notes.txt").read_text()


async def test_todo_file_and_background(tmp_path: Path) -> None:
    async with demo(tmp_path, replace(SPEC, mode="acceptEdits")) as live:
        await live.told("todo")
        await live.submit("send me a file")
        offered = await live.next(FileOffered)
        await live.session.answer(offered.request, FileTaken())
        sent = await live.next(TurnEnded)
        await live.told("background")
        await live.next(TurnEnded, lambda one: one.turn is None)
    assert len(live.of(PlanUpdated)) == 4
    assert "notes.txt" in (tmp_path / "project" / "report.csv").read_text()
    assert offered.path.endswith("/project/report.csv")
    assert "Sent report.csv" in sent.text
    assert "counting to three" in live.of(Noted)[0].text
    assert "counted to three" in live.spoken(None)


async def test_long_answers_can_be_stopped_and_steered(tmp_path: Path) -> None:
    async with demo(tmp_path, delay="0.005") as live:
        await live.submit("long")
        await live.next(Spoke)
        await live.session.interrupt()
        stopped = await live.next(TurnEnded)
        await live.submit("todo")
        await live.next(PlanUpdated)
        await live.steer("list")
        steered = await live.next(TurnEnded)
    assert stopped.outcome is Outcome.INTERRUPTED
    assert "data/fruits.csv" in live.spoken(steered.turn)


async def test_pictures_and_clear(tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    picture.write_bytes(b"\x89PNG")
    async with demo(tmp_path) as live:
        await live.submit("look", (PromptFile(str(picture), "p.png", "image/png"),))
        ended = await live.next(TurnEnded)
        await live.told("/clear")
    assert "1 picture" in live.spoken(ended.turn)
    assert len({one.session for one in live.of(Opened)}) == 2


async def test_sessions_go_on_and_are_found_again(tmp_path: Path) -> None:
    made = agent(tmp_path)
    async with watching(made, SPEC) as live:
        ended = await live.told("list")
        session = live.of(Opened)[0].session
    async with watching(made, replace(SPEC, resume=session)) as live:
        await live.told("help")
    library = made.library()
    (listed,) = await library.list("/anywhere")
    assert (listed.id, listed.title, listed.turns) == (session, "list", 2)
    assert ended.turn
    assert (await library.trace(session, ended.turn)).fate is Fate.ANSWERED
    assert len(await library.history(session, 5)) == 2
    assert await library.delete(session)


async def test_works_where_the_configuration_says(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "own.txt").write_text("mine")
    made = agent(tmp_path / "data", work_dir=str(place))
    assert made.work_dir == ""
    async with watching(made, replace(SPEC, cwd=str(place))) as live:
        listed = await live.told("list")
    assert "own.txt" in listed.text
    assert "notes.txt" not in listed.text


def test_plugin(tmp_path: Path) -> None:
    made = plugin.build(AgentContext("p", Options(), {}, tmp_path, {}))
    assert made.features().display_name == "Demo"
    assert plugin.find({})


def test_both_languages_say_the_same_things() -> None:
    folder = Path(words.__file__).parent / "texts"
    texts = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("en", "zh")]
    assert texts[0].keys() == texts[1].keys()
    for key, text in texts[0].items():
        fields = [part.partition("}")[0] for part in text.split("{")[1:]]
        assert all(f"{{{one}}}" in texts[1][key] for one in fields), key


@pytest.mark.parametrize(
    ("text", "meaning", "name"),
    [
        ("list", "list", ""),
        ("please read data/fruits.csv now", "read", "data/fruits.csv"),
        ("读 notes.txt", "read", "notes.txt"),
        ("Show me hello.py", "read", "hello.py"),
        ("edit", "edit", ""),
        ("发送文件", "file", ""),
        ("what can you do?", "help", ""),
        ("blacklist", "unknown", ""),
        ("look\n\nFiles from the user:\n- /tmp/file.txt", "unknown", ""),
    ],
)
def test_understanding(text: str, meaning: str, name: str) -> None:
    wish = words.understand(text)
    assert (wish.meaning, wish.name) == (meaning, name)
