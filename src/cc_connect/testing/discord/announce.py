"""The events of the gateway: what is told to whom about each change of the world.

Docs: Gateway Events > Receive Events, one function per event.
"""

from cc_connect.testing.discord.clock import iso
from cc_connect.testing.discord.event import Event
from cc_connect.testing.discord.intents import Intent
from cc_connect.testing.discord.model import (
    Application,
    Channel,
    Guild,
    JsonObject,
    Member,
    Message,
    User,
)
from cc_connect.testing.discord.wire import (
    channel_json,
    emoji_json,
    guild_create_json,
    guild_json,
    member_json,
    thread_member_json,
    user_json,
)
from cc_connect.testing.discord.wire_message import message_event_json
from cc_connect.testing.discord.world import World


def message_created(world: World, message: Message) -> None:
    """MESSAGE_CREATE."""
    _about_message(world, "MESSAGE_CREATE", message)


def message_updated(world: World, message: Message) -> None:
    """MESSAGE_UPDATE: the whole message, as all of them are today."""
    _about_message(world, "MESSAGE_UPDATE", message)


def message_deleted(world: World, message: Message) -> None:
    """MESSAGE_DELETE."""
    written = _where(message.channel, hide_guild=message.ephemeral) | {"id": str(message.id)}
    world.emit(_message_event("MESSAGE_DELETE", message, written))


def messages_deleted(world: World, channel: Channel, ids: list[int]) -> None:
    """MESSAGE_DELETE_BULK."""
    written = _where(channel) | {"ids": [str(each) for each in ids]}
    world.emit(_in_channel("MESSAGE_DELETE_BULK", channel, written, Intent.GUILD_MESSAGES))


def reaction_added(world: World, message: Message, user: User, emoji: str) -> None:
    """MESSAGE_REACTION_ADD."""
    written = _reaction_json(message, user, emoji)
    written["message_author_id"] = str(message.author.id)
    guild = message.channel.guild
    if guild is not None and user.id in guild.members:
        written["member"] = member_json(guild.members[user.id])
    _about_reaction(world, "MESSAGE_REACTION_ADD", message, written)


def reaction_removed(world: World, message: Message, user: User, emoji: str) -> None:
    """MESSAGE_REACTION_REMOVE."""
    written = _reaction_json(message, user, emoji)
    _about_reaction(world, "MESSAGE_REACTION_REMOVE", message, written)


def reactions_cleared(world: World, message: Message, emoji: str | None) -> None:
    """MESSAGE_REACTION_REMOVE_ALL, or MESSAGE_REACTION_REMOVE_EMOJI when one emoji is named."""
    written = _where(message.channel) | {"message_id": str(message.id)}
    if emoji is None:
        _about_reaction(world, "MESSAGE_REACTION_REMOVE_ALL", message, written)
    else:
        written["emoji"] = emoji_json(emoji)
        _about_reaction(world, "MESSAGE_REACTION_REMOVE_EMOJI", message, written)


def typing_started(world: World, channel: Channel, user: User) -> None:
    """TYPING_START."""
    written = _where(channel) | {"user_id": str(user.id), "timestamp": int(world.clock())}
    intent = Intent.DIRECT_MESSAGE_TYPING
    if channel.guild is not None:
        intent = Intent.GUILD_MESSAGE_TYPING
        member = channel.guild.members.get(user.id)
        if member is not None:
            written["member"] = member_json(member)
    world.emit(_in_channel("TYPING_START", channel, written, intent))


def channel_created(world: World, channel: Channel) -> None:
    """CHANNEL_CREATE."""
    _about_channel(world, "CHANNEL_CREATE", channel)


def channel_updated(world: World, channel: Channel) -> None:
    """CHANNEL_UPDATE; to a bot that may not view the channel with its details hidden."""
    _about_channel(world, "CHANNEL_UPDATE", channel)


def channel_deleted(world: World, channel: Channel) -> None:
    """CHANNEL_DELETE."""
    _about_channel(world, "CHANNEL_DELETE", channel)


def thread_created(world: World, thread: Channel) -> None:
    """THREAD_CREATE of a new thread."""
    world.emit(
        Event(
            "THREAD_CREATE",
            lambda viewer, _: channel_json(thread, viewer) | {"newly_created": True},
            Intent.GUILDS,
            thread.guild,
            thread,
        )
    )


def thread_updated(world: World, thread: Channel) -> None:
    """THREAD_UPDATE, without the member of the bot (Docs: Gateway Events > Thread Update)."""

    def render(viewer: Application, _: int) -> JsonObject:
        written = channel_json(thread, viewer)
        written.pop("member", None)
        return written

    world.emit(Event("THREAD_UPDATE", render, Intent.GUILDS, thread.guild, thread))


def thread_deleted(world: World, thread: Channel) -> None:
    """THREAD_DELETE."""
    assert thread.parent is not None
    written = {
        "id": str(thread.id),
        "guild_id": _guild_id(thread),
        "parent_id": str(thread.parent.id),
        "type": int(thread.kind),
    }
    world.emit(_in_channel("THREAD_DELETE", thread, written, Intent.GUILDS))


def thread_joined(world: World, thread: Channel, user: User) -> None:
    """THREAD_MEMBERS_UPDATE for one who came; others than the bot itself need GUILD_MEMBERS."""
    added = thread_member_json(thread, user.id)
    _about_thread_members(world, thread, user, {"added_members": [added]})


def thread_left(world: World, thread: Channel, user: User) -> None:
    """THREAD_MEMBERS_UPDATE for one who went."""
    _about_thread_members(world, thread, user, {"removed_member_ids": [str(user.id)]})


def guild_available(world: World, guild: Guild) -> None:
    """GUILD_CREATE at the end of an outage: `unavailable` is in it, and false."""
    world.emit(
        Event(
            "GUILD_CREATE",
            lambda viewer, intents: guild_create_json(guild, viewer, intents),
            Intent.GUILDS,
            guild,
        )
    )


def guild_joined(world: World, guild: Guild, application: Application) -> None:
    """GUILD_CREATE for a bot that was just let in: without `unavailable`."""

    def render(viewer: Application, intents: int) -> JsonObject:
        written = guild_create_json(guild, viewer, intents)
        del written["unavailable"]
        return written

    world.emit(Event("GUILD_CREATE", render, Intent.GUILDS, guild, only=application))


def guild_updated(world: World, guild: Guild) -> None:
    """GUILD_UPDATE."""
    world.emit(Event("GUILD_UPDATE", lambda *_: guild_json(guild), Intent.GUILDS, guild))


def guild_gone(world: World, guild: Guild, application: Application, *, outage: bool) -> None:
    """GUILD_DELETE: an outage when `unavailable` is in it, otherwise the bot was removed."""
    written: JsonObject = {"id": str(guild.id)}
    if outage:
        written["unavailable"] = True
    world.emit(Event("GUILD_DELETE", lambda *_: written, Intent.GUILDS, only=application))


def member_added(world: World, guild: Guild, member: Member) -> None:
    """GUILD_MEMBER_ADD."""
    _about_member(world, "GUILD_MEMBER_ADD", guild, member)


def member_updated(world: World, guild: Guild, member: Member) -> None:
    """GUILD_MEMBER_UPDATE; a bot is told of itself whatever its intents are."""
    written = member_json(member) | {"guild_id": str(guild.id)}
    bot = world.bot_of(member.user)
    intent = Intent.GUILD_MEMBERS if bot is None else 0
    world.emit(Event("GUILD_MEMBER_UPDATE", lambda *_: written, intent, guild, only=bot))


def member_removed(world: World, guild: Guild, user: User) -> None:
    """GUILD_MEMBER_REMOVE."""
    written = {"guild_id": str(guild.id), "user": user_json(user)}
    world.emit(Event("GUILD_MEMBER_REMOVE", lambda *_: written, Intent.GUILD_MEMBERS, guild))


def role_changed(world: World, guild: Guild, name: str, written: JsonObject) -> None:
    """GUILD_ROLE_CREATE, GUILD_ROLE_UPDATE or GUILD_ROLE_DELETE."""
    data = {"guild_id": str(guild.id), **written}
    world.emit(Event(name, lambda *_: data, Intent.GUILDS, guild))


def interaction_created(world: World, application: Application, written: JsonObject) -> None:
    """INTERACTION_CREATE: needs no intent."""
    world.emit(Event("INTERACTION_CREATE", lambda *_: written, only=application))


def _about_message(world: World, name: str, message: Message) -> None:
    event = Event(
        name,
        lambda viewer, intents: message_event_json(world, message, viewer, intents),
        _message_intent(message),
        None if message.ephemeral else message.channel.guild,
        message.channel,
        message.application if message.ephemeral else None,
    )
    world.emit(event)


def _message_event(name: str, message: Message, written: JsonObject) -> Event:
    return Event(
        name,
        lambda *_: written,
        _message_intent(message),
        None if message.ephemeral else message.channel.guild,
        message.channel,
        message.application if message.ephemeral else None,
    )


def _message_intent(message: Message) -> int:
    if message.ephemeral or message.channel.guild is None:
        return Intent.DIRECT_MESSAGES
    return Intent.GUILD_MESSAGES


def _about_reaction(world: World, name: str, message: Message, written: JsonObject) -> None:
    in_guild = message.channel.guild is not None
    intent = Intent.GUILD_MESSAGE_REACTIONS if in_guild else Intent.DIRECT_MESSAGE_REACTIONS
    world.emit(_in_channel(name, message.channel, written, intent))


def _reaction_json(message: Message, user: User, emoji: str) -> JsonObject:
    return _where(message.channel) | {
        "user_id": str(user.id),
        "message_id": str(message.id),
        "emoji": emoji_json(emoji),
        "burst": False,
        "type": 0,
    }


def _about_channel(world: World, name: str, channel: Channel) -> None:
    """Channels are announced to every bot of the guild, also to one that sees little of them."""
    world.emit(
        Event(name, lambda viewer, _: channel_json(channel, viewer), Intent.GUILDS, channel.guild)
    )


def _about_thread_members(world: World, thread: Channel, user: User, change: JsonObject) -> None:
    assert thread.thread is not None
    written = {
        "id": str(thread.id),
        "guild_id": _guild_id(thread),
        "member_count": len(thread.thread.members),
        **change,
    }
    bot = world.bot_of(user)
    intent = Intent.GUILD_MEMBERS if bot is None else Intent.GUILDS
    world.emit(
        Event("THREAD_MEMBERS_UPDATE", lambda *_: written, intent, thread.guild, thread, bot)
    )


def _about_member(world: World, name: str, guild: Guild, member: Member) -> None:
    written = member_json(member) | {"guild_id": str(guild.id), "joined_at": iso(member.joined_at)}
    world.emit(Event(name, lambda *_: written, Intent.GUILD_MEMBERS, guild))


def _in_channel(name: str, channel: Channel, written: JsonObject, intent: int) -> Event:
    return Event(name, lambda *_: written, intent, channel.guild, channel)


def _where(channel: Channel, *, hide_guild: bool = False) -> JsonObject:
    written: JsonObject = {"channel_id": str(channel.id)}
    if channel.guild is not None and not hide_guild:
        written["guild_id"] = str(channel.guild.id)
    return written


def _guild_id(channel: Channel) -> str:
    assert channel.guild is not None
    return str(channel.guild.id)
