"""Offering the commands: once, and again only when they, the place or the bot have changed."""

import json

import discord
import structlog

from cc_connect.contract.platform import PlatformHost
from cc_connect.platforms.discord.check import API, invitation
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.errors import MISSING_ACCESS, WIRE_ERRORS, translated
from cc_connect.platforms.discord.menu import drawn, print_of
from cc_connect.platforms.discord.rest import Rest

KEY = "commands"

log = structlog.get_logger(__name__)


class Offer:
    """Keeps Discord's list of our commands as it should be."""

    def __init__(self, rest: Rest, host: PlatformHost, options: DiscordOptions) -> None:
        self._rest = rest
        self._host = host
        self._guild = options.guild_id
        self._base = options.api_base or API

    def concerns(self, guild: str) -> bool:
        """Whether the commands are offered in this server alone."""
        return bool(self._guild) and guild == self._guild

    async def make(self, application: str, *, anew: bool = False) -> None:
        """Offer what there is to offer; nothing is sent when that is known already.

        Args:
            application: Id of the application.
            anew: The server has forgotten them: the bot was invited again.
        """
        offered, left = drawn(self._host.commands(), everywhere=not self._guild)
        now = {"application": application, "guild": self._guild, "print": print_of(offered)}
        before = _read(await self._host.load(KEY))
        if before == now and not anew:
            return
        if left:
            log.warning("discord: commands that cannot be offered", commands=", ".join(left))
        scope = f"server {self._guild}" if self._guild else "everywhere"
        try:
            if before.get("application") == application and before["guild"] != self._guild:
                await self._forget(application, before["guild"])
            await self._rest.offer(application, self._guild, offered)
        except WIRE_ERRORS as error:
            self._explain(error, scope, application)
            return
        await self._host.save(KEY, json.dumps(now))
        log.info("discord: commands offered", count=len(offered), scope=scope)

    async def _forget(self, application: str, guild: str) -> None:
        """Take back what was offered elsewhere: people would see every command twice."""
        try:
            await self._rest.offer(application, guild, [])
        except discord.HTTPException as error:
            log.info("discord: old commands stay", guild=guild, error=str(translated(error)))

    def _explain(self, error: Exception, scope: str, application: str) -> None:
        mend = "they are offered again at the next login"
        if isinstance(error, discord.HTTPException) and error.code == MISSING_ACCESS:
            mend = (
                f"invite the bot with the scope for commands: {invitation(self._base, application)}"
            )
        told = str(translated(error))
        log.warning("discord: commands cannot be offered", scope=scope, error=told, mend=mend)


def _read(written: str | None) -> dict[str, str]:
    try:
        known = json.loads(written or "{}")
        return {name: str(known[name]) for name in ("application", "guild", "print")}
    except (ValueError, TypeError, KeyError):
        return {}
