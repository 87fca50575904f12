"""Finds whom a text mentions, within what its sender allows and may do.

Docs: Reference > Message Formatting > Formats and Message > Allowed Mentions Object.
"""

import re
from dataclasses import dataclass, field

from cc_connect.testing.discord import permissions
from cc_connect.testing.discord.body import Allowed
from cc_connect.testing.discord.model import Channel, ComponentKind, JsonObject, User, walk
from cc_connect.testing.discord.permissions import Permission
from cc_connect.testing.discord.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@dataclass(slots=True)
class Mentions:
    """Who is called by a message."""

    users: list[User] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False


def find_mentions(
    world: World, channel: Channel, author: User, text: str, allowed: Allowed
) -> Mentions:
    """Read the mentions in a text; those inside code are only text."""
    spoken = _CODE.sub(" ", text)
    found = Mentions()
    for user_id in dict.fromkeys(int(each) for each in _USER.findall(spoken)):
        user = world.users.get(user_id)
        if user is not None and ("users" in allowed.parse or user_id in allowed.users):
            found.users.append(user)
    guild = channel.guild
    if guild is None:
        return found
    loud = permissions.allows(channel, author, Permission.MENTION_EVERYONE)
    for role_id in dict.fromkeys(int(each) for each in _ROLE.findall(spoken)):
        role = guild.roles.get(role_id)
        wanted = "roles" in allowed.parse or role_id in allowed.roles
        if role is not None and wanted and (role.mentionable or loud):
            found.roles.append(role_id)
    if _EVERYONE.search(spoken) and loud and "everyone" in allowed.parse:
        found.everyone = True
    return found


def words_of(content: str, components: list[JsonObject]) -> str:
    """The text in which mentions are looked for: content, or the text components in its place."""
    texts = [c["content"] for c in walk(components) if c["type"] == ComponentKind.TEXT]
    return "\n".join([content, *texts])
