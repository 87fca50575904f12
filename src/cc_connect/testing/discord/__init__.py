"""A twin of Discord for tests."""

from cc_connect.testing.discord.acts import PersonCannot
from cc_connect.testing.discord.clock import ManualClock
from cc_connect.testing.discord.command_options import NoSuchCommand
from cc_connect.testing.discord.errors import ApiError, Refusal
from cc_connect.testing.discord.intents import CHAT, Intent
from cc_connect.testing.discord.interaction import CallbackKind, Interaction, InteractionFailed
from cc_connect.testing.discord.journal import GatewayNote, Request, Requests
from cc_connect.testing.discord.model import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Member,
    Message,
    MessageFlag,
    MessageKind,
    Role,
    User,
)
from cc_connect.testing.discord.permissions import BOT, PEOPLE, Permission
from cc_connect.testing.discord.places import ChannelHandle, File, GuildHandle
from cc_connect.testing.discord.ratelimit import RateLimits, Window
from cc_connect.testing.discord.twin import DiscordTwin

__all__ = [
    "BOT",
    "CHAT",
    "PEOPLE",
    "ApiError",
    "Application",
    "Attachment",
    "CallbackKind",
    "Channel",
    "ChannelHandle",
    "ChannelKind",
    "DiscordTwin",
    "File",
    "GatewayNote",
    "Guild",
    "GuildHandle",
    "Intent",
    "Interaction",
    "InteractionFailed",
    "ManualClock",
    "Member",
    "Message",
    "MessageFlag",
    "MessageKind",
    "NoSuchCommand",
    "Permission",
    "PersonCannot",
    "RateLimits",
    "Refusal",
    "Request",
    "Requests",
    "Role",
    "User",
    "Window",
]
