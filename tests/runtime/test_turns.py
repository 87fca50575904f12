"""Turns from chat to agent and back, as people see them."""

from pathlib import Path

from cc_connect.contract.content import Text
from cc_connect.contract.platform import Capabilities, ProgressStyle, Support
from cc_connect.testing.platform import BARE
from tests.runtime.rig import Rig

ASK = {"tool": "Bash", "input": {"command": "make all"}, "output": "made"}


async def test_an_answer(rig: Rig) -> None:
    rig.say("hello")
    await rig.sees("You said: hello")


async def test_work_is_shown_and_the_answer_comes_once(rig: Rig) -> None:
    rig.say(
        "go",
        {"think": "let me see"},
        {"text": "First I look."},
        {"tool": "Read", "input": {"file_path": "a.txt"}, "ask": False, "output": "x"},
        {"text": "It is **done**."},
    )
    await rig.answered("It is **done**.")
    await rig.sees("Read(a.txt)")
    bot = [m for m in rig.platform.transcript() if m.author is None and not m.growing]
    finals = [m for m in bot if "It is **done**." in m.text]
    assert len(finals) == 1
    prose = [block.markdown for block in finals[0].content if isinstance(block, Text)]
    assert prose == ["It is **done**."]


async def test_permission_is_given_by_a_button(rig: Rig) -> None:
    rig.say("go", ASK, {"text": "all made"})
    prompt = await rig.sees("Permission needed")
    assert "make all" in prompt.text
    rig.press(prompt, "Allow")
    await rig.sees("all made")
    await rig.sees("allowed by Ann")
    assert not prompt.buttons


async def test_two_permissions_at_once_are_answered_each_for_itself(rig: Rig) -> None:
    tools = [
        {"tool": "Bash", "input": {"command": f"make {name}"}, "output": name}
        for name in ("one", "two")
    ]
    rig.say("go", {"tools": tools}, {"text": "both: {output}"})
    first = await rig.asked("make one")
    second = await rig.asked("make two")
    rig.press(second, "Deny")
    await rig.sees("denied by Ann")
    rig.press(first, "Allow")
    await rig.sees("both:")


async def test_words_answer_where_nothing_else_does(rig: Rig) -> None:
    rig.say("go", ASK, {"text": "all made"})
    await rig.sees("Permission needed")
    rig.say("don't allow")
    await rig.sees("Queued as number 1")
    rig.say("allow")
    await rig.sees("all made")
    await rig.sees("You said: don't allow")


async def test_a_bare_word_with_several_requests_open_is_refused(rig: Rig) -> None:
    tools = [
        {"tool": "Bash", "input": {"command": f"make {name}"}, "output": name}
        for name in ("one", "two")
    ]
    rig.say("go", {"tools": tools}, {"text": "over"})
    await rig.asked("make two")
    rig.say("yes")
    await rig.sees("Several requests are open: 1, 2")
    rig.say("/approve 1")
    rig.say("/deny 2 too risky")
    await rig.sees("too risky")
    await rig.sees("over")


async def test_numbers_answer_on_a_platform_without_buttons(tmp_path: Path) -> None:
    async with Rig(tmp_path, BARE) as rig:
        rig.say("go", ASK, {"text": "all made"})
        await rig.sees("1. Allow")
        rig.say("1")
        await rig.sees("all made")


async def test_a_question_by_number_and_in_own_words(tmp_path: Path) -> None:
    question = {"question": "Which color?", "options": [{"label": "Red"}, {"label": "Blue"}]}
    async with Rig(tmp_path, BARE) as rig:
        rig.say("go", {"ask": [question]}, {"text": "{answer} it is"})
        await rig.asked("Which color?")
        rig.say("2")
        await rig.sees("=Blue it is")
        rig.say("again", {"ask": [question]}, {"text": "{answer} it is"})
        await rig.asked("Which color?", count=2)
        rig.say("/answer like the sea")
        await rig.sees("=like the sea it is")


async def test_stop_and_go_on(rig: Rig) -> None:
    rig.say("go", {"text": "begun", "pieces": 1}, {"wait": 60})
    await rig.sees("begun")
    rig.say("/stop")
    await rig.sees("Stopped.")
    rig.say("still there?")
    await rig.sees("You said: still there?")


async def test_stop_of_an_agent_that_does_not_listen(rig: Rig) -> None:
    rig.say("go", {"text": "begun"}, {"hang": True})
    await rig.sees("begun")
    rig.say("/stop")
    await rig.sees("Stopped.")
    rig.say("still there?")
    await rig.sees("You said: still there?")


async def test_messages_wait_their_turn_in_order(rig: Rig) -> None:
    gate = rig.folder / "gate"
    rig.say("first", {"hold": str(gate)}, {"text": "one"})
    for name in ("second", "third"):
        rig.say(name)
    await rig.sees("Queued as number 2")
    gate.touch()
    await rig.sees("You said: third")
    assert [text.split()[0] for text in rig.got()] == ["first", "second", "third"]


async def test_a_waiting_message_is_steered_removed_or_edited(rig: Rig) -> None:
    gate = rig.folder / "gate"
    hold = {"tool": "Bash", "ask": False, "hold": str(gate), "output": "x"}
    rig.say("first", hold, {"text": "heard {steered}"})
    await rig.sees("Bash")
    rig.say("more salt")
    steer = await rig.sees("Queued as number 1")
    rig.press(steer, "Steer now")
    await rig.sees("Handed to the running turn")
    rig.say("forget me")
    forget = await rig.sees("Queued as number 1")
    rig.press(forget, "Remove")
    await rig.sees("Removed from the queue")
    late = rig.say("wrng")
    await rig.sees("Queued as number 1")
    rig.platform.people.edit(late, "right")
    await rig.sees("was changed")
    gate.touch()
    await rig.sees("heard more salt")
    await rig.sees("You said: right")
    assert not any("forget me" in text for text in rig.got())


async def test_a_file_comes_out_and_one_from_elsewhere_does_not(rig: Rig) -> None:
    (rig.work / "report.txt").write_text("all is well")
    rig.say("go", {"file": "report.txt", "caption": "Here"}, {"text": "sent"})
    message = await rig.sees("Here")
    assert message.files[0].data == b"all is well"
    rig.say("again", {"file": "/etc/hostname"}, {"text": "tried: {output}"})
    await rig.sees("tried:")
    assert sum(len(m.files) for m in rig.platform.transcript()) == 1


async def test_files_go_in(rig: Rig) -> None:
    rig.say("look", files={"a b.txt": b"one", "../evil.txt": b"two"})
    await rig.sees("You said: look")
    folder = rig.work / ".cc-connect" / "attachments"
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"one", b"two"]
    assert not (rig.work.parent / "evil.txt").exists()


async def test_background_output_is_its_own_message(rig: Rig) -> None:
    rig.say("go", {"background": [{"text": "the build is done"}], "after": 0.2}, {"text": "begun"})
    await rig.sees("begun")
    await rig.sees("the build is done")
    assert not any("begun" in text and "the build" in text for text in rig.texts())


async def test_a_failure_says_what_to_do(rig: Rig) -> None:
    rig.say("go", {"error": 529, "message": "overloaded"})
    await rig.sees("The model's service answered with an error")
    rig.say("go", {"signed_out": True})
    await rig.sees("not signed in")
    rig.say("go", {"exit": 3})
    await rig.sees("❌")
    rig.say("still there?")
    await rig.sees("You said: still there?")


async def test_silence_is_kept(rig: Rig) -> None:
    rig.say("go", {"text": "NO_REPLY"})
    rig.say("hello")
    await rig.sees("You said: hello")
    assert not any("NO_REPLY" in text for text in rig.texts())


async def test_legacy_lines(tmp_path: Path) -> None:
    can = Capabilities(
        text_limit=2000, edit=Support.FULL, progress=ProgressStyle.LEGACY, edit_interval=0.05
    )
    async with Rig(tmp_path, can) as rig:
        rig.say(
            "go",
            {"tool": "Bash", "input": {"command": "ls -la"}, "ask": False, "output": "x"},
            {"text": "over"},
        )
        await rig.sees("🔧 Tool: Bash(ls -la)")
        await rig.sees("over")


async def test_strangers_are_kept_out_and_paired(rig: Rig) -> None:
    bob = rig.platform.service.add_person("Bob")
    place = rig.platform.service.add_chat("bob", private=True)
    rig.say("let me in", who=bob, where=place)
    message = await rig.sees("cc-connect pair", where=place)
    code = message.text.split("cc-connect pair ")[1].split("`")[0]
    assert not rig.got()
    assert await rig.runtime.door.pair("WRONGONE", "test") is None
    found = await rig.runtime.door.pair(code, "test")
    assert found is not None
    rig.say("hello", who=bob, where=place)
    await rig.sees("You said: hello", where=place)


async def test_a_stranger_cannot_press(rig: Rig) -> None:
    bob = rig.platform.service.add_person("Bob")
    rig.say("go", ASK, {"text": "all made"})
    prompt = await rig.sees("Permission needed")
    rig.press(prompt, "Allow", who=bob)
    await rig.sees("not paired")
    assert prompt.buttons
    rig.press(prompt, "Deny")
    await rig.sees("denied by Ann")
