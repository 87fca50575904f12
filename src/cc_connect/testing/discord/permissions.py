"""Permissions: the bits, and how roles and overwrites add up for one person in one channel.

Docs: Permissions > Bitwise Permission Flags, Permission Overwrites, Implicit Permissions,
Inherited Permissions (Threads).
"""

from enum import IntFlag

from cc_connect.testing.discord.model import Channel, Guild, Overwrite, User


class Permission(IntFlag):
    """The bits a chat bot meets. Others are kept and passed on, but nothing here asks for them."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    PIN_MESSAGES = 1 << 51


NONE = 0
ALL = (1 << 53) - 1
"""Every bit Discord has given out so far; what an owner and an administrator hold."""

PEOPLE = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
)
"""What an ordinary member of a guild may do."""

BOT = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.CREATE_PUBLIC_THREADS
)
"""What a bot that talks, files, reacts and opens threads needs, and nothing more."""

_DIRECT = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
)
_NEEDS_SEND = int(
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


def in_guild(guild: Guild, user: User) -> int:
    """What a person may do in a guild before any channel has its say; nothing for a stranger."""
    if user is guild.owner:
        return ALL
    member = guild.members.get(user.id)
    if member is None:
        return NONE
    granted = guild.everyone.permissions
    for role_id in member.roles:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & Permission.ADMINISTRATOR else granted


def in_channel(channel: Channel, user: User) -> int:
    """What a person may do in a channel, a thread or a direct conversation."""
    if channel.guild is None:
        return _DIRECT if user in channel.recipients else NONE
    base = in_guild(channel.guild, user)
    if base in {ALL, NONE}:
        return base
    if channel.thread is not None and channel.parent is not None:
        return _in_thread(channel, user, _overwritten(channel.parent, user, base))
    return _implied(_overwritten(channel, user, base), Permission.SEND_MESSAGES)


def allows(channel: Channel, user: User, needed: int) -> bool:
    """Tell whether a person holds every one of the needed bits in a channel."""
    return in_channel(channel, user) & needed == needed


def _overwritten(channel: Channel, user: User, base: int) -> int:
    guild = channel.guild
    assert guild is not None
    granted = base
    everyone = channel.overwrites.get(guild.id)
    if everyone is not None:
        granted = granted & ~everyone.deny | everyone.allow
    roles = [
        channel.overwrites[role_id]
        for role_id in guild.members[user.id].roles
        if role_id in channel.overwrites
    ]
    granted = _apply_together(granted, roles)
    own = channel.overwrites.get(user.id)
    if own is not None:
        granted = granted & ~own.deny | own.allow
    return granted


def _apply_together(granted: int, overwrites: list[Overwrite]) -> int:
    """Roles count as one step: what any of them denies goes, then what any of them allows comes."""
    allow = deny = 0
    for overwrite in overwrites:
        allow |= overwrite.allow
        deny |= overwrite.deny
    return granted & ~deny | allow


def _in_thread(thread: Channel, user: User, inherited: int) -> int:
    state = thread.thread
    assert state is not None
    if state.private and user.id not in state.members and not inherited & Permission.MANAGE_THREADS:
        return NONE
    return _implied(inherited, Permission.SEND_MESSAGES_IN_THREADS)


def _implied(granted: int, speak: int) -> int:
    if not granted & Permission.VIEW_CHANNEL:
        return NONE
    return granted if granted & speak else granted & ~_NEEDS_SEND
