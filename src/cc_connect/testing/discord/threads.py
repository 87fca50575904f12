"""Threads: started, joined, left, archived. Docs: Threads, and Channel > Start Thread..."""

from cc_connect.testing.discord import announce, permissions, posting
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.model import (
    Channel,
    ChannelKind,
    JsonObject,
    Message,
    MessageFlag,
    MessageKind,
    Reference,
    ThreadState,
    User,
)
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rules import require
from cc_connect.testing.discord.world import World

NAME = 100
ARCHIVE_MINUTES = frozenset({60, 1440, 4320, 10080})
_PARENTS = frozenset({ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT})


def check_thread(body: JsonObject) -> tuple[str, int]:
    """Read name and archive time from a body. Raises ApiError 50035."""
    errors = FormErrors()
    name = str(body.get("name") or "").strip()
    if not 1 <= len(name) <= NAME:
        errors.bad_length(("name",), 1, NAME)
    minutes = body.get("auto_archive_duration") or 1440
    if minutes not in ARCHIVE_MINUTES:
        errors.choices(("auto_archive_duration",), sorted(ARCHIVE_MINUTES))
    errors.settle()
    return name, minutes


def start_from(
    world: World, message: Message, owner: User, name: str, minutes: int = 1440
) -> Channel:
    """Start a thread from a message: both have the same id.

    Docs: Channel > Start Thread from Message. Raises ApiError 50024 where no threads can be,
    50013 without the right, 160004 when the message has one already.
    """
    parent = message.channel
    if parent.guild is None or parent.kind not in _PARENTS:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    require(parent, owner, Permission.CREATE_PUBLIC_THREADS | Permission.READ_MESSAGE_HISTORY)
    if message.id in parent.guild.channels:
        raise ApiError(Refusal.THREAD_EXISTS)
    kind = ChannelKind.PUBLIC_THREAD
    if parent.kind is ChannelKind.ANNOUNCEMENT:
        kind = ChannelKind.ANNOUNCEMENT_THREAD
    thread = _found_thread(world, message.id, kind, parent, owner, name, minutes)
    message.thread = thread
    message.flags |= MessageFlag.HAS_THREAD
    announce.message_updated(world, message)
    starter = posting.system_message(world, thread, message.author, MessageKind.THREAD_STARTER)
    starter.reference = posting.refer_to(message)
    posting.publish(world, starter)
    return thread


def start_bare(
    world: World, parent: Channel, owner: User, name: str, kind: ChannelKind, minutes: int = 1440
) -> Channel:
    """Start a thread on its own. Docs: Channel > Start Thread without Message.

    A public one is told of in the channel by a system message.
    """
    if parent.guild is None or parent.kind not in _PARENTS:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    private = kind is ChannelKind.PRIVATE_THREAD
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    require(parent, owner, needed)
    thread = _found_thread(world, world.ids.take(), kind, parent, owner, name, minutes)
    if not private:
        notice = posting.system_message(world, parent, owner, MessageKind.THREAD_CREATED, name)
        notice.reference = Reference(thread.id, None, parent.guild.id)
        posting.publish(world, notice)
    return thread


def start_in_forum(
    world: World, forum: Channel, owner: User, name: str, minutes: int = 1440
) -> Channel:
    """Start a post of a forum; its first message must be published next.

    Docs: Channel > Start Thread in Forum or Media Channel.
    """
    require(forum, owner, Permission.SEND_MESSAGES)
    kind = ChannelKind.PUBLIC_THREAD
    return _found_thread(world, world.ids.take(), kind, forum, owner, name, minutes)


def _found_thread(
    world: World,
    thread_id: int,
    kind: ChannelKind,
    parent: Channel,
    owner: User,
    name: str,
    minutes: int,
) -> Channel:
    now = world.clock()
    private = kind is ChannelKind.PRIVATE_THREAD
    state = ThreadState(owner, now, now, private, auto_archive_minutes=minutes)
    state.members[owner.id] = now
    thread = Channel(thread_id, kind, name, parent.guild, parent, thread=state)
    assert parent.guild is not None
    parent.guild.channels[thread.id] = thread
    world.channels[thread.id] = thread
    announce.thread_created(world, thread)
    announce.thread_joined(world, thread, owner)
    return thread


def join(world: World, thread: Channel, user: User) -> None:
    """Become a member; nothing happens when one is already."""
    state = _state(thread)
    if state.archived:
        raise ApiError(Refusal.THREAD_ARCHIVED)
    if user.id not in state.members:
        state.members[user.id] = world.clock()
        announce.thread_joined(world, thread, user)


def leave(world: World, thread: Channel, user: User) -> None:
    """Stop being a member."""
    state = _state(thread)
    if state.archived:
        raise ApiError(Refusal.THREAD_ARCHIVED)
    if state.members.pop(user.id, None) is not None:
        announce.thread_left(world, thread, user)


def change(world: World, thread: Channel, user: User, body: JsonObject) -> None:
    """Rename, archive, lock or wake a thread. Docs: Threads > Editing & Deleting Threads."""
    state = _state(thread)
    _check_change(thread, state, user, body)
    if "name" in body or "auto_archive_duration" in body:
        name, minutes = check_thread(
            {
                "name": body.get("name", thread.name),
                "auto_archive_duration": body.get(
                    "auto_archive_duration", state.auto_archive_minutes
                ),
            }
        )
        thread.name, state.auto_archive_minutes = name, minutes
    if "archived" in body:
        state.archived = bool(body["archived"])
        state.changed_at = world.clock()
    state.locked = bool(body.get("locked", state.locked))
    announce.thread_updated(world, thread)


def _check_change(thread: Channel, state: ThreadState, user: User, body: JsonObject) -> None:
    if permissions.allows(thread, user, Permission.MANAGE_THREADS):
        return
    owns = state.owner is user
    waking = body.get("archived") is False and set(body) <= {"archived"}
    if waking and user.id in state.members and (owns or not state.locked):
        return
    if "locked" in body or "rate_limit_per_user" in body or not owns:
        raise ApiError(Refusal.MISSING_PERMISSIONS)
    if state.archived and body.get("archived") is not False:
        raise ApiError(Refusal.THREAD_ARCHIVED)


def _state(thread: Channel) -> ThreadState:
    if thread.thread is None:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    return thread.thread
