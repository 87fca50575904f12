"""What outlives the program: turns, queues, sessions, posts."""

from tests.runtime.rig import Rig


async def test_the_session_is_resumed(rig: Rig) -> None:
    rig.say("one")
    await rig.sees("You said: one")
    rig.say("/current")
    before = await rig.sees("Id:")
    await rig.restart()
    rig.say("two")
    await rig.sees("You said: two")
    rig.say("/current")
    after = await rig.sees("Id:", count=2)
    assert after.text.split("`")[1] == before.text.split("`")[1]


async def test_a_running_turn_and_its_queue_are_taken_up(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"text": "half"}, {"hold": str(gate)}, {"text": "whole"})
    await rig.sees("half")
    rig.say("second")
    await rig.sees("Queued as number 1")
    await rig.restart()
    await rig.sees("I was restarted")
    gate.touch()
    await rig.sees("You said: second")
    assert sum("second" in text for text in rig.got()) == 1


async def test_what_was_read_of_a_streamed_answer_stays(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"text": "half of it"}, {"hold": str(gate)}, {"text": "whole"})
    await rig.sees("half of it")
    await rig.restart()
    goodbye = await rig.sees("I am being stopped")
    assert goodbye.text.startswith("half of it")
    gate.touch()


async def test_an_answer_that_could_not_be_sent_is_sent_later(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"hold": str(gate)}, {"text": "the answer"})
    await rig.eventually(lambda: bool(rig.got()))
    rig.platform.faults.down()
    gate.touch()
    await rig.eventually(lambda: rig.runtime.directory.known()[0].state.turn is None)
    await rig.restart()
    rig.platform.faults.up()
    await rig.sees("the answer")
    assert sum("the answer" in text for text in rig.texts()) == 1


async def test_the_same_message_again_is_one_prompt(rig: Rig) -> None:
    ident = rig.say("only once")
    await rig.sees("You said: only once")
    rig.platform.faults.redeliver(ident)
    await rig.restart()
    rig.platform.faults.redeliver(ident)
    rig.say("next")
    await rig.sees("You said: next")
    assert rig.got() == ["only once", "next"]


async def test_what_was_said_meanwhile_is_one_prompt_behind_what_waited(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"text": "half"}, {"hold": str(gate)}, {"text": "whole"})
    await rig.sees("half")
    rig.say("second")
    await rig.sees("Queued as number 1")
    await rig.restart(lambda: [rig.say(f"meanwhile {n}") for n in range(5)])
    gate.touch()
    await rig.sees("You said: meanwhile 4")
    assert rig.got()[-6:] == ["second", *(f"meanwhile {n}" for n in range(5))]


async def test_a_setting_is_remembered(rig: Rig) -> None:
    rig.say("/mode plan")
    await rig.sees("Permission mode **plan**")
    rig.say("/lang zh")
    await rig.sees("改用中文")
    await rig.restart()
    rig.say("/status")
    message = await rig.sees("状态")
    assert "plan" in message.text
