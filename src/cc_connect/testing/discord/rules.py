"""Who may do what, and the refusal that follows when they may not. People and bots alike."""

from cc_connect.testing.discord import permissions
from cc_connect.testing.discord.body import Draft
from cc_connect.testing.discord.errors import ApiError, Refusal, form_error
from cc_connect.testing.discord.model import (
    Channel,
    ChannelKind,
    Message,
    MessageKind,
    User,
)
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.world import World

SILENT_KINDS = frozenset({ChannelKind.CATEGORY, ChannelKind.FORUM})
ANSWERABLE = frozenset({MessageKind.DEFAULT, MessageKind.REPLY, MessageKind.COMMAND})


class Unsupported(Exception):
    """A request asks for a part of Discord that the twin does not play."""


def require_view(channel: Channel, user: User) -> None:
    """Raises ApiError 50001 when the channel is out of sight."""
    if not permissions.allows(channel, user, Permission.VIEW_CHANNEL):
        raise ApiError(Refusal.MISSING_ACCESS)


def require(channel: Channel, user: User, needed: int) -> None:
    """Raises ApiError 50001 when the channel is out of sight, 50013 when a bit is missing."""
    require_view(channel, user)
    if not permissions.allows(channel, user, needed):
        raise ApiError(Refusal.MISSING_PERMISSIONS)


def check_sending(world: World, channel: Channel, author: User, draft: Draft) -> None:
    """Whether one may send this here. Docs: Message > Create Message > Limitations."""
    require_view(channel, author)
    if channel.kind in SILENT_KINDS:
        raise ApiError(Refusal.NOT_A_TEXT_CHANNEL)
    if channel.guild is None:
        _check_direct(world, channel, author)
    require(channel, author, _needed_to_send(channel, draft))
    if channel.thread is not None and channel.thread.locked:
        may_manage = permissions.allows(channel, author, Permission.MANAGE_THREADS)
        if not may_manage:
            raise ApiError(Refusal.THREAD_LOCKED)


def _needed_to_send(channel: Channel, draft: Draft) -> int:
    in_thread = channel.thread is not None
    needed = int(Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES)
    if draft.uploads:
        needed |= Permission.ATTACH_FILES
    if draft.embeds:
        needed |= Permission.EMBED_LINKS
    return needed if channel.guild is not None else int(Permission.SEND_MESSAGES)


def _check_direct(world: World, channel: Channel, author: User) -> None:
    """Docs: JSON Error Codes 50007: strangers, and people who take no direct messages."""
    for other in channel.recipients:
        if other is author:
            continue
        if other.refuses_direct or not world.share_guild(author, other):
            raise ApiError(Refusal.CANNOT_MESSAGE_USER)


def find_answered(channel: Channel, author: User, draft: Draft) -> Message | None:
    """The message that a draft replies to. Docs: Message > Message Reference Object > Replies.

    None when there is none, or when it is gone and the sender does not mind.
    """
    reference = draft.reference
    if not reference:
        return None
    if reference.get("type", 0) != 0:
        raise Unsupported("forwarded messages")
    elsewhere = str(reference.get("channel_id") or channel.id) != str(channel.id)
    message_id = int(reference.get("message_id") or 0)
    answered = None if elsewhere else channel.messages.get(message_id)
    if answered is None:
        if reference.get("fail_if_not_exists", True):
            raise form_error(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    if not permissions.allows(channel, author, Permission.READ_MESSAGE_HISTORY):
        raise ApiError(Refusal.NO_HISTORY_TO_REPLY)
    if answered.kind not in ANSWERABLE:
        raise form_error(
            ("message_reference",),
            "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
            "Cannot reply to a system message",
        )
    return answered


def require_active(channel: Channel) -> None:
    """Raises ApiError 50083 in an archived thread. Docs: Threads > Active & Archived Threads."""
    if channel.thread is not None and channel.thread.archived:
        raise ApiError(Refusal.THREAD_ARCHIVED)
