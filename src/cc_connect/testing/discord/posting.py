"""Messages come, change and go: the acts behind REST, interactions and people alike."""

import mimetypes

from cc_connect.testing.discord import announce
from cc_connect.testing.discord.body import Draft, Upload
from cc_connect.testing.discord.mentions import find_mentions, words_of
from cc_connect.testing.discord.model import (
    Attachment,
    Channel,
    JsonObject,
    Message,
    MessageFlag,
    MessageKind,
    Reference,
    User,
)
from cc_connect.testing.discord.world import World

_SETTABLE = int(
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.VOICE_MESSAGE
    | MessageFlag.COMPONENTS_V2
)
_UNKNOWN_TYPE = "application/octet-stream"
_EDITABLE = int(MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2)


def compose(
    world: World,
    channel: Channel,
    author: User,
    draft: Draft,
    answered: Message | None = None,
) -> Message:
    """Make a message of a draft without sending it."""
    message = Message(world.ids.take(), channel, author, world.clock())
    message.content = draft.content or ""
    message.embeds = draft.embeds or []
    message.components = draft.components or []
    message.flags = (draft.flags or 0) & _SETTABLE
    message.nonce = draft.nonce
    message.tts = draft.tts
    message.attachments = [
        attach(world, channel, upload, _described(draft, upload)) for upload in draft.uploads
    ]
    if answered is not None:
        message.kind = MessageKind.REPLY
        message.reference = refer_to(answered)
    _call(world, message, draft, answered)
    return message


def refer_to(message: Message) -> Reference:
    """A reference to a message, as a reply carries it."""
    guild = message.channel.guild
    return Reference(message.channel.id, message.id, guild.id if guild is not None else None)


def publish(world: World, message: Message) -> None:
    """Put a message into its channel and tell the bots. An archived thread wakes up by it."""
    channel = message.channel
    channel.messages[message.id] = message
    message.remember(world.clock())
    if not message.ephemeral:
        channel.last_message_id = message.id
        _count(world, channel, message)
    announce.message_created(world, message)


def amend(world: World, message: Message, draft: Draft) -> None:
    """Apply an edit and tell the bots. Docs: Message > Edit Message.

    The first words of an answer that people saw as "thinking..." do not count as an edit to them.
    """
    arriving = message.loading
    if draft.content is not None:
        message.content = draft.content
    if draft.embeds is not None:
        message.embeds = draft.embeds
    if draft.components is not None:
        message.components = draft.components
    if draft.flags is not None:
        kept = message.flags & ~int(MessageFlag.SUPPRESS_EMBEDS)
        message.flags = kept | (draft.flags & _EDITABLE)
    _replace_attachments(world, message, draft)
    if draft.content is not None or draft.components is not None:
        _call(world, message, draft, None)
    if arriving:
        message.flags &= ~int(MessageFlag.LOADING)
    else:
        message.edited_at = world.clock()
    message.remember(world.clock())
    announce.message_updated(world, message)


def remove(world: World, message: Message) -> None:
    """Take a message away and tell the bots. A thread that hangs on it stays, orphaned."""
    _take_out(message)
    announce.message_deleted(world, message)


def remove_many(world: World, channel: Channel, messages: list[Message]) -> None:
    """Take several away at once: the bots get one event for all of them."""
    for message in messages:
        _take_out(message)
    announce.messages_deleted(world, channel, [message.id for message in messages])


def attach(
    world: World, channel: Channel, upload: Upload, described: JsonObject | None = None
) -> Attachment:
    """Store a file, so that the twin serves it. The name in `described` wins over the part's."""
    described = described or {}
    filename = described.get("filename") or upload.filename
    guessed, _ = mimetypes.guess_type(filename)
    attachment = Attachment(
        world.ids.take(),
        channel.id,
        filename,
        described.get("content_type") or guessed or upload.content_type or _UNKNOWN_TYPE,
        upload.data,
        described.get("description"),
    )
    attachment.width, attachment.height = described.get("width"), described.get("height")
    world.files[attachment.id] = attachment
    return attachment


def system_message(
    world: World, channel: Channel, author: User, kind: MessageKind, content: str = ""
) -> Message:
    """Make a message that Discord itself writes; publish it when its reference is set."""
    return Message(world.ids.take(), channel, author, world.clock(), content, kind)


def _described(draft: Draft, upload: Upload) -> JsonObject | None:
    for described in draft.attachments or []:
        if str(described.get("id")) == upload.key:
            return described
    return None


def _replace_attachments(world: World, message: Message, draft: Draft) -> None:
    """Files are added; the others stay only when `attachments` is absent or names them."""
    if draft.attachments is not None:
        kept = {str(each.get("id")) for each in draft.attachments}
        message.attachments = [each for each in message.attachments if str(each.id) in kept]
    for upload in draft.uploads:
        described = _described(draft, upload)
        message.attachments.append(attach(world, message.channel, upload, described))


def _call(world: World, message: Message, draft: Draft, answered: Message | None) -> None:
    """Work out anew whom the message mentions; a reply also calls the one it answers."""
    words = words_of(message.content, message.components)
    found = find_mentions(world, message.channel, message.author, words, draft.allowed)
    if answered is not None and draft.allowed.replied_user and answered.author not in found.users:
        found.users.append(answered.author)
    message.mentions = found.users
    message.mention_roles = found.roles
    message.mention_everyone = found.everyone


def _count(world: World, channel: Channel, message: Message) -> None:
    state = channel.thread
    if state is None:
        return
    if message.kind is not MessageKind.THREAD_STARTER:
        state.sent += 1
    if state.archived:
        state.archived = False
        state.changed_at = world.clock()
        announce.thread_updated(world, channel)


def _take_out(message: Message) -> None:
    channel = message.channel
    channel.messages.pop(message.id, None)
    message.deleted = True
    if channel.thread is not None:
        channel.thread.deleted += 1
