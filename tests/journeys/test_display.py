"""What is shown (`display.mode`) and how (`progress_style`): the table of three by three."""

from pathlib import Path

import pytest

from tests.journeys.chat import Chat, Seen
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODES, STYLES = ("full", "compact", "quiet"), ("legacy", "compact", "card")
PROJECTS = {
    f"{mode}-{style}": (f'[projects.display]\nmode = "{mode}"', f'progress_style = "{style}"')
    for mode in MODES
    for style in STYLES
}
LOOK = {"tool": "Read", "input": {"file_path": "a-map"}, "ask": False}
TURN = ({"think": "a deep thought"}, {"text": "On my way. "}, LOOK)
PAUSE = {"wait": 1.5}


def let_on(gate: Path) -> None:
    """Let the agent go on."""
    gate.touch()


async def travelled(chat: Chat, gate: Path | None = None) -> list[Seen]:
    """Have the agent travel; returns what is seen beside its answer.

    With a gate its steps are waited for, else they get time to appear.
    """
    pause = PAUSE if gate is None else {"hold": str(gate)}
    await chat.say("travel", *TURN, pause, {"text": "Arrived."})
    if gate is not None:
        await chat.sees_one_of("Read(a-map)")
        let_on(gate)
    await chat.sees("Arrived.")
    await chat.idle()
    assert chat.count("Arrived.") == 1
    told = [one for one in chat.messages() if "Arrived." not in one.text]
    return [one for one in told if not one.text.startswith("Status")]


@pytest.mark.parametrize("style", STYLES)
async def test_full_shows_thoughts_and_tools(world: World, style: str, tmp_path: Path) -> None:
    chat: DiscordChat = world.discord(f"full-{style}")
    seen = await travelled(chat, tmp_path / "gate")
    words = " ".join(one.text for one in seen)
    assert "Read(a-map)" in words
    if style == "legacy":
        assert "🔧 Tool: Read(a-map)" in words
    else:
        assert len(seen) == 1
    await chat.say("/quiet")
    await chat.sees("Only answers are shown here now")
    await chat.say("again", *TURN, PAUSE, {"text": "Back home."})
    await chat.sees("Back home.")
    assert sum("Read(a-map)" in one.text for one in chat.messages()) == 1


async def steps_again(chat: Chat, gate: Path) -> None:
    """After /verbose the steps are there."""
    await chat.say("/verbose")
    await chat.sees("Steps are shown here again")
    await chat.say("again", *TURN, {"hold": str(gate)}, {"text": "Back home."})
    await chat.sees_one_of("Read(a-map)")
    let_on(gate)
    await chat.sees("Back home.")


@pytest.mark.parametrize("style", STYLES)
async def test_compact_shows_no_tools_and_no_thoughts(
    world: World, style: str, tmp_path: Path
) -> None:
    chat = world.discord(f"compact-{style}")
    seen = await travelled(chat)
    words = " ".join(one.text for one in seen)
    assert "Read" not in words
    assert "deep thought" not in words
    await steps_again(chat, tmp_path / "gate")


@pytest.mark.parametrize("style", STYLES)
async def test_quiet_shows_the_answer_alone(world: World, style: str, tmp_path: Path) -> None:
    chat = world.discord(f"quiet-{style}")
    assert await travelled(chat) == []
    await steps_again(chat, tmp_path / "gate")
