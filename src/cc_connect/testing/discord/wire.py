"""Writes the state of the world as Discord's JSON, as one application may see it."""

import hashlib
from urllib.parse import quote

from cc_connect.testing.discord import permissions
from cc_connect.testing.discord.clock import iso
from cc_connect.testing.discord.intents import Intent
from cc_connect.testing.discord.model import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    JsonObject,
    Member,
    Message,
    Reaction,
    Reference,
    Role,
    User,
)
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.world import World

LINK_LIFE = 24 * 3600
_OBFUSCATED = 1 << 17
_FLAG_MESSAGE_CONTENT_LIMITED = 1 << 19
_FLAG_MEMBERS_LIMITED = 1 << 15
_IS_SPOILER = 1 << 3


def user_json(user: User) -> JsonObject:
    """Docs: User > User Object."""
    written: JsonObject = {
        "id": str(user.id),
        "username": user.name,
        "discriminator": f"{user.id % 9999 + 1:04}" if user.bot else "0",
        "global_name": user.display_name,
        "avatar": None,
        "public_flags": 0,
    }
    if user.bot:
        written["bot"] = True
    return written


def own_user_json(user: User) -> JsonObject:
    """A bot's view of itself, with the fields nobody else sees."""
    return user_json(user) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0}


def role_json(role: Role) -> JsonObject:
    """Docs: Permissions > Role Object."""
    written: JsonObject = {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.bot is not None,
        "mentionable": role.mentionable,
        "flags": 0,
    }
    if role.bot is not None:
        written["tags"] = {"bot_id": str(role.bot.user.id)}
    return written


def member_json(member: Member, *, with_user: bool = True) -> JsonObject:
    """Docs: Guild > Guild Member Object. The partial form in messages goes without the user."""
    written: JsonObject = {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    if with_user:
        written["user"] = user_json(member.user)
    return written


def channel_json(channel: Channel, viewer: Application) -> JsonObject:
    """Docs: Channel > Channel Object; what the viewer may not view has its details hidden."""
    hidden = not permissions.allows(channel, viewer.user, Permission.VIEW_CHANNEL)
    if hidden and channel.guild is not None and channel.thread is None:
        return _hidden_json(channel)
    return whole_channel_json(channel, viewer)


def whole_channel_json(channel: Channel, viewer: Application) -> JsonObject:
    """A channel with nothing hidden, as interactions show it (Docs: Change Log, August 2026)."""
    if channel.thread is not None:
        return _thread_json(channel, viewer)
    if channel.guild is None:
        return _direct_json(channel, viewer)
    overwrites = [
        {
            "id": str(each.target),
            "type": 0 if each.is_role else 1,
            "allow": str(each.allow),
            "deny": str(each.deny),
        }
        for each in channel.overwrites.values()
    ]
    return _placed_json(channel) | {
        "name": channel.name,
        "topic": channel.topic,
        "permission_overwrites": overwrites,
        "last_message_id": _maybe(channel.last_message_id),
        "flags": 0,
    }


def _placed_json(channel: Channel) -> JsonObject:
    assert channel.guild is not None
    written: JsonObject = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "guild_id": str(channel.guild.id),
        "position": channel.position,
        "parent_id": _maybe(channel.parent.id if channel.parent else None),
        "nsfw": False,
        "rate_limit_per_user": 0,
    }
    if channel.kind is ChannelKind.FORUM:
        written |= {"available_tags": [], "default_reaction_emoji": None}
        written |= {"default_sort_order": None, "default_forum_layout": 0}
    return written


def _hidden_json(channel: Channel) -> JsonObject:
    """Docs: Channel > Obfuscated Channels (for every bot since 16 November 2026)."""
    assert channel.guild is not None
    refused = {
        "id": str(channel.guild.id),
        "type": 0,
        "allow": "0",
        "deny": str(int(Permission.VIEW_CHANNEL)),
    }
    return _placed_json(channel) | {
        "name": "___hidden___",
        "topic": None,
        "permission_overwrites": [refused],
        "last_message_id": None,
        "flags": _OBFUSCATED,
    }


def _direct_json(channel: Channel, viewer: Application) -> JsonObject:
    others = [user for user in channel.recipients if user is not viewer.user]
    return {
        "id": str(channel.id),
        "type": int(channel.kind),
        "last_message_id": _maybe(channel.last_message_id),
        "recipients": [user_json(user) for user in others],
        "flags": 0,
    }


def _thread_json(channel: Channel, viewer: Application) -> JsonObject:
    state = channel.thread
    assert state is not None
    assert channel.guild is not None
    assert channel.parent is not None
    metadata: JsonObject = {
        "archived": state.archived,
        "auto_archive_duration": state.auto_archive_minutes,
        "archive_timestamp": iso(state.changed_at),
        "locked": state.locked,
        "create_timestamp": iso(state.created_at),
    }
    if state.private:
        metadata["invitable"] = state.invitable
    written: JsonObject = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "guild_id": str(channel.guild.id),
        "parent_id": str(channel.parent.id),
        "owner_id": str(state.owner.id),
        "name": channel.name,
        "last_message_id": _maybe(channel.last_message_id),
        "message_count": state.sent - state.deleted,
        "total_message_sent": state.sent,
        "member_count": min(len(state.members), 50),
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": metadata,
    }
    if viewer.user.id in state.members:
        written["member"] = thread_member_json(channel, viewer.user.id)
    return written


def thread_member_json(thread: Channel, user_id: int) -> JsonObject:
    """Docs: Channel > Thread Member Object."""
    assert thread.thread is not None
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": iso(thread.thread.members[user_id]),
        "flags": 0,
    }


def guild_json(guild: Guild) -> JsonObject:
    """Docs: Guild > Guild Object, without what only the gateway adds."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(guild.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role_json(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
    }


def guild_create_json(guild: Guild, viewer: Application, intents: int) -> JsonObject:
    """Docs: Gateway Events > Guild Create.

    Members other than the bot itself come only with the presences intent; archived threads and
    threads the bot may not see do not come at all.
    """
    members = list(guild.members.values())
    shown = [member for member in members if member.user is viewer.user]
    if intents & Intent.GUILD_PRESENCES:
        shown = members
    threads = [
        channel_json(thread, viewer)
        for thread in guild.threads
        if thread.thread is not None
        and not thread.thread.archived
        and permissions.allows(thread, viewer.user, Permission.VIEW_CHANNEL)
    ]
    channels = [channel for channel in guild.channels.values() if channel.thread is None]
    return guild_json(guild) | {
        "joined_at": iso(guild.members[viewer.user.id].joined_at),
        "large": len(members) > 250,  # noqa: PLR2004 - the threshold every known client sends
        "unavailable": False,
        "member_count": len(members),
        "voice_states": [],
        "members": [member_json(member) for member in shown],
        "channels": [channel_json(channel, viewer) for channel in channels],
        "threads": threads,
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_json(application: Application, guild_count: int) -> JsonObject:
    """Docs: Application > Application Object, with its owner or the team that owns it."""
    owner = application.owner
    team: JsonObject | None = None
    owner_json = user_json(owner)
    if application.team:
        team = _team_json(application)
        owner_json |= {"id": team["id"], "username": f"team{team['id']}"}
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": hashlib.sha256(str(application.id).encode()).hexdigest(),
        "flags": application_flags(application),
        "owner": owner_json,
        "team": team,
        "bot": user_json(application.user),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "integration_types_config": {"0": {}},
    }


def application_flags(application: Application) -> int:
    """Docs: Application > Application Flags: the privileged intents of a small bot."""
    flags = 0
    if application.intents_enabled & Intent.MESSAGE_CONTENT:
        flags |= _FLAG_MESSAGE_CONTENT_LIMITED
    if application.intents_enabled & Intent.GUILD_MEMBERS:
        flags |= _FLAG_MEMBERS_LIMITED
    return flags


def _team_json(application: Application) -> JsonObject:
    """Docs: Teams > Data Models. The twin's team has the application's id plus one."""
    team_id = str(application.id + 1)
    members = [
        {
            "membership_state": 2,
            "permissions": ["*"],
            "role": "admin",
            "team_id": team_id,
            "user": user_json(user),
        }
        for user in application.team
    ]
    return {
        "id": team_id,
        "name": f"{application.name} team",
        "icon": None,
        "owner_user_id": str(application.owner.id),
        "members": members,
    }


def attachment_json(world: World, attachment: Attachment) -> JsonObject:
    """Docs: Message > Attachment Object and Reference > Signed Attachment CDN URLs."""
    url = attachment_url(world, attachment)
    written: JsonObject = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": url,
        "proxy_url": url,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        written["description"] = attachment.description
    if attachment.width is not None:
        written |= {"width": attachment.width, "height": attachment.height}
    if attachment.filename.startswith("SPOILER_"):
        written["flags"] = _IS_SPOILER
    return written


def attachment_url(world: World, attachment: Attachment) -> str:
    """A link to a file that is good for one day from now on."""
    now = int(world.clock())
    expires = now + LINK_LIFE
    sign = link_signature(attachment.id, expires)
    name = quote(attachment.filename)
    path = f"/attachments/{attachment.channel_id}/{attachment.id}/{name}"
    return f"{world.origin}{path}?ex={expires:x}&is={now:x}&hm={sign}&"


def link_signature(attachment_id: int, expires: int) -> str:
    """The twin's own stand-in for the secret signature of a link."""
    return hashlib.sha256(f"{attachment_id}:{expires:x}".encode()).hexdigest()


def reference_json(reference: Reference) -> JsonObject:
    """Docs: Message > Message Reference Structure."""
    written: JsonObject = {"type": 0, "channel_id": str(reference.channel_id)}
    if reference.message_id is not None:
        written["message_id"] = str(reference.message_id)
    if reference.guild_id is not None:
        written["guild_id"] = str(reference.guild_id)
    return written


def emoji_json(emoji: str) -> JsonObject:
    """A unicode emoji, or a custom one written `name:id`."""
    name, _, custom = emoji.partition(":")
    return {"id": custom or None, "name": name}


def reaction_json(reaction: Reaction, viewer: Application) -> JsonObject:
    """Docs: Message > Reaction Object."""
    count = len(reaction.users)
    return {
        "emoji": emoji_json(reaction.emoji),
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer.user.id in reaction.users,
    }


def may_read(message: Message, viewer: Application, intents: int) -> bool:
    """Whether an application sees what a person wrote in a message.

    Docs: Gateway > Message Content Intent, with its exceptions.
    """
    return (
        bool(intents & Intent.MESSAGE_CONTENT)
        or message.author is viewer.user
        or message.channel.guild is None
        or viewer.user in message.mentions
    )


def _maybe(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
