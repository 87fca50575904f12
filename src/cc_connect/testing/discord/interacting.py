"""Interactions: told to the bot, answered by it, followed up with its token.

Docs: Interactions > Receiving and Responding, one function per endpoint.
"""

import secrets

from cc_connect.testing.discord import announce, permissions, posting
from cc_connect.testing.discord.body import Draft, Upload, read_draft, require_words
from cc_connect.testing.discord.components import OPTION_TEXT, OPTIONS, check_form
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.interaction import CallbackKind, Interaction, InteractionKind
from cc_connect.testing.discord.model import (
    Application,
    Channel,
    JsonObject,
    Message,
    MessageFlag,
    MessageKind,
    User,
)
from cc_connect.testing.discord.wire import member_json, user_json, whole_channel_json
from cc_connect.testing.discord.wire_message import message_json
from cc_connect.testing.discord.world import World

_ALLOWED = {
    InteractionKind.COMMAND: {CallbackKind.MESSAGE, CallbackKind.DEFER_MESSAGE, CallbackKind.FORM},
    InteractionKind.COMPONENT: set(CallbackKind) - {CallbackKind.CHOICES},
    InteractionKind.AUTOCOMPLETE: {CallbackKind.CHOICES},
    InteractionKind.FORM: {CallbackKind.MESSAGE, CallbackKind.DEFER_MESSAGE},
}
_OF_SOURCE = frozenset({CallbackKind.DEFER_UPDATE, CallbackKind.UPDATE})


def begin(
    world: World,
    kind: InteractionKind,
    application: Application,
    user: User,
    channel: Channel,
    data: JsonObject,
    *,
    message: Message | None = None,
    cause: Interaction | None = None,
) -> Interaction:
    """Start an interaction and tell the bot of it."""
    token = secrets.token_urlsafe(48)
    interaction = Interaction(
        world.ids.take(), kind, token, application, user, channel, data, world.clock()
    )
    interaction.message = message
    interaction.cause = cause
    world.interactions[token] = interaction
    announce.interaction_created(world, application, interaction_json(world, interaction))
    return interaction


def interaction_json(world: World, interaction: Interaction) -> JsonObject:
    """Docs: Interactions > Interaction Object."""
    channel, viewer = interaction.channel, interaction.application
    written: JsonObject = {
        "id": str(interaction.id),
        "application_id": str(viewer.id),
        "type": int(interaction.kind),
        "data": interaction.data,
        "channel": whole_channel_json(channel, viewer),
        "channel_id": str(channel.id),
        "token": interaction.token,
        "version": 1,
        "app_permissions": str(permissions.in_channel(channel, viewer.user)),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": _owners(interaction),
        "context": 1 if channel.guild is None else 0,
        "attachment_size_limit": world.file_limit,
    }
    guild = channel.guild
    if guild is None:
        written["user"] = user_json(interaction.user)
    else:
        member = member_json(guild.members[interaction.user.id])
        member["permissions"] = str(permissions.in_channel(channel, interaction.user))
        written |= {"member": member, "guild_id": str(guild.id), "guild_locale": "en-US"}
        written["guild"] = {"id": str(guild.id), "locale": "en-US", "features": []}
    source = interaction.source
    if source is not None:
        written["message"] = message_json(world, source, viewer)
    return written


def find(world: World, token: str, interaction_id: int | None = None) -> Interaction:
    """Find an interaction for its first response. Raises ApiError 10062."""
    interaction = world.interactions.get(token)
    if interaction is None or interaction.id != interaction_id:
        raise ApiError(Refusal.UNKNOWN_INTERACTION)
    return interaction


def find_by_webhook(world: World, application_id: int, token: str) -> Interaction:
    """Find an interaction for what follows its first response.

    Raises ApiError 50027 when the token is wrong or older than 15 minutes, 10015 while there is
    no first response.
    """
    interaction = world.interactions.get(token)
    if interaction is None or interaction.application.id != application_id:
        raise ApiError(Refusal.INVALID_WEBHOOK_TOKEN)
    if interaction.expired(world.clock()):
        raise ApiError(Refusal.INVALID_WEBHOOK_TOKEN)
    if interaction.answered is None:
        raise ApiError(Refusal.UNKNOWN_WEBHOOK)
    return interaction


def respond(
    world: World, interaction: Interaction, body: JsonObject, uploads: tuple[Upload, ...]
) -> None:
    """Take the first response. Docs: Interactions > Create Interaction Response.

    Raises ApiError 40060 for a second one, 10062 after 3 seconds, 50035 when it does not fit.
    """
    if interaction.answered is not None:
        raise ApiError(Refusal.ALREADY_ACKNOWLEDGED)
    if interaction.overdue(world.clock()):
        raise ApiError(Refusal.UNKNOWN_INTERACTION)
    kind = _callback_kind(interaction, body)
    data = body.get("data") or {}
    match kind:
        case CallbackKind.MESSAGE:
            draft = read_draft(data, uploads, ("data",))
            require_words(draft)
            _answer(world, interaction, draft, int(draft.flags or 0))
        case CallbackKind.DEFER_MESSAGE:
            hidden = int(data.get("flags") or 0) & MessageFlag.EPHEMERAL
            _answer(world, interaction, Draft(), hidden | MessageFlag.LOADING)
        case CallbackKind.UPDATE:
            source = _source(interaction)
            posting.amend(world, source, read_draft(data, uploads, ("data",), source.flags))
        case CallbackKind.DEFER_UPDATE:
            _source(interaction)
        case CallbackKind.CHOICES:
            interaction.choices = _choices(data)
        case CallbackKind.FORM:
            errors = FormErrors(("data",), form=True)
            interaction.form = check_form(data, errors)
            errors.settle()
    interaction.answered = kind
    interaction.answered_at = world.clock()
    world.pulse.beat()


def callback_json(world: World, interaction: Interaction) -> JsonObject:
    """Docs: Interactions > Interaction Callback Response Object."""
    assert interaction.answered is not None
    kind = interaction.answered
    about: JsonObject = {"id": str(interaction.id), "type": int(interaction.kind)}
    resource: JsonObject = {"type": int(kind)}
    message = interaction.original
    if kind in _OF_SOURCE:
        message = interaction.source
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
        if kind in {CallbackKind.MESSAGE, CallbackKind.UPDATE}:
            resource["message"] = message_json(world, message, interaction.application)
    return {"interaction": about, "resource": resource}


def original(interaction: Interaction) -> Message:
    """The message behind `@original`. Raises ApiError 10008 when there is none (any more)."""
    found = interaction.original
    if interaction.answered in _OF_SOURCE:
        found = interaction.source
    if found is None or found.deleted:
        raise ApiError(Refusal.UNKNOWN_MESSAGE)
    return found


def owned(interaction: Interaction, message_id: str) -> Message:
    """A message that the token may touch: `@original` or one of the follow-ups."""
    if message_id == "@original":
        return original(interaction)
    mine = [each for each in (interaction.original, interaction.source) if each is not None]
    for message in [*mine, *interaction.followups]:
        if str(message.id) == message_id and not message.deleted:
            return message
    raise ApiError(Refusal.UNKNOWN_MESSAGE)


def follow_up(world: World, interaction: Interaction, draft: Draft) -> Message:
    """Docs: Interactions > Create Followup Message.

    Straight after a deferred answer it fills that one in, as the documentation promises for old
    clients.
    """
    require_words(draft)
    first = interaction.original
    if first is not None and first.loading and not first.deleted:
        posting.amend(world, first, draft)
        return first
    message = _compose(world, interaction, draft, int(draft.flags or 0))
    message.interaction = _metadata(interaction)
    if first is not None:
        message.kind = MessageKind.REPLY
        message.reference = posting.refer_to(first)
        message.interaction["original_response_message_id"] = str(first.id)
    interaction.followups.append(message)
    posting.publish(world, message)
    return message


def _callback_kind(interaction: Interaction, body: JsonObject) -> CallbackKind:
    allowed = set(_ALLOWED[interaction.kind])
    if interaction.source is not None and interaction.kind is InteractionKind.FORM:
        allowed |= _OF_SOURCE
    kind = body.get("type")
    if kind not in allowed:
        errors = FormErrors()
        errors.choices(("type",), sorted(int(each) for each in allowed))
        errors.settle()
    return CallbackKind(int(kind or 0))


def _answer(world: World, interaction: Interaction, draft: Draft, flags: int) -> None:
    message = _compose(world, interaction, draft, flags)
    message.interaction = _metadata(interaction)
    source = interaction.source
    message.kind = MessageKind.COMMAND if source is None else MessageKind.REPLY
    if source is not None:
        message.reference = posting.refer_to(source)
    interaction.original = message
    posting.publish(world, message)


def _compose(world: World, interaction: Interaction, draft: Draft, flags: int) -> Message:
    author = interaction.application.user
    message = posting.compose(world, interaction.channel, author, draft)
    message.application = interaction.application
    message.flags |= flags & (MessageFlag.EPHEMERAL | MessageFlag.LOADING)
    if message.ephemeral:
        message.visible_to = interaction.user
    return message


def _source(interaction: Interaction) -> Message:
    source = interaction.source
    if source is None or source.deleted:
        raise ApiError(Refusal.UNKNOWN_MESSAGE)
    return source


def _metadata(interaction: Interaction) -> JsonObject:
    """Docs: Message > Message Interaction Metadata Object."""
    written: JsonObject = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": user_json(interaction.user),
        "authorizing_integration_owners": _owners(interaction),
    }
    if interaction.message is not None:
        written["interacted_message_id"] = str(interaction.message.id)
    if interaction.cause is not None:
        written["triggering_interaction_metadata"] = _metadata(interaction.cause)
    return written


def _owners(interaction: Interaction) -> JsonObject:
    guild = interaction.channel.guild
    return {"0": str(guild.id) if guild is not None else "0"}


def _choices(data: JsonObject) -> list[JsonObject]:
    errors = FormErrors(("data",))
    choices = data.get("choices")
    if not isinstance(choices, list) or len(choices) > OPTIONS:
        errors.too_long(("choices",), OPTIONS)
        errors.settle()
        return []
    for index, choice in enumerate(choices):
        if not 1 <= len(choice.get("name") or "") <= OPTION_TEXT:
            errors.bad_length(("choices", index, "name"), 1, OPTION_TEXT)
        value = choice.get("value")
        if isinstance(value, str) and len(value) > OPTION_TEXT:
            errors.too_long(("choices", index, "value"), OPTION_TEXT)
    errors.settle()
    return choices
