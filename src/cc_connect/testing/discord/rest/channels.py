"""Channels, threads and typing. Docs: Channel, from Get Channel to List Public Archived Threads."""

from cc_connect.testing.discord import announce, permissions, posting, threads
from cc_connect.testing.discord.body import read_draft, require_words
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.model import Channel, ChannelKind
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route
from cc_connect.testing.discord.rules import require, require_view
from cc_connect.testing.discord.typing_marks import start_typing
from cc_connect.testing.discord.wire import channel_json, thread_member_json
from cc_connect.testing.discord.wire_message import message_json

_BARE_KINDS = {
    10: ChannelKind.ANNOUNCEMENT_THREAD,
    11: ChannelKind.PUBLIC_THREAD,
    12: ChannelKind.PRIVATE_THREAD,
}


async def get_channel(call: Call) -> Answer:
    """Docs: Channel > Get Channel."""
    return _told(call, call.channel())


async def change_channel(call: Call) -> Answer:
    """Docs: Channel > Modify Channel: threads in full, of other channels name and topic."""
    channel = call.channel()
    if channel.thread is not None:
        threads.change(call.world, channel, call.user, call.body)
        return _told(call, channel)
    require(channel, call.user, Permission.MANAGE_CHANNELS)
    channel.name = str(call.body.get("name", channel.name))
    channel.topic = call.body.get("topic", channel.topic)
    announce.channel_updated(call.world, channel)
    return _told(call, channel)


async def delete_channel(call: Call) -> Answer:
    """Docs: Channel > Delete/Close Channel. A direct conversation is only closed, not lost."""
    channel = call.channel()
    told = _told(call, channel)
    if channel.guild is None:
        return told
    is_thread = channel.thread is not None
    right = Permission.MANAGE_THREADS if is_thread else Permission.MANAGE_CHANNELS
    require(channel, call.user, right)
    remove_channel(call, channel)
    return told


def remove_channel(call: Call, channel: Channel) -> None:
    """Take a channel away, with its threads."""
    guild = channel.guild
    assert guild is not None
    for thread in [each for each in guild.threads if each.parent is channel]:
        remove_channel(call, thread)
    if channel.thread is not None:
        announce.thread_deleted(call.world, channel)
    else:
        announce.channel_deleted(call.world, channel)
    del guild.channels[channel.id]
    del call.world.channels[channel.id]


async def type_in(call: Call) -> Answer:
    """Docs: Channel > Trigger Typing Indicator: seen for 10 seconds, or until a message comes."""
    start_typing(call.world, call.channel(), call.user)
    return NO_CONTENT


async def start_thread_from(call: Call) -> Answer:
    """Docs: Channel > Start Thread from Message."""
    name, minutes = threads.check_thread(call.body)
    thread = threads.start_from(call.world, call.message(), call.user, name, minutes)
    return Answer(201, channel_json(thread, call.application))


async def start_thread(call: Call) -> Answer:
    """Docs: Channel > Start Thread without Message, or in a forum."""
    channel = call.channel()
    if channel.kind is ChannelKind.FORUM:
        return await _start_post(call, channel)
    name, minutes = threads.check_thread(call.body)
    kind = _BARE_KINDS.get(int(call.body.get("type") or ChannelKind.PRIVATE_THREAD))
    if kind is None:
        errors = FormErrors()
        errors.choices(("type",), sorted(_BARE_KINDS))
        errors.settle()
    assert kind is not None
    thread = threads.start_bare(call.world, channel, call.user, name, kind, minutes)
    return Answer(201, channel_json(thread, call.application))


async def _start_post(call: Call, forum: Channel) -> Answer:
    name, minutes = threads.check_thread(call.body)
    draft = read_draft(call.body.get("message") or {}, call.uploads, ("message",))
    require_words(draft)
    thread = threads.start_in_forum(call.world, forum, call.user, name, minutes)
    message = posting.compose(call.world, thread, call.user, draft)
    message.id = thread.id
    posting.publish(call.world, message)
    written = channel_json(thread, call.application)
    written["message"] = message_json(call.world, message, call.application)
    return Answer(201, written)


async def join_thread(call: Call) -> Answer:
    """Docs: Channel > Join Thread."""
    threads.join(call.world, call.channel(), call.user)
    return NO_CONTENT


async def leave_thread(call: Call) -> Answer:
    """Docs: Channel > Leave Thread."""
    threads.leave(call.world, call.channel(), call.user)
    return NO_CONTENT


async def add_member(call: Call) -> Answer:
    """Docs: Channel > Add Thread Member."""
    thread = call.channel()
    require(thread, call.user, Permission.SEND_MESSAGES_IN_THREADS)
    threads.join(call.world, thread, call.world.find_user(call.snowflake("user")))
    return NO_CONTENT


async def remove_member(call: Call) -> Answer:
    """Docs: Channel > Remove Thread Member."""
    thread = call.channel()
    require(thread, call.user, Permission.MANAGE_THREADS)
    threads.leave(call.world, thread, call.world.find_user(call.snowflake("user")))
    return NO_CONTENT


async def list_members(call: Call) -> Answer:
    """Docs: Channel > List Thread Members: asks for the privileged intent of members."""
    thread = call.channel()
    if thread.thread is None:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    members = [thread_member_json(thread, user_id) for user_id in thread.thread.members]
    return Answer(200, members)


async def active_threads(call: Call) -> Answer:
    """Docs: Guild > List Active Guild Threads."""
    guild = call.guild()
    active = [t for t in guild.threads if t.thread is not None and not t.thread.archived]
    return Answer(200, _listed(call, active))


async def archived_threads(call: Call) -> Answer:
    """Docs: Channel > List Public Archived Threads: the latest archived first."""
    parent = call.channel()
    if parent.guild is None:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    require(parent, call.user, Permission.READ_MESSAGE_HISTORY)
    found = [
        (thread.thread.changed_at, thread)
        for thread in parent.guild.threads
        if thread.parent is parent
        and thread.thread is not None
        and thread.thread.archived
        and not thread.thread.private
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].id), reverse=True)
    limit = call.limit(50, 100)
    chosen = [thread for _, thread in found][:limit]
    return Answer(200, _listed(call, chosen) | {"has_more": len(found) > limit})


def _listed(call: Call, found: list[Channel]) -> dict[str, object]:
    visible = [t for t in found if permissions.allows(t, call.user, Permission.VIEW_CHANNEL)]
    mine = [t for t in visible if t.thread is not None and call.user.id in t.thread.members]
    return {
        "threads": [channel_json(thread, call.application) for thread in visible],
        "members": [thread_member_json(thread, call.user.id) for thread in mine],
    }


def _told(call: Call, channel: Channel) -> Answer:
    require_view(channel, call.user)
    return Answer(200, channel_json(channel, call.application))


_CHANNEL = "/channels/{channel}"
ROUTES = (
    Route("GET", _CHANNEL, get_channel),
    Route("PATCH", _CHANNEL, change_channel),
    Route("DELETE", _CHANNEL, delete_channel),
    Route("POST", f"{_CHANNEL}/typing", type_in),
    Route("POST", f"{_CHANNEL}/messages/{{message}}/threads", start_thread_from),
    Route("POST", f"{_CHANNEL}/threads", start_thread),
    Route("GET", f"{_CHANNEL}/threads/archived/public", archived_threads),
    Route("GET", f"{_CHANNEL}/thread-members", list_members),
    Route("PUT", f"{_CHANNEL}/thread-members/@me", join_thread),
    Route("DELETE", f"{_CHANNEL}/thread-members/@me", leave_thread),
    Route("PUT", f"{_CHANNEL}/thread-members/{{user}}", add_member),
    Route("DELETE", f"{_CHANNEL}/thread-members/{{user}}", remove_member),
    Route("GET", "/guilds/{guild}/threads/active", active_threads),
)
