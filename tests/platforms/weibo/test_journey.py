"""What a person does on Weibo, over a whole runtime and the twin."""

from pathlib import Path

import pytest

from cc_connect.core.markdown import to_plain_in_order
from cc_connect.testing.weibo import WeiboTwin
from tests.platforms.weibo.rig import PATIENCE, WeiboRig

BASH = {"tool": "Bash", "input": {"command": "make all"}, "output": "built"}
SLOW = {"pieces": 4, "delay": 0.2}
QUESTION = {
    "ask": [
        {
            "question": "Which colour?",
            "header": "Colour",
            "multiSelect": False,
            "options": [{"label": "red", "description": ""}, {"label": "blue", "description": ""}],
        }
    ]
}


async def test_a_text_is_answered_while_it_is_written(twin: WeiboTwin, tmp_path: Path) -> None:
    answer = "**Hello** 👩‍💻, it works.\n\n- one\n- two\n\nBye."
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("hi", {"text": answer, "pieces": 12, "delay": 0.03})
        await twin.until(lambda: twin.texts() != [] and not twin.screen().messages[0].done)
        shown = await rig.sees("Bye.")
    assert shown.text.startswith(to_plain_in_order(answer))
    assert len(shown.chunks) > 2
    assert len(twin.texts()) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("1", "It said built"),
        ("allow", "It said built"),
        ("允许", "It said built"),
        ("3", "It said"),
    ],
)
async def test_a_permission_is_answered_by_text(
    answer: str, outcome: str, twin: WeiboTwin, tmp_path: Path
) -> None:
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say(
            "build", {"text": "Let me build.", **SLOW}, BASH, {"text": "It said {output}"}
        )
        prompt = await rig.sees("make all")
        assert "1. Allow" in prompt.text
        assert "Deny" in prompt.text
        await rig.say(answer)
        shown = await rig.sees(outcome)
    assert ("built" in shown.text) == (answer != "3")
    assert twin.texts()[0] == "Let me build."
    assert "**" not in prompt.text


async def test_a_question_is_answered_by_a_number(twin: WeiboTwin, tmp_path: Path) -> None:
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("paint", QUESTION, {"text": "So {answer}."})
        prompt = await rig.sees("Which colour?")
        assert "2. blue" in prompt.text
        await rig.say("2")
        await rig.sees("So Which colour?=blue.")


async def test_commands_are_typed(twin: WeiboTwin, tmp_path: Path) -> None:
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("hello there")
        await rig.sees("You said: hello there")
        count = len(twin.texts())
        await rig.say("/new")
        await twin.until(lambda: len(twin.texts()) > count, PATIENCE)
        await rig.say("second")
        await rig.sees("You said: second")
        await rig.say("/list")
        await rig.sees("hello there", 2)


async def test_a_picture_comes_in_and_a_file_goes_out(twin: WeiboTwin, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("all good")
    async with WeiboRig(twin, tmp_path) as rig:
        steps = {"file": str(report), "caption": "the report"}, {"text": "{images} picture(s)"}
        await rig.say("look", *steps, files={"a.png": b"\x89PNG\r\n\x1a\n" + b"0" * 99})
        await rig.sees("picture(s)")
        await twin.until(lambda: "[report.txt]" in twin.texts(), PATIENCE)
    sent = next(one for one in twin.screen().messages if one.name)
    assert sent.data == b"all good"


async def test_sixty_thousand_characters_arrive(twin: WeiboTwin, tmp_path: Path) -> None:
    answer = "".join(f"Line {n} of the long answer.\n\n" for n in range(2200))[:60_000].strip()
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("long", {"text": answer, "pieces": 200})
        shown = await rig.sees(answer[-40:])
    assert shown.text.startswith(to_plain_in_order(answer))
    assert len(twin.texts()) == 1


async def test_an_answer_whose_socket_died_arrives_whole(twin: WeiboTwin, tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("go", {"text": words, "pieces": 20, "delay": 0.05})
        await twin.until(lambda: len(twin.frames) >= 2, PATIENCE)
        await twin.drop()
        shown = await rig.sees("word59")
    assert words in shown.text
    assert sum(words in text for text in twin.texts()) == 1


async def test_a_message_sent_twice_by_the_server_runs_once(
    twin: WeiboTwin, tmp_path: Path
) -> None:
    async with WeiboRig(twin, tmp_path) as rig:
        message = await twin.say("once")
        await rig.sees("You said: once")
        await rig.restart()
        await twin.redeliver(message)
        await rig.say("other")
        await rig.sees("You said: other")
    assert sum("You said: once" in text for text in twin.texts()) == 1


async def test_final_mode_sends_pieces_at_the_end(twin: WeiboTwin, tmp_path: Path) -> None:
    answer = "\n\n".join(f"Paragraph {n} " + "of words " * 40 for n in range(12)).strip()
    async with WeiboRig(twin, tmp_path, stream="final") as rig:
        await rig.say("go", {"text": answer, "pieces": 10, "delay": 0.02})
        shown = await rig.sees("Paragraph 11")
    assert shown.text.startswith(to_plain_in_order(answer))
    assert max(map(len, shown.chunks)) <= 2000
    assert len(shown.chunks) == len(shown.text) // 2000 + 1 or len(shown.chunks) > 2


async def test_a_stranger_is_not_let_in(twin: WeiboTwin, tmp_path: Path) -> None:
    async with WeiboRig(twin, tmp_path) as rig:
        await rig.say("hello", who=777)
        await rig.say("mine")
        await rig.sees("You said: mine")
    assert not any("You said: hello" in text for text in twin.texts(777))
