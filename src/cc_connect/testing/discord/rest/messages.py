"""Messages of a channel. Docs: Message > Create Message ... Bulk Delete Messages."""

from cc_connect.testing.discord import permissions, posting
from cc_connect.testing.discord.body import Draft, read_draft, require_words
from cc_connect.testing.discord.clock import made_at
from cc_connect.testing.discord.errors import ApiError, Refusal, form_error
from cc_connect.testing.discord.model import Message, MessageFlag, MessageKind
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.rest.call import NO_CONTENT, Answer, Call, Route
from cc_connect.testing.discord.rules import (
    check_sending,
    find_answered,
    require,
    require_active,
)
from cc_connect.testing.discord.wire_message import message_json

_UNDELETABLE = frozenset({MessageKind.THREAD_STARTER, MessageKind.CHANNEL_NAME_CHANGE})
_FORTNIGHT = 14 * 24 * 3600
_CURSORS = ("around", "before", "after")


async def create_message(call: Call) -> Answer:
    """Docs: Message > Create Message, with `enforce_nonce`."""
    channel = call.world.find_channel(call.snowflake("channel"))
    draft = read_draft(call.body, call.uploads)
    check_sending(call.world, channel, call.user, draft)
    known = _known_nonce(call, draft)
    if known is not None:
        return _told(call, known)
    answered = find_answered(channel, call.user, draft)
    require_words(draft)
    message = posting.compose(call.world, channel, call.user, draft, answered)
    if draft.nonce is not None:
        call.world.nonces[call.user.id, str(draft.nonce)] = message
    posting.publish(call.world, message)
    return _told(call, message)


def _known_nonce(call: Call, draft: Draft) -> Message | None:
    if draft.nonce is None or not draft.enforce_nonce:
        return None
    known = call.world.nonces.get((call.user.id, str(draft.nonce)))
    if known is None or call.world.clock() - known.sent_at > call.world.nonce_life:
        return None
    return known


async def get_message(call: Call) -> Answer:
    """Docs: Message > Get Channel Message."""
    message = call.message()
    require(message.channel, call.user, Permission.READ_MESSAGE_HISTORY)
    return _told(call, message)


async def get_messages(call: Call) -> Answer:
    """Docs: Message > Get Channel Messages: newest first; nothing without the right to history."""
    channel = call.channel()
    limit = call.limit(50, 100)
    if not permissions.allows(channel, call.user, Permission.READ_MESSAGE_HISTORY):
        return Answer(200, [])
    messages = sorted(
        (message for message in channel.messages.values() if not message.ephemeral),
        key=lambda message: message.id,
    )
    chosen = _page(call, messages, limit)
    return Answer(200, [message_json(call.world, m, call.application) for m in reversed(chosen)])


def _page(call: Call, messages: list[Message], limit: int) -> list[Message]:
    given = [name for name in _CURSORS if name in call.query]
    if not given:
        return messages[-limit:]
    name = given[0]
    if not call.query[name].isdecimal():
        message = f'Value "{call.query[name]}" is not snowflake.'
        raise form_error((name,), "NUMBER_TYPE_COERCE", message)
    cursor = int(call.query[name])
    before = [message for message in messages if message.id < cursor]
    after = [message for message in messages if message.id > cursor]
    if name == "before":
        return before[-limit:]
    if name == "after":
        return after[:limit]
    exact = [message for message in messages if message.id == cursor]
    half = limit // 2
    return [*(before[-half:] if half else []), *exact, *after[:half]]


async def edit_message(call: Call) -> Answer:
    """Docs: Message > Edit Message."""
    message = call.message()
    draft = read_draft(call.body, call.uploads, flags_now=message.flags)
    require_active(message.channel)
    if message.author is not call.user:
        return _edit_of_another(call, message, draft)
    verdict = call.limiter.judge_old_edit(message, call.application)
    if verdict is not None:
        return Answer(429, verdict.refusal, verdict.headers)
    _require_something_left(message, draft)
    posting.amend(call.world, message, draft)
    return _told(call, message)


def _edit_of_another(call: Call, message: Message, draft: Draft) -> Answer:
    """Only flags may be edited, and only by who manages messages."""
    manages = permissions.allows(message.channel, call.user, Permission.MANAGE_MESSAGES)
    if draft.stated != {"flags"} or not manages:
        raise ApiError(Refusal.NOT_YOUR_MESSAGE)
    posting.amend(call.world, message, Draft(flags=draft.flags))
    return _told(call, message)


def _require_something_left(message: Message, draft: Draft) -> None:
    left = Draft(
        content=message.content if draft.content is None else draft.content,
        embeds=message.embeds if draft.embeds is None else draft.embeds,
        components=message.components if draft.components is None else draft.components,
        uploads=draft.uploads,
    )
    kept_files = draft.attachments if draft.attachments is not None else message.attachments
    if left.empty and not kept_files:
        raise ApiError(Refusal.EMPTY_MESSAGE)


async def delete_message(call: Call) -> Answer:
    """Docs: Message > Delete Message. Also possible in an archived thread."""
    message = call.message()
    if message.kind in _UNDELETABLE:
        raise ApiError(Refusal.SYSTEM_MESSAGE)
    if message.author is not call.user:
        require(message.channel, call.user, Permission.MANAGE_MESSAGES)
    posting.remove(call.world, message)
    return NO_CONTENT


async def bulk_delete(call: Call) -> Answer:
    """Docs: Message > Bulk Delete Messages."""
    channel = call.channel()
    if channel.guild is None:
        raise ApiError(Refusal.WRONG_CHANNEL_TYPE)
    require(channel, call.user, Permission.MANAGE_MESSAGES)
    ids = [int(each) for each in call.body.get("messages") or []]
    if not 2 <= len(ids) <= 100 or len(set(ids)) != len(ids):  # noqa: PLR2004 - from the docs
        raise ApiError(Refusal.BAD_DELETE_COUNT)
    if any(call.world.clock() - made_at(each) > _FORTNIGHT for each in ids):
        raise ApiError(Refusal.MESSAGE_TOO_OLD)
    found = [channel.messages[each] for each in ids if each in channel.messages]
    posting.remove_many(call.world, channel, found)
    return NO_CONTENT


def _told(call: Call, message: Message) -> Answer:
    written = message_json(call.world, message, call.application)
    if message.flags & MessageFlag.EPHEMERAL:
        raise ApiError(Refusal.UNKNOWN_MESSAGE)
    return Answer(200, written)


_MESSAGES = "/channels/{channel}/messages"
ROUTES = (
    Route("GET", _MESSAGES, get_messages),
    Route("POST", _MESSAGES, create_message),
    Route("POST", f"{_MESSAGES}/bulk-delete", bulk_delete),
    Route("GET", f"{_MESSAGES}/{{message}}", get_message),
    Route("PATCH", f"{_MESSAGES}/{{message}}", edit_message),
    Route("DELETE", f"{_MESSAGES}/{{message}}", delete_message),
)
