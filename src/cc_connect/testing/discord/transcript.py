"""Writes a channel down the way a person reads it."""

from datetime import UTC, datetime

from cc_connect.testing.discord.model import (
    SELECTS,
    Attachment,
    Channel,
    ComponentKind,
    JsonObject,
    Message,
    MessageKind,
    User,
    walk,
)
from cc_connect.testing.discord.world import World


def write_transcript(world: World, channel: Channel) -> str:
    """One message after the other, oldest first, with what hangs on each."""
    title = f"#{channel.name}" if channel.guild is not None else "direct messages"
    if channel.guild is not None:
        title += f" in {channel.guild.name}"
    lines = [title]
    for message in sorted(channel.messages.values(), key=lambda each: each.id):
        lines += _message_lines(world, message)
    return "\n".join(lines)


def _message_lines(world: World, message: Message) -> list[str]:
    at = datetime.fromtimestamp(message.sent_at, UTC).strftime("%H:%M:%S")
    name = _name(message.channel, message.author)
    head = f"{at} {name}{_marks(message)}:"
    words = "thinking..." if message.loading else _spoken(world, message)
    first, *rest = words.split("\n")
    lines = [f"{head} {first}".rstrip(), *(f"    {line}" for line in rest)]
    if message.reference is not None and message.kind is MessageKind.REPLY:
        lines.insert(1, f"    (answers {_quoted(world, message)})")
    lines += [f"    | {line}" for embed in message.embeds for line in _embed_lines(embed)]
    lines += [f"    {line}" for line in _component_lines(message.components)]
    lines += [f"    file: {_file(each)}" for each in message.attachments]
    if message.reactions:
        shown = [f"{each.emoji} {len(each.users)}" for each in message.reactions.values()]
        lines.append(f"    reactions: {', '.join(shown)}")
    if message.thread is not None:
        lines.append(f"    thread: {message.thread.name}")
    return lines


def _name(channel: Channel, user: User) -> str:
    member = channel.guild.members.get(user.id) if channel.guild is not None else None
    if member is not None and member.nick:
        return member.nick
    return user.display_name or user.name


def _marks(message: Message) -> str:
    marks = ""
    if message.author.bot:
        marks += " [bot]"
    if message.edited:
        marks += " (edited)"
    if message.visible_to is not None:
        marks += f" (only {message.visible_to.name} sees this)"
    return marks


def _spoken(world: World, message: Message) -> str:
    if message.kind is MessageKind.THREAD_CREATED:
        return f"(started a thread: {message.content})"
    if message.kind is MessageKind.THREAD_STARTER:
        return f"(the thread began with {_quoted(world, message)})"
    words = message.content
    for user in world.users.values():
        words = words.replace(f"<@{user.id}>", f"@{user.name}")
        words = words.replace(f"<@!{user.id}>", f"@{user.name}")
    return words


def _quoted(world: World, message: Message) -> str:
    reference = message.reference
    assert reference is not None
    channel = world.channels.get(reference.channel_id)
    found = channel.messages.get(reference.message_id or 0) if channel is not None else None
    if found is None:
        return "a message that was deleted"
    start, *rest = found.text.split("\n")
    return f"{found.author.name}: {start[:60]}{'...' if rest or len(start) > 60 else ''}"  # noqa: PLR2004


def _embed_lines(embed: JsonObject) -> list[str]:
    lines = [
        (embed.get("author") or {}).get("name"),
        embed.get("title"),
        *(embed.get("description") or "").split("\n"),
        *(f"{each['name']}: {each['value']}" for each in embed.get("fields") or []),
        (embed.get("footer") or {}).get("text"),
    ]
    return [line for line in lines if line]


def _component_lines(components: list[JsonObject]) -> list[str]:
    lines: list[str] = []
    for component in components:
        match component["type"]:
            case ComponentKind.ROW:
                lines.append(" ".join(_control(each) for each in component["components"]))
            case ComponentKind.TEXT:
                lines += component["content"].split("\n")
            case ComponentKind.SEPARATOR:
                lines.append("-----")
            case ComponentKind.SECTION:
                words = [c["content"] for c in walk(component["components"])]
                lines.append(" ".join([*words, _control(component["accessory"])]))
            case ComponentKind.CONTAINER:
                lines += _component_lines(component["components"])
            case _:
                lines.append(_control(component))
    return lines


def _control(component: JsonObject) -> str:
    kind = component["type"]
    shut = " (disabled)" if component.get("disabled") else ""
    if kind == ComponentKind.BUTTON:
        emoji = (component.get("emoji") or {}).get("name") or ""
        return f"[{' '.join(part for part in (emoji, component.get('label')) if part)}{shut}]"
    if kind in SELECTS:
        labels = [each["label"] for each in component.get("options") or []]
        return f"<{component.get('placeholder') or 'choose'}: {' / '.join(labels)}{shut}>"
    return f"({ComponentKind(kind).name.lower()})"


def _file(attachment: Attachment) -> str:
    return f"{attachment.filename} ({len(attachment.data)} bytes)"
