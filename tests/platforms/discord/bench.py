"""The adapter on the real discord.py, against the twin, with a host that writes down."""

import asyncio
import contextlib
import importlib
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cc_connect.contract.content import Block, Text
from cc_connect.contract.ids import Address
from cc_connect.contract.inbound import Body, Inbound
from cc_connect.contract.platform import Kind, Post
from cc_connect.contract.plugin import PlatformContext
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.timings import Timings
from cc_connect.testing.discord import (
    Application,
    ChannelHandle,
    DiscordTwin,
    GuildHandle,
    User,
)
from cc_connect.testing.platform import RecordingHost

with warnings.catch_warnings():  # discord.py 2.7 imports audioop, which Python 3.11 warns of
    warnings.simplefilter("ignore", DeprecationWarning)
    importlib.import_module("discord")

from cc_connect.platforms.discord.adapter import DiscordPlatform

QUICK = Timings(
    hello=5.0,
    identify=0.01,
    first_retry=0.01,
    longest_retry=0.05,
    guilds=5.0,
    hiccup=10.0,
    save=0.01,
    again=(0.01,) * 10,
)


@dataclass(frozen=True)
class Place:
    """One server with one channel, one person and one invited bot."""

    twin: DiscordTwin
    guild: GuildHandle
    general: ChannelHandle
    alice: User
    bot: Application


def furnish(twin: DiscordTwin) -> Place:
    alice = twin.add_user("alice", "Alice")
    guild = twin.add_guild("Workshop")
    general = guild.add_channel("general")
    guild.add_member(alice)
    bot = twin.add_application("cc-connect", owner=alice)
    guild.invite(bot)
    return Place(twin, guild, general, alice, bot)


def settings(
    twin: DiscordTwin, bot: Application, *, instance: str = "discord", **options: Any
) -> PlatformContext:
    """What an adapter for a bot of the twin is built with."""
    given: dict[str, Any] = {
        "token": bot.token,
        "api_base": twin.api_base,
        "gateway_url": twin.gateway_url,
    }
    return PlatformContext(instance, DiscordOptions(**(given | options)), Path(), ("demo",))


@dataclass
class Running:
    """An adapter that runs, and its host."""

    platform: DiscordPlatform
    host: RecordingHost
    task: asyncio.Task[None]

    async def post(
        self,
        to: ChannelHandle | Address,
        *blocks: Block | str,
        key: str = "k1",
        kind: Kind = Kind.NOTICE,
        **more: Any,
    ) -> str:
        """Post; returns the id of the message."""
        content = tuple(Text(block) if isinstance(block, str) else block for block in blocks)
        place = to if isinstance(to, Address) else at(to)
        receipt = await self.platform.deliver(Post(place, content, key, kind, **more))
        return receipt.message

    async def hears(self, body: type[Body], count: int = 1) -> Inbound:
        """The so-many-th thing of a kind that came in, by now or soon."""

        def look() -> Inbound | None:
            found = [one for one in self.host.received if isinstance(one.body, body)]
            return found[count - 1] if len(found) >= count else None

        return await self.host.pulse.until(look, 5.0)

    async def signal(self, begin: str, count: int = 1) -> str:
        """The so-many-th word of the adapter about its connection."""

        def look() -> str | None:
            found = [one for one in self.host.signals if one.startswith(begin)]
            return found[count - 1] if len(found) >= count else None

        return await self.host.pulse.until(look, 5.0)

    async def ends(self) -> BaseException | None:
        """How `run` ended."""
        await asyncio.wait({self.task}, timeout=5.0)
        assert self.task.done()
        return self.task.exception()


def at(channel: ChannelHandle, instance: str = "discord") -> Address:
    """The address of a channel or thread."""
    parent = channel.state.parent
    if channel.state.thread is not None and parent is not None:
        return Address(instance, str(parent.id), str(channel.id))
    return Address(instance, str(channel.id))


@asynccontextmanager
async def begun(
    twin: DiscordTwin,
    bot: Application,
    timings: Timings = QUICK,
    *,
    host: RecordingHost | None = None,
    **options: Any,
) -> AsyncIterator[Running]:
    """An adapter whose `run` was called; ended afterwards."""
    platform = DiscordPlatform(settings(twin, bot, **options), timings)
    host = host or RecordingHost()
    task = asyncio.create_task(platform.run(host))
    try:
        yield Running(platform, host, task)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


@asynccontextmanager
async def running(
    twin: DiscordTwin, bot: Application, timings: Timings = QUICK, **options: Any
) -> AsyncIterator[Running]:
    """An adapter that is connected."""
    async with begun(twin, bot, timings, **options) as run:
        waiting = asyncio.create_task(run.signal("connected"))
        await asyncio.wait({run.task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if run.task.done():
            waiting.cancel()
            await run.task
        await waiting
        yield run


def soon(timings: Timings = QUICK, **changes: Any) -> Timings:
    """The quick timings with some of them changed."""
    return replace(timings, **changes)
