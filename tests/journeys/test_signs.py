"""On Discord the message itself says how it stands: seen, being worked on, done, failed."""

from pathlib import Path

import pytest

from cc_connect.testing.discord import Permission
from tests.journeys.chat import PATIENCE
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def signed(world: World, chat: DiscordChat, said: str, *signs: str) -> None:
    """Wait until the message carries just these signs."""
    await world.twin.until(lambda: chat.signs(said) == signs or None, PATIENCE)


def held(folder: Path) -> dict[str, object]:
    """A tool that runs until the file `gate` is there."""
    gate = str(folder / "gate")
    return {
        "tool": "Read",
        "input": {"file_path": "map"},
        "output": "x",
        "ask": False,
        "hold": gate,
    }


async def test_seen_working_done(world: World, tmp_path: Path) -> None:
    chat = world.discord()
    first = await chat.say("begin", held(tmp_path), {"text": "First is over."})
    await signed(world, chat, first, "⏳")
    second = await chat.say("second thing")
    await signed(world, chat, second, "👀")
    (tmp_path / "gate").touch()
    await signed(world, chat, first, "✅")
    await signed(world, chat, second, "✅")


async def test_stopped(world: World, tmp_path: Path) -> None:
    chat = world.discord()
    first = await chat.say("begin", held(tmp_path), {"text": "Never."})
    live = await chat.sees("Read", offering="Stop", live=True)
    waiting = await chat.say("and another")
    await signed(world, chat, waiting, "👀")
    await chat.delete(waiting)
    await chat.press(live, "Stop")
    await signed(world, chat, first, "🛑")


async def test_failed(world: World) -> None:
    chat = world.discord()
    said = await chat.say("oops", {"error": 400})
    await signed(world, chat, said, "❌")


async def test_a_turn_taken_up_after_a_restart_ends_with_its_sign(
    world: World, tmp_path: Path
) -> None:
    chat = world.discord()
    said = await chat.say("begin", held(tmp_path), {"text": "Over."})
    await signed(world, chat, said, "⏳")
    (tmp_path / "gate").touch()
    await world.restart()
    await signed(world, chat, said, "✅")


async def test_without_the_right_there_is_an_answer_and_no_sign(world: World) -> None:
    chat = world.discord()
    chat.place.deny(world.bots["main"], Permission.ADD_REACTIONS)
    said = await chat.say("hello")
    await chat.sees("You said: hello")
    second = await chat.say("hello again")
    await chat.sees("You said: hello again")
    assert chat.signs(said) == chat.signs(second) == ()
