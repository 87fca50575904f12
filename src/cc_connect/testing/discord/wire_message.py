"""Writes a message as Discord's JSON, as one application may see it."""

from cc_connect.testing.discord.clock import iso
from cc_connect.testing.discord.model import (
    Application,
    JsonObject,
    Message,
    MessageFlag,
    MessageKind,
    User,
)
from cc_connect.testing.discord.wire import (
    attachment_json,
    channel_json,
    may_read,
    member_json,
    reaction_json,
    reference_json,
    user_json,
)
from cc_connect.testing.discord.world import World

_ANSWERS = frozenset({MessageKind.REPLY, MessageKind.THREAD_STARTER})


def message_json(
    world: World, message: Message, viewer: Application, intents: int | None = None
) -> JsonObject:
    """Docs: Message > Message Object.

    Over REST the intents that the application switched on decide what it may read; over the
    gateway those of the session do.
    """
    if intents is None:
        intents = viewer.intents_enabled
    written = _plain_json(world, message, viewer, intents)
    if message.kind in _ANSWERS and message.reference is not None:
        referenced = _referenced(world, message)
        written["referenced_message"] = (
            None if referenced is None else _plain_json(world, referenced, viewer, intents)
        )
    return written


def message_event_json(
    world: World, message: Message, viewer: Application, intents: int
) -> JsonObject:
    """Docs: Gateway Events > Message Create: with the guild and the members it speaks of.

    A message that one person sees has neither (Docs: Gateway Events > Messages).
    """
    written = message_json(world, message, viewer, intents)
    guild = message.channel.guild
    if guild is None or message.ephemeral:
        return written
    written["guild_id"] = str(guild.id)
    author = guild.members.get(message.author.id)
    if author is not None and message.application is None:
        written["member"] = member_json(author, with_user=False)
    written["mentions"] = [_mention_json(message, user) for user in message.mentions]
    return written


def _plain_json(world: World, message: Message, viewer: Application, intents: int) -> JsonObject:
    written: JsonObject = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.kind),
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": iso(message.sent_at),
        "edited_timestamp": None if message.edited_at is None else iso(message.edited_at),
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [str(role_id) for role_id in message.mention_roles],
        "attachments": [attachment_json(world, each) for each in message.attachments],
        "embeds": [] if message.flags & MessageFlag.SUPPRESS_EMBEDS else message.embeds,
        "components": message.components,
        "pinned": False,
        "flags": message.flags,
    }
    if not may_read(message, viewer, intents):
        written |= {"content": "", "embeds": [], "attachments": [], "components": []}
    return written | _extras_json(message, viewer)


def _extras_json(message: Message, viewer: Application) -> JsonObject:
    """The fields a message has only when there is something to say in them."""
    written: JsonObject = {}
    if message.reactions:
        written["reactions"] = [reaction_json(r, viewer) for r in message.reactions.values()]
    if message.nonce is not None and message.author is viewer.user:
        written["nonce"] = message.nonce
    if message.reference is not None:
        written["message_reference"] = reference_json(message.reference)
    if message.thread is not None:
        written["thread"] = channel_json(message.thread, viewer)
    if message.application is not None:
        application_id = str(message.application.id)
        written |= {"application_id": application_id, "webhook_id": application_id}
    if message.interaction is not None:
        written["interaction_metadata"] = message.interaction
    return written


def _referenced(world: World, message: Message) -> Message | None:
    assert message.reference is not None
    channel = world.channels.get(message.reference.channel_id)
    if channel is None or message.reference.message_id is None:
        return None
    return channel.messages.get(message.reference.message_id)


def _mention_json(message: Message, user: User) -> JsonObject:
    guild = message.channel.guild
    member = guild.members.get(user.id) if guild is not None else None
    if member is None:
        return user_json(user)
    return user_json(user) | {"member": member_json(member, with_user=False)}
