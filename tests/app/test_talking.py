"""`cc-connect send`, `sessions`, `audit`, `logs` beside a running program, as people type them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.faults.town import Town, until
from cc_connect.app.cli import main
from cc_connect.testing.discord import Message
from tests.attacks.market import PATIENCE

KEY, TOKEN = "CC_SESSION_KEY", "CC_SESSION_TOKEN"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A program with a conversation in which an agent is at work."""
    async with Town(2) as town:
        await town.program.start()
        tool = {"tool": "Read", "input": {"file_path": "x"}, "ask": False}
        held = {**tool, "hold": str(town.folder / "gate")}
        await town.say(town.channels[0], held, {"text": "over"})
        assert await until(lambda: bool(town.told()))
        yield town


async def run(town: Town, *words: str, **environ: str) -> Result:
    arguments = ["--data-dir", str(town.program.data), *words]
    return await asyncio.to_thread(CliRunner(env=environ).invoke, main, arguments)


async def seen(town: Town, text: str) -> Message:
    room = town.channels[0]
    return await room.wait_for(lambda one: one.author.bot and text in one.content, PATIENCE)


def of_agent(town: Town) -> dict[str, str]:
    """What the agent's environment says of its conversation."""
    found = [child.environ() for child in town.program.children()]
    chosen = next(one for one in found if TOKEN in one)
    return {name: chosen[name] for name in (KEY, TOKEN, "CC_DATA_DIR", "CC_PROJECT")}


async def test_a_person_sends_text_and_files_to_a_conversation(town: Town) -> None:
    listed = await run(town, "sessions")
    (line,) = listed.output.splitlines()
    key = line.split()[3]
    assert "works" in line
    picture = town.folder / "map.png"
    picture.write_bytes(b"a picture")
    sent = await run(town, "send", "--to", key, "--image", str(picture), "the", "build", "is done")
    assert (sent.exit_code, sent.output) == (0, "")
    message = await seen(town, "the build is done")
    assert [one.filename for one in message.attachments] == ["map.png"]


async def test_what_cannot_be_sent(town: Town) -> None:
    for words, why in (
        (("send", "hello"), "which conversation?"),
        (("send", "--to", "nowhere", "hello"), "there is no conversation 'nowhere'"),
        (("send", "--to", of_agent(town)[KEY]), "nothing to send"),
        (("send", "--to", of_agent(town)[KEY], "--file", "/nowhere"), "/nowhere"),
    ):
        told = await run(town, *words)
        assert told.exit_code == 1
        assert why in told.output


async def test_an_agent_sends_to_its_own_conversation(town: Town) -> None:
    (town.folder / "work" / "report.txt").write_text("all is well")
    known = of_agent(town)
    report = str(town.folder / "work" / "report.txt")
    sent = await run(town, "send", "--file", report, "from the agent", **known)
    assert (sent.exit_code, sent.output) == (0, "")
    await seen(town, "from the agent")
    secret = await run(town, "send", "--file", "/etc/passwd", **known)
    assert secret.exit_code == 1
    assert "outside the project's folder" in secret.output


async def test_an_agent_may_do_nothing_else(town: Town) -> None:
    known = of_agent(town)
    for wrong in ({**known, KEY: "demo|discord|1||"}, {**known, TOKEN: "guess"}):
        told = await run(town, "send", "to somebody else", **wrong)
        assert told.exit_code == 1
        assert "its own conversation only" in told.output
    other = await run(town, "send", "--to", "demo|discord|1||", "x", **known)
    assert "its own conversation only" in other.output
    (town.folder / "gate").touch()


async def test_what_an_agent_has_started_cannot_pair(town: Town) -> None:
    """Even without the token: the kernel says who calls, and above it is the program."""
    (town.folder / "gate").touch()
    command = f"{sys.executable} -m cc_connect --data-dir {town.program.data}"
    path = Path(__file__).parents[2] / "src"
    room = town.channels[0]

    calls = ("pair ABCDEFGH", "url", "sessions", "audit", "logs")
    for call in calls:
        await room.say(town.alice, f"/shell env PYTHONPATH={path} {command} {call}; echo over")
    assert await until(lambda: len(town.seen(room, "\nover")) == len(calls)), room.transcript()
    for message in town.seen(room, "\nover"):
        assert "agents may not do this" in message.content
    audit = await run(town, "audit")
    assert "refused  machine  agent  call pair" in audit.output


async def test_the_log_is_shown(town: Town) -> None:
    told = await run(town, "logs", "-n", "500")
    assert told.exit_code == 0
    assert "cc-connect is running" in told.output
    assert len((await run(town, "logs", "-n", "1")).output.splitlines()) == 1


def test_without_a_program_it_says_so(tmp_path: Path) -> None:
    for words in (("send", "--to", "x", "y"), ("sessions",), ("audit",), ("logs",)):
        told = CliRunner().invoke(main, ["--data-dir", str(tmp_path), *words])
        assert told.exit_code == 1
        assert "no cc-connect is running" in told.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str) -> None:
    told = CliRunner().invoke(main, ["completion", shell])
    assert told.exit_code == 0
    assert "_CC_CONNECT_COMPLETE" in told.output
