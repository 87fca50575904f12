"""Whether the token is good, and what the bot still lacks: three calls, without the library."""

import asyncio
from email.utils import parsedate_to_datetime
from typing import Any, cast

import aiohttp
from yarl import URL

from cc_connect.contract.errors import PlatformAuthFailed, PlatformUnavailable
from cc_connect.contract.plugin import Checked, Note, PlatformContext
from cc_connect.core.texts import Language, say, spoken
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.rights import NAMES, Standing
from cc_connect.platforms.discord.wire import Json

API = "https://discord.com/api/v10"
PATIENCE = 15.0
"""Seconds for all calls together."""
REFUSED = (401, 403)
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""Either of both: of a bot in many servers, and of one in few. Docs: Application > Flags."""
SHOWN = 5
WANTED = sum(NAMES)
"""The rights of the invitation: all that the adapter can make use of."""


async def check(context: PlatformContext, language: str) -> Checked:
    """See `PlatformPlugin.check`."""
    options = context.options
    if not isinstance(options, DiscordOptions):
        raise TypeError(f"options of another plug-in: {type(options).__name__}")
    told = spoken(language)
    base = options.api_base.rstrip("/") or API
    agent = f"DiscordBot (cc-connect, {context.version or '0'})"
    headers = {"Authorization": f"Bot {options.token}", "User-Agent": agent}
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(headers=headers) as session:
            calls = _Calls(session, options, base, told)
            bot = cast("Json", await calls.get("/users/@me"))
            application = cast("Json", await calls.get("/applications/@me"))
            guilds = cast("list[Json]", await calls.get("/users/@me/guilds"))
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # TimeoutError is an OSError. A ValueError is a token that no header can hold, or no JSON.
        reason = str(error) or type(error).__name__
        raise PlatformUnavailable(say(told, "discord_unreachable", reason=reason)) from None
    client = str(application.get("id") or bot.get("id", ""))
    notes = (_intent(application, told), *_servers(guilds, options, told))
    return Checked(_name(bot), notes, invitation(base, client), calls.clock)


class _Calls:
    def __init__(
        self, session: aiohttp.ClientSession, options: DiscordOptions, base: str, told: Language
    ) -> None:
        self._session = session
        self._options = options
        self._base = base
        self._told = told
        self.clock: float | None = None

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        options = self._options
        auth = None
        if options.proxy_username:
            auth = aiohttp.BasicAuth(options.proxy_username, options.proxy_password)
        proxy = options.proxy or None
        url = f"{self._base}{path}"
        async with self._session.get(url, proxy=proxy, proxy_auth=auth) as answer:
            if answer.status in REFUSED:
                raise PlatformAuthFailed(say(self._told, "discord_refused"))
            if not answer.ok:
                reason = f"status {answer.status}"
                raise PlatformUnavailable(say(self._told, "discord_unreachable", reason=reason))
            self.clock = _clock(answer.headers.get("Date", ""))
            return await answer.json(content_type=None)


def _clock(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _name(bot: Json) -> str:
    """`@name`, or `@name#1234` for a bot that still has a number."""
    number = str(bot.get("discriminator") or "0")
    name = str(bot.get("username", ""))
    return f"@{name}" if number in ("0", "0000") else f"@{name}#{number}"


def _intent(application: Json, told: Language) -> Note:
    flags = application.get("flags")
    if isinstance(flags, int) and not flags & MESSAGE_CONTENT:
        return Note(say(told, "discord_no_intent"), good=False, fatal=True)
    return Note(say(told, "discord_intent"))


def _servers(guilds: list[Json], options: DiscordOptions, told: Language) -> list[Note]:
    if not guilds:
        return [Note(say(told, "discord_no_server"), good=False)]
    names = ", ".join(str(guild.get("name", "")) for guild in guilds[:SHOWN])
    more = ", …" if len(guilds) > SHOWN else ""
    notes = [Note(say(told, "discord_servers", count=len(guilds), names=names + more))]
    for guild in guilds:
        held = str(guild.get("permissions", ""))
        if not held.isdecimal():
            continue
        lacking = Standing(int(held)).lacking(threads=options.thread_isolation)
        if lacking:
            rights = ", ".join(lacking)
            text = say(told, "discord_rights", name=guild.get("name", ""), rights=rights)
            notes.append(Note(text, good=False))
    return notes


def invitation(base: str, client: str) -> str:
    """The link with which the owner of a server lets the bot in.

    Docs: OAuth2 > Bot Authorization Flow. It belongs to the same server as the API.
    """
    page = URL(base).origin() / "oauth2" / "authorize"
    scope = "bot applications.commands"
    return str(page.with_query(client_id=client, permissions=int(WANTED), scope=scope))
