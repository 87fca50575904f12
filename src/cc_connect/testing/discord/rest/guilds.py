"""Guilds, their channels, members and roles, as far as a chat bot asks for them. Docs: Guild."""

from cc_connect.testing.discord import announce, permissions, wire
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.intents import Intent
from cc_connect.testing.discord.model import Channel, ChannelKind, Member
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route


async def get_guild(call: Call) -> Answer:
    """Docs: Guild > Get Guild."""
    guild = call.guild()
    written = wire.guild_json(guild)
    if call.flag("with_counts"):
        count = len(guild.members)
        written |= {"approximate_member_count": count, "approximate_presence_count": count}
    return Answer(200, written)


async def leave_guild(call: Call) -> Answer:
    """Docs: User > Leave Guild."""
    guild = call.guild()
    del guild.bots[call.application.id]
    del guild.members[call.user.id]
    announce.guild_gone(call.world, guild, call.application, outage=False)
    return NO_CONTENT


async def list_channels(call: Call) -> Answer:
    """Docs: Guild > Get Guild Channels: no threads, and none that the bot may not view."""
    visible = [
        channel
        for channel in call.guild().channels.values()
        if channel.thread is None
        and permissions.allows(channel, call.user, Permission.VIEW_CHANNEL)
    ]
    return Answer(200, [wire.channel_json(channel, call.application) for channel in visible])


async def create_channel(call: Call) -> Answer:
    """Docs: Guild > Create Guild Channel."""
    guild = call.guild()
    if not permissions.in_guild(guild, call.user) & Permission.MANAGE_CHANNELS:
        raise ApiError(Refusal.MISSING_PERMISSIONS)
    kind = ChannelKind(int(call.body.get("type") or 0))
    name = str(call.body["name"])
    channel = Channel(call.world.ids.take(), kind, name, guild, topic=call.body.get("topic"))
    guild.channels[channel.id] = channel
    call.world.channels[channel.id] = channel
    announce.channel_created(call.world, channel)
    return Answer(201, wire.channel_json(channel, call.application))


async def get_member(call: Call) -> Answer:
    """Docs: Guild > Get Guild Member."""
    return Answer(200, wire.member_json(_member(call)))


def _member(call: Call) -> Member:
    guild = call.guild()
    member = guild.members.get(call.snowflake("user"))
    if member is None:
        known = call.snowflake("user") in call.world.users
        raise ApiError(Refusal.UNKNOWN_MEMBER if known else Refusal.UNKNOWN_USER)
    return member


async def list_members(call: Call) -> Answer:
    """Docs: Guild > List Guild Members: only with the privileged intent of members."""
    guild = call.guild()
    if not call.application.intents_enabled & Intent.GUILD_MEMBERS:
        raise ApiError(Refusal.MISSING_ACCESS)
    after = int(call.query.get("after") or 0)
    members = sorted(guild.members.values(), key=lambda member: member.user.id)
    chosen = [member for member in members if member.user.id > after][: call.limit(1, 1000)]
    return Answer(200, [wire.member_json(member) for member in chosen])


async def search_members(call: Call) -> Answer:
    """Docs: Guild > Search Guild Members."""
    query = call.query.get("query", "").lower()
    found = [
        member
        for member in call.guild().members.values()
        if member.user.name.lower().startswith(query)
        or (member.nick or "").lower().startswith(query)
    ]
    return Answer(200, [wire.member_json(member) for member in found[: call.limit(1, 1000)]])


async def list_roles(call: Call) -> Answer:
    """Docs: Guild > Get Guild Roles."""
    return Answer(200, [wire.role_json(role) for role in call.guild().roles.values()])


_GUILD = "/guilds/{guild}"
ROUTES = (
    Route("GET", _GUILD, get_guild),
    Route("DELETE", "/users/@me/guilds/{guild}", leave_guild),
    Route("GET", f"{_GUILD}/channels", list_channels),
    Route("POST", f"{_GUILD}/channels", create_channel),
    Route("GET", f"{_GUILD}/members", list_members),
    Route("GET", f"{_GUILD}/members/search", search_members),
    Route("GET", f"{_GUILD}/members/{{user}}", get_member),
    Route("GET", f"{_GUILD}/roles", list_roles),
)
