"""Which place a channel id means, and what the bot may do there."""

from dataclasses import replace

import discord
from discord.abc import GuildChannel

from cc_connect.contract.ids import Address
from cc_connect.platforms.discord.client import Client
from cc_connect.platforms.discord.config import DiscordOptions
from cc_connect.platforms.discord.errors import WIRE_ERRORS
from cc_connect.platforms.discord.inbound import Account, Place
from cc_connect.platforms.discord.rights import FILE_LIMIT, Standing
from cc_connect.platforms.discord.wire import Json, number, text

THREADS = frozenset({10, 11, 12})
"""Docs: Channel > Channel Types: threads of announcements, public and private ones."""
MOST_REMEMBERED = 500


class Places:
    """Reads the library's picture of the servers; asks Discord where that has a hole."""

    def __init__(self, client: Client, instance: str, options: DiscordOptions) -> None:
        self._options = options
        self._client = client
        self._instance = instance
        self._threads: dict[str, Json] = {}
        self.entered: dict[str, None] = {}
        """Threads of people that the bot was called into."""

    async def of(
        self, channel: str, guild: str, account: Account, hint: Json | None = None
    ) -> Place:
        """The place of an event. `hint` is the channel as the event itself describes it."""
        place = await self._of(channel, guild, account, hint)
        around = self.around(place.address, guild)
        return replace(place, project=self._options.assigned(around).project)

    def around(self, address: Address, guild: str = "") -> tuple[str, ...]:
        """Ids of what a place stands in, from the nearest: thread, channel, category, server."""
        channel = self._find(address.chat)
        ids: list[object] = [address.thread, address.chat]
        if isinstance(channel, GuildChannel):
            ids += [channel.category_id, channel.guild.id]
        return tuple(str(each) for each in (*ids, guild) if each)

    async def _of(self, channel: str, guild: str, account: Account, hint: Json | None) -> Place:
        if not guild:
            return Place(Address(self._instance, channel))
        roles = self._own_roles(guild)
        seen = self._seen(channel)
        if seen is None and hint and text(hint, "type"):
            seen = hint
        if seen is None:
            seen = await self._asked(channel)
        parent = text(seen, "parent_id")
        if number(seen, "type") not in THREADS or not parent:
            return Place(Address(self._instance, channel), guild, roles=roles)
        own = text(seen, "owner_id") == account.user or channel in self.entered
        return Place(Address(self._instance, parent, channel), guild, own=own, roles=roles)

    def remember(self, thread: Json) -> None:
        """Know a thread that was just opened, before the gateway tells of it."""
        self._threads[text(thread, "id")] = thread
        while len(self._threads) > MOST_REMEMBERED:
            del self._threads[next(iter(self._threads))]

    def standing(self, channel: str) -> Standing:
        """The rights of the bot in a channel or thread, as far as they are known."""
        found = self._find(channel)
        if not isinstance(found, GuildChannel | discord.Thread):
            return Standing()
        is_thread = isinstance(found, discord.Thread)
        limit = max(found.guild.filesize_limit, FILE_LIMIT)
        me = self._me(found.guild)
        try:
            rights = found.permissions_for(me).value if me is not None else None
        except discord.ClientException:  # a thread whose channel is out of sight
            rights = None
        return Standing(rights, is_thread, limit)

    def server(self, guild: str) -> tuple[str, Standing] | None:
        """The name of a server and the rights of the bot in it, before channels have their say."""
        found = self._client.get_guild(int(guild)) if guild.isdecimal() else None
        me = self._me(found) if found is not None else None
        if found is None or me is None:
            return None
        return found.name, Standing(me.guild_permissions.value)

    def _me(self, guild: discord.Guild) -> discord.Member | None:
        user = self._client.user
        return guild.get_member(user.id) if user is not None else None

    def name(self, channel: str) -> str:
        """A channel for people: its name where that is known."""
        found = self._find(channel)
        if isinstance(found, GuildChannel | discord.Thread):
            return f"#{found.name}"
        return channel

    def _find(self, channel: str) -> object:
        return self._client.get_channel(int(channel)) if channel.isdecimal() else None

    def _own_roles(self, guild: str) -> frozenset[str]:
        found = self._client.get_guild(int(guild)) if guild.isdecimal() else None
        role = found.self_role if found is not None else None
        return frozenset({str(role.id)} if role is not None else ())

    def _seen(self, channel: str) -> Json | None:
        found = self._find(channel)
        if isinstance(found, discord.Thread):
            return {
                "type": found.type.value,
                "parent_id": found.parent_id,
                "owner_id": found.owner_id,
            }
        if isinstance(found, GuildChannel):
            return {"type": found.type.value}
        return self._threads.get(channel)

    async def _asked(self, channel: str) -> Json:
        try:
            found = await self._client.rest.channel(channel)
        except WIRE_ERRORS:
            return {}
        self.remember(found)
        return found
