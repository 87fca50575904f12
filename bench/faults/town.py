"""A Discord with one person in many channels, and what can be seen there."""

import asyncio
import json
import random
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

from bench.faults.program import HOME, Program
from cc_connect.testing.discord import ChannelHandle, DiscordTwin, Message, User
from cc_connect.testing.scripted_agent import COMMAND, JOURNAL, SETTINGS, journal, script

CARRIED_ON = "carried on"
DEFAULT = {"default": [{"text": CARRIED_ON}]}
STARTED = 'echo "$*" >> "$CC_BENCH_STARTED"; exec "$@"'
"""The agent is started through a shell that writes down that it was."""

CONFIG = """
data_dir = "{folder}/data"
language = "en"
[management]
enabled = {page}
port = 0
{more}
[[projects]]
name = "demo"
admin_from = "{alice}"
[projects.agent]
type = "claudecode"
[projects.agent.options]
work_dir = "{folder}/work"
cmd = {command}
[projects.agent.options.env]
CLAUDE_CONFIG_DIR = "{folder}/claude"
{home} = "{folder}"
CC_BENCH_STARTED = "{folder}/started"
{journal} = "{folder}/journal"
{settings} = '{agent}'
[[projects.platforms]]
type = "discord"
[projects.platforms.options]
token = "{token}"
api_base = "{api}"
gateway_url = "{gateway}"
allow_from = "{alice}"
group_reply_all = true
long_answer = "split"
"""


class Town:
    """`async with Town(10) as town`; the program is not started yet."""

    def __init__(
        self,
        channels: int,
        *,
        more: str = "",
        page: bool = False,
        twin: DiscordTwin | None = None,
    ) -> None:
        self.twin = twin or DiscordTwin()
        self.channels: list[ChannelHandle] = []
        self.asked: dict[str, tuple[ChannelHandle, Message]] = {}
        self.random = random.Random(7)  # noqa: S311 - a seed to repeat a run by, no secret
        self.mark = 0
        """How long `started` was when this run of the program began: what follows may live."""
        self._count = channels
        self._more = more
        self._page = page
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.folder = Path(mkdtemp(prefix="faults-"))
        (self.folder / "work").mkdir()
        twin = await self._stack.enter_async_context(self.twin)
        self.alice: User = twin.add_user("alice", "Alice")
        guild = twin.add_guild("Workshop")
        guild.add_member(self.alice)
        self.bot = twin.add_application("cc-connect", owner=self.alice)
        guild.invite(self.bot)
        self.channels = [guild.add_channel(f"room-{n}") for n in range(self._count)]
        command = json.dumps(["/bin/sh", "-c", STARTED, "sh", *COMMAND])
        config = CONFIG.format(
            folder=self.folder,
            more=self._more,
            page=str(self._page).lower(),
            alice=self.alice.id,
            command=command,
            home=HOME,
            journal=JOURNAL,
            settings=SETTINGS,
            agent=json.dumps(DEFAULT),
            token=self.bot.token,
            api=twin.api_base,
            gateway=twin.gateway_url,
        )
        self.program = Program(self.folder, config)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.program.end()
        await self._stack.aclose()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"kept for a look: {self.folder}", file=sys.stderr)

    async def restart(self) -> None:
        """Start again after a kill that was not the program's fault."""
        self.program.forgive()
        self.mark = len(self.started())
        await self.program.start()

    # --- what people do ------------------------------------------------------------------------

    async def say(self, channel: ChannelHandle, *steps: dict[str, Any], name: str = "") -> str:
        """Ask in a channel; the answer ends in the name that is returned."""
        name = name or f"m{len(self.asked):05}"
        words = script(*(steps or ({"text": f"answer {name}."},)), say=f"please {name}.")
        message = await channel.say(self.alice, words)
        self.asked[name] = (channel, message)
        return name

    # --- what people see -----------------------------------------------------------------------

    def replies(self, name: str) -> list[str]:
        """What the bot said in answer to one message."""
        channel, asked = self.asked[name]
        return [
            one.content
            for one in channel.messages
            if one.author.bot and one.reference and one.reference.message_id == asked.id
        ]

    def finals(self, name: str) -> list[str]:
        """The answers of the agent to one message."""
        return [
            text for text in self.replies(name) if f"answer {name}." in text or CARRIED_ON in text
        ]

    def seen(self, channel: ChannelHandle, text: str) -> list[Message]:
        """Messages of the bot that say this."""
        return [one for one in channel.messages if one.author.bot and text in one.content]

    async def answered(self, *names: str, within: float = 60.0) -> list[str]:
        """Wait until all have an answer; returns the names of those that have none then."""
        end = time.monotonic() + within
        missing = list(names)
        while missing and time.monotonic() < end:
            missing = [name for name in missing if not self.finals(name)]
            await asyncio.sleep(0.02)
        return missing

    async def idle(self, within: float = 10.0) -> bool:
        """Wait until the program has nothing open."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if not sum(self.open()):
                return True
            await asyncio.sleep(0.02)
        return False

    def open(self) -> tuple[int, ...]:
        """Rows of inbox, outbox, turn and request that are open."""
        with self.program.database() as link:
            found: tuple[int, ...] = link.execute(
                "SELECT (SELECT count(*) FROM inbox WHERE state IN ('todo', 'queued', 'running')),"
                "(SELECT count(*) FROM outbox WHERE state IN ('todo', 'doing')),"
                "(SELECT count(*) FROM turn WHERE state = 'running'),"
                "(SELECT count(*) FROM request WHERE state = 'open')"
            ).fetchone()
        return found

    # --- what agents saw -----------------------------------------------------------------------

    def told(self) -> list[dict[str, Any]]:
        """The prompts that agents have read."""
        return [line for line in journal(self.folder / "journal") if "got" in line]

    def times_told(self, name: str) -> int:
        """How often an agent has read this message."""
        return sum(f"please {name}." in line["text"] for line in self.told())

    def started(self) -> str:
        """The command lines of all agents that were started."""
        path = self.folder / "started"
        return path.read_text() if path.exists() else ""


async def until(condition: Callable[[], bool], within: float = 30.0) -> bool:
    """Wait for something that tells nobody of itself; False if it does not come in time."""
    end = time.monotonic() + within
    while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - files tell nobody
        await asyncio.sleep(0.01)
    return condition()
