"""While a turn runs: what is said waits, goes in, or ends it; and stopping."""

from pathlib import Path

import pytest

from tests.journeys.chat import ALICE, BOB, DORA, Chat, Seen, in_browser
from tests.journeys.on_discord import DiscordChat
from tests.journeys.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROJECTS = {
    "main": ("", ""),
    "eager": ('busy = "steer"', ""),
    "rude": ('busy = "interrupt"', ""),
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class Gate:
    """Holds the agent in the middle of a turn until it is opened."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "gate"

    def open(self) -> None:
        self.path.touch()

    def tool(self, output: str = "looked") -> dict[str, object]:
        """A tool that runs until the gate is open."""
        step = {"tool": "Read", "input": {"file_path": "map"}, "output": output}
        return {**step, "ask": False, "hold": str(self.path)}


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


async def busy(chat: Chat, gate: Gate, end: str = "First is over.", *, by: str = ALICE) -> Seen:
    """Begin a turn that lasts until the gate opens; returns the message that shows it."""
    await chat.say("begin", gate.tool(), {"text": end}, by=by)
    return await chat.sees("Read", offering="Stop", live=True, by=by)


async def test_what_is_said_meanwhile_waits_in_order(chat: Chat, gate: Gate) -> None:
    await busy(chat, gate)
    await chat.say("second thing")
    await chat.sees("Queued as number 1", offering="Steer now")
    await chat.say("third thing")
    await chat.sees("Queued as number 2", offering="Remove")
    gate.open()
    await chat.sees("You said: third thing")
    words = ("First is over.", "You said: second thing", "You said: third thing")
    assert chat.order_of(*words) == list(words)


@in_browser
async def test_steer_now_hands_it_to_the_running_turn(chat: Chat, gate: Gate) -> None:
    await busy(chat, gate, "I heard: {steered}.")
    await chat.say("mind the gap")
    waiting = await chat.sees("Queued as number 1", offering="Steer now")
    await chat.press(waiting, "Steer now")
    await chat.shows(waiting, "It has left the queue")
    await chat.sees("Handed to the running turn")
    gate.open()
    await chat.sees("I heard: mind the gap.")
    await chat.idle()
    chat.sees_none("You said: mind the gap")


async def test_interrupt_and_send_ends_the_turn(chat: Chat, gate: Gate) -> None:
    running = await busy(chat, gate)
    await chat.say("something better")
    waiting = await chat.sees("Queued as number 1", offering="Interrupt and send")
    await chat.press(waiting, "Interrupt and send")
    await chat.sees("You said: something better")
    await chat.shows(waiting, "It has left the queue")
    await chat.over(running)
    chat.sees_none("First is over.")


async def test_remove_takes_it_out_of_the_queue(chat: Chat, gate: Gate) -> None:
    await busy(chat, gate)
    await chat.say("forget this")
    waiting = await chat.sees("Queued as number 1", offering="Remove")
    await chat.say("keep this")
    await chat.sees("Queued as number 2")
    await chat.press(waiting, "Remove")
    await chat.sees("Removed from the queue")
    gate.open()
    await chat.sees("You said: keep this")
    chat.sees_none("You said: forget this")


async def test_ps_steers(chat: Chat, gate: Gate) -> None:
    await chat.say("/ps too early")
    await chat.sees("Nothing is running")
    await busy(chat, gate, "I heard: {steered}.")
    await chat.say("/ps look left")
    await chat.sees("Handed to the running turn")
    gate.open()
    await chat.sees("I heard: look left.")


async def test_a_full_queue_says_so(chat: Chat, gate: Gate) -> None:
    await busy(chat, gate)
    for number in range(1, 5):
        await chat.say(f"wish {number}")
        await chat.sees(f"Queued as number {number}")
    await chat.say("one too many")
    await chat.sees("Not taken: 4 messages are waiting already")
    gate.open()
    await chat.sees("You said: wish 4")
    await chat.say("the end")
    await chat.sees("You said: the end")
    chat.sees_none("You said: one too many")


async def test_edit_of_a_queued_message(channel: DiscordChat, gate: Gate) -> None:
    await busy(channel, gate)
    said = await channel.say("buy tee")
    waiting = await channel.sees("Queued as number 1")
    await channel.edit(said, "buy tea")
    await channel.sees("The waiting message was changed")
    gate.open()
    await channel.sees("You said: buy tea")
    await channel.shows(waiting, "It has left the queue")
    channel.sees_none("buy tee")


async def test_delete_of_a_queued_message(channel: DiscordChat, gate: Gate) -> None:
    await busy(channel, gate)
    said = await channel.say("buy coffee")
    await channel.sees("Queued as number 1")
    await channel.delete(said)
    await channel.sees("Removed from the queue")
    gate.open()
    await channel.sees("First is over.")
    await channel.say("next")
    await channel.sees("You said: next")
    channel.sees_none("You said: buy coffee")


async def test_only_their_own_waiting_messages_are_people_s_to_move(
    channel: DiscordChat, gate: Gate
) -> None:
    await busy(channel, gate)
    await channel.say("mine")
    waiting = await channel.sees("Queued as number 1", offering="Remove")
    await channel.press(waiting, "Remove", by=BOB)
    await channel.sees("Only Alice or an admin can answer this", by=BOB)
    await channel.press(waiting, "Remove", by=DORA)
    await channel.sees("Removed from the queue")
    gate.open()
    await channel.sees("First is over.")
    channel.sees_none("You said: mine")


async def test_the_stop_button_stops_the_turn_it_stands_under(
    channel: DiscordChat, gate: Gate
) -> None:
    hers = await busy(channel, gate)
    await busy(channel, gate, "Of dora.", by=DORA)
    await channel.press(hers, "Stop", by=BOB)
    await channel.sees("Only Alice or an admin can answer this", by=BOB)
    await channel.press(hers, "Stop", by=DORA)
    await channel.sees("Stopped. The session stays")
    gate.open()
    await channel.sees("Of dora.", by=DORA)
    channel.sees_none("First is over.")


@pytest.mark.parametrize("body", ["discord", "page"])
async def test_busy_steer(world: World, gate: Gate, body: str) -> None:
    chat = await world.chat(body, "eager")
    await busy(chat, gate, "I heard: {steered}.")
    await chat.say("by the way")
    await chat.sees("Handed to the running turn")
    gate.open()
    await chat.sees("I heard: by the way.")
    await chat.say("afterwards")
    await chat.sees("You said: afterwards")
    chat.sees_none("Queued as number")


@pytest.mark.parametrize("body", ["discord", "page"])
async def test_busy_interrupt(world: World, gate: Gate, body: str) -> None:
    chat = await world.chat(body, "rude")
    await busy(chat, gate)
    await chat.say("drop it")
    await chat.sees("You said: drop it")
    gate.open()
    await chat.say("afterwards")
    await chat.sees("You said: afterwards")
    chat.sees_none("First is over.")


@in_browser
async def test_stop_is_not_forget(chat: Chat, gate: Gate) -> None:
    await chat.say("hello")
    await chat.sees("You said: hello")
    await chat.say("/current")
    before = await chat.sees("Session", "Id:")
    running = await busy(chat, gate)
    await chat.press(running, "Stop")
    await chat.sees("Stopped. The session stays")
    await chat.say("still there?")
    await chat.sees("You said: still there?")
    await chat.say("/current")
    after = await chat.sees("Session", "Id:", count=2)
    assert after.text.partition("Folder")[0] == before.text.partition("Folder")[0]
    chat.sees_none("First is over.")


async def test_stop_goes_on_with_what_waits(chat: Chat, gate: Gate) -> None:
    await busy(chat, gate)
    await chat.say("and then this")
    await chat.sees("Queued as number 1")
    await chat.say("/stop")
    await chat.sees("Stopped")
    await chat.sees("You said: and then this")
    await chat.say("/stop")
    await chat.sees("Nothing is running")


async def test_stop_is_hard_when_the_agent_does_not_listen(chat: Chat, gate: Gate) -> None:
    await chat.say("go deaf", {"deaf": True}, gate.tool(), {"text": "Never said."})
    await chat.sees("Read", offering="Stop", live=True)
    await chat.say("/stop")
    await chat.say("/stop")
    await chat.sees("Stopped")
    await chat.say("again")
    await chat.sees("You said: again")
    chat.sees_none("Never said.")


async def test_cancel_stops_and_starts_fresh(chat: Chat, gate: Gate) -> None:
    await chat.say("hello")
    await chat.sees("You said: hello")
    await busy(chat, gate)
    await chat.say("/cancel")
    await chat.sees("Stopped, and a new session is ready")
    await chat.say("fresh")
    await chat.sees("You said: fresh")
    await chat.say("/list")
    listed = await chat.sees("Sessions", "1.", "2.")
    assert "turns: 1" in listed.text
    chat.sees_none("First is over.")


async def test_status_during_a_turn(chat: Chat, gate: Gate) -> None:
    quick = {"tool": "Read", "input": {"file_path": "one"}, "ask": False}
    await chat.say("work", quick, gate.tool(), {"text": "First is over."})
    await chat.sees("map", offering="Stop", live=True)
    await chat.say("later")
    await chat.sees("Queued as number 1")
    await chat.say("/status")
    status = await chat.sees("Status", "Running for", "Read(map)", "steps: 2")
    assert "Waiting: 1" in status.text
    gate.open()
    await chat.sees("You said: later")
    await chat.idle()


async def test_retry_sends_the_last_message_again(chat: Chat) -> None:
    await chat.say("try this", {"error": 500, "message": "out of luck"})
    await chat.sees("answered with an error", "out of luck")
    await chat.say("/retry")
    await chat.sees("answered with an error", count=2)
    await chat.say("hello")
    await chat.sees("You said: hello")
    await chat.say("/retry")
    await chat.sees("You said: hello", count=2)


async def test_three_photos_in_one_burst_are_one_turn(chat: Chat) -> None:
    names = ("one.png", "two.png", "three.png")
    await chat.say("look", {"text": "I see {images}."}, files=dict.fromkeys(names, PIXEL))
    await chat.sees("I see 3.")
    await chat.say("/history")
    await chat.sees("The last 1 turns", "look", "🤖 I see 3.")
    for name in names:
        await chat.say("", files={name: PIXEL})
    await chat.say("three more", {"text": "Now I see {images} more."})
    await chat.sees("Now I see 3 more.")
    await chat.say("and without", {"text": "Now I see {images}."})
    await chat.sees("Now I see 0.")
