"""Reactions: put under a message and taken back. Docs: Message > Create Reaction."""

import re

from cc_connect.testing.discord import announce, permissions
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.model import Message, Reaction, User
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rules import require, require_active
from cc_connect.testing.discord.world import World

KINDS = 20
_CUSTOM = re.compile(r"\w{2,32}:\d+")


def react(world: World, message: Message, user: User, emoji: str) -> None:
    """Put an emoji under a message; a second time changes nothing.

    Raises ApiError 10014 for what is no emoji, 50013 without the right, 30010 over 20 kinds.
    """
    if not _is_emoji(emoji):
        raise ApiError(Refusal.UNKNOWN_EMOJI)
    channel = message.channel
    require_active(channel)
    require(channel, user, Permission.READ_MESSAGE_HISTORY)
    reaction = message.reactions.get(emoji)
    if reaction is None:
        if not permissions.allows(channel, user, Permission.ADD_REACTIONS):
            raise ApiError(Refusal.MISSING_PERMISSIONS)
        if len(message.reactions) >= KINDS:
            raise ApiError(Refusal.TOO_MANY_REACTIONS)
        reaction = message.reactions[emoji] = Reaction(emoji)
    if user.id not in reaction.users:
        reaction.users[user.id] = user
        announce.reaction_added(world, message, user, emoji)


def take_back(world: World, message: Message, user: User, emoji: str) -> None:
    """Remove one user's emoji; nothing happens when it is not there."""
    reaction = message.reactions.get(emoji)
    if reaction is None or reaction.users.pop(user.id, None) is None:
        return
    if not reaction.users:
        del message.reactions[emoji]
    announce.reaction_removed(world, message, user, emoji)


def take_all_back(world: World, message: Message, emoji: str | None) -> None:
    """Remove every reaction, or every one with an emoji."""
    if emoji is None:
        message.reactions.clear()
    else:
        message.reactions.pop(emoji, None)
    announce.reactions_cleared(world, message, emoji)


def _is_emoji(emoji: str) -> bool:
    """A custom emoji as `name:id`, or something short outside ASCII (keycaps aside)."""
    if _CUSTOM.fullmatch(emoji):
        return True
    return 0 < len(emoji) <= 16 and any(ord(sign) > 0xA8 for sign in emoji)  # noqa: PLR2004
