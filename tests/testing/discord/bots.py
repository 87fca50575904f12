"""A bot on the real discord.py, pointed at a twin."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cc_connect.testing.discord import Application, DiscordTwin

Handler = Callable[..., Coroutine[Any, Any, None]]


def chat_intents() -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = True
    return intents


class Bot(discord.Client):
    """Keeps what it hears, in order, as (event, arguments)."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        options.setdefault("guild_ready_timeout", 0.05)
        super().__init__(intents=intents or chat_intents(), **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.handlers: dict[str, Handler] = {}
        self._news = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py's own waits for 5 seconds here before it identifies anew."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self.heard.append((event, args))
        self._news.set()
        handler = self.handlers.get(event)
        if handler is not None:
            self.loop.create_task(handler(*args))

    def on(self, event: str, handler: Handler) -> None:
        self.handlers[event] = handler

    def named(self, event: str) -> list[tuple[Any, ...]]:
        return [arguments for name, arguments in self.heard if name == event]

    def texts(self) -> list[str]:
        return [message.content for (message,) in self.named("message")]

    async def hears(self, event: str, count: int = 1) -> tuple[Any, ...]:
        """Wait until an event was heard so often; return what came with the last of them."""
        async with asyncio.timeout(5):
            while len(self.named(event)) < count:
                self._news.clear()
                await self._news.wait()
        return self.named(event)[count - 1]

    def room(self, channel_id: int) -> discord.TextChannel:
        found = self.get_channel(channel_id)
        assert isinstance(found, discord.TextChannel)
        return found


def point_at(twin: DiscordTwin) -> None:
    Route.BASE = twin.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(twin.gateway_url)


@asynccontextmanager
async def running(
    twin: DiscordTwin,
    application: Application,
    intents: discord.Intents | None = None,
    **options: Any,
) -> AsyncIterator[Bot]:
    """A bot that is ready, and is closed in the end."""
    point_at(twin)
    bot = Bot(intents, **options)
    task = asyncio.create_task(bot.start(application.token))
    waiting = asyncio.create_task(bot.hears("ready"))
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await bot.close()
        await task
    try:
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, waiting, return_exceptions=True)
