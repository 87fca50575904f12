"""The guide's journey: Discord's wire, the program as a process, the real claude.

What is asserted is what a person in the server sees, on the twin of Discord.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from cc_connect.testing.claude_cli import claude_environment, find_claude
from cc_connect.testing.discord import (
    Application,
    ChannelHandle,
    DiscordTwin,
    File,
    Message,
    User,
)
from cc_connect.testing.model_api import ModelApi, script
from tests.e2e.program import Program

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

WITHIN = 30.0
CONFIG = """
data_dir = "{folder}/data"
[management]
enabled = false
"""
PROJECT = """
[[projects]]
name = "{name}"
[projects.agent]
type = "claudecode"
[projects.agent.options]
work_dir = "{folder}/work-{name}"
mode = "default"
cmd = "{claude}"
[projects.agent.options.env]
{env}
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "{token}"
api_base = "{api}"
gateway_url = "{gateway}"
{more}
"""
BOTS = {
    "plain": "",
    "threads": "thread_isolation = true",
    "card": 'progress_style = "card"',
    "legacy": 'progress_style = "legacy"',
}


@dataclass
class Town:
    """A server with a channel for each way to set the bot up, and the program that runs them."""

    twin: DiscordTwin
    api: ModelApi
    program: Program
    alice: User
    bob: User
    channels: dict[str, ChannelHandle]
    direct: ChannelHandle
    bots: dict[str, Application]

    async def sees(self, place: ChannelHandle, text: str, *, count: int = 1) -> Message:
        """Wait until so many messages of a bot say this; returns the last of them."""

        def look() -> Message | None:
            found = [m for m in place.messages if m.author.bot and text in _words(m)]
            return found[count - 1] if len(found) >= count else None

        message = await self.twin.until(look, WITHIN)
        assert message is not None
        return message

    async def asked(self, place: ChannelHandle, text: str, *, count: int = 1) -> Message:
        """Wait until so many prompts, which are no progress, say this; returns the last."""

        def look() -> Message | None:
            mine = [m for m in place.messages if m.author.bot and text in _words(m)]
            found = [m for m in mine if "⏳" not in _words(m)]
            return found[count - 1] if len(found) >= count else None

        message = await self.twin.until(look, WITHIN)
        assert message is not None
        return message

    async def say(self, place: ChannelHandle, text: str, **more: object) -> Message:
        """Alice writes and calls the bot of that channel."""
        name = next((n for n, c in self.channels.items() if c == place), None)
        mention = self.bots[name] if name else None
        return await place.say(self.alice, text, mention=mention, **more)  # type: ignore[arg-type]


def _words(message: Message) -> str:
    embeds = " ".join(str(embed) for embed in message.embeds)
    return f"{message.content} {embeds}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    claude = find_claude()
    if claude is None:
        pytest.skip("no claude binary: install claude-agent-sdk to have one")
    folder = tmp_path_factory.mktemp("discord")
    async with ModelApi() as api, DiscordTwin() as twin:
        alice, bob = twin.add_user("alice", "Alice"), twin.add_user("bob", "Bob")
        guild = twin.add_guild("Workshop")
        guild.add_member(alice)
        guild.add_member(bob)
        environment = claude_environment(folder / "home", api.url)
        env = "\n".join(f'{key} = "{v}"' for key, v in environment.items() if key != "PATH")
        config, channels, bots = CONFIG.format(folder=folder), {}, {}
        for name, more in BOTS.items():
            (folder / f"work-{name}").mkdir()
            bot = twin.add_application(f"cc-{name}", owner=alice)
            guild.invite(bot)
            bots[name], channels[name] = bot, guild.add_channel(name)
            config += PROJECT.format(
                name=name,
                folder=folder,
                claude=claude,
                env=env,
                token=bot.token,
                api=twin.api_base,
                gateway=twin.gateway_url,
                more=more,
            )
        own = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8"}
        program = Program(folder, config, own, page=False)
        await program.start()
        for name in BOTS:
            await program.wait_for_log(f"bot=cc-{name}#")
        direct = twin.direct(alice, bots["plain"])
        yield Town(twin, api, program, alice, bob, channels, direct, bots)
        assert await program.stop() == 0, program.log
        assert "Traceback" not in program.log, program.log


def touch(name: str) -> dict[str, object]:
    return {"name": "Bash", "input": {"command": f"touch {name} && echo hi", "description": "d"}}


async def test_a_channel_by_mention_and_silence_without(town: Town) -> None:
    place = town.channels["plain"]
    await place.say(town.alice, "not for you")
    await town.say(place, "hello from the channel")
    answer = await town.sees(place, "You said: hello from the channel")
    assert town.alice.id in [user.id for user in answer.mentions]
    assert not any("not for you" in m.content for m in place.messages if m.author.bot)


async def test_a_direct_message(town: Town) -> None:
    await town.direct.say(town.alice, "hello in private")
    await town.sees(town.direct, "You said: hello in private")


async def test_a_stranger_gets_a_code_in_private_and_none_in_public(town: Town) -> None:
    place = town.channels["plain"]
    await place.say(town.bob, "let me in", mention=town.bots["plain"])
    public = await town.sees(place, "not paired")
    assert "cc-connect pair" not in public.content
    private = town.twin.direct(town.bob, town.bots["plain"])
    await private.say(town.bob, "let me in")
    message = await town.sees(private, "cc-connect pair")
    code = message.content.split("cc-connect pair ")[1].split("`")[0]
    assert "is let in" in await town.program.command("pair", code)
    await private.say(town.bob, "hello")
    await town.sees(private, "You said: hello")


async def test_permission_by_a_button(town: Town) -> None:
    place, work = town.direct, town.program.folder / "work-plain"
    await place.say(town.alice, script({"tools": [touch("allowed")]}, {"text": "It is made."}))
    prompt = await town.asked(place, "touch allowed")
    await town.twin.press(town.alice, prompt, "Allow")
    await town.sees(place, "It is made.")
    await town.sees(place, "allowed by Alice")
    assert (work / "allowed").exists()


async def test_a_question_by_a_button_and_in_own_words(town: Town) -> None:
    question = {
        "question": "Which color?",
        "header": "Color",
        "multiSelect": False,
        "options": [{"label": n, "description": f"a {n}"} for n in ("Red", "Blue")],
    }
    ask = {"name": "AskUserQuestion", "input": {"questions": [question]}}
    place = town.direct
    await place.say(town.alice, script({"tools": [ask]}, {"text": "First noted."}))
    prompt = await town.asked(place, "Which color?")
    await town.twin.press(town.alice, prompt, "Blue")
    await town.sees(place, "First noted.")
    await place.say(town.alice, script({"tools": [ask]}, {"text": "Second noted."}))
    prompt = await town.asked(place, "Which color?", count=2)
    form = await town.twin.press(town.alice, prompt, "Other answer")
    await town.twin.submit(town.alice, form, {"Your answer": "like the sea"})
    await town.sees(place, "Second noted.")
    results = [r.text for request in town.api.messages for r in request.tool_results]
    assert any("Blue" in text for text in results)
    assert any("like the sea" in text for text in results)


async def test_a_plan_is_approved_by_a_button(town: Town) -> None:
    place = town.direct
    await place.say(town.alice, "/mode plan")
    await town.sees(place, "Permission mode")
    write = {"name": "Write", "input": {"file_path": "$PLAN_FILE", "content": "# Plan A\n"}}
    steps = ({"tools": [write]}, {"tools": [{"name": "ExitPlanMode", "input": {}}]})
    await place.say(town.alice, script(*steps, {"text": "Off I go."}))
    prompt = await town.asked(place, "Plan A")
    await town.twin.press(town.alice, prompt, "Approve")
    await town.sees(place, "Off I go.")
    await place.say(town.alice, "/mode default")
    await town.sees(place, "Permission mode", count=2)


async def test_a_long_answer_comes_whole(town: Town) -> None:
    paragraphs = [f"Paragraph {n}: " + "word " * 60 for n in range(32)]
    text = "\n\n".join([*paragraphs[:16], "```python", "x = 1\n" * 60 + "```", *paragraphs[16:]])
    await town.direct.say(town.alice, script({"text": text}, say="long"))
    await town.sees(town.direct, "Paragraph 31")
    pieces = [m.content for m in town.direct.messages if m.author.bot]
    assert all(len(piece) <= 2000 for piece in pieces)
    assert all(piece.count("```") % 2 == 0 for piece in pieces)
    for number in range(32):
        assert sum(f"Paragraph {number}: " in piece for piece in pieces) == 1


async def test_a_longer_answer_comes_as_a_file(town: Town) -> None:
    text = "\n\n".join(f"Chapter {n}: " + "word " * 300 for n in range(16))
    await town.direct.say(town.alice, script({"text": text}, say="very long"))
    message = await town.sees(town.direct, "The whole answer is in the attached file")
    assert "Chapter 0" in message.content
    assert message.attachments[0].data.decode() == text.strip()


async def test_files_go_in_and_come_out(town: Town) -> None:
    work = town.program.folder / "work-plain"
    (work / "report.txt").write_text("all is well")
    notes = File("notes.txt", b"remember the milk")
    send = {"name": "mcp__cc-connect__send_file", "input": {"path": "report.txt"}}
    steps = ({"tools": [send]}, {"text": "It is sent."})
    await town.direct.say(town.alice, script(*steps, say="swap"), attachments=[notes])
    await town.sees(town.direct, "It is sent.")
    got = [a.data for m in town.direct.messages if m.author.bot for a in m.attachments]
    assert b"all is well" in got
    assert (work / ".cc-connect/attachments/notes.txt").read_bytes() == b"remember the milk"


async def test_interrupt(town: Town) -> None:
    place = town.direct
    await place.say(town.alice, script({"text": "A long story", "hold": "never"}))
    await town.api.reached("never")
    await place.say(town.alice, "/stop")
    await town.sees(place, "Stopped.")
    await place.say(town.alice, "still there?")
    await town.sees(place, "You said: still there?")


async def test_a_thread_for_a_session(town: Town) -> None:
    place = town.channels["threads"]
    await town.say(place, "build the house")
    thread = await place.wait_for_thread()
    assert "build the house" in thread.name
    await town.sees(thread, "You said: build the house")
    await thread.say(town.alice, "and the garden")
    await town.sees(thread, "You said: and the garden")


@pytest.mark.parametrize("style", ["plain", "card", "legacy"])
async def test_progress_in_each_style(town: Town, style: str) -> None:
    place = town.channels[style]
    tools = [{"name": "Bash", "input": {"command": f"echo {n}", "description": "d"}} for n in "ab"]
    steps: list[dict[str, object]] = [
        {"thinking": "hm", "tools": [tools[0]]},
        {"delay": 1.5, "tools": [tools[1]]},
    ]
    await town.say(place, script(*steps, {"delay": 1.5, "text": f"All {style}."}, say="go"))
    await town.sees(place, f"All {style}.")
    mine = [m for m in place.messages if m.author.bot]
    final = next(m for m in mine if f"All {style}." in m.content)
    assert not final.embeds
    steps_seen = [m for m in mine if "Bash(echo" in _words(m)]
    assert steps_seen
    if style == "legacy":
        assert any("🔧 Tool: Bash(echo a)" in m.content for m in steps_seen)
    else:
        assert len(steps_seen) == 1
        assert bool(steps_seen[0].embeds) == (style == "card")


async def test_restart_and_resume(town: Town) -> None:
    place = town.direct
    await place.say(town.alice, "remember seven")
    await town.sees(place, "You said: remember seven")
    assert await town.program.stop() == 0
    await town.program.start()
    await town.program.wait_for_log("bot=cc-plain#")
    await place.say(town.alice, "and now eight")
    await town.sees(place, "You said: and now eight")
    assert "remember seven" in str(town.api.messages[-1].messages)
